//! As many different pages, titles, searches and events as there are signals, of one visitor
//! and of many: what is kept stays bounded, and whoever means something is still understood.

use std::fs;

use hearken_tests::{Daemon, Folder, WRITE_KEY, eventually, hearken};
use rusqlite::{Connection, OpenFlags};
use serde_json::{Value, json};

/// How many of them are sent in each test.
const TOPICS: usize = 30_000;
/// The most messages that the tracking API takes at once.
const BATCH: usize = 1_250;
/// What is kept of one prospect, in bytes of JSON. A scorer may remember 16 KiB of anybody,
/// which is most of it.
const STATE: i64 = 64 * 1024;
/// What the daemon may take of the machine's memory, compiled plugins and all.
const MEMORY_KIB: u64 = 512 * 1024;

/// A signal about something that nobody else looks at.
fn about(n: usize, who: &str) -> Value {
    let id = format!("t{n}");
    match n % 3 {
        0 => json!({ "type": "page", "messageId": id, "anonymousId": who,
            "properties": { "path": format!("/page/{n}"), "title": format!("Title {n}"), "keywords": [format!("tag {n}")] } }),
        1 => json!({ "type": "track", "messageId": id, "anonymousId": who, "event": format!("Event {n}") }),
        _ => json!({ "type": "track", "messageId": id, "anonymousId": who, "event": "Products Searched",
            "properties": { "query": format!("words {n}") } }),
    }
}

fn send(daemon: &Daemon<'_>, message: impl Fn(usize) -> Value) {
    for first in (0..TOPICS).step_by(BATCH) {
        let batch: Vec<Value> = (first..first + BATCH).map(&message).collect();
        let answer = daemon.track("batch", WRITE_KEY, &json!({ "batch": batch }));
        assert_eq!(answer.status, 200, "{answer:?}");
    }
}

/// Looks at what the vocabulary knows, as somebody does who wants to know.
fn want_to_know(daemon: &Daemon<'_>, who: &str) {
    for n in 0..4 {
        let page = json!({ "messageId": format!("roi-{who}-{n}"), "anonymousId": who, "properties": { "path": "/roi", "title": "ROI" } });
        assert_eq!(daemon.track("page", WRITE_KEY, &page).status, 200);
    }
}

fn is_understood(folder: &Folder, who: &str, signals: usize) {
    eventually("whoever wants to know is understood", || {
        let said = hearken(
            folder,
            &["prospect", "show", &format!("anonymous:{who}"), "--format", "json"],
        );
        let shown = (said.code == 0).then(|| said.json())?;
        let understood = shown["beliefs"]
            .as_array()?
            .iter()
            .any(|b| b["kind"] == "interest" && b["name"] == "roi");
        (shown["signals"]["count"] == signals && understood).then_some(())
    });
}

fn asked(folder: &Folder, sql: &str) -> i64 {
    let path = folder.data().join("state.sqlite");
    let store = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).expect("the store can be read");
    store.query_row(sql, [], |row| row.get(0)).expect("a number")
}

/// The most that the daemon ever had in memory.
fn memory_kib(folder: &Folder) -> u64 {
    let address = fs::read_to_string(folder.data().join("hearken.addr")).expect("it says where it is");
    let pid = serde_json::from_str::<Value>(&address).expect("JSON")["pid"].clone();
    let status = fs::read_to_string(format!("/proc/{pid}/status")).expect("it runs");
    let peak = status.lines().find_map(|l| l.strip_prefix("VmHWM:")).expect("a peak");
    peak.trim().trim_end_matches(" kB").parse().expect("a number")
}

fn stays_bounded(folder: &Folder) {
    let largest = asked(folder, "SELECT max(length(state)) FROM prospect");
    assert!(largest < STATE, "a state of {largest} bytes");
    let memory = memory_kib(folder);
    assert!(memory < MEMORY_KIB, "{memory} KiB of memory");
}

/// A page for each metric and name would be a flood of its own.
fn metrics_do_not_grow(daemon: &Daemon<'_>) {
    let lines = daemon.get("/metrics").body.lines().count();
    assert!(lines < 500, "{lines} lines of metrics");
}

#[test]
fn of_one_visitor() {
    let folder = Folder::with_everything();
    let daemon = Daemon::start(&folder);
    send(&daemon, |n| about(n, "busy"));
    want_to_know(&daemon, "busy");
    is_understood(&folder, "busy", TOPICS + 4);
    stays_bounded(&folder);
    metrics_do_not_grow(&daemon);
    daemon.stop();
}

#[test]
fn of_a_visitor_each() {
    let folder = Folder::with_everything();
    let daemon = Daemon::start(&folder);
    send(&daemon, |n| about(n, &format!("visitor-{n}")));
    want_to_know(&daemon, "late");
    is_understood(&folder, "late", 4);
    eventually("everybody is known", || {
        (asked(&folder, "SELECT count(*) FROM prospect") > i64::try_from(TOPICS).expect("it is small")).then_some(())
    });
    stays_bounded(&folder);
    metrics_do_not_grow(&daemon);
    daemon.stop();
}
