//! SQLite passes the contract, and what only a file can do.

use std::{path::PathBuf, sync::Arc};

use async_trait::async_trait;
use hearken_model::{Identity, Instant, Prospect, Scope, Signal};
use serde_json::json;
use tempfile::TempDir;

use super::{Access, Sqlite};
use crate::{
    Accepted, Accounts as _, Arriving, Commit, Intake, NewDeadLetter, Stage, Store, StoreError, Switch,
    contract_tests::Place,
};

struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(TempDir::new().expect("a temporary folder"))
    }

    fn file(&self) -> PathBuf {
        self.0.path().join("hearken.db")
    }

    fn daemon(&self) -> Sqlite {
        Sqlite::open(self.file(), Access::Daemon).expect("the store opens")
    }
}

#[async_trait]
impl Place for Folder {
    async fn open(&self) -> Arc<dyn Store> {
        Arc::new(self.daemon())
    }
}

mod forgetting;

mod contract {
    crate::contract_tests!(super::super::Folder::new());
}

fn page(id: &str) -> Intake {
    let signal = Signal {
        id: id.into(),
        kind: "page.viewed".into(),
        at: Instant(1_000),
        identities: vec![Identity {
            scheme: "user".into(),
            value: format!("u-{id}"),
        }],
        company: None,
        session: None,
        about: None,
        answers: None,
        properties: json!({}),
    };
    let arriving = Arriving {
        signal,
        connector: "site".into(),
        received: Instant(1_000),
        live: true,
        verified: false,
    };
    Intake {
        signals: vec![arriving],
        seen_until: Instant(9_000),
        ..Intake::default()
    }
}

#[tokio::test]
async fn a_second_daemon_is_refused_and_told_who_has_the_file() {
    let folder = Folder::new();
    let first = folder.daemon();
    let second = Sqlite::open(folder.file(), Access::Daemon);
    let Err(error @ StoreError::InUse { .. }) = second else {
        panic!("in use, not {second:?}")
    };
    assert!(
        error
            .to_string()
            .contains(&format!("process id {}", std::process::id())),
        "{error}"
    );
    drop(first);
    folder.daemon();
}

#[tokio::test]
async fn a_tool_writes_beside_the_daemon_and_the_daemon_notices() {
    let folder = Folder::new();
    let missing = Sqlite::open(folder.file(), Access::Tool);
    assert!(matches!(missing, Err(StoreError::NotAStore { .. })), "{missing:?}");
    let daemon = folder.daemon();
    let before = daemon.changed_elsewhere().await.expect("this is answered");
    daemon.accept(page("1")).await.expect("the store accepts");
    assert_eq!(
        daemon.changed_elsewhere().await.expect("this is answered"),
        before,
        "that was itself"
    );
    let tool = Sqlite::open(folder.file(), Access::Tool).expect("a tool needs no lock");
    let stop = Switch {
        scope: Scope::All,
        stopped: true,
        at: Instant(5),
        by: "ops".into(),
    };
    tool.set_switch(stop.clone()).await.expect("the switch is set");
    assert_ne!(daemon.changed_elsewhere().await.expect("this is answered"), before);
    assert_eq!(
        daemon.switches().await.expect("switches are read").stopping(&[]),
        Some(&stop)
    );
}

#[tokio::test]
async fn what_a_tool_appends_shows_in_how_far_the_log_has_grown() {
    let folder = Folder::new();
    let daemon = folder.daemon();
    daemon.accept(page("1")).await.expect("the store accepts");
    let tool = Sqlite::open(folder.file(), Access::Tool).expect("a tool needs no lock");
    tool.accept(page("2")).await.expect("a tool may append");
    daemon.accept(page("3")).await.expect("the daemon goes on behind it");
    let progress = daemon.progress().await.expect("progress is read");
    assert_eq!(progress.len(), 256);
    assert_eq!(progress.iter().map(|p| p.last).sum::<u64>(), 3);
    assert_eq!(progress.iter().map(crate::Progress::waiting).sum::<u64>(), 3);
}

#[tokio::test]
async fn whether_a_daemon_has_the_file_can_be_asked_and_keeps_none_from_starting() {
    let folder = Folder::new();
    let asked = || Sqlite::has_daemon(folder.file()).expect("the lock is looked at");
    assert!(!asked(), "there is no file yet");
    let daemon = folder.daemon();
    assert!(asked());
    drop(daemon);
    assert!(!asked());
    let stop = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                let _ = Sqlite::has_daemon(folder.file());
            }
        });
        for _ in 0..20 {
            drop(folder.daemon());
        }
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
    });
}

#[tokio::test]
async fn files_of_later_versions_and_of_other_programs_are_refused_untouched() {
    let folder = Folder::new();
    drop(folder.daemon());
    let conn = rusqlite::Connection::open(folder.file()).expect("the file opens");
    conn.execute_batch("PRAGMA user_version = 99")
        .expect("the version is set");
    drop(conn);
    for access in [Access::Daemon, Access::Tool] {
        let newer = Sqlite::open(folder.file(), access);
        assert!(matches!(newer, Err(StoreError::Newer { found: 99, .. })), "{newer:?}");
    }
    let other = folder.0.path().join("other.db");
    let conn = rusqlite::Connection::open(&other).expect("the file opens");
    conn.execute_batch("CREATE TABLE theirs (x)").expect("a table is made");
    drop(conn);
    let text = folder.0.path().join("text.db");
    std::fs::write(&text, "to be or not to be ".repeat(100)).expect("the file is written");
    for path in [other, text] {
        let before = std::fs::read(&path).expect("the file is read");
        let refused = Sqlite::open(&path, Access::Daemon);
        assert!(matches!(refused, Err(StoreError::NotAStore { .. })), "{refused:?}");
        assert_eq!(std::fs::read(&path).expect("the file is read"), before);
    }
}

#[tokio::test]
async fn a_job_that_fails_takes_back_its_own_work_and_nobody_elses() {
    let folder = Folder::new();
    let store = Arc::new(folder.daemon());
    // Both are in the queue before the writer takes either, as a rule; they must not hurt
    // each other whether they share a transaction or not.
    let tasks: Vec<_> = (0..40)
        .map(|n| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                let good = store.accept(page(&n.to_string()));
                let bad = store.writer.write("failing", 1, move |w| {
                    w.run(
                        "INSERT INTO cursor (connector, cursor) VALUES (?1, 'half')",
                        &[&n.to_string()],
                    )?;
                    w.run("INSERT INTO partition VALUES (0, 0, 0, 0)", &[])
                });
                tokio::join!(good, bad)
            })
        })
        .collect();
    for (n, task) in tasks.into_iter().enumerate() {
        let (good, bad) = task.await.expect("the task ends");
        assert!(matches!(
            good.expect("the store accepts")[..],
            [Accepted::Stored { .. }]
        ));
        assert!(matches!(bad, Err(StoreError::Invalid { .. })), "{bad:?}");
        assert_eq!(store.cursor(&n.to_string()).await.expect("the cursor is read"), None);
    }
}

#[tokio::test]
async fn a_full_disk_is_told_and_the_writer_goes_on() {
    let folder = Folder::new();
    let store = folder.daemon();
    store.accept(page("before")).await.expect("the store accepts");
    let pages = |sql: &'static str| {
        store.writer.write("limiting pages", 1, move |w| {
            w.first(sql, &[], |row| row.get::<_, i64>(0))
        })
    };
    pages("PRAGMA max_page_count = 1")
        .await
        .expect("the limit is set to what there is");
    let letter = NewDeadLetter {
        at: Instant(1),
        stage: Stage::Intake,
        connector: "site".into(),
        prospect: None,
        action: None,
        why: "too large".into(),
        place: String::new(),
        payload: "x".repeat(1_000_000),
    };
    let big = Intake {
        dead_letters: vec![letter],
        ..page("big")
    };
    let full = store.accept(big.clone()).await;
    let Err(StoreError::Io { why, .. }) = &full else {
        panic!("an error of the disk, not {full:?}")
    };
    assert!(why.contains("full"), "{why}");
    pages("PRAGMA max_page_count = 1000000")
        .await
        .expect("the limit is lifted");
    let accepted = store.accept(big).await.expect("the store accepts");
    assert!(
        matches!(accepted[..], [Accepted::Stored { .. }]),
        "nothing was half stored: {accepted:?}"
    );
}

#[tokio::test]
async fn a_recording_can_be_told_again_with_the_same_result() {
    let folder = Folder::new();
    let store = folder.daemon();
    store.record_statements(true);
    for n in 0..10 {
        store.accept(page(&n.to_string())).await.expect("the store accepts");
    }
    store.accept(page("1")).await.expect("the store accepts");
    store.record_statements(false);
    store.accept(page("unrecorded")).await.expect("the store accepts");
    let recording = store.take_recording();
    assert!(recording.groups() >= 1 && recording.statements() > recording.groups());
    let fresh = folder.0.path().join("fresh.db");
    recording.replay_bare(&fresh).expect("the recording is told again");
    let conn = rusqlite::Connection::open(&fresh).expect("the file opens");
    let count: i64 = conn
        .query_row("SELECT count(*) FROM signal", [], |row| row.get(0))
        .expect("the view is read");
    assert_eq!(count, 10);
    assert_eq!(store.take_recording().groups(), 0);
}

#[tokio::test]
async fn the_views_show_a_person_times_and_words() {
    let folder = Folder::new();
    let store = folder.daemon();
    store.accept(page("1")).await.expect("the store accepts");
    let conn = rusqlite::Connection::open(folder.file()).expect("the file opens");
    let (at, kind): (String, String) = conn
        .query_row("SELECT at_utc, kind FROM signal", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .expect("the view is read");
    assert_eq!(
        (at.as_str(), kind.as_str()),
        ("1970-01-01T00:00:01.000Z", "page.viewed")
    );
    for view in ["belief", "consent", "turn"] {
        let rows: i64 = conn
            .query_row(&format!("SELECT count(*) FROM {view}"), [], |row| row.get(0))
            .expect("the view is read");
        assert_eq!(rows, 0);
    }
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_but_its_owner_can_read_the_file() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    let _store = folder.daemon();
    for ending in ["", "-wal", "-shm"] {
        let path = super::lock::beside(&folder.file(), ending);
        let mode = std::fs::metadata(&path)
            .expect("the file is there")
            .permissions()
            .mode();
        assert_eq!(mode & 0o077, 0, "{}", path.display());
    }
}

#[tokio::test]
async fn an_older_file_gets_the_accounts_of_those_who_are_there() {
    let folder = Folder::new();
    let store = folder.daemon();
    let mut intake = page("1");
    intake.signals[0].signal.company = Identity::new("name", "Example  Books");
    let accepted = store.accept(intake).await.expect("the store accepts");
    let [Accepted::Stored { prospect, place }] = accepted[..] else {
        panic!("it is new: {accepted:?}")
    };
    let leases = store.lease().await.expect("the partitions are taken");
    let lease = leases[usize::from(prospect.partition().0)];
    let waiting = store.pending(lease.partition, 0, 9).await.expect("the log is read");
    let mut known = Prospect::new(prospect);
    known.apply(place, waiting[0].at, &waiting[0].entry);
    let mut commit = Commit::new(lease.partition, lease.epoch, 0, place.seq);
    commit.prospects.push(known);
    store.commit(vec![commit]).await.expect("it is committed");
    drop(store);
    let older = rusqlite::Connection::open(folder.file()).expect("the file opens");
    older
        .execute_batch(
            "DROP INDEX prospect_by_account; ALTER TABLE prospect DROP COLUMN account; PRAGMA user_version = 7;",
        )
        .expect("it is as it was before");
    drop(older);
    let members = folder
        .daemon()
        .members("example books", 9)
        .await
        .expect("members are read");
    assert_eq!(members.iter().map(|p| p.id).collect::<Vec<_>>(), [prospect]);
}
