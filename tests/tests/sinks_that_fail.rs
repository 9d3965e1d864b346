//! Sinks that fail: what may succeed later is tried again and then kept, what never will is
//! kept at once, and of what may have arrived nobody pretends to know.

use std::time::Instant;

use hearken_tests::{Daemon, Folder, eventually, hearken};
use serde_json::Value;

/// Somebody is told a story by a sink of the mode `mode`, wired with `settings` as well.
fn folder(mode: &str, settings: &str) -> Folder {
    let folder = Folder::that_always_tells();
    folder.change(
        "plugin = \"outbox-dir\"",
        &format!("plugin = \"misbehaving\"\nconfig = {{ mode = \"{mode}\" }}\n{settings}"),
    );
    folder
}

const RETRY: &str = "retry = { first = \"200ms\", most = \"1s\", attempts = 3 }";

fn action(folder: &Folder) -> Option<Value> {
    let said = hearken(folder, &["prospect", "show", "user:ann", "--format", "json"]);
    (said.code == 0).then(|| said.json()["actions"][0].clone())
}

fn letters(folder: &Folder) -> Vec<Value> {
    let said = hearken(
        folder,
        &["dead-letter", "list", "--stage", "deliver", "--format", "json"],
    )
    .done();
    said.json().as_array().cloned().unwrap_or_default()
}

#[test]
fn what_may_succeed_later_is_tried_again_then_kept_and_delivered_when_asked_for() {
    let folder = folder("fail:transient", RETRY);
    let daemon = Daemon::start(&folder);
    let begun = Instant::now();
    daemon.identify("ann");
    let given_up = folder.action_comes_to("user:ann", "rejected");
    assert!(
        begun.elapsed().as_millis() >= 600,
        "200 ms after the first attempt and 400 after the second: {:?}",
        begun.elapsed()
    );
    assert_eq!(given_up["attempts"], 3, "{given_up}");
    let kept = letters(&folder);
    assert_eq!(kept.len(), 1, "{kept:?}");
    assert_eq!(kept[0]["action"], given_up["id"]);
    let why = kept[0]["why"].as_str().expect("a reason");
    assert!(why.contains("3 attempts") && why.contains("asked to fail"), "{why}");
    daemon.stop();
    folder.change("fail:transient", "tally");
    let daemon = Daemon::start(&folder);
    hearken(&folder, &["dead-letter", "replay", &kept[0]["id"].to_string()]).done();
    let delivered = folder.action_comes_to("user:ann", "delivered");
    assert_eq!(delivered["attempts"], 4, "{delivered}");
    assert_eq!(folder.outbox().len(), 1, "{:?}", folder.outbox());
    assert!(letters(&folder).is_empty(), "what is delivered is dead no more");
    daemon.stop();
}

#[test]
fn a_replay_that_fails_again_is_kept_again() {
    let folder = folder("fail:permanent", RETRY);
    let daemon = Daemon::start(&folder);
    daemon.identify("ann");
    folder.action_comes_to("user:ann", "rejected");
    let first = letters(&folder);
    hearken(&folder, &["dead-letter", "replay", &first[0]["id"].to_string()]).done();
    let second = eventually("it is kept again", || {
        Some(letters(&folder)).filter(|l| l.len() == 1 && l[0]["id"] != first[0]["id"])
    });
    assert_eq!(second[0]["action"], first[0]["action"]);
    assert_eq!(folder.action_comes_to("user:ann", "rejected")["attempts"], 2);
    daemon.stop();
}

#[test]
fn what_never_will_succeed_is_kept_at_once() {
    for class in ["permanent", "config", "denied"] {
        let folder = folder(&format!("fail:{class}"), RETRY);
        let daemon = Daemon::start(&folder);
        daemon.identify("ann");
        let rejected = folder.action_comes_to("user:ann", "rejected");
        assert_eq!(rejected["attempts"], 1, "{class}: {rejected}");
        let kept = letters(&folder);
        assert_eq!(kept.len(), 1, "{class}: {kept:?}");
        assert!(
            kept[0]["payload"]
                .as_str()
                .is_some_and(|p| p.contains("ann@example.com")),
            "{kept:?}"
        );
        daemon.stop();
    }
}

#[test]
fn a_crash_before_anything_was_sent_is_kept_at_once() {
    let folder = folder("allocate", RETRY);
    let daemon = Daemon::start(&folder);
    daemon.identify("ann");
    let kept = eventually("it is kept", || Some(letters(&folder)).filter(|l| !l.is_empty()));
    assert!(kept[0]["why"].to_string().contains("memory"), "{kept:?}");
    let rejected = folder.action_comes_to("user:ann", "rejected");
    assert_eq!(rejected["attempts"], 1, "it would crash again: {rejected}");
    daemon.stop();
}

#[test]
fn what_may_have_arrived_is_held_for_a_person() {
    for mode in ["create-then-trap", "create-then-half", "fail:unknown"] {
        let folder = folder(mode, RETRY);
        let daemon = Daemon::start(&folder);
        daemon.identify("ann");
        let held = folder.action_comes_to("user:ann", "held");
        assert_eq!(held["attempts"], 1, "{mode}: it is not sent twice: {held}");
        let kept = letters(&folder);
        assert_eq!(kept.len(), 1, "{mode}: {kept:?}");
        assert!(
            kept[0]["why"].to_string().contains("may have arrived"),
            "{mode}: {kept:?}"
        );
        assert_eq!(folder.outbox().len(), usize::from(mode == "create-then-trap"), "{mode}");
        daemon.stop();
    }
}

#[test]
fn what_may_have_arrived_is_sent_again_where_the_operator_says_so_but_not_for_ever() {
    let folder = folder("fail:unknown", &format!("{RETRY}\non-unknown = \"retry\""));
    let daemon = Daemon::start(&folder);
    let begun = Instant::now();
    daemon.identify("ann");
    let held = folder.action_comes_to("user:ann", "held");
    assert_eq!(held["attempts"], 3, "{held}");
    assert!(
        begun.elapsed().as_millis() >= 600,
        "it waits in between: {:?}",
        begun.elapsed()
    );
    let kept = letters(&folder);
    assert_eq!(kept.len(), 1, "{kept:?}");
    assert!(kept[0]["why"].to_string().contains("3 attempts"), "{kept:?}");
    daemon.stop();
}

#[test]
fn answers_for_strangers_and_second_answers_count_for_nothing() {
    let folder = folder("strangers", RETRY);
    let daemon = Daemon::start(&folder);
    daemon.identify("ann");
    let settled = eventually("the action is settled", || {
        action(&folder).filter(|a| a["state"] != "queued" && a["state"] != "started")
    });
    assert_eq!(settled["attempts"], 1, "{settled}");
    assert!(daemon.get("/ready").status == 200);
    daemon.stop();
}
