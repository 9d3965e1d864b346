use hearken_sdk::json::{Value, json};
use hearken_sdk::{Act, Content, Finding, testing};

use super::*;

fn outbox(config: Value) -> OutboxDir {
    testing::configure(&config, Vocabulary::default()).unwrap()
}

/// Gone with what is returned.
fn granted() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    testing::folder(folder.path());
    folder
}

fn now() -> Instant {
    Instant::parse("2026-11-22T08:00:00Z").unwrap()
}

fn hand_over() -> Action {
    Action {
        act: Act::HandOver,
        channel: "sales-dach".to_owned(),
        prospect: "p-1".to_owned(),
        account: Some("Acme".to_owned()),
        identities: vec![Identity::new("email", "ada@example.com")],
        content: Content {
            title: "Ada wants numbers".to_owned(),
            text: "She read **ROI** twice.".to_owned(),
            reasons: vec!["asked for a demo\n# not a heading".to_owned()],
            beliefs: vec![Finding {
                kind: "persona".to_owned(),
                name: "cio".to_owned(),
                value: 0.8,
                confidence: 0.7,
                reason: "reads <b>ROI</b>".to_owned(),
            }],
            ..Content::default()
        },
        ..Action::new("act-1")
    }
}

fn file(name: &str) -> String {
    String::from_utf8(files::read(name, 0, 1 << 20).unwrap()).unwrap()
}

#[test]
fn an_action_becomes_a_file_that_says_everything() {
    let _folder = granted();
    let receipt = outbox(json!({})).deliver(now(), &hand_over()).unwrap();
    assert!(receipt.delivered);
    assert_eq!(receipt.reference, "act-1.json");
    let written: Value = serde_json::from_str(&file("act-1.json")).unwrap();
    let expected = json!({
        "id": "act-1", "at": "2026-11-22T08:00:00Z", "act": "hand-over", "channel": "sales-dach",
        "prospect": "p-1", "account": "Acme", "to": [{"scheme": "email", "value": "ada@example.com"}],
        "title": "Ada wants numbers", "text": "She read **ROI** twice.",
        "reasons": ["asked for a demo\n# not a heading"],
        "beliefs": [{"kind": "persona", "name": "cio", "value": 0.8, "confidence": 0.7, "reason": "reads <b>ROI</b>"}],
    });
    assert_eq!(written, expected);
}

#[test]
fn a_second_attempt_delivers_nothing_more_and_changes_nothing() {
    let _folder = granted();
    let outbox = outbox(json!({}));
    outbox.deliver(now(), &hand_over()).unwrap();
    let before = file("act-1.json");
    let again = Action {
        attempt: 2,
        content: Content::default(),
        ..hand_over()
    };
    let receipt = outbox.deliver(now(), &again).unwrap();
    assert!(receipt.delivered && receipt.detail.contains_key("note"));
    assert_eq!(file("act-1.json"), before);
    assert_eq!(files::names().unwrap().len(), 1);
}

#[test]
fn what_became_of_an_action_is_found_by_its_name_also_after_a_change_of_format() {
    let _folder = granted();
    let (json, markdown) = (outbox(json!({})), outbox(json!({"format": "markdown"})));
    assert_eq!(json.reconcile(now(), &hand_over()).unwrap(), None);
    markdown.deliver(now(), &hand_over()).unwrap();
    assert_eq!(
        json.reconcile(now(), &hand_over()).unwrap().unwrap().reference,
        "act-1.md"
    );
}

#[test]
fn for_people_it_is_a_page_in_which_outside_text_is_no_markup() {
    let _folder = granted();
    outbox(json!({"format": "markdown"}))
        .deliver(now(), &hand_over())
        .unwrap();
    let page = file("act-1.md");
    let expected = "\
# Ada wants numbers

Hand-over to sales-dach: Acme · ada@example.com

She read **ROI** twice.

## Why

- asked for a demo \\# not a heading

## What we think we know

- persona cio: 0.80, sure to 70 %. reads \\<b\\>ROI\\</b\\>

---
action act-1 · prospect p-1 · 2026-11-22T08:00:00Z
";
    assert_eq!(page, expected);
}

#[test]
fn without_a_folder_it_is_denied_and_nothing_is_delivered() {
    let failure = outbox(json!({})).deliver(now(), &hand_over()).unwrap_err();
    assert_eq!(failure.class, hearken_sdk::Class::Denied);
    assert!(outbox(json!({})).reconcile(now(), &hand_over()).is_err());
}
