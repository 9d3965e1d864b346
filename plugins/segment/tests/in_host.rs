//! The component in the real host.

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking, in its helpers too")]

use hearken_harness::{Harness, assert_batch_independent};
use hearken_sdk::json::json;
use hearken_sdk::{Instant, Request};

fn requests() -> Vec<Request> {
    let fixtures = format!("{}/fixtures", env!("CARGO_MANIFEST_DIR"));
    let mut names: Vec<_> = std::fs::read_dir(fixtures)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    names.sort();
    let recorded = names
        .into_iter()
        .filter(|path| path.extension().is_some_and(|it| it == "json"))
        .map(|path| {
            let call = path
                .file_stem()
                .unwrap()
                .to_str()
                .unwrap()
                .rsplit('-')
                .next()
                .unwrap()
                .to_owned();
            ("POST", format!("/v1/{call}"), std::fs::read(path).unwrap())
        });
    let others = [
        ("GET", "/v1/projects/key-1/settings".to_owned(), Vec::new()),
        ("POST", "/v1/track".to_owned(), b"{\"event\":".to_vec()),
        ("POST", "/v1/track".to_owned(), b"\xff".to_vec()),
        ("POST", "/v1/track".to_owned(), br#"{"event":"Signed Up"}"#.to_vec()),
        (
            "POST",
            "/v1/track".to_owned(),
            br#"{"event":"Signed Up","userId":"u-1"}"#.to_vec(),
        ),
        ("POST", "/v1/batch".to_owned(), "[".repeat(400_000).into_bytes()),
        ("POST", "/nowhere".to_owned(), Vec::new()),
    ];
    let received = Instant::parse("2026-11-22T10:40:00Z").unwrap();
    let at = |place: usize| Instant::from_millis(received.as_millis() + place as u64);
    recorded
        .chain(others)
        .enumerate()
        .map(|(place, (method, path, body))| Request {
            id: place.to_string(),
            received: at(place),
            principal: Some("write-key".to_owned()),
            ..Request::new(method, path, body)
        })
        .collect()
}

#[test]
fn each_request_is_answered_by_itself_whatever_stands_beside_it() {
    let harness = Harness::build(env!("CARGO_MANIFEST_DIR")).unwrap();
    assert_eq!(harness.roles().to_string(), "webhook");
    let plugin = harness.configure(json!({})).unwrap();
    let requests = requests();
    let statuses: Vec<u16> = plugin
        .receive(requests.clone())
        .into_iter()
        .map(|answer| answer.unwrap().status)
        .collect();
    assert_eq!(statuses[statuses.len() - 7..], [200, 400, 400, 200, 200, 400, 404]);
    assert!(
        statuses[..statuses.len() - 7].iter().all(|status| *status == 200),
        "{statuses:?}"
    );
    assert_batch_independent(&requests, |batch| plugin.receive(batch));
}

#[test]
fn a_wrong_configuration_is_pointed_at_before_anything_runs() {
    let harness = Harness::build(env!("CARGO_MANIFEST_DIR")).unwrap();
    let problems = harness
        .check(json!({"events": {"Sold": {"kind": "deal.one"}}}))
        .unwrap();
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].pointer, "/events/Sold/kind");
    assert!(harness.check(json!({})).unwrap().is_empty());
}
