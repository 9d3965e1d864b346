//! `hearken plan`: whom a change of the configuration would newly speak to, found out beside a
//! running daemon without sending or changing anything.

use std::fs;

use hearken_tests::{Daemon, Folder, SERVER_KEY, eventually, hearken};
use serde_json::{Value, json};

/// Three people, decided about as the configuration says.
fn three_are_decided_about(folder: &Folder, daemon: &Daemon<'_>) {
    for who in ["ann", "bob", "cy"] {
        daemon.identify(who);
    }
    eventually("all are decided about", || {
        let said = hearken(folder, &["summary", "--format", "json"]).done().json();
        (said["decisions"] == 3).then_some(())
    });
}

/// The present configuration with something else in it.
fn new(folder: &Folder, from: &str, to: &str) {
    let toml = fs::read_to_string(folder.configuration()).expect("the configuration");
    assert!(toml.contains(from), "{toml}");
    folder.write("new.toml", &toml.replace(from, to));
}

fn plan(folder: &Folder) -> Value {
    hearken(folder, &["plan", "new.toml", "--format", "json"]).done().json()
}

fn people(plan: &Value, kind: &str) -> u64 {
    plan[kind]["people"].as_u64().expect("a number")
}

#[test]
fn going_live_speaks_to_those_who_would_have_been_spoken_to_in_shadow() {
    let folder = Folder::that_always_tells();
    folder.change("mode = \"live\"", "mode = \"shadow\"\nstory-again = \"1ms\"");
    folder.change("caps = [\"100/1d\"]", "caps = [\"1/1d\"]");
    let daemon = Daemon::start(&folder);
    three_are_decided_about(&folder, &daemon);
    new(
        &folder,
        "mode = \"shadow\"",
        "mode = \"live\"\nonly-to = [\"ann@example.com\", \"bob@example.com\"]\nnew-people-per-hour = 1",
    );
    let before = folder.outbox();
    let found = plan(&folder);
    assert_eq!((people(&found, "newly"), people(&found, "silent")), (2, 1), "{found}");
    assert_eq!(found["people"], 3, "{found}");
    let by = &found["newly_by_what"][0];
    assert_eq!(
        (&by["target"], &by["channel"], &by["people"]),
        (&json!("roi-in-numbers"), &json!("email"), &json!(2))
    );
    assert_eq!(
        (&found["never_told_before"], &found["hours_at_least"]),
        (&json!(2), &json!(2)),
        "{found}"
    );
    let example = &found["newly"]["examples"][0];
    assert_eq!(example["before"]["gate"], "cap", "they were told in shadow: {example}");
    assert!(
        example.get("name").is_none(),
        "nobody is named who is not asked for: {example}"
    );
    assert_eq!(
        found["open_actions"]["stay_with_either"], 3,
        "shadow's actions are never sent: {found}"
    );
    let text = hearken(&folder, &["plan", "new.toml"]).done().out;
    for needed in [
        "newly spoken to",
        "3 people in all",
        "2 of them were never told anything",
        "takes 2 hours",
    ] {
        assert!(text.contains(needed), "no '{needed}' in\n{text}");
    }
    assert!(!text.contains("@example.com"), "{text}");
    let named = hearken(&folder, &["plan", "new.toml", "--names"]).done().out;
    assert!(
        named.contains("ann@example.com") || named.contains("user:ann"),
        "{named}"
    );
    assert_eq!(folder.outbox(), before, "nothing was sent");
    daemon.stop();
    // What was foreseen is what happens when they come.
    folder.write(
        "hearken.toml",
        &fs::read_to_string(folder.path().join("new.toml")).expect("it was written"),
    );
    let daemon = Daemon::start(&folder);
    for who in ["ann", "bob", "cy"] {
        let page = json!({ "messageId": format!("p-{who}"), "userId": who, "properties": { "path": "/roi" } });
        assert_eq!(daemon.track("page", SERVER_KEY, &page).status, 200);
    }
    let said = eventually("they are decided about again", || {
        let said = hearken(&folder, &["summary", "--format", "json"]).done().json();
        (said["decisions"] == 6).then_some(said)
    });
    assert_eq!(said["said"][0]["people"], 2, "{said}");
    daemon.stop();
}

#[test]
fn what_is_open_and_whom_it_would_let_go_is_told() {
    let folder = Folder::that_always_tells();
    folder.change("mode = \"live\"", "mode = \"approve\"");
    let daemon = Daemon::start(&folder);
    three_are_decided_about(&folder, &daemon);
    new(&folder, "mode = \"approve\"", "mode = \"live\"");
    let found = plan(&folder);
    assert_eq!(found["open_actions"]["released"], 3, "{found}");
    assert_eq!(
        found["open_actions"]["released_ids"].as_array().map(Vec::len),
        Some(3),
        "{found}"
    );
    assert_eq!(
        people(&found, "silent"),
        3,
        "whatever is on its way keeps the floor: {found}"
    );
    new(
        &folder,
        "mode = \"approve\"",
        "mode = \"live\"\nonly-to = [\"ann@example.com\"]",
    );
    let found = plan(&folder);
    assert_eq!(found["open_actions"]["released"], 1, "{found}");
    assert_eq!(found["open_actions"]["stay_with_either"], 2, "{found}");
    daemon.stop();
}

#[test]
fn what_would_be_silenced_is_told_too() {
    let folder = Folder::that_always_tells();
    folder.change(
        "mode = \"live\"",
        "mode = \"live\"\nstory-again = \"1ms\"\nawait-reply = \"1ms\"",
    );
    let daemon = Daemon::start(&folder);
    three_are_decided_about(&folder, &daemon);
    eventually("all are told", || (folder.outbox().len() == 3).then_some(()));
    new(&folder, "mode = \"live\"", "mode = \"approve\"");
    let found = eventually("all that was told is applied", || {
        Some(plan(&folder)).filter(|p| people(p, "no_longer") == 3)
    });
    assert_eq!(
        found["no_longer"]["examples"][0]["after"]["gate"], "approval",
        "{found}"
    );
    new(&folder, "mode = \"live\"", "mode = \"live\" # the same");
    eventually("the same says the same", || {
        (people(&plan(&folder), "same") == 3).then_some(())
    });
    daemon.stop();
}

#[test]
fn a_broken_configuration_is_told_as_check_tells_it() {
    let folder = Folder::that_always_tells();
    hearken(&folder, &["run", "--once"]).done();
    new(&folder, "mode = \"live\"", "mode = \"lively\"");
    let said = hearken(&folder, &["plan", "new.toml"]);
    assert_eq!(said.code, 2, "{said:?}");
    assert!(said.err.contains("lively") && said.err.contains("new.toml"), "{said:?}");
}
