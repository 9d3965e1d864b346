//! In mode approve a person has the last word: what waits is listed with what is needed to
//! judge it, a yes sends it after all last checks, a no ends it, and nobody's silence lets
//! anything go.

use std::time::{Duration, Instant};

use hearken_tests::{Daemon, Folder, SERVER_KEY, Said, eventually, hearken};
use serde_json::{Value, json};

fn that_asks_first() -> Folder {
    let folder = Folder::that_always_tells();
    folder.change("mode = \"live\"", "mode = \"approve\"");
    folder
}

fn identify(daemon: &Daemon<'_>, who: &str) {
    let traits = json!({ "email": format!("{who}@example.com"), "name": format!("{who} Example") });
    let identify = json!({ "messageId": format!("i-{who}"), "userId": who, "traits": traits });
    assert_eq!(daemon.track("identify", SERVER_KEY, &identify).status, 200);
}

fn looks(daemon: &Daemon<'_>, who: &str, n: u32) {
    let page = json!({ "messageId": format!("p-{who}-{n}"), "userId": who, "properties": { "path": "/roi" } });
    assert_eq!(daemon.track("page", SERVER_KEY, &page).status, 200);
}

fn waiting(folder: &Folder) -> Vec<Value> {
    let said = hearken(folder, &["approve", "list", "--format", "json"]).done().json();
    said["actions"].as_array().cloned().expect("a list of actions")
}

/// The only action that waits, once one does.
fn one_waits(folder: &Folder) -> Value {
    eventually("an action waits", || waiting(folder).into_iter().next())
}

fn id(action: &Value) -> String {
    action["id"].as_str().expect("an id").to_owned()
}

fn actions(folder: &Folder, who: &str) -> Vec<Value> {
    let user = format!("user:{who}");
    let said = hearken(folder, &["prospect", "show", &user, "--format", "json"]);
    // Of somebody whom nothing was applied to yet there is nothing to show.
    if said.code != 0 {
        return Vec::new();
    }
    said.json()["actions"].as_array().cloned().expect("a list of actions")
}

fn comes_to(folder: &Folder, who: &str, state: &str) -> Value {
    eventually(&format!("{who}'s action is {state}"), || {
        actions(folder, who).into_iter().find(|a| a["state"] == state)
    })
}

fn fails(said: &Said, because: &str) {
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.out.contains(because), "{said:?}");
}

#[test]
fn what_waits_is_shown_with_what_a_person_needs_to_judge_it() {
    let folder = that_asks_first();
    let daemon = Daemon::start(&folder);
    identify(&daemon, "ann");
    let action = one_waits(&folder);
    assert!(
        action["why"].to_string().contains("[policy]"),
        "where it is written: {action}"
    );
    assert!(
        action["why"]
            .to_string()
            .contains(&format!("hearken approve yes {}", id(&action))),
        "{action}"
    );
    let text = hearken(&folder, &["approve", "list"]).done().out;
    for needed in [
        "1 action waits for approval",
        &id(&action),
        "tell roi-in-numbers by email",
        "ann Example, ann@example.com",
        "\"What it returns, in numbers\" An example company, generated",
        "Because it says so.",
        "expires in",
    ] {
        assert!(text.contains(needed), "no '{needed}' in\n{text}");
    }
    assert!(folder.outbox().is_empty(), "{:?}", folder.outbox());
    daemon.stop();
}

#[test]
fn a_yes_sends_within_a_second() {
    let folder = that_asks_first();
    let daemon = Daemon::start(&folder);
    // A machine may be busy with something else for a moment, but not every time.
    let took = (0..3).map(|n| {
        let before = folder.outbox().len();
        identify(&daemon, &format!("person-{n}"));
        let action = one_waits(&folder);
        hearken(&folder, &["approve", "yes", &id(&action)]).done();
        let answered = Instant::now();
        eventually("it is sent", || (folder.outbox().len() > before).then_some(()));
        answered.elapsed()
    });
    let took: Vec<Duration> = took.collect();
    assert!(took.iter().min() < Some(&Duration::from_secs(1)), "{took:?}");
    daemon.stop();
}

#[test]
fn what_was_approved_says_by_whom_and_is_approved_once() {
    let folder = that_asks_first();
    let daemon = Daemon::start(&folder);
    identify(&daemon, "ann");
    let action = one_waits(&folder);
    let said = hearken(&folder, &["approve", "yes", &id(&action), "--why", "fits her well"]).done();
    assert!(said.out.contains("1 action may go"), "{said:?}");
    assert!(waiting(&folder).is_empty(), "what is answered does not wait any more");
    let sent = comes_to(&folder, "ann", "delivered");
    assert_eq!(sent["approval"]["answer"], "yes", "{sent}");
    assert_eq!(sent["approval"]["why"], "fits her well", "{sent}");
    assert!(
        sent["approval"]["by"].as_str().is_some_and(|by| !by.is_empty()),
        "{sent}"
    );
    let decision = action["decision"].as_str().expect("an id");
    let shown = hearken(&folder, &["decision", "show", decision]).done().out;
    assert!(
        shown.contains("approved by") && shown.contains("fits her well"),
        "{shown}"
    );
    let again = hearken(&folder, &["approve", "yes", &id(&action)]);
    fails(&again, "approved by");
    daemon.stop();
    assert_eq!(folder.outbox().len(), 1, "{:?}", folder.outbox());
}

#[test]
fn a_no_ends_the_action_and_leaves_the_floor_free() {
    let folder = that_asks_first();
    let daemon = Daemon::start(&folder);
    identify(&daemon, "ann");
    let action = one_waits(&folder);
    looks(&daemon, "ann", 1);
    let on_its_way = eventually("the floor is taken while it waits", || {
        let user = hearken(&folder, &["prospect", "show", "user:ann", "--format", "json"])
            .done()
            .json();
        (user["floor"] == "ours").then_some(user)
    });
    assert_eq!(on_its_way["actions"].as_array().map(Vec::len), Some(1), "{on_its_way}");
    hearken(&folder, &["approve", "no", &id(&action), "--why", "too early"]).done();
    let ended = comes_to(&folder, "ann", "rejected");
    assert!(ended["why"].to_string().contains("refused by"), "{ended}");
    assert!(ended["why"].to_string().contains("too early"), "{ended}");
    eventually("the floor is free", || {
        let user = hearken(&folder, &["prospect", "show", "user:ann", "--format", "json"])
            .done()
            .json();
        (user["floor"] == "listening").then_some(())
    });
    looks(&daemon, "ann", 2);
    let next = one_waits(&folder);
    assert_ne!(id(&next), id(&action));
    daemon.stop();
    assert!(folder.outbox().is_empty(), "{:?}", folder.outbox());
}

#[test]
fn what_nobody_answers_in_time_expires_and_is_answered_no_more() {
    let folder = that_asks_first();
    folder.change("mode = \"approve\"", "mode = \"approve\"\nexpires = \"2s\"");
    let daemon = Daemon::start(&folder);
    identify(&daemon, "ann");
    let action = one_waits(&folder);
    let expired = comes_to(&folder, "ann", "expired");
    assert!(
        expired["why"].to_string().contains("waits for approval"),
        "until when: {expired}"
    );
    assert!(waiting(&folder).is_empty());
    fails(&hearken(&folder, &["approve", "yes", &id(&action)]), "expired");
    eventually("the floor is free", || {
        let user = hearken(&folder, &["prospect", "show", "user:ann", "--format", "json"])
            .done()
            .json();
        (user["floor"] == "listening").then_some(())
    });
    daemon.stop();
    assert!(folder.outbox().is_empty(), "{:?}", folder.outbox());
}

#[test]
fn an_approval_does_not_outlive_the_time_of_its_action() {
    let folder = that_asks_first();
    folder.change("mode = \"approve\"", "mode = \"approve\"\nexpires = \"3s\"");
    let daemon = Daemon::start(&folder);
    hearken(&folder, &["stop"]).done();
    identify(&daemon, "ann");
    let action = one_waits(&folder);
    hearken(&folder, &["approve", "yes", &id(&action)]).done();
    let expired = comes_to(&folder, "ann", "expired");
    assert!(
        expired["why"].to_string().contains("hearken go"),
        "what it waited for: {expired}"
    );
    hearken(&folder, &["go"]).done();
    daemon.stop();
    assert!(folder.outbox().is_empty(), "{:?}", folder.outbox());
}

#[test]
fn an_approval_is_no_way_around_the_last_check() {
    let folder = that_asks_first();
    let daemon = Daemon::start(&folder);
    identify(&daemon, "ann");
    let action = one_waits(&folder);
    let withdrawn = json!({ "messageId": "w", "userId": "ann", "event": "Consent Withdrawn",
        "properties": { "purpose": "marketing", "channel": "email" } });
    assert_eq!(daemon.track("track", SERVER_KEY, &withdrawn).status, 200);
    hearken(&folder, &["approve", "yes", &id(&action)]).done();
    let rejected = comes_to(&folder, "ann", "rejected");
    assert!(rejected["why"].to_string().contains("withdrawn"), "{rejected}");
    daemon.stop();
    assert!(folder.outbox().is_empty(), "{:?}", folder.outbox());
}

#[test]
fn what_was_decided_in_shadow_is_sent_by_nobodys_word() {
    let folder = Folder::that_always_tells();
    folder.change("mode = \"live\"", "mode = \"shadow\"");
    let daemon = Daemon::start(&folder);
    identify(&daemon, "ann");
    let held = comes_to(&folder, "ann", "held");
    assert!(waiting(&folder).is_empty(), "it waits for nobody");
    fails(&hearken(&folder, &["approve", "yes", &id(&held)]), "shadow");
    daemon.stop();
    folder.change("mode = \"shadow\"", "mode = \"live\"");
    let daemon = Daemon::start(&folder);
    identify(&daemon, "bob");
    comes_to(&folder, "bob", "delivered");
    assert_eq!(actions(&folder, "ann")[0]["state"], "held", "it stays where it was");
    daemon.stop();
    assert_eq!(folder.outbox().len(), 1, "{:?}", folder.outbox());
}

#[test]
fn an_approved_action_waits_out_a_shadow_and_goes_afterwards() {
    let folder = that_asks_first();
    let daemon = Daemon::start(&folder);
    identify(&daemon, "ann");
    let action = one_waits(&folder);
    daemon.stop();
    // While no daemon runs an answer waits as well.
    hearken(&folder, &["approve", "yes", &id(&action)]).done();
    folder.change("mode = \"approve\"", "mode = \"shadow\"");
    let daemon = Daemon::start(&folder);
    let held = eventually("it is held by the mode", || {
        actions(&folder, "ann").into_iter().find(|a| a["gate"] == "mode")
    });
    assert!(held["why"].to_string().contains("shadow"), "{held}");
    assert!(held["why"].to_string().contains("[policy]"), "{held}");
    daemon.stop();
    assert!(folder.outbox().is_empty(), "{:?}", folder.outbox());
    folder.change("mode = \"shadow\"", "mode = \"approve\"");
    let daemon = Daemon::start(&folder);
    comes_to(&folder, "ann", "delivered");
    daemon.stop();
}

#[test]
fn going_live_lets_go_what_waited_for_approval() {
    let folder = that_asks_first();
    let daemon = Daemon::start(&folder);
    identify(&daemon, "ann");
    one_waits(&folder);
    daemon.stop();
    folder.change("mode = \"approve\"", "mode = \"live\"");
    let daemon = Daemon::start(&folder);
    comes_to(&folder, "ann", "delivered");
    daemon.stop();
}

#[test]
fn all_that_wait_are_answered_at_once_also_of_one_story_only() {
    let folder = that_asks_first();
    let daemon = Daemon::start(&folder);
    for n in 0..5 {
        identify(&daemon, &format!("person-{n}"));
    }
    eventually("all wait", || (waiting(&folder).len() == 5).then_some(()));
    let misspelt = hearken(&folder, &["approve", "yes", "--all", "--story", "roi"]);
    assert_eq!(misspelt.code, 2, "{misspelt:?}");
    let none = hearken(&folder, &["approve", "yes", "--all", "--older-than", "1h"]).done();
    assert!(none.out.contains("0 actions may go"), "{none:?}");
    let all = hearken(
        &folder,
        &[
            "approve",
            "yes",
            "--all",
            "--story",
            "roi-in-numbers",
            "--format",
            "json",
        ],
    )
    .done();
    assert_eq!(all.json()["taken"], 5, "{all:?}");
    eventually("all are sent", || (folder.outbox().len() == 5).then_some(()));
    daemon.stop();
}

#[test]
fn an_answer_that_was_given_while_nothing_ran_is_taken_by_the_next_run() {
    let folder = that_asks_first();
    let daemon = Daemon::start(&folder);
    identify(&daemon, "ann");
    let action = one_waits(&folder);
    daemon.stop();
    hearken(&folder, &["approve", "yes", &id(&action)]).done();
    hearken(&folder, &["run", "--once"]).done();
    assert_eq!(folder.outbox().len(), 1, "{:?}", folder.outbox());
}

#[test]
fn an_id_of_nothing_is_refused() {
    let folder = that_asks_first();
    let daemon = Daemon::start(&folder);
    fails(
        &hearken(&folder, &["approve", "no", "0123456789abcdef"]),
        "no such action",
    );
    assert_eq!(hearken(&folder, &["approve", "yes", "ann"]).code, 2);
    daemon.stop();
}
