//! `hearken import`: history is taken once and whole, also over kills and beside a daemon,
//! builds beliefs, and starts nothing.

use std::{
    fmt::Write as _,
    fs,
    io::Write as _,
    process::{Child, Stdio},
    thread,
    time::{Duration, Instant},
};

use flate2::{Compression, write::GzEncoder};
use hearken_tests::{Daemon, Folder, SERVER_KEY, Said, command, eventually, hearken};
use rusqlite::{Connection, OpenFlags};
use serde_json::json;

/// Old leads: who they are, what they allowed, and that they asked for a demo, which of
/// somebody who is here now makes sales call.
const LEADS: &str = r#"
[vocabulary.personas.cio]
title = "CIO"
words = ["chief information officer"]

[connectors.leads]
plugin = "csv"

[connectors.leads.config]
id = ["number"]
time = { column = "asked", formats = ["%d.%m.%Y"] }
identities = { email = "mail", user = "number" }

[[connectors.leads.config.signals]]
kind = "person.identified"
traits = { name = "name", title = "title" }

[[connectors.leads.config.signals]]
kind = "consent.granted"
when = { newsletter = "yes" }
properties = { purpose = { constant = "marketing" }, channel = { constant = "email" }, proof = "form" }

[[connectors.leads.config.signals]]
kind = "form.submitted"
when = { form = true }
properties = { form = "form", asks = { constant = "demo" } }
"#;

/// Generated leads; each gives three signals.
fn leads(from: u32, to: u32) -> String {
    let mut text = "number,mail,name,title,asked,newsletter,form\n".to_owned();
    for n in from..to {
        let (day, month) = (n % 28 + 1, n % 12 + 1);
        writeln!(
            text,
            "{n},lead-{n}@example.com,\"Generated, No {n}\",Chief Information Officer,{day:02}.{month:02}.2024,yes,demo"
        )
        .expect("a string takes text");
    }
    text
}

fn with_leads() -> Folder {
    let folder = Folder::with_everything();
    let toml = fs::read_to_string(folder.configuration()).expect("the configuration");
    folder.write("hearken.toml", &format!("{toml}{LEADS}"));
    folder
}

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
    let folder = with_leads();
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
    let folder = with_leads();
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
    let folder = with_leads();
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
        let folder = with_leads();
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
fn bad_rows_are_told_by_line_kept_and_counted() {
    let folder = with_leads();
    let rows = format!(
        "{}7,lead-7@example.com,no name\n8,no-address,N,T,01.01.2024,no,\n9,lead-9@example.com,N,T,tomorrow,no,\n\
         10,lead-10@example.com,N,T,01.01.1999,no,\n",
        leads(0, 5)
    );
    folder.write("leads.csv", &rows);
    let said = hearken(&folder, &["import", "leads", "leads.csv"]);
    assert_eq!(said.code, 3, "{said:?}");
    for told in [
        "leads.csv line 7: it has 3 columns, and the header 7",
        "leads.csv line 9: column 'asked': 'tomorrow' is no time",
        "leads.csv line 10: it says it happened at",
    ] {
        assert!(said.err.contains(told), "{told}\n{said:?}");
    }
    // The address of line 8 is none; the person is known by the number all the same.
    assert!(
        said.out
            .contains("9 records, 16 signals stored, 0 known before, 3 refused"),
        "{said:?}"
    );
    let letters = hearken(
        &folder,
        &["dead-letter", "list", "--connector", "leads", "--format", "json"],
    )
    .done();
    assert_eq!(letters.json().as_array().map(Vec::len), Some(3), "{letters:?}");
    let again = hearken(&folder, &["import", "--again", "leads", "leads.csv"]);
    assert!(again.out.contains("0 signals stored, 16 known before"), "{again:?}");
}

#[test]
fn a_file_that_does_not_fit_the_configuration_is_refused_as_a_whole() {
    let folder = with_leads();
    folder.write("other.csv", "a,b\n1,2\n");
    let said = hearken(&folder, &["import", "leads", "other.csv"]);
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.err.contains("its header has no 'asked'"), "{said:?}");
    folder.write("leads.csv", &leads(0, 300).replace(".2024", "/2024"));
    let said = hearken(&folder, &["import", "leads", "leads.csv"]);
    assert_eq!(said.code, 1, "{said:?}");
    assert!(
        said.err.contains("none of the first 100 records could be taken"),
        "{said:?}"
    );
    let letters = hearken(&folder, &["dead-letter", "list", "--format", "json"]).done();
    assert_eq!(letters.json(), json!([]), "nothing is kept of it");
    // Once the configuration is right, the same file is taken.
    folder.change("%d.%m.%Y", "%d.%m/%Y");
    let said = hearken(&folder, &["import", "leads", "leads.csv"]).done();
    assert!(said.out.contains("900 signals stored"), "{said:?}");
    for (arguments, why) in [
        (["import", "nobody", "leads.csv"], "there is no connector 'nobody'"),
        (["import", "outbox", "leads.csv"], "reads no files"),
        (["import", "leads", "gone.csv"], "gone.csv is no file"),
    ] {
        let said = hearken(&folder, &arguments);
        assert_eq!(said.code, 2, "{said:?}");
        assert!(said.err.contains(why), "{said:?}");
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
    let folder = with_leads();
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

#[test]
fn lines_of_json_are_imported_too_and_both_readmes_say_what_check_accepts() {
    for plugin in ["csv", "jsonl"] {
        let path = format!("{}/../plugins/{plugin}/README.md", env!("CARGO_MANIFEST_DIR"));
        let readme = fs::read_to_string(&path).expect("the plugin's README");
        let blocks: Vec<&str> = readme
            .split("```toml\n")
            .skip(1)
            .filter_map(|rest| rest.split("```").next())
            .collect();
        assert!(blocks.len() >= 2, "{path} shows how it is wired");
        for block in blocks {
            let folder = Folder::with_configuration(&format!(
                "store.path = \"data/state.sqlite\"\nplugins = {{ folders = [\"PLUGINS\"], data-folder = \"data\" }}\n\
                 {block}\n[connectors.facilitator]\nplugin = \"facilitator\"\n"
            ));
            let said = hearken(&folder, &["check", "hearken.toml"]);
            assert_eq!(said.code, 0, "{path}:\n{block}\n{said:?}");
            assert!(said.out.contains("0 warnings"), "{path}:\n{block}\n{said:?}");
        }
    }
    let folder = Folder::with_everything();
    let toml = fs::read_to_string(folder.configuration()).expect("the configuration");
    let lines = r#"
[connectors.export]
plugin = "jsonl"
[connectors.export.config]
id = ["id"]
time = { column = "/when/created", formats = ["unix"] }
identities = { email = "/contact/mail" }
[[connectors.export.config.signals]]
kind = "person.identified"
traits = { name = "/contact/name", employees = "employees" }
"#;
    folder.write("hearken.toml", &format!("{toml}{lines}"));
    let line = json!({ "id": 4711, "when": { "created": 1_700_000_000 }, "employees": 450,
        "contact": { "mail": "robin@example.com", "name": "Robin Example" } });
    folder.write("export.jsonl", &format!("{line}\r\n\nno JSON\n"));
    let said = hearken(&folder, &["import", "export", "export.jsonl"]);
    assert_eq!(said.code, 3, "{said:?}");
    assert!(said.err.contains("export.jsonl line 3: it is not JSON"), "{said:?}");
    hearken(&folder, &["run", "--once"]).done();
    let robin = hearken(&folder, &["prospect", "show", "robin@example.com", "--format", "json"])
        .done()
        .json();
    assert_eq!(
        robin["traits"],
        json!({ "name": "Robin Example", "employees": 450 }),
        "{robin}"
    );
    assert_eq!(
        robin["signals"]["recent"][0]["id"], "export:4711:person.identified",
        "{robin}"
    );
}

#[test]
fn mistakes_in_a_mapping_are_told_where_they_stand() {
    let folder = with_leads();
    for (right, wrong, told) in [
        (
            "email = \"mail\"",
            "email = { colum = \"mail\" }",
            "did you mean 'column'?",
        ),
        (
            "kind = \"consent.granted\"",
            "kind = \"consent.given\"",
            "there is consent.granted",
        ),
        (
            "when = { form = true }",
            "wehn = { form = true }",
            "did you mean 'when'?",
        ),
        ("proof = \"form\"", "proof = [\"form\"]", "proof"),
        ("%d.%m.%Y", "dd.mm.yyyy", "is no format of a time"),
    ] {
        folder.change(right, wrong);
        let said = hearken(&folder, &["check", "hearken.toml"]);
        assert_eq!(said.code, 2, "{wrong}: {said:?}");
        let line = fs::read_to_string(folder.configuration()).expect("the configuration");
        let line = 1 + line
            .lines()
            .position(|line| line.contains(wrong))
            .expect("it stands there");
        assert!(said.err.contains(told), "{wrong}: {said:?}");
        assert!(
            said.err.contains(&format!("hearken.toml:{line}:")),
            "{wrong} in line {line}: {said:?}"
        );
        folder.change(wrong, right);
    }
}

#[test]
fn the_shipped_imports_pass_check() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../config/import");
    for entry in fs::read_dir(folder).expect("the folder is there").flatten() {
        let toml = fs::read_to_string(entry.path()).expect("a configuration");
        let toml = toml.replace("../../target/plugins", "PLUGINS");
        let said = hearken(&Folder::with_configuration(&toml), &["check", "hearken.toml"]);
        assert_eq!(said.code, 0, "{}: {said:?}", entry.path().display());
        assert!(said.out.contains("0 warnings"), "{}: {said:?}", entry.path().display());
    }
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
