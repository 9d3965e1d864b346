//! A running daemon takes up a changed configuration: whole, or not at all, and while it does
//! nobody who sends something notices.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    sync::atomic::{AtomicBool, AtomicU32, Ordering},
    thread,
};

use hearken_tests::{Daemon, Folder, SERVER_KEY, Vendor, eventually, hearken};
use rustix::process::Signal;
use serde_json::json;

/// How often the log says so by now.
fn said(daemon: &Daemon<'_>, what: &str) -> usize {
    daemon.log().matches(what).count()
}

/// Asks for a reload and waits until it was tried.
fn reload(daemon: &Daemon<'_>, expected: &str) {
    let before = said(daemon, expected);
    daemon.signal(Signal::HUP);
    eventually(&format!("the log says {expected:?}"), || {
        (said(daemon, expected) > before).then_some(())
    });
}

const TAKEN: &str = "INFO reloaded";
const NOT_TAKEN: &str = "not reloaded: everything goes on as it was";

#[test]
fn what_is_changed_holds_from_then_on() {
    let folder = Folder::that_always_tells();
    let daemon = Daemon::start(&folder);
    daemon.identify("ann");
    assert_eq!(folder.sent(1).len(), 1);
    folder.change("mode = \"live\"", "mode = \"live\"\nonly-to = [\"carl@example.com\"]");
    reload(&daemon, TAKEN);
    daemon.identify("bob");
    eventually("nothing is said to bob", || {
        let decision = folder.shown("user:bob")?["decisions"][0].clone();
        decision["reason"].to_string().contains("only-to").then_some(())
    });
    daemon.identify("carl");
    assert_eq!(folder.sent(2).len(), 2);
    daemon.stop();
}

#[test]
fn what_is_wrong_is_said_and_changes_nothing() {
    let folder = Folder::that_always_tells();
    let daemon = Daemon::start(&folder);
    let good = fs::read_to_string(folder.configuration()).expect("the configuration");
    for (wrong, why) in [
        (good.replace("sink = \"outbox\"", "sink = \"outbux\""), "outbux"),
        (format!("{good}\n["), "hearken.toml"),
        (good.replace("mode = \"tell:", "mood = \"tell:"), "mood"),
        (
            good.replace("path = \"data/state.sqlite\"", "path = \"data/other.sqlite\""),
            "store.path takes a restart",
        ),
        (
            good.replace("public = \"127.0.0.1:0\"", "public = \"127.0.0.1:9\""),
            "listen.public takes a restart",
        ),
    ] {
        assert_ne!(wrong, good, "{why}");
        folder.write("hearken.toml", &wrong);
        reload(&daemon, NOT_TAKEN);
        assert!(daemon.log().contains(why), "{why}: {}", daemon.log());
    }
    folder.write("hearken.toml", &good);
    fs::set_permissions(folder.configuration(), fs::Permissions::from_mode(0o666)).expect("its mode changes");
    reload(&daemon, NOT_TAKEN);
    assert!(daemon.log().contains("chmod o-w"), "{}", daemon.log());
    daemon.identify("ann");
    assert_eq!(folder.sent(1).len(), 1);
    daemon.stop();
}

#[test]
fn a_story_that_is_saved_is_told_as_it_is_now() {
    let folder = Folder::that_always_tells();
    let daemon = Daemon::start(&folder);
    daemon.identify("ann");
    assert_eq!(folder.sent(1).len(), 1);
    let story = fs::read_to_string(folder.path().join("stories/roi-in-numbers.md")).expect("the story");
    folder.write(
        "stories/roi-in-numbers.md",
        &story.replace("nine months", "seven months"),
    );
    eventually("it is taken up without being asked", || {
        (said(&daemon, TAKEN) > 0).then_some(())
    });
    daemon.identify("bob");
    let sent = folder.sent(2);
    let told = |text: &str| sent.iter().filter(|a| a["text"].to_string().contains(text)).count();
    assert_eq!((told("nine months"), told("seven months")), (1, 1), "{sent:?}");
    daemon.stop();
}

#[test]
fn connectors_come_and_go() {
    let folder = Folder::with_everything();
    let daemon = Daemon::start(&folder);
    let identify = json!({ "messageId": "i-1", "userId": "ann", "traits": {} }).to_string();
    let at = |connector: &str| {
        let url = daemon.intake(&format!("{connector}/v1/identify"));
        let bearer = format!("Bearer {SERVER_KEY}");
        hearken_tests::send("POST", &url, &[("authorization", &bearer)], identify.as_bytes()).status
    };
    assert_eq!((at("site"), at("shop")), (200, 404));
    let shop = "[connectors.shop]\nplugin = \"segment\"\n\
                secrets.write-key = { file = \"secrets/write-key\" }\nsecrets.server-key = { file = \"secrets/server-key\" }\n\n";
    folder.change("[connectors.site]", &format!("{shop}[connectors.site]"));
    reload(&daemon, TAKEN);
    assert_eq!((at("site"), at("shop")), (200, 200));
    folder.change(shop, "");
    reload(&daemon, TAKEN);
    assert_eq!((at("site"), at("shop")), (200, 404));
    daemon.stop();
}

#[test]
fn whoever_sends_while_it_reloads_is_answered_and_heard_once() {
    let folder = Folder::that_always_tells();
    let daemon = Daemon::start(&folder);
    let (over, sent) = (AtomicBool::new(false), AtomicU32::new(0));
    thread::scope(|scope| {
        for client in 0..4 {
            let (daemon, over, sent) = (&daemon, &over, &sent);
            scope.spawn(move || {
                for n in 0.. {
                    if over.load(Ordering::Acquire) {
                        return;
                    }
                    daemon.identify(&format!("p{client}-{n}"));
                    sent.fetch_add(1, Ordering::AcqRel);
                }
            });
        }
        for round in 0..5 {
            let (from, to) = if round % 2 == 0 { (100, 200) } else { (200, 100) };
            folder.change(&format!("caps = [\"{from}/1d\"]"), &format!("caps = [\"{to}/1d\"]"));
            reload(&daemon, TAKEN);
        }
        over.store(true, Ordering::Release);
    });
    let sent = sent.load(Ordering::Acquire) as usize;
    assert!(sent > 20, "{sent}");
    assert_eq!(folder.sent(sent).len(), sent, "each is told the story, once");
    daemon.stop();
    let people = hearken(&folder, &["prospect", "list", "--limit", "100000", "--format", "json"]).done();
    assert_eq!(people.json().as_array().map(Vec::len), Some(sent));
}

#[test]
fn a_grant_is_taken_back_and_a_secret_exchanged() {
    let vendor = Vendor::echoing();
    let folder = Folder::that_calls(&vendor, "good", "/v1/notes", &vendor.granted("/v1"), "first-token");
    let daemon = Daemon::start(&folder);
    daemon.identify("ann");
    folder.action_comes_to("user:ann", "delivered");
    folder.write("secrets/token", "second-token");
    reload(&daemon, TAKEN);
    daemon.identify("bob");
    folder.action_comes_to("user:bob", "delivered");
    folder.change("path = \"/v1\"", "path = \"/v2\"");
    reload(&daemon, TAKEN);
    daemon.identify("carl");
    folder.action_comes_to("user:carl", "rejected");
    daemon.stop();
    let got = vendor.got();
    assert_eq!(got.len(), 2, "{got:?}");
    assert!(got[0].contains("Bearer first-token"), "{got:?}");
    assert!(got[1].contains("Bearer second-token"), "{got:?}");
}
