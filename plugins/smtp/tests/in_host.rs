//! The component in the real host, with a relay of the harness.

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking, in its helpers too")]

use hearken_harness::{Class, Configured, Fault, Harness, assert_batch_independent};
use hearken_sdk::json::json;
use hearken_sdk::{Act, Action, Content, Failure, Instant};

fn harness() -> Harness {
    let harness = Harness::build(env!("CARGO_MANIFEST_DIR")).unwrap();
    assert_eq!(harness.roles().to_string(), "sink");
    assert!(harness.manifest().needs.mail);
    harness
}

fn plugin() -> Configured {
    harness().granting_mail().configure(json!({})).unwrap()
}

fn action(id: &str) -> Action {
    Action {
        act: Act::Tell,
        channel: "email".to_owned(),
        story: Some("roi".to_owned()),
        content: Content {
            title: format!("For {id}"),
            text: "Numbers.".to_owned(),
            ..Content::default()
        },
        ..Action::new(id)
    }
}

fn actions(count: usize) -> Vec<Action> {
    (0..count).map(|n| action(&format!("act-{n}"))).collect()
}

#[test]
fn each_action_is_one_message() {
    let plugin = plugin();
    let answers = plugin.deliver(Instant::default(), actions(50));
    assert!(answers.iter().all(|(id, answer)| {
        let receipt = answer.as_ref().unwrap();
        receipt.reference == format!("{id}@relay.example.com")
    }));
    let mut items: Vec<String> = plugin.mailed().into_iter().map(|message| message.item).collect();
    items.sort();
    let mut ids: Vec<String> = answers.into_iter().map(|(id, _)| id).collect();
    ids.sort();
    assert_eq!(items, ids);
}

#[test]
fn what_becomes_of_a_message_is_answered_for_its_action_whatever_stands_beside_it() {
    let plugin = plugin();
    plugin.answer_mail(|message| match message.item.as_str() {
        "act-3" => Err(Failure::permanent("no such address").code("address-invalid")),
        "act-5" => Err(Failure::unknown("no answer")),
        item => Ok(format!("{item}@example.com")),
    });
    let answers = plugin.deliver(Instant::default(), actions(8));
    assert!(matches!(
        &answers[3].1,
        Err(Fault::Failure { class: Class::Permanent, code, .. }) if code == "address-invalid"
    ));
    assert!(answers[5].1.as_ref().unwrap_err().may_have_been_sent());
    assert_batch_independent(&actions(8), |batch| plugin.deliver(Instant::default(), batch));
}

#[test]
fn without_a_relay_it_is_denied() {
    let plugin = harness().configure(json!({})).unwrap();
    let (_, answer) = plugin.deliver(Instant::default(), actions(1)).remove(0);
    assert_eq!(answer.unwrap_err().class(), Class::Denied);
    assert!(plugin.mailed().is_empty());
}
