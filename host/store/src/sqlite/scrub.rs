//! Leaving no byte of what was deleted in the store's files.
//!
//! SQLite's `secure_delete` overwrites a deleted row where it stands and not where earlier
//! rewrites of its page have left copies: measured, some were always left. Rewriting the
//! whole file leaves none. The new pages go through the log beside the file, so the log has
//! to be brought in and emptied before the old ones are gone; that needs everybody who
//! reads to pause, and where somebody does not, it has not happened and is tried again.

use std::{
    cell::Cell,
    path::Path,
    time::{Duration, Instant},
};

use rusqlite::Connection;

use super::failure::failure;
use crate::StoreError;

pub(super) const DOING: &str = "scrubbing the store";

/// For how long other processes' reads are waited for.
const PATIENCE: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(20);

/// Rewrites the file, unless it was `rewritten` and only the log is left to be emptied.
pub(super) fn scrub(conn: &Connection, path: &Path, rewritten: &Cell<bool>) -> Result<(), StoreError> {
    let fail = |e: &rusqlite::Error| failure(DOING, path, e);
    if !rewritten.get() {
        // The copy is as large as the store: it goes to the disk and not to memory.
        conn.execute_batch("PRAGMA temp_store = FILE").map_err(|e| fail(&e))?;
        let vacuumed = conn.execute_batch("VACUUM");
        conn.execute_batch("PRAGMA temp_store = MEMORY").map_err(|e| fail(&e))?;
        vacuumed.map_err(|e| fail(&e))?;
        rewritten.set(true);
    }
    let begun = Instant::now();
    loop {
        let busy: bool = conn
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))
            .map_err(|e| fail(&e))?;
        if !busy {
            rewritten.set(false);
            return Ok(());
        }
        if begun.elapsed() > PATIENCE {
            return Err(StoreError::Busy {
                doing: DOING.into(),
                path: path.to_owned(),
            });
        }
        std::thread::sleep(PAUSE);
    }
}
