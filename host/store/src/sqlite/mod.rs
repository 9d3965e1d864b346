//! The store that needs nothing but a file: SQLite in WAL mode.
//!
//! One thread writes (`writer`), a few connections read (`readers`), and `Writing` and
//! `Reading` are what they work with: each of the files beside adds the statements of one
//! concern to one of the two. The tables are told in `migrations/`.

mod accept;
mod accounts;
mod approve;
mod claim;
mod commit;
mod deliver;
mod egress;
mod egress_standing;
mod erase;
mod everything;
mod failure;
mod forgetting;
mod identify;
mod learning;
mod lock;
mod mentions;
mod names;
mod once;
mod passages;
mod person;
mod privacy;
mod read_log;
mod read_outbox;
mod read_people;
mod read_summary;
mod readers;
mod recording;
mod retire;
mod returning;
mod rows;
mod rules;
mod schema;
mod scrub;
mod store;
#[cfg(test)]
mod tests;
mod values;
mod writer;
mod writing;

use std::path::Path;

pub use recording::Recording;

use self::{lock::DaemonLock, readers::Readers, writer::Writer};
use crate::StoreError;

/// How many transactions the feed holds before it names partitions instead.
const FEED: usize = 256;

/// Who opens a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// The daemon: creates the file, brings its schema up to date, and is alone with it.
    Daemon,
    /// A tool beside the daemon: needs an existing file, and waits for the daemon's
    /// transactions when it writes.
    Tool,
}

/// A store in one SQLite file, with `-wal`, `-shm` and `.lock` beside it, and `.key` once
/// somebody was forgotten.
#[derive(Debug)]
pub struct Sqlite {
    // The readers go first: the last connection that is closed tidies the file up, and that
    // should be the writer's.
    readers: Readers,
    writer: Writer,
}

impl Sqlite {
    /// Opens the store at `path`.
    ///
    /// # Errors
    /// [`StoreError::InUse`] when another daemon has it, [`StoreError::Newer`] and
    /// [`StoreError::Older`] when its schema does not fit, [`StoreError::NotAStore`] when the
    /// file is another program's or, for a tool, missing; [`StoreError::Io`], also where the
    /// key of forgotten names is lost.
    pub fn open(path: impl AsRef<Path>, access: Access) -> Result<Self, StoreError> {
        let path = path.as_ref().to_owned();
        let (lock, conn) = match access {
            Access::Daemon => (Some(DaemonLock::take(&path)?), schema::open_or_create(&path)?),
            Access::Tool => (None, schema::open_current(&path)?),
        };
        names::check(&conn, &path)?;
        let readers = Readers::new(path.clone());
        Ok(Self {
            readers,
            writer: Writer::start(conn, path, lock)?,
        })
    }

    /// Whether a daemon has the store at `path` now.
    ///
    /// # Errors
    /// [`StoreError::Io`], where its lock cannot be looked at.
    pub fn has_daemon(path: impl AsRef<Path>) -> Result<bool, StoreError> {
        lock::is_taken(path.as_ref())
    }

    /// Begins or ends keeping what is said to SQLite, from the next transaction on. For
    /// benchmarks: it is kept in memory without a bound.
    pub fn record_statements(&self, on: bool) {
        self.writer.recorder.switch(on);
    }

    /// What was kept since the last call.
    #[must_use]
    pub fn take_recording(&self) -> Recording {
        self.writer.recorder.take()
    }
}
