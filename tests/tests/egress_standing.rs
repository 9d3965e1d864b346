//! What is known of destinations: shown, kept over a restart, and closed by an operator.

use std::sync::{
    Arc,
    atomic::{AtomicU16, Ordering},
};

use hearken_tests::{Daemon, Folder, Vendor, eventually, hearken};
use serde_json::{Value, json};

/// A vendor that answers with the status that is set.
fn vendor() -> (Vendor, Arc<AtomicU16>) {
    let status = Arc::new(AtomicU16::new(401));
    let set = Arc::clone(&status);
    (
        Vendor::answering(move |_| (set.load(Ordering::Acquire), String::new())),
        status,
    )
}

fn calling(vendor: &Vendor) -> Folder {
    Folder::that_calls(vendor, "good", "/v1/notes", &vendor.granted("/v1"), "generated-token")
}

/// The destination as `hearken egress status` shows it, once its condition is so.
fn shown(folder: &Folder, condition: &str) -> Value {
    eventually(&format!("the destination is {condition}"), || {
        let said = hearken(folder, &["egress", "status", "--format", "json"]).done();
        let destination = said.json()[0]["destinations"][0].clone();
        (destination["condition"] == condition).then_some(destination)
    })
}

/// Three people, whose actions the vendor refuses.
fn refused(folder: &Folder, daemon: &Daemon<'_>, vendor: &Vendor) {
    for who in ["ann", "bob", "carl"] {
        daemon.identify(who);
        folder.attempt_ends(&format!("user:{who}"));
    }
    assert_eq!(vendor.got().len(), 3);
}

#[test]
fn what_needs_an_operator_does_so_after_a_restart_until_one_says_otherwise() {
    let (vendor, status) = vendor();
    let folder = calling(&vendor);
    let daemon = Daemon::start(&folder);
    refused(&folder, &daemon, &vendor);
    let destination = shown(&folder, "needs-operator");
    assert_eq!(destination["destination"], json!(format!("http://{}", vendor.address)));
    assert_eq!(destination["why"], json!("it answered 401"));
    assert!(destination["again"].is_string(), "{destination}");
    let text = hearken(&folder, &["egress", "status"]).done().out;
    assert!(
        text.contains("1 destination left alone") && text.contains("of 1073741824"),
        "{text}"
    );
    drop(daemon);

    let daemon = Daemon::start(&folder);
    daemon.identify("dora");
    folder.attempt_ends("user:dora");
    shown(&folder, "needs-operator");
    assert_eq!(vendor.got().len(), 3, "nobody is asked");
    status.store(200, Ordering::Release);
    let said = hearken(&folder, &["egress", "reset", "outbox"]).done();
    assert!(said.out.contains("is tried again"), "{said:?}");
    shown(&folder, "closed");
    daemon.identify("emil");
    folder.action_comes_to("user:emil", "delivered");
    let nothing = hearken(&folder, &["egress", "reset", "outbox"]).done();
    assert!(nothing.out.contains("nothing is left alone"), "{nothing:?}");
    let unknown = hearken(&folder, &["egress", "reset", "outbox", "https://elsewhere.example:443"]);
    assert_eq!(unknown.code, 2, "{unknown:?}");
    daemon.stop();
}

#[test]
fn another_secret_is_tried_at_once() {
    let (vendor, _) = vendor();
    let folder = calling(&vendor);
    let daemon = Daemon::start(&folder);
    refused(&folder, &daemon, &vendor);
    shown(&folder, "needs-operator");
    daemon.stop();
    folder.write("secrets/token", "generated-other-token");
    let daemon = Daemon::start(&folder);
    shown(&folder, "closed");
    daemon.identify("dora");
    eventually("the vendor is asked", || (vendor.got().len() > 3).then_some(()));
    daemon.stop();
}
