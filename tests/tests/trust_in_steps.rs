//! What an operator has not allowed is decided and shown, and not sent: mode, `only-to`,
//! consent, age. All of it is checked right before an attempt, not only when deciding.

use hearken_tests::{Daemon, Folder, SERVER_KEY, WRITE_KEY, eventually, hearken};
use serde_json::{Value, json};

/// Somebody's latest decision.
fn decided(folder: &Folder, who: &str) -> Value {
    eventually("something is decided", || {
        let decision = folder.shown(&format!("user:{who}"))?["decisions"][0].clone();
        decision.is_object().then_some(decision)
    })
}

#[test]
fn in_mode_shadow_everything_is_decided_and_nothing_is_sent() {
    for narrow in [false, true] {
        let folder = Folder::that_always_tells();
        if narrow {
            folder.change("[channels.email]", "[channels.email]\nmode = \"shadow\"");
        } else {
            folder.change("mode = \"live\"", "mode = \"shadow\"");
        }
        let daemon = Daemon::start(&folder);
        daemon.identify("ann");
        let held = folder.action_comes_to("user:ann", "held");
        assert!(held["why"].to_string().contains("shadow"), "{held}");
        assert_eq!(held["attempts"], 0, "{held}");
        let decision = decided(&folder, "ann");
        assert_eq!(
            (&decision["act"], &decision["mode"]),
            (&json!("tell"), &json!("shadow")),
            "{decision}"
        );
        daemon.stop();
        assert!(folder.outbox().is_empty(), "{:?}", folder.outbox());
    }
}

#[test]
fn only_those_are_spoken_to_whom_only_to_names() {
    let folder = Folder::that_always_tells();
    folder.change(
        "mode = \"live\"",
        "mode = \"live\"\nonly-to = [\"ann@example.com\", \"*@example.org\"]",
    );
    let daemon = Daemon::start(&folder);
    daemon.identify("ann");
    daemon.identify("bob");
    folder.action_comes_to("user:ann", "delivered");
    let silence = decided(&folder, "bob");
    assert_eq!(silence["act"], "hold", "{silence}");
    assert!(silence["reason"].to_string().contains("only-to"), "{silence}");
    daemon.stop();
    assert_eq!(folder.outbox().len(), 1, "{:?}", folder.outbox());
}

#[test]
fn what_was_decided_for_many_reaches_only_those_who_are_still_allowed() {
    let folder = Folder::that_always_tells();
    let daemon = Daemon::start(&folder);
    hearken(&folder, &["stop"]).done();
    daemon.identify("ann");
    daemon.identify("bob");
    folder.action_comes_to("user:ann", "queued");
    folder.action_comes_to("user:bob", "queued");
    daemon.stop();
    folder.change("mode = \"live\"", "mode = \"live\"\nonly-to = [\"ann@example.com\"]");
    let daemon = Daemon::start(&folder);
    hearken(&folder, &["go"]).done();
    folder.action_comes_to("user:ann", "delivered");
    let rejected = folder.action_comes_to("user:bob", "rejected");
    assert!(rejected["why"].to_string().contains("only-to"), "{rejected}");
    daemon.stop();
    assert_eq!(folder.outbox().len(), 1, "{:?}", folder.outbox());
}

#[test]
fn a_withdrawal_stops_what_is_queued() {
    let folder = Folder::that_always_tells();
    let daemon = Daemon::start(&folder);
    hearken(&folder, &["stop"]).done();
    daemon.identify("ann");
    daemon.identify("bob");
    folder.action_comes_to("user:ann", "queued");
    folder.action_comes_to("user:bob", "queued");
    let withdrawn = json!({ "messageId": "w", "userId": "ann", "event": "Consent Withdrawn",
        "properties": { "purpose": "marketing", "channel": "email" } });
    assert_eq!(daemon.track("track", SERVER_KEY, &withdrawn).status, 200);
    let forged = json!({ "messageId": "f", "userId": "bob", "event": "Consent Withdrawn",
        "properties": { "purpose": "marketing", "channel": "email" } });
    assert_eq!(
        daemon.track("track", WRITE_KEY, &forged).status,
        200,
        "taken, and put aside"
    );
    eventually("the withdrawal is known", || {
        folder.shown("user:ann")?["consents"]
            .as_array()
            .is_some_and(|all| all.iter().any(|c| c["status"] == "withdrawn"))
            .then_some(())
    });
    hearken(&folder, &["go"]).done();
    let rejected = folder.action_comes_to("user:ann", "rejected");
    assert!(
        rejected["why"].to_string().contains("withdrawn") && rejected["attempts"] == 0,
        "{rejected}"
    );
    // Nobody takes back for others what a public key is enough to say.
    folder.action_comes_to("user:bob", "delivered");
    let text = hearken(&folder, &["prospect", "show", "user:ann"]).done().out;
    assert!(text.contains("marketing by email was withdrawn"), "{text}");
    daemon.stop();
    assert_eq!(folder.outbox().len(), 1, "{:?}", folder.outbox());
}

#[test]
fn history_is_believed_and_starts_nothing() {
    let folder = Folder::that_always_tells();
    // Somebody whom the router is never asked about would be silent for another reason.
    folder.change("[flow]", "[connectors.language]\nplugin = \"body-language\"\n[flow]");
    folder.change("scorers = [\"router\"]", "scorers = [\"router\", \"language\"]");
    let daemon = Daemon::start(&folder);
    let ago = |minutes: u64| {
        let now = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .expect("it is after 1970");
        u64::try_from(now.as_millis()).expect("it is before the year 500 million") - minutes * 60_000
    };
    let page = |n: u64, who: &str, minutes: u64| {
        json!({ "type": "page", "messageId": format!("p-{who}-{n}"), "userId": who, "timestamp": ago(minutes),
            "properties": { "path": "/roi", "title": "ROI and payback" } })
    };
    let identify = |who: &str, minutes: u64| {
        json!({ "type": "identify", "messageId": format!("i-{who}"), "userId": who, "timestamp": ago(minutes),
            "traits": { "email": format!("{who}@example.com") } })
    };
    let mut old = vec![identify("ann", 120)];
    old.extend((0..8).map(|n| page(n, "ann", 119 - n)));
    assert_eq!(daemon.track("batch", SERVER_KEY, &json!({ "batch": old })).status, 200);
    let ann = eventually("what is old is believed", || {
        let shown = folder.shown("user:ann")?;
        let interested = shown["beliefs"].as_array()?.iter().any(|b| b["name"] == "roi");
        (shown["signals"]["count"] == 9 && interested).then_some(shown)
    });
    assert!(ann["decisions"].as_array().is_some_and(Vec::is_empty), "{ann}");
    // The same of somebody who is here now, so that the silence is not for want of a cause.
    let new = vec![identify("bob", 5), page(0, "bob", 4)];
    assert_eq!(daemon.track("batch", SERVER_KEY, &json!({ "batch": new })).status, 200);
    folder.action_comes_to("user:bob", "delivered");
    let ann = folder.shown("user:ann").expect("she is known");
    assert!(ann["decisions"].as_array().is_some_and(Vec::is_empty), "{ann}");
    assert_eq!(
        daemon
            .track("batch", SERVER_KEY, &json!({ "batch": [page(9, "ann", 0)] }))
            .status,
        200
    );
    folder.action_comes_to("user:ann", "delivered");
    daemon.stop();
    assert_eq!(folder.outbox().len(), 2, "{:?}", folder.outbox());
}
