//! The daemon is killed at random instants while clients post and sinks deliver. What was
//! acknowledged is compared with what is stored, decided and delivered: nothing is lost, no
//! state changes twice, and nothing is delivered twice without having been reported as
//! unknown first.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use hearken_tests::{Daemon, Folder, WRITE_KEY, eventually, hearken};
use rusqlite::{Connection, OpenFlags};
use rustix::process::Signal;
use serde_json::{Value, json};

const KILLS: u32 = 55;
const CLIENTS: u64 = 3;

/// Two sinks: one whose files say how often it was called (`tally`, which can look nothing
/// up and is asked to send again), one that can look up what it did (`outbox-dir`).
const CONFIGURATION: &str = r#"
brand = "Example"
[store]
path = "data/state.sqlite"
[listen]
public = "127.0.0.1:0"
admin = "127.0.0.1:0"
[plugins]
folders = ["PLUGINS"]
data-folder = "data"
[policy]
mode = "live"
listen-first = 1
await-reply = "1s"
story-again = "1s"
caps = ["100000/1d"]
speak-to-claimed = true
consent = { marketing = "opt-out", sales = "opt-out" }
[vocabulary.topics.roi]
title = "Return on investment"
urls = ["/roi*", "/pricing*"]
words = ["roi", "payback"]
[connectors.site]
plugin = "segment"
secrets.write-key = { file = "secrets/write-key" }
[connectors.language]
plugin = "body-language"
[connectors.facilitator]
plugin = "facilitator"
[connectors.outbox]
plugin = "outbox-dir"
grants.folder = "outbox"
[connectors.tally]
plugin = "misbehaving"
config = { mode = "tally" }
grants.folder = "tally"
on-unknown = "retry"
[flow]
scorers = ["language"]
router = "facilitator"
[channels.email]
sink = "outbox"
[teams.sales]
sink = "tally"
capacity = "1000000/1d"
"#;

/// Small and repeatable: which instants are hit is up to the machine anyway.
struct Dice(u64);

impl Dice {
    fn throw(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % below
    }
}

/// What the clients did.
#[derive(Default)]
struct Oracle {
    sent: AtomicU64,
    acknowledged: Mutex<BTreeSet<String>>,
}

/// A person identifies, looks around and asks, so that every part of the way is busy.
fn event(n: u64) -> (String, Value) {
    let (person, id) = (n / 5 % 97, format!("event-{n}"));
    let who = format!("visitor-{person}");
    let event = match n % 5 {
        0 => {
            json!({ "type": "identify", "traits": { "email": format!("person-{person}@example.com") } })
        }
        1 | 2 => {
            json!({ "type": "page", "properties": { "path": format!("/roi/{n}"), "title": "What it pays back" } })
        }
        3 => {
            json!({ "type": "track", "event": "Form Submitted", "properties": { "form": "demo", "asks": "demo" } })
        }
        _ => json!({ "type": "page", "properties": { "path": "/about", "title": "About" } }),
    };
    let mut event = event;
    event["messageId"] = id.clone().into();
    event["anonymousId"] = who.into();
    (id, event)
}

/// Posts until told to stop. What is not acknowledged is sent again to the next daemon, as
/// every client does.
fn client(oracle: &Oracle, address: &Mutex<Option<String>>, stop: &AtomicBool) {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(Duration::from_secs(5)))
        .proxy(None)
        .build()
        .into();
    while !stop.load(Ordering::Relaxed) {
        let first = oracle.sent.fetch_add(5, Ordering::Relaxed);
        let (ids, batch): (Vec<String>, Vec<Value>) = (first..first + 5).map(event).unzip();
        let body = json!({ "writeKey": WRITE_KEY, "batch": batch }).to_string();
        while !stop.load(Ordering::Relaxed) {
            let Some(url) = address.lock().expect("no client panics").clone() else {
                thread::yield_now();
                continue;
            };
            if agent.post(&url).send(&body).is_ok_and(|answer| answer.status() == 200) {
                oracle.acknowledged.lock().expect("no client panics").extend(ids);
                break;
            }
        }
    }
}

#[test]
fn nothing_is_lost_and_nothing_happens_twice_over_many_kills() {
    let folder = Folder::with_configuration(CONFIGURATION);
    for name in ["outbox", "tally"] {
        fs::create_dir_all(folder.path().join(name)).expect("a folder for a sink");
    }
    let oracle = Arc::new(Oracle::default());
    let (address, stop) = (Arc::new(Mutex::new(None)), Arc::new(AtomicBool::new(false)));
    let clients: Vec<_> = (0..CLIENTS)
        .map(|_| {
            let (oracle, address, stop) = (Arc::clone(&oracle), Arc::clone(&address), Arc::clone(&stop));
            thread::spawn(move || client(&oracle, &address, &stop))
        })
        .collect();
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    for _ in 0..KILLS {
        let mut daemon = Daemon::start(&folder);
        let before = oracle.acknowledged.lock().expect("no client panics").len();
        *address.lock().expect("no client panics") = Some(daemon.intake("site/v1/batch"));
        eventually("clients are served", || {
            (oracle.acknowledged.lock().expect("no client panics").len() > before).then_some(())
        });
        // The random instant itself: there is no condition to wait for.
        thread::sleep(Duration::from_millis(dice.throw(250)));
        *address.lock().expect("no client panics") = None;
        daemon.signal(Signal::KILL);
        daemon.ended();
    }
    stop.store(true, Ordering::Relaxed);
    for client in clients {
        client.join().expect("no client panics");
    }
    // What may have arrived is sent again after a while, so once may not be enough.
    eventually("nothing is left on its way", || {
        hearken(&folder, &["run", "--once"]).done();
        (on_their_way(&open(&folder)) == 0).then_some(())
    });
    judge(&folder, &oracle);
}

fn open(folder: &Folder) -> Connection {
    let path = folder.data().join("state.sqlite");
    Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).expect("the store opens")
}

fn on_their_way(db: &Connection) -> i64 {
    number(
        db,
        "SELECT count(*) FROM action WHERE state IN ('queued', 'started', 'unknown')",
    )
}

fn judge(folder: &Folder, oracle: &Oracle) {
    let db = open(folder);
    let acknowledged = oracle.acknowledged.lock().expect("no client panics");
    assert!(
        acknowledged.len() > 500,
        "too little was going on: {}",
        acknowledged.len()
    );
    let stored = rows(
        &db,
        "SELECT substr(signal, 6), count(*) FROM entry WHERE kind = 'signal' GROUP BY signal",
    );
    let lost: Vec<_> = acknowledged.iter().filter(|id| !stored.contains_key(*id)).collect();
    assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
    let twice: Vec<_> = stored.iter().filter(|(_, n)| **n != 1).collect();
    assert!(twice.is_empty(), "stored twice: {twice:?}");
    let behind = number(&db, "SELECT count(*) FROM partition WHERE applied != last");
    assert_eq!(behind, 0, "every entry is applied");
    states_changed_once(&db);
    delivered_once(folder, &db);
}

/// A state counts its signals: as many as its log has, however often it was computed anew.
fn states_changed_once(db: &Connection) {
    let counted = rows(
        db,
        "SELECT p.id, (SELECT coalesce(sum(json_extract(value, '$.signals')), 0) FROM json_each(p.state, '$.profiles')) \
         FROM prospect p",
    );
    let logged = rows(
        db,
        "SELECT pr.prospect, count(*) FROM entry e JOIN profile pr ON pr.id = e.profile \
         WHERE e.kind = 'signal' GROUP BY pr.prospect",
    );
    for (prospect, signals) in &logged {
        assert_eq!(
            counted.get(prospect),
            Some(signals),
            "prospect {prospect} counts other signals than its log has"
        );
    }
    let decided = number(db, "SELECT count(*) FROM entry WHERE kind = 'decided'");
    assert_eq!(
        decided,
        number(db, "SELECT count(*) FROM decision"),
        "a decision an entry"
    );
    let told = number(db, "SELECT count(*) FROM decision WHERE act != 'hold'");
    assert_eq!(
        told,
        number(db, "SELECT count(*) FROM action"),
        "an action a decision that is not to hold"
    );
}

fn delivered_once(folder: &Folder, db: &Connection) {
    let ended_twice = number(
        db,
        "SELECT count(*) FROM (SELECT action FROM attempt WHERE outcome = 'delivered' GROUP BY action HAVING count(*) > 1)",
    );
    assert_eq!(ended_twice, 0, "no action is delivered by two attempts");
    let outbox: BTreeSet<String> = folder.outbox().iter().map(|p| stem(p)).collect();
    let delivered = rows(
        db,
        "SELECT id, 1 FROM action WHERE state = 'delivered' AND sink = 'outbox'",
    );
    assert_eq!(
        outbox,
        delivered.into_keys().collect(),
        "the outbox holds what is said to be delivered"
    );
    // Each file is one call of the sink: all but the last must have been reported unknown.
    let unknown = rows(
        db,
        "SELECT json_extract(body, '$.action'), count(*) FROM entry \
         WHERE kind = 'delivery' AND json_extract(body, '$.state') = 'unknown' GROUP BY 1",
    );
    let mut calls: BTreeMap<String, i64> = BTreeMap::new();
    for file in fs::read_dir(folder.path().join("tally"))
        .expect("the folder is there")
        .flatten()
    {
        // What a kill left of a file that was being made begins with a dot: no call of its
        // sink came to its end.
        if !file.file_name().as_encoded_bytes().starts_with(b".") {
            *calls.entry(stem(&file.path())).or_default() += 1;
        }
    }
    assert!(calls.len() > 20, "too little was delivered: {}", calls.len());
    for (action, calls) in &calls {
        let reported = unknown.get(action).copied().unwrap_or(0);
        assert!(
            calls - 1 <= reported,
            "action {action} was delivered {calls} times and reported unknown {reported} times"
        );
    }
    let said = rows(
        db,
        "SELECT id, 1 FROM action WHERE state = 'delivered' AND sink = 'tally'",
    );
    let missing: Vec<_> = said.keys().filter(|id| !calls.contains_key(*id)).collect();
    assert!(missing.is_empty(), "said to be delivered and not there: {missing:?}");
}

/// The action of a file: what left the house is its id with a key of as many digits.
fn stem(path: &std::path::Path) -> String {
    let name = path.file_stem().map(|s| s.to_string_lossy().into_owned());
    name.and_then(|n| n.get(..16).map(str::to_owned)).unwrap_or_default()
}

fn rows(db: &Connection, sql: &str) -> BTreeMap<String, i64> {
    let mut statement = db.prepare(sql).expect("the query fits the tables");
    let rows = statement
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .expect("the query runs");
    rows.collect::<Result<_, _>>().expect("every row is (text, number)")
}

fn number(db: &Connection, sql: &str) -> i64 {
    db.query_row(sql, [], |row| row.get(0))
        .expect("the query gives a number")
}
