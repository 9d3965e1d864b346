//! What the official SDKs send, as recorded in `fixtures/`, means what they mean by it.

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking, in its helpers too")]

use hearken_sdk::json::{Value, json};
use hearken_sdk::{Instant, Reception, Request, Signal, Vocabulary, Webhook, testing};
use segment::Segment;

fn segment() -> Segment {
    testing::configure(
        &json!({"endpoint": "https://listen.example.com/in/site/v1"}),
        Vocabulary::default(),
    )
    .unwrap()
}

fn post(path: &str, body: impl Into<Vec<u8>>) -> Reception {
    let request = Request {
        received: Instant::parse("2026-11-22T10:40:00Z").unwrap(),
        principal: Some("write-key".to_owned()),
        ..Request::new("POST", path, body)
    };
    segment().receive(&request).unwrap()
}

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/fixtures/{name}.json", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn answer(reception: &Reception) -> Value {
    serde_json::from_slice(&reception.body).unwrap()
}

fn kinds(signals: &[Signal]) -> Vec<&str> {
    signals.iter().map(|signal| signal.kind.as_str()).collect()
}

fn identities(signal: &Signal) -> Vec<String> {
    signal
        .identities
        .iter()
        .map(|it| format!("{}={}", it.scheme, it.value))
        .collect()
}

#[test]
fn the_servers_sdks_send_batches() {
    for sdk in ["segment-node-3.1.0", "segment-python-2.4.0"] {
        let reception = post("/v1/batch", fixture(&format!("{sdk}-batch")));
        assert_eq!(
            (reception.status, answer(&reception)),
            (200, json!({"success": true})),
            "{sdk}"
        );
        assert!(reception.rejects.is_empty(), "{sdk}: {:?}", reception.rejects);
        let signals = reception.signals;
        let expected = [
            "page.viewed",
            "form.submitted",
            "person.identified",
            "company.described",
            "person.linked",
        ];
        assert_eq!(kinds(&signals), expected, "{sdk}");
        assert_eq!(
            identities(&signals[2]),
            ["user=u-1", "anonymous=a-1", "email=ada@example.com"],
            "{sdk}"
        );
        assert_eq!(
            signals[3].company.as_ref().map(|company| company.value.as_str()),
            Some("Acme"),
            "{sdk}"
        );
        assert_eq!(identities(&signals[4]), ["user=u-1", "anonymous=a-0"], "{sdk}");
        assert_eq!(signals[1].values().unwrap()["asks"], "demo", "{sdk}");
    }
}

#[test]
fn the_browsers_sdks_send_one_message_at_a_time() {
    for (sdk, short) in [("segment-browser-1.84.3", true), ("rudderstack-browser-3.34.1", false)] {
        let send = |call: &str| {
            let path = format!("/v1/{}", if short { &call[..1] } else { call });
            let reception = post(&path, fixture(&format!("{sdk}-{call}")));
            assert_eq!(reception.status, 200, "{sdk} {call}");
            assert!(reception.rejects.is_empty(), "{sdk} {call}: {:?}", reception.rejects);
            reception.signals
        };
        let page = send("page").remove(0);
        assert_eq!(
            (page.kind.as_str(), page.about.as_deref()),
            ("page.viewed", Some("/pricing")),
            "{sdk}"
        );
        assert!(!page.properties.contains("referrer"), "{sdk}: {}", page.properties);
        assert_eq!(page.identities.len(), 1, "{sdk}");
        assert_eq!(kinds(&send("track")), ["search.performed"], "{sdk}");
        let identified = send("identify").remove(0);
        assert_eq!(identified.kind, "person.identified");
        assert_eq!(identified.identity_of("email"), Some("ada@example.com"), "{sdk}");
        assert_eq!(
            identified.identity_of("anonymous"),
            page.identity_of("anonymous"),
            "{sdk}"
        );
        assert_eq!(kinds(&send("group")), ["company.described"], "{sdk}");
        assert_eq!(kinds(&send("alias")), ["person.linked"], "{sdk}");
    }
}

#[test]
fn a_body_is_read_whatever_its_parts_say_of_themselves() {
    let message = r#"{"type":"track","anonymousId":"a-1","event":"Signed Up","userId":null}"#;
    let request = Request {
        headers: vec![("content-type".to_owned(), "text/plain".to_owned())],
        ..Request::new("POST", "/v1/i", message)
    };
    let reception = segment().receive(&request).unwrap();
    assert_eq!(
        kinds(&reception.signals),
        ["person.identified"],
        "the path says which call it is"
    );
}

#[test]
fn what_cannot_be_read_at_all_is_refused_and_not_kept() {
    for (path, body, status, code) in [
        ("/v1/track", "{\"event\":", 400, "invalid_json"),
        ("/v1/batch", "[]", 400, "invalid_json"),
        (
            "/v1/batch",
            &format!("{{\"batch\":[{}]}}", "[".repeat(100_000)),
            400,
            "too_deep",
        ),
        ("/v1/track", &"x".repeat(40_000), 400, "too_large"),
        ("/v1/pixel", "{}", 404, "not_found"),
    ] {
        let reception = post(path, body);
        assert_eq!(
            (reception.status, &answer(&reception)["code"]),
            (status, &json!(code)),
            "{path}"
        );
        assert!(reception.signals.is_empty() && reception.rejects.is_empty());
    }
    let reception = segment().receive(&Request::new("GET", "/v1/track", "")).unwrap();
    assert_eq!(
        (reception.status, reception.headers.last().unwrap().1.as_str()),
        (405, "POST")
    );
}

#[test]
fn browsers_load_their_settings_here() {
    let get = |path: &str| answer(&segment().receive(&Request::new("GET", path, "")).unwrap());
    let settings = get("/v1/projects/key-1/settings");
    assert_eq!(settings["integrations"]["Segment.io"]["apiKey"], "key-1");
    assert_eq!(
        settings["integrations"]["Segment.io"]["apiHost"],
        "listen.example.com/in/site/v1"
    );
    assert_eq!(get("/sourceConfig/")["source"]["enabled"], true);
}

#[test]
fn a_message_that_names_nobody_is_accepted_and_kept_aside() {
    let reception = post("/v1/track", r#"{"event":"Signed Up"}"#);
    assert_eq!(reception.status, 200);
    assert!(reception.signals.is_empty());
    assert_eq!((reception.rejects.len(), reception.rejects[0].at.as_str()), (1, ""));
}
