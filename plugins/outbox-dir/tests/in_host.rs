//! The component in the real host, with a real folder.

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking, in its helpers too")]

use hearken_harness::{Configured, Harness, assert_batch_independent};
use hearken_sdk::json::json;
use hearken_sdk::{Act, Action, Content, Identity, Instant};

fn plugin() -> Configured {
    let harness = Harness::build(env!("CARGO_MANIFEST_DIR")).unwrap();
    assert_eq!(harness.roles().to_string(), "sink, reconciler");
    harness.configure(json!({})).unwrap()
}

fn action(id: &str) -> Action {
    Action {
        act: Act::Tell,
        channel: "email".to_owned(),
        story: Some("roi-in-numbers".to_owned()),
        identities: vec![Identity::new("email", "ada@example.com")],
        content: Content {
            title: format!("For {id}"),
            text: "Numbers.".to_owned(),
            ..Content::default()
        },
        ..Action::new(id)
    }
}

fn now() -> Instant {
    Instant::parse("2026-11-22T08:00:00Z").unwrap()
}

#[test]
fn what_is_delivered_is_in_the_folder_once_and_found_again() {
    let plugin = plugin();
    let actions = vec![action("act-1"), action("act-2")];
    assert!(
        plugin
            .reconcile(now(), actions.clone())
            .into_iter()
            .all(|(_, found)| found.unwrap().is_none())
    );
    for _ in 0..2 {
        assert!(
            plugin
                .deliver(now(), actions.clone())
                .into_iter()
                .all(|(_, receipt)| receipt.unwrap().delivered)
        );
    }
    let mut names: Vec<_> = std::fs::read_dir(plugin.folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["act-1.json", "act-2.json"]);
    let written: serde_json::Value =
        serde_json::from_slice(&std::fs::read(plugin.folder().join("act-2.json")).unwrap()).unwrap();
    assert_eq!(
        (&written["id"], &written["title"]),
        (&json!("act-2"), &json!("For act-2"))
    );
    let found = plugin.reconcile(now(), actions);
    assert!(
        found
            .into_iter()
            .all(|(id, found)| found.unwrap().unwrap().reference == format!("{id}.json"))
    );
}

#[test]
fn each_action_is_delivered_by_itself_whatever_stands_beside_it() {
    let plugin = plugin();
    let actions: Vec<Action> = (0..20).map(|n| action(&format!("act-{n}"))).collect();
    // So that the answers of all rounds are those for what is there already.
    plugin.deliver(now(), actions.clone());
    assert_batch_independent(&actions, |batch| plugin.deliver(now(), batch));
}

#[test]
fn an_id_that_leads_out_of_the_folder_is_refused_and_hurts_no_other() {
    let plugin = plugin();
    let answers = plugin.deliver(now(), vec![action("../act-1"), action("act-2")]);
    assert!(answers[0].1.is_err());
    assert!(answers[1].1.is_ok());
    assert!(!plugin.folder().join("../act-1.json").exists());
}
