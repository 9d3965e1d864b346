//! The component in the real host.

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking, in its helpers too")]

use hearken_harness::{Harness, assert_batch_independent};
use hearken_sdk::json::{Value, json};
use hearken_sdk::{Instant, Request};

fn request(place: usize, method: &str, path: &str, body: &Value) -> Request {
    Request {
        id: place.to_string(),
        received: Instant::from_millis(1_800_000_000_000 + place as u64),
        principal: Some("write-key".to_owned()),
        ..Request::new(method, path, body.to_string().into_bytes())
    }
}

fn requests() -> Vec<Request> {
    let batch =
        |events: Value| json!({ "key": "***", "id": "visitor-1", "sent": 2000, "lang": "en", "events": events });
    let page = json!({ "id": "l-0", "kind": "page.viewed", "at": 1500, "properties": { "path": "/roi" } });
    let bodies = [
        ("POST", "/", batch(json!([page]))),
        (
            "POST",
            "/",
            batch(json!([page, { "id": "l-1", "kind": "deal.won" }, 7])),
        ),
        ("POST", "/", batch(json!([page, { "id": "l-1", "kind": "deal.won" }]))),
        ("POST", "/", json!({ "events": [] })),
        ("GET", "/", json!({})),
        ("POST", "/elsewhere", json!({})),
    ];
    bodies
        .iter()
        .enumerate()
        .map(|(place, (method, path, body))| request(place, method, path, body))
        .collect()
}

#[test]
fn each_request_is_answered_by_itself_whatever_stands_beside_it() {
    let harness = Harness::build(env!("CARGO_MANIFEST_DIR")).unwrap();
    assert_eq!(harness.roles().to_string(), "webhook");
    let plugin = harness.configure(json!({})).unwrap();
    let answers = plugin.receive(requests());
    let said: Vec<String> = answers
        .iter()
        .map(|answer| match answer {
            Ok(answer) => format!("{} {} {}", answer.status, answer.signals.len(), answer.rejects.len()),
            // Answered with 400 by the host.
            Err(failure) => format!("{:?}", failure.class()),
        })
        .collect();
    assert_eq!(
        said,
        ["200 2 0", "Permanent", "200 2 1", "Permanent", "405 0 0", "404 0 0"]
    );
    assert_batch_independent(&requests(), |batch| plugin.receive(batch));
}
