//! The file: how it is opened, what its schema is, and how an older one is brought up.
//!
//! `application_id` says that a file is ours and `user_version` which migrations it has
//! seen. Migrations only ever go forward: a file from a later version is refused, because a
//! program that does not know a column cannot keep it right.

use std::{path::Path, time::Duration};

use hearken_model::Company;
use rusqlite::{Connection, OpenFlags};

use super::{
    failure::{failure, io},
    values::Text,
};
use crate::StoreError;

/// "HRKN".
const APPLICATION_ID: i64 = 0x4852_4b4e;

/// A step from one version of the schema to the next.
struct Migration {
    sql: &'static str,
    /// What SQL alone cannot say of the rows that are there.
    fill: Option<fn(&Connection) -> rusqlite::Result<()>>,
}

impl Migration {
    const fn of(sql: &'static str) -> Self {
        Self { sql, fill: None }
    }
}

/// In their order; never changed once released, only added to.
const MIGRATIONS: &[Migration] = &[
    Migration::of(include_str!("../../migrations/0001_first.sql")),
    Migration::of(include_str!("../../migrations/0002_trust.sql")),
    Migration::of(include_str!("../../migrations/0003_relays.sql")),
    Migration::of(include_str!("../../migrations/0004_egress.sql")),
    Migration::of(include_str!("../../migrations/0005_standing.sql")),
    Migration::of(include_str!("../../migrations/0006_posteriors.sql")),
    Migration::of(include_str!("../../migrations/0007_forgetting.sql")),
    Migration {
        sql: include_str!("../../migrations/0008_accounts.sql"),
        fill: Some(fill_accounts),
    },
];

/// How long a statement waits for another process.
const BUSY: Duration = Duration::from_secs(5);

/// The migrations that this program knows.
pub(super) fn known_version() -> u32 {
    u32::try_from(MIGRATIONS.len()).unwrap_or(u32::MAX)
}

/// Opens the file for writing, creating it where there is none.
pub(super) fn open_or_create(path: &Path) -> Result<Connection, StoreError> {
    create_private(path)?;
    let conn = open_existing(path)?;
    migrate(&conn, path)?;
    Ok(conn)
}

/// Opens a file for writing that must exist and be up to date.
pub(super) fn open_current(path: &Path) -> Result<Connection, StoreError> {
    if !path.exists() {
        let why = "there is no such file; a daemon creates it when it starts".to_owned();
        return Err(StoreError::NotAStore {
            path: path.to_owned(),
            why,
        });
    }
    let conn = open_existing(path)?;
    let found = version(&conn, path)?;
    if found < known_version() {
        return Err(StoreError::Older {
            path: path.to_owned(),
            found,
            known: known_version(),
        });
    }
    Ok(conn)
}

/// Opens a file for reading only.
pub(super) fn open_reader(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let opened = Connection::open_with_flags(path, flags).and_then(|conn| {
        conn.busy_timeout(BUSY)?;
        conn.set_prepared_statement_cache_capacity(64);
        conn.execute_batch("PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16000;")?;
        Ok(conn)
    });
    opened.map_err(|e| failure("opening for reading", path, &e))
}

fn open_existing(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let opened = Connection::open_with_flags(path, flags).and_then(|conn| {
        conn.busy_timeout(BUSY)?;
        conn.set_prepared_statement_cache_capacity(256);
        Ok(conn)
    });
    let conn = opened.map_err(|e| failure("opening", path, &e))?;
    // Whose file it is comes first: the journal mode is written into the file.
    version(&conn, path)?;
    configure(&conn).map_err(|e| failure("configuring", path, &e))?;
    Ok(conn)
}

/// FULL makes every commit wait for the disk, which is what a 2xx promises. The log is
/// brought into the file every 32 MiB: at 4 MiB, the default, a busy daemon would do little
/// else. Statements that are taken back keep their pages in memory.
fn configure(conn: &Connection) -> rusqlite::Result<()> {
    conn.execute_batch(
        "PRAGMA journal_mode = WAL;
         PRAGMA synchronous = FULL;
         PRAGMA foreign_keys = ON;
         PRAGMA temp_store = MEMORY;
         PRAGMA cache_size = -64000;
         PRAGMA wal_autocheckpoint = 8192;
         PRAGMA journal_size_limit = 67108864;",
    )
}

/// The file holds what is known of people: nobody but its owner reads it.
fn create_private(path: &Path) -> Result<(), StoreError> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(e) => Err(io("creating the store", path, &e)),
    }
}

/// Which migrations a file has seen; 0 for an empty one.
fn version(conn: &Connection, path: &Path) -> Result<u32, StoreError> {
    let read = |pragma: &str| conn.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0));
    let tables = || conn.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0));
    let asked = read("application_id").and_then(|id| Ok((id, read("user_version")?, tables()?)));
    let (id, found, tables) = asked.map_err(|e| failure("reading the schema's version", path, &e))?;
    if id != APPLICATION_ID && (tables > 0 || found > 0 || id != 0) {
        let why = "it is a database of another program".to_owned();
        return Err(StoreError::NotAStore {
            path: path.to_owned(),
            why,
        });
    }
    let found = u32::try_from(found).unwrap_or(u32::MAX);
    if found > known_version() {
        return Err(StoreError::Newer {
            path: path.to_owned(),
            found,
            known: known_version(),
        });
    }
    Ok(found)
}

fn migrate(conn: &Connection, path: &Path) -> Result<(), StoreError> {
    let from = version(conn, path)?;
    for (number, migration) in (1_u32..).zip(MIGRATIONS).filter(|(number, _)| *number > from) {
        if let Err(e) = step(conn, number, migration) {
            // What failed before COMMIT is open still; what failed at COMMIT may be.
            let _ = conn.execute_batch("ROLLBACK");
            return Err(failure("bringing the schema up to date", path, &e));
        }
        tracing::info!(path = %path.display(), version = number, "store: schema brought up to date");
    }
    Ok(())
}

/// A migration as a whole, with what it fills in, or nothing of it.
fn step(conn: &Connection, number: u32, migration: &Migration) -> rusqlite::Result<()> {
    conn.execute_batch(&format!("BEGIN IMMEDIATE; {}", migration.sql))?;
    if let Some(fill) = migration.fill {
        fill(conn)?;
    }
    conn.execute_batch(&format!(
        "PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {number}; COMMIT;"
    ))
}

/// Says of everybody who is there whose company they belong to.
fn fill_accounts(conn: &Connection) -> rusqlite::Result<()> {
    let mut read = conn.prepare("SELECT state FROM prospect")?;
    let mut rows = read.query([])?;
    let mut write = conn.prepare("UPDATE prospect SET account = ?2 WHERE id = ?1 AND account <> ?2")?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let prospect = super::rows::prospect(row, 0)?;
        found.push((prospect.id, Company::of(&prospect).key()));
    }
    for (id, account) in found {
        write.execute((Text(id), account))?;
    }
    Ok(())
}
