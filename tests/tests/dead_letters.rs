//! What cannot be worked off is kept, shown, and goes when a person says so.

use hearken_tests::{Daemon, Folder, WRITE_KEY, eventually, hearken};
use serde_json::{Value, json};

fn listed(folder: &Folder, more: &[&str]) -> Vec<Value> {
    let arguments = [&["dead-letter", "list", "--format", "json"], more].concat();
    hearken(folder, &arguments)
        .done()
        .json()
        .as_array()
        .cloned()
        .unwrap_or_default()
}

/// Two events that belong to nobody, and one between them that is good.
fn send_two_bad_ones(daemon: &Daemon<'_>) {
    let batch = json!({ "batch": [
        { "type": "track", "messageId": "nobody-1", "event": "Something" },
        { "type": "page", "messageId": "good", "anonymousId": "somebody", "properties": { "path": "/" } },
        { "type": "track", "messageId": "nobody-2", "event": "Something \u{1b}[31m" },
    ] });
    assert_eq!(
        daemon.track("batch", WRITE_KEY, &batch).status,
        200,
        "the good one is taken"
    );
}

#[test]
fn a_bad_event_is_kept_and_its_neighbour_taken() {
    let folder = Folder::with_a_site();
    let daemon = Daemon::start(&folder);
    send_two_bad_ones(&daemon);
    let letters = listed(&folder, &[]);
    assert_eq!(letters.len(), 2, "{letters:?}");
    assert!(letters.iter().all(|l| l["connector"] == "site"), "{letters:?}");
    assert!(
        letters[0]["payload"].as_str().is_some_and(|p| p.contains("nobody-2")),
        "the latest first: {letters:?}"
    );
    let id = letters[0]["id"].to_string();
    let shown = hearken(&folder, &["dead-letter", "show", &id]).done();
    assert!(
        shown.out.contains("nobody-2") && !shown.out.contains('\u{1b}'),
        "{shown:?}"
    );
    eventually("the good one is known", || {
        (hearken(&folder, &["prospect", "show", "anonymous:somebody"]).code == 0).then_some(())
    });
    daemon.stop();
}

#[test]
fn letters_are_listed_by_stage_and_connector() {
    let folder = Folder::with_a_site();
    let daemon = Daemon::start(&folder);
    send_two_bad_ones(&daemon);
    let stage = listed(&folder, &[])[0]["stage"].as_str().expect("a stage").to_owned();
    assert_eq!(listed(&folder, &["--stage", &stage, "--connector", "site"]).len(), 2);
    assert_eq!(listed(&folder, &["--connector", "other"]).len(), 0);
    assert_eq!(listed(&folder, &["--stage", "decide"]).len(), 0);
    assert_eq!(listed(&folder, &["--limit", "1"]).len(), 1);
    let said = hearken(&folder, &["dead-letter", "list", "--stage", "nowhere"]);
    assert_eq!(said.code, 2, "{said:?}");
    daemon.stop();
}

#[test]
fn letters_are_dropped_one_by_one_and_all_at_once() {
    let folder = Folder::with_a_site();
    let daemon = Daemon::start(&folder);
    send_two_bad_ones(&daemon);
    daemon.stop();
    let id = listed(&folder, &[])[0]["id"].to_string();
    assert_eq!(
        hearken(&folder, &["dead-letter", "drop", &id]).done().out,
        "1 dead letter dropped\n"
    );
    assert_eq!(hearken(&folder, &["dead-letter", "drop", &id]).code, 1, "it is gone");
    assert_eq!(listed(&folder, &[]).len(), 1);
    assert_eq!(
        hearken(&folder, &["dead-letter", "drop"]).code,
        2,
        "which ones must be said"
    );
    assert_eq!(
        hearken(&folder, &["dead-letter", "drop", "7", "--all"]).code,
        2,
        "and not in two ways"
    );
    hearken(&folder, &["dead-letter", "drop", "--all", "--connector", "other"]).done();
    assert_eq!(listed(&folder, &[]).len(), 1, "others' letters stay");
    hearken(&folder, &["dead-letter", "drop", "--all"]).done();
    assert!(listed(&folder, &[]).is_empty());
}

#[test]
fn a_replay_that_was_asked_for_waits_for_the_daemon() {
    let folder = Folder::with_a_site();
    folder.change(
        "plugin = \"segment\"",
        "plugin = \"segment\"\ngrants.may-identify = { user = \"verified\" }",
    );
    let daemon = Daemon::start(&folder);
    let stranger = json!({ "messageId": "stranger", "anonymousId": "somebody", "properties": { "path": "/" } });
    assert_eq!(daemon.track("page", WRITE_KEY, &stranger).status, 200);
    daemon.stop();
    let letters = listed(&folder, &["--stage", "signal"]);
    let id = letters[0]["id"].to_string();
    hearken(&folder, &["dead-letter", "replay", &id]).done();
    assert!(listed(&folder, &[])[0]["replay_asked"].is_string());
    let daemon = Daemon::start(&folder);
    eventually("the daemon takes it", || {
        listed(&folder, &[])[0]["replay_asked"].is_null().then_some(())
    });
    daemon.stop();
}

#[test]
fn what_never_became_a_signal_is_not_said_to_be_worked_off() {
    let folder = Folder::with_a_site();
    let daemon = Daemon::start(&folder);
    send_two_bad_ones(&daemon);
    let letters = listed(&folder, &["--stage", "intake"]);
    let said = hearken(&folder, &["dead-letter", "replay", "--all"]);
    assert_eq!(said.code, 1, "{said:?}");
    for letter in &letters {
        assert!(said.out.contains(&letter["id"].to_string()), "{said:?}");
    }
    assert!(said.out.contains("never became a signal"), "{said:?}");
    assert_eq!(listed(&folder, &[]).len(), letters.len(), "they are kept");
    daemon.stop();
}
