//! One prospect with a hundred thousand signals, and one with as many different pages as
//! signals: both are shown at once, both are still understood, and what is kept of either
//! stays small.

use std::time::{Duration, Instant};

use hearken_tests::{Daemon, Folder, SERVER_KEY, WRITE_KEY, eventually};
use rusqlite::{Connection, OpenFlags};
use serde_json::{Value, json};

/// The most messages that the tracking API takes at once.
const BATCH: usize = 2_500;
/// What is kept of one prospect, in bytes of JSON. A scorer may remember 16 KiB of anybody,
/// which is most of it.
const STATE: i64 = 64 * 1024;

/// Sends a message for every number, as few bytes each as will do.
fn send(daemon: &Daemon<'_>, numbers: std::ops::Range<usize>, message: impl Fn(usize) -> Value) {
    let numbers: Vec<usize> = numbers.collect();
    for chunk in numbers.chunks(BATCH) {
        let batch: Vec<Value> = chunk.iter().map(|n| message(*n)).collect();
        let answer = daemon.track("batch", WRITE_KEY, &json!({ "batch": batch }));
        assert_eq!(answer.status, 200, "{answer:?}");
    }
}

fn interested(shown: &Value) -> bool {
    shown["beliefs"]
        .as_array()
        .is_some_and(|all| all.iter().any(|b| b["kind"] == "interest" && b["name"] == "roi"))
}

fn store(folder: &Folder) -> Connection {
    Connection::open_with_flags(folder.data().join("state.sqlite"), OpenFlags::SQLITE_OPEN_READ_ONLY)
        .expect("the store can be read")
}

/// The largest state in bytes.
fn largest_state(folder: &Folder) -> i64 {
    let sql = "SELECT max(length(state)) FROM prospect";
    store(folder)
        .query_row(sql, [], |row| row.get(0))
        .expect("states are text")
}

fn applied(folder: &Folder, signals: usize) {
    eventually("all signals are applied", || {
        (folder.shown("anonymous:busy")?["signals"]["count"] == signals).then_some(())
    });
}

#[test]
fn a_hundred_thousand_signals_of_one_prospect_hold_nobody_up() {
    const SIGNALS: usize = 100_000;
    let folder = Folder::with_everything();
    let daemon = Daemon::start(&folder);
    send(&daemon, 0..SIGNALS, |n| {
        let properties = json!({ "path": if n % 5 == 0 { "/roi" } else { "/news" } });
        json!({ "type": "page", "messageId": n.to_string(), "anonymousId": "busy", "properties": properties })
    });
    applied(&folder, SIGNALS);
    let begun = Instant::now();
    let known = folder.shown("anonymous:busy").expect("it is known");
    assert!(
        begun.elapsed() < Duration::from_secs(5),
        "it took {:?} to show it",
        begun.elapsed()
    );
    assert!(interested(&known), "{known}");
    assert!(known["signals"]["recent"].as_array().is_some_and(|r| r.len() == 20));
    let begun = Instant::now();
    let page = json!({ "messageId": "next", "anonymousId": "busy", "properties": { "path": "/roi" } });
    assert_eq!(daemon.track("page", WRITE_KEY, &page).status, 200);
    applied(&folder, SIGNALS + 1);
    assert!(
        begun.elapsed() < Duration::from_secs(5),
        "it took {:?} to apply one more",
        begun.elapsed()
    );
    // A merge asks for all of its history anew.
    let identify =
        json!({ "messageId": "i", "anonymousId": "busy", "userId": "ann", "traits": { "email": "ann@example.com" } });
    assert_eq!(daemon.track("identify", SERVER_KEY, &identify).status, 200);
    let merged = eventually("its history is one with the known person's", || {
        folder
            .shown("user:ann")
            .filter(|s| s["signals"]["count"] == SIGNALS + 2 && interested(s))
    });
    assert!(
        merged["identities"].as_array().is_some_and(|all| all.len() == 3),
        "{merged}"
    );
    let largest = largest_state(&folder);
    assert!(largest < STATE, "a state of {largest} bytes");
    daemon.stop();
}
