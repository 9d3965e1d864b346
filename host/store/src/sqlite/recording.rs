//! What the writer told SQLite, so that a benchmark can tell it again with nothing around it.
//!
//! Off, it costs a comparison a statement. Savepoints are not recorded: they are the price
//! of grouping, not of the work.

use std::{
    path::Path,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use rusqlite::{ToSql, params_from_iter, types::Value};

use super::{failure::failure, schema};
use crate::StoreError;

/// One statement with its values.
pub(super) type Said = (&'static str, Vec<Value>);

/// Transactions in their order, each with its statements.
#[derive(Clone, Debug, Default)]
pub struct Recording {
    groups: Vec<Vec<Said>>,
}

impl Recording {
    /// How many transactions.
    #[must_use]
    pub fn groups(&self) -> usize {
        self.groups.len()
    }

    /// How many statements in all of them.
    #[must_use]
    pub fn statements(&self) -> usize {
        self.groups.iter().map(Vec::len).sum()
    }

    /// Tells SQLite the same in the same transactions, on a fresh file with the same
    /// schema and settings, and returns how long that took without the opening. The
    /// recording must have begun on a fresh file too.
    ///
    /// # Errors
    /// What SQLite refuses; a recording that began on a file with content is refused as soon
    /// as a statement relies on that content.
    pub fn replay_bare(&self, fresh: &Path) -> Result<Duration, StoreError> {
        let conn = schema::open_or_create(fresh)?;
        let begun = Instant::now();
        let replay = || -> rusqlite::Result<()> {
            for group in &self.groups {
                conn.execute_batch("BEGIN IMMEDIATE")?;
                for (sql, values) in group {
                    let mut statement = conn.prepare_cached(sql)?;
                    let mut rows = statement.query(params_from_iter(values))?;
                    while rows.next()?.is_some() {}
                }
                conn.execute_batch("COMMIT")?;
            }
            Ok(())
        };
        replay().map_err(|e| failure("replaying a recording", fresh, &e))?;
        Ok(begun.elapsed())
    }
}

/// Where the writer leaves what it says.
#[derive(Debug, Default)]
pub(super) struct Recorder {
    on: AtomicBool,
    recording: Mutex<Recording>,
}

impl Recorder {
    /// From the next transaction on.
    pub(super) fn switch(&self, on: bool) {
        self.on.store(on, Ordering::Relaxed);
    }

    pub(super) fn is_on(&self) -> bool {
        self.on.load(Ordering::Relaxed)
    }

    /// Keeps a transaction that was committed.
    pub(super) fn keep(&self, group: Vec<Said>) {
        if !group.is_empty() {
            self.recording
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .groups
                .push(group);
        }
    }

    pub(super) fn take(&self) -> Recording {
        std::mem::take(&mut *self.recording.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The values of a statement as they are kept.
pub(super) fn values(params: &[&dyn ToSql]) -> rusqlite::Result<Vec<Value>> {
    use rusqlite::types::ToSqlOutput;
    params
        .iter()
        .map(|p| {
            Ok(match p.to_sql()? {
                ToSqlOutput::Borrowed(value) => value.try_into().map_err(|e| {
                    rusqlite::Error::ToSqlConversionFailure(Box::<dyn std::error::Error + Send + Sync>::from(e))
                })?,
                ToSqlOutput::Owned(value) => value,
                _ => Value::Null,
            })
        })
        .collect()
}
