//! `hearken import`: history is taken once and whole, also over kills and beside a daemon,
//! builds beliefs, and starts nothing.

use std::{
    fs,
    io::Write as _,
    process::{Child, Stdio},
    thread,
    time::{Duration, Instant},
};

use flate2::{Compression, write::GzEncoder};
use hearken_tests::{Daemon, Folder, SERVER_KEY, Said, command, eventually, hearken, leads};
use rusqlite::{Connection, OpenFlags};
use serde_json::json;

fn open(folder: &Folder) -> Connection {
    let path = folder.data().join("state.sqlite");
    Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).expect("the store opens")
}

fn count(folder: &Folder, sql: &str) -> i64 {
    open(folder)
        .query_row(sql, [], |row| row.get(0))
        .expect("the query gives a number")
}

const SIGNALS: &str = "SELECT count(*) FROM entry WHERE kind = 'signal'";
const BELIEVED: &str = "SELECT count(*) FROM prospect WHERE state LIKE '%\"persona\"%'";
const SPOKEN: &str =
    "SELECT (SELECT count(*) FROM action) + (SELECT count(*) FROM decision) + (SELECT count(*) FROM timer)";

/// Sends what makes sales call if it is heard live, and waits until they are.
fn speaks_when_live(folder: &Folder, daemon: &Daemon<'_>, n: u32) {
    let asks = json!({ "type": "track", "messageId": format!("live-{n}"), "userId": n.to_string(),
        "event": "Form Submitted", "properties": { "form": "demo", "asks": "demo" } });
    let answer = daemon.track("batch", SERVER_KEY, &json!({ "batch": [asks] }));
    assert_eq!(answer.status, 200);
    eventually("a live request is heard", || {
        (!folder.outbox().is_empty()).then_some(())
    });
}

#[test]
fn ten_thousand_old_leads_are_believed_and_start_nothing() {
    let folder = Folder::with_leads();
    folder.write("leads.csv", &leads(0, 10_000));
    let said = hearken(&folder, &["import", "leads", "leads.csv"]).done();
    assert!(
        said.out
            .contains("10000 records, 30000 signals stored, 0 known before, 0 refused"),
        "{said:?}"
    );
    assert!(said.out.contains("no daemon runs"), "{said:?}");
    hearken(&folder, &["run", "--once"]).done();
    assert_eq!(count(&folder, SIGNALS), 30_000);
    assert_eq!(
        count(&folder, BELIEVED),
        10_000,
        "all are taken for what their title says"
    );
    assert_eq!(count(&folder, SPOKEN), 0, "history starts nothing");
    let daemon = Daemon::start(&folder);
    // The same request of one of them, made now: so it is not for want of a cause.
    speaks_when_live(&folder, &daemon, 17);
    daemon.stop();
    assert_eq!(folder.outbox().len(), 1);
}

#[test]
fn a_running_daemon_takes_in_what_is_imported_beside_it_and_says_nothing() {
    let folder = Folder::with_leads();
    folder.write("leads.csv", &leads(0, 10_000));
    let daemon = Daemon::start(&folder);
    let importing = start(&folder, &["import", "leads", "leads.csv"]);
    eventually("the daemon applies what the import stores", || {
        (count(&folder, BELIEVED) > 500).then_some(())
    });
    // In the middle of it somebody is here, and is heard before the whole file is.
    let begun = Instant::now();
    speaks_when_live(&folder, &daemon, 17);
    let waited = begun.elapsed();
    let left = 30_000 - count(&folder, SIGNALS);
    let said = ended(importing);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.out.contains("30000 signals stored"), "{said:?}");
    assert!(said.out.contains("everything is applied"), "{said:?}");
    assert!(left > 0, "the live request waited for the whole file: {waited:?}");
    assert_eq!(count(&folder, BELIEVED), 10_000);
    daemon.stop();
    assert_eq!(
        folder.outbox().len(),
        1,
        "one was live, and nobody else is told anything"
    );
}

#[test]
fn what_is_imported_is_history_however_young_it_is_and_whoever_is_there() {
    let folder = Folder::with_leads();
    folder.change("%d.%m.%Y", "unix");
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .expect("it is after 1970")
        .as_secs();
    let rows: String = (0..20)
        .map(|n| {
            format!(
                "{n},lead-{n}@example.com,Generated,Chief Information Officer,{},yes,demo\n",
                now - 60
            )
        })
        .collect();
    folder.write(
        "leads.csv",
        &format!("number,mail,name,title,asked,newsletter,form\n{rows}"),
    );
    let daemon = Daemon::start(&folder);
    // Somebody is on the site under an address, and the import shows whose it is.
    let there = json!({ "type": "identify", "messageId": "there", "anonymousId": "device",
        "traits": { "email": "lead-3@example.com" } });
    assert_eq!(
        daemon.track("batch", SERVER_KEY, &json!({ "batch": [there] })).status,
        200
    );
    eventually("who is there is known", || {
        (count(&folder, "SELECT count(*) FROM prospect") == 1).then_some(())
    });
    let before = count(&folder, "SELECT count(*) FROM decision");
    let said = hearken(&folder, &["import", "leads", "leads.csv"]).done();
    assert!(said.out.contains("everything is applied"), "{said:?}");
    assert_eq!(count(&folder, BELIEVED), 20);
    assert_eq!(count(&folder, "SELECT count(*) FROM action"), 0);
    assert_eq!(
        count(&folder, "SELECT count(*) FROM decision"),
        before,
        "a merge by history decides nothing"
    );
    speaks_when_live(&folder, &daemon, 3);
    daemon.stop();
    assert_eq!(folder.outbox().len(), 1);
}

#[test]
fn an_import_that_is_killed_goes_on_and_takes_each_row_once() {
    for packed in [false, true] {
        let folder = Folder::with_leads();
        let rows = leads(0, 4_000);
        let name = if packed { "leads.csv.gz" } else { "leads.csv" };
        write_packed(&folder, name, &rows, packed);
        let mut killed = 0_u64;
        let said = loop {
            let mut importing = start(&folder, &["import", "leads", name]);
            let before = stored(&folder);
            // At the latest when something more is stored, and a little after.
            let ended = eventually("it stores or ends", || {
                let ended = importing.try_wait().expect("a child can be asked");
                (ended.is_some() || stored(&folder) > before).then_some(ended)
            });
            if ended.is_some() {
                break finish(importing);
            }
            // The random instant itself: there is no condition to wait for.
            thread::sleep(Duration::from_millis(killed * 7 % 40));
            importing.kill().expect("it can be killed");
            importing.wait().expect("it ends");
            killed += 1;
        };
        assert!(killed >= 3, "it was killed {killed} times");
        assert_eq!(said.code, 0, "{said:?}");
        assert!(said.out.contains("4000 records, 12000 signals stored"), "{said:?}");
        let twice =
            "SELECT count(*) FROM (SELECT signal FROM entry WHERE kind = 'signal' GROUP BY signal HAVING count(*) > 1)";
        assert_eq!((count(&folder, SIGNALS), count(&folder, twice)), (12_000, 0));
        let again = hearken(&folder, &["import", "leads", name]).done();
        assert!(again.out.contains("was imported before"), "{again:?}");
    }
}

#[test]
fn an_address_on_a_suppression_list_is_never_written_to_whoever_has_it() {
    let folder = Folder::that_always_tells();
    let toml = fs::read_to_string(folder.configuration()).expect("the configuration");
    let list = r#"
[connectors.never]
plugin = "csv"
[connectors.never.config]
time = { constant = "2025-06-01" }
identities = { email = "address" }
[[connectors.never.config.signals]]
kind = "address.suppressed"
properties = { reason = "why", list = { constant = "newsletter tool" } }
"#;
    folder.write("hearken.toml", &format!("{toml}{list}"));
    folder.write("never.csv", "address,why\nANN@example.com,complained in 2024\n");
    hearken(&folder, &["import", "never", "never.csv"]).done();
    let daemon = Daemon::start(&folder);
    for who in ["ann", "bob"] {
        let identify = json!({ "type": "identify", "messageId": who, "userId": who,
            "traits": { "email": format!("{who}@example.com") } });
        assert_eq!(
            daemon
                .track("batch", SERVER_KEY, &json!({ "batch": [identify] }))
                .status,
            200
        );
    }
    eventually("bob is told", || (folder.outbox().len() == 1).then_some(()));
    let ann = eventually("ann is decided about", || {
        let said = hearken(&folder, &["prospect", "show", "user:ann", "--format", "json"]);
        let shown = (said.code == 0).then(|| said.json())?;
        shown["decisions"]
            .as_array()
            .is_some_and(|d| !d.is_empty())
            .then_some(shown)
    });
    assert_eq!(ann["decisions"][0]["act"], "hold", "{ann}");
    assert!(
        ann["decisions"][0]["reason"].to_string().contains("complained in 2024"),
        "{ann}"
    );
    assert_eq!(
        count(
            &folder,
            "SELECT count(*) FROM suppression WHERE value = 'ann@example.com'"
        ),
        1
    );
    daemon.stop();
    assert_eq!(folder.outbox().len(), 1);
}

#[test]
fn the_same_connector_is_polled_and_imports_with_a_cursor_for_each() {
    let folder = Folder::with_leads();
    fs::create_dir(folder.path().join("drop")).expect("a folder");
    folder.change(
        "plugin = \"csv\"\n",
        "plugin = \"csv\"\ngrants.folder = \"drop\"\nevery = \"1s\"\n",
    );
    folder.write("drop/new.csv", &leads(0, 10));
    folder.write("old.csv", &leads(100, 150));
    let daemon = Daemon::start(&folder);
    eventually("what lies in the folder is polled", || {
        (count(&folder, SIGNALS) == 30).then_some(())
    });
    let said = hearken(&folder, &["import", "leads", "old.csv"]).done();
    assert!(said.out.contains("150 signals stored"), "{said:?}");
    folder.write("drop/new.csv", &leads(0, 20));
    eventually("what is new in the folder is polled", || {
        (count(&folder, SIGNALS) == 210).then_some(())
    });
    daemon.stop();
    assert_eq!(count(&folder, "SELECT count(*) FROM cursor"), 2);
}

fn write_packed(folder: &Folder, name: &str, text: &str, packed: bool) {
    if !packed {
        return folder.write(name, text);
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text.as_bytes()).expect("memory takes bytes");
    fs::write(folder.path().join(name), encoder.finish().expect("memory takes bytes")).expect("a file");
}

fn start(folder: &Folder, arguments: &[&str]) -> Child {
    let mut command = command(folder);
    command
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command.spawn().expect("the binary runs")
}

fn ended(mut child: Child) -> Said {
    eventually("the import ends", || child.try_wait().expect("a child can be asked"));
    finish(child)
}

fn finish(child: Child) -> Said {
    let output = child.wait_with_output().expect("it ends");
    Said {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).expect("text"),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// How many signals are stored; none where there is no store yet.
fn stored(folder: &Folder) -> i64 {
    let path = folder.data().join("state.sqlite");
    let db = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY);
    db.and_then(|db| db.query_row(SIGNALS, [], |row| row.get(0)))
        .unwrap_or(0)
}
