use hearken_sdk::json::json;

use super::*;
use crate::config::Config;

fn read_at(body: &Value, received: &str) -> (Vec<Signal>, Vec<Reject>) {
    let body = body.to_string();
    let letter = Letter {
        call: None,
        envelope: Envelope::batch(body.as_bytes()).unwrap(),
    };
    let reader = Reader::new(&Config::default());
    letter
        .read(&reader, Sender::Anybody, Instant::parse(received).unwrap())
        .unwrap()
}

fn read(body: &Value) -> (Vec<Signal>, Vec<Reject>) {
    read_at(body, "2026-11-22T08:00:00Z")
}

fn ids(messages: Value, received: &str) -> Vec<String> {
    read_at(&json!({ "batch": messages }), received)
        .0
        .into_iter()
        .map(|signal| signal.id)
        .collect()
}

#[test]
fn one_bad_message_hurts_no_other() {
    let good = json!({"type": "page", "messageId": "m", "anonymousId": "a-1"});
    let (signals, rejects) = read(&json!({"batch": [
        good,
        7,
        {"type": "page"},
        {"type": "paged", "userId": "u"},
        {"userId": "u"},
        {"type": "track", "userId": "u", "event": "x".repeat(MAX_MESSAGE_BYTES)},
        {"type": "track", "userId": "u", "event": "e", "writeKey": "key-1", "properties": {"purpose": 1}},
        {"type": "track", "userId": "u", "event": "Consent Granted", "writeKey": "key-1"},
    ]}));
    assert_eq!(
        signals.iter().map(|signal| signal.kind.as_str()).collect::<Vec<_>>(),
        ["page.viewed", "product.used"]
    );
    let places: Vec<&str> = rejects.iter().map(|reject| reject.at.as_str()).collect();
    assert_eq!(
        places,
        ["/batch/1", "/batch/2", "/batch/3", "/batch/4", "/batch/5", "/batch/7"]
    );
    assert!(
        rejects
            .iter()
            .all(|reject| !reject.why.is_empty() && reject.text.len() <= 4096)
    );
    assert!(!rejects[5].text.contains("key-1"));
}

#[test]
fn the_message_id_is_the_signals_and_further_facts_have_a_part() {
    let traits = json!({"company": "Acme"});
    let message = json!({"type": "identify", "messageId": "m-1", "userId": "u", "traits": traits});
    assert_eq!(ids(json!([message]), "2026-11-22T08:00:00Z"), ["m-1", "m-1:company"]);
    let long = json!({"type": "page", "messageId": "m".repeat(1000), "userId": "u"});
    let found = ids(json!([long]), "2026-11-22T08:00:00Z");
    assert!(found[0].starts_with("sha256-") && found[0].len() < 100);
}

#[test]
fn a_message_without_id_is_the_same_when_it_is_sent_again() {
    let first = json!({"type": "track", "event": "e", "userId": "u", "timestamp": "2026-11-22T07:00:00Z", "sentAt": "2026-11-22T07:00:01Z"});
    let again = json!({"type": "track", "event": "e", "userId": "u", "timestamp": "2026-11-22T07:00:00Z", "sentAt": "2026-11-22T07:09:01Z"});
    let later = json!({"type": "track", "event": "e", "userId": "u", "timestamp": "2026-11-22T07:00:02Z"});
    let first = ids(json!([first]), "2026-11-22T08:00:00Z");
    assert_eq!(first, ids(json!([again]), "2026-11-22T08:10:00Z"));
    assert_ne!(first, ids(json!([later]), "2026-11-22T08:00:00Z"));
    let untimed = json!([{"type": "track", "event": "e", "userId": "u"}]);
    assert_ne!(
        ids(untimed.clone(), "2026-11-22T08:00:00Z"),
        ids(untimed, "2026-11-22T08:00:01Z")
    );
}

#[test]
fn a_batch_says_when_it_was_sent_and_in_which_context() {
    let (signals, _) = read(&json!({
        "sentAt": "2026-11-22T09:00:00Z",
        "context": {"sessionId": 17, "page": {"url": "https://www.example.com/pricing"}},
        "batch": [
            {"type": "page", "messageId": "1", "userId": "u", "timestamp": "2026-11-22T08:59:00Z"},
            {"type": "page", "messageId": "2", "userId": "u", "context": {"sessionId": 18}},
        ],
    }));
    assert_eq!(signals[0].at, Instant::parse("2026-11-22T07:59:00Z").unwrap());
    assert_eq!(signals[0].session.as_deref(), Some("17"));
    assert_eq!(signals[0].about.as_deref(), Some("/pricing"));
    assert_eq!(signals[1].session.as_deref(), Some("18"));
}

#[test]
fn a_time_that_cannot_be_true_is_told_beside_the_one_that_stands_in() {
    let (signals, _) = read(&json!({"batch": [{"type": "page", "userId": "u", "timestamp": "2090-01-01T00:00:00Z"}]}));
    assert_eq!(signals[0].at, Instant::parse("2026-11-22T08:00:00Z").unwrap());
    assert_eq!(signals[0].values().unwrap()["claimed_at"], "2090-01-01T00:00:00Z");
}

#[test]
fn numbers_that_grow_when_written_again_are_refused_before_the_host_does() {
    let numbers = vec!["1e15"; 5000].join(",");
    let body = format!(r#"{{"batch":[{{"type":"track","userId":"u","event":"e","properties":{{"n":[{numbers}]}}}}]}}"#);
    let letter = Letter {
        call: None,
        envelope: Envelope::batch(body.as_bytes()).unwrap(),
    };
    let (signals, rejects) = letter
        .read(
            &Reader::new(&Config::default()),
            Sender::Anybody,
            Instant::from_millis(1),
        )
        .unwrap();
    assert!(signals.is_empty());
    assert!(rejects[0].why.contains("properties have"), "{}", rejects[0].why);
}
