//! Double opt-in: whoever is said to have asked for something is asked whether it was them,
//! and gets nothing else until they say yes.

use hearken_tests::{CONFIRM, Daemon, Folder, SERVER_KEY, WRITE_KEY, eventually, hearken};
use serde_json::{Value, json};

fn latest_decision(folder: &Folder, who: &str, holds: impl Fn(&Value) -> bool) -> Value {
    eventually("it is decided", || {
        let decision = folder.shown(&format!("user:{who}"))?["decisions"][0].clone();
        holds(&decision).then_some(decision)
    })
}

#[test]
fn a_consent_counts_once_its_owner_has_confirmed_it() {
    let folder = Folder::with_a_form();
    hearken(&folder, &["check", "hearken.toml"]).done();
    let daemon = Daemon::start(&folder);
    daemon.identify("ann");
    latest_decision(&folder, "ann", |d| d["act"] == "hold");
    assert_eq!(daemon.asks_for_the_letter(SERVER_KEY, "ann", "n-1"), 200);
    let action = folder.sent(1).remove(0);
    assert_eq!(
        (&action["story"], &action["act"]),
        (&json!("confirm"), &json!("tell")),
        "{action}"
    );
    assert!(action["unsubscribe"].is_null() && action["asked"].is_null(), "{action}");
    let decision = latest_decision(&folder, "ann", |d| d["act"] == "tell");
    assert_eq!(decision["trigger"], "confirm:marketing/email", "{decision}");

    // Nothing else is said until then, and looking confirms nothing.
    daemon.asks("ann", "f-1");
    let held = latest_decision(&folder, "ann", |d| d["act"] == "hold");
    assert!(held["reason"].to_string().contains("not confirmed yet"), "{held}");
    let page = daemon.open(&action["confirm"]);
    assert!(page.status == 200 && page.body.contains("<button>"), "{page:?}");
    folder.consent_comes_to("user:ann", "marketing", "email", "pending");

    assert_eq!(daemon.submit(&action["confirm"], "").status, 200);
    folder.consent_comes_to("user:ann", "marketing", "email", "granted");
    let granted = folder.signals("user:ann", "consent.granted").remove(0);
    let proof = granted["properties"]["proof"].to_string();
    assert!(proof.contains("form 7") && proof.contains("confirmation"), "{proof}");
    daemon.asks("ann", "f-2");
    let sent = folder.sent(2);
    assert!(sent.iter().any(|a| a["story"] == "roi-in-numbers"), "{sent:?}");
    daemon.stop();
    folder.simulates_the_same();
}

#[test]
fn nobody_is_asked_twice_a_day_or_on_the_word_of_a_page() {
    let folder = Folder::with_a_form();
    let daemon = Daemon::start(&folder);
    daemon.identify("bob");
    // A page's key is in the page: anybody can write it down.
    assert_eq!(daemon.asks_for_the_letter(WRITE_KEY, "bob", "n-0"), 200);
    assert_eq!(daemon.asks_for_the_letter(SERVER_KEY, "bob", "n-1"), 200);
    assert_eq!(folder.sent(1).len(), 1);
    assert_eq!(folder.signals("user:bob", "consent.pending").len(), 1);
    assert_eq!(daemon.asks_for_the_letter(SERVER_KEY, "bob", "n-2"), 200);
    let held = latest_decision(&folder, "bob", |d| {
        d["act"] == "hold" && d["trigger"] == "confirm:marketing/email"
    });
    assert!(
        held["reason"].to_string().contains("asked to confirm already"),
        "{held}"
    );
    daemon.stop();
    assert_eq!(folder.outbox().len(), 1);
}

#[test]
fn what_was_taken_back_meanwhile_is_not_asked_for() {
    let folder = Folder::with_a_form();
    let daemon = Daemon::start(&folder);
    daemon.identify("carl");
    hearken(&folder, &["stop"]).done();
    assert_eq!(daemon.asks_for_the_letter(SERVER_KEY, "carl", "n-1"), 200);
    eventually("the question is queued", || {
        (folder.shown("user:carl")?["actions"][0]["state"] == "queued").then_some(())
    });
    let no = json!({ "messageId": "w-1", "userId": "carl", "event": "Consent Withdrawn",
        "properties": { "purpose": "marketing", "channel": "email" } });
    assert_eq!(daemon.track("track", SERVER_KEY, &no).status, 200);
    folder.consent_comes_to("user:carl", "marketing", "email", "withdrawn");
    hearken(&folder, &["go"]).done();
    let action = eventually("it is at its end", || {
        let action = folder.shown("user:carl")?["actions"][0].clone();
        (action["state"] == "rejected").then_some(action)
    });
    assert!(action["why"].to_string().contains("waits to be confirmed"), "{action}");
    daemon.stop();
    assert!(folder.outbox().is_empty());
}

#[test]
fn check_says_what_a_story_that_confirms_lacks() {
    let folder = Folder::that_always_tells();
    folder.write(
        "stories/confirm.md",
        &CONFIRM.replace("confirms", "kind = \"marketing\"\nconfirms"),
    );
    let said = hearken(&folder, &["check", "hearken.toml"]);
    assert_ne!(said.code, 0, "{said:?}");
    for needed in ["there are no [links]", "is of kind service, not marketing"] {
        assert!(said.err.contains(needed), "{said:?}");
    }
}
