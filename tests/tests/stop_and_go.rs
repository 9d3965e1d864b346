//! `hearken stop` holds everything back, also what is decided already; `hearken go` lets it
//! go, without a restart of anything.

use hearken_tests::{Daemon, Folder, SERVER_KEY, eventually, hearken};
use serde_json::{Value, json};

/// People who ask for a demo, which calls for a hand-over to sales. A router's choice is
/// drawn, so one person would not do.
fn ask_for_demos(daemon: &Daemon<'_>) {
    for n in 0..20 {
        let (user, email) = (format!("u{n}"), format!("person-{n}@example.com"));
        let identify = json!({ "messageId": format!("i{n}"), "userId": user, "traits": { "email": email } });
        assert_eq!(daemon.track("identify", SERVER_KEY, &identify).status, 200);
        let page = json!({ "messageId": format!("p{n}"), "userId": user, "properties": { "path": "/pricing", "title": "ROI" } });
        assert_eq!(daemon.track("page", SERVER_KEY, &page).status, 200);
        let asks = json!({ "form": "demo", "asks": "demo" });
        let form =
            json!({ "messageId": format!("f{n}"), "userId": user, "event": "Form Submitted", "properties": asks });
        assert_eq!(daemon.track("track", SERVER_KEY, &form).status, 200);
    }
}

fn hand_overs(folder: &Folder) -> Vec<Value> {
    let said = hearken(folder, &["decision", "list", "--act", "hand-over", "--format", "json"]).done();
    said.json().as_array().cloned().unwrap_or_default()
}

#[test]
fn nothing_is_sent_while_stopped_and_all_of_it_afterwards() {
    let folder = Folder::with_everything();
    let daemon = Daemon::start(&folder);
    let stopped = hearken(&folder, &["stop"]).done();
    assert!(stopped.out.contains("everything is stopped"), "{stopped:?}");
    ask_for_demos(&daemon);
    let decided = eventually("somebody is handed over", || {
        Some(hand_overs(&folder)).filter(|all| !all.is_empty())
    });
    let prospect = decided[0]["prospect"].as_str().expect("an id").to_owned();
    let waiting = eventually("the action was looked at", || {
        let shown = hearken(&folder, &["prospect", "show", &prospect, "--format", "json"])
            .done()
            .json();
        shown["actions"].as_array()?.first().cloned()
    });
    assert!(waiting["state"] == "queued" || waiting["state"] == "held", "{waiting}");
    assert!(folder.outbox().is_empty(), "{:?}", folder.outbox());
    hearken(&folder, &["go"]).done();
    eventually("what was held back is delivered", || {
        (!folder.outbox().is_empty()).then_some(())
    });
    daemon.stop();
}

#[test]
fn a_stop_outlives_the_daemon() {
    let folder = Folder::with_everything();
    let daemon = Daemon::start(&folder);
    hearken(&folder, &["stop", "--team", "sales"]).done();
    daemon.stop();
    let daemon = Daemon::start(&folder);
    let said = hearken(&folder, &["stop"]).done();
    assert!(said.out.contains("team 'sales' stays stopped"), "{said:?}");
    let said = hearken(&folder, &["go"]).done();
    assert!(
        said.out.contains("team 'sales' stays stopped"),
        "one is not let go with the other: {said:?}"
    );
    let said = hearken(&folder, &["go", "--team", "sales"]).done();
    assert!(!said.out.contains("stays stopped"), "{said:?}");
    daemon.stop();
}

#[test]
fn a_misspelt_scope_stops_nothing_and_says_so() {
    let folder = Folder::with_everything();
    let daemon = Daemon::start(&folder);
    let said = hearken(&folder, &["stop", "--channel", "emial"]);
    assert_eq!(said.code, 2, "{said:?}");
    assert!(said.err.contains("emial"), "{said:?}");
    daemon.stop();
}

#[test]
fn every_decision_is_the_same_when_decided_again() {
    let folder = Folder::with_everything();
    let daemon = Daemon::start(&folder);
    ask_for_demos(&daemon);
    eventually("somebody is handed over", || {
        Some(hand_overs(&folder)).filter(|all| !all.is_empty())
    });
    daemon.stop();
    let all = hearken(&folder, &["decision", "list", "--limit", "1000", "--format", "json"])
        .done()
        .json();
    let all = all.as_array().expect("a list");
    assert!(!all.is_empty());
    for decision in all {
        let id = decision["id"].as_str().expect("an id");
        let said = hearken(&folder, &["decision", "show", id, "--replay", "--format", "json"]).done();
        assert_eq!(said.json()["replay"]["same"], true, "{said:?}");
    }
}
