//! Connections that only read, and what a read works with.
//!
//! A read runs on a thread for blocking work, on a connection of its own and in one read
//! transaction: all that it says is true of the same moment.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use rusqlite::{Connection, OptionalExtension, Row, ToSql};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{failure::failure, schema};
use crate::StoreError;

/// How many reads run at the same time; more wait.
const READERS: usize = 4;

/// A few connections for reading.
#[derive(Clone, Debug)]
pub(super) struct Readers {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
    permits: Arc<Semaphore>,
}

/// One read's connection, inside its transaction.
pub(super) struct Reading<'c> {
    conn: &'c Connection,
    path: &'c Path,
    doing: &'static str,
}

impl Readers {
    pub(super) fn new(path: PathBuf) -> Self {
        let permits = Arc::new(Semaphore::new(READERS));
        Self {
            inner: Arc::new(Inner {
                path,
                idle: Mutex::new(Vec::new()),
                permits,
            }),
        }
    }

    /// Has something read.
    pub(super) async fn read<T, F>(&self, doing: &'static str, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Reading<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        let closed = || StoreError::Closed { doing };
        let permit = Arc::clone(&self.inner.permits)
            .acquire_owned()
            .await
            .map_err(|_| closed())?;
        let inner = Arc::clone(&self.inner);
        let read = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            inner.read(doing, work)
        });
        read.await.map_err(|_| closed())?
    }

    /// Waits until nobody reads, and lets nobody begin as long as what is returned lives.
    pub(super) async fn hold_off(&self) -> Result<OwnedSemaphorePermit, StoreError> {
        let all = u32::try_from(READERS).unwrap_or(u32::MAX);
        let held = Arc::clone(&self.inner.permits).acquire_many_owned(all).await;
        held.map_err(|_| StoreError::Closed {
            doing: "holding readers off",
        })
    }
}

impl Inner {
    fn read<T>(
        &self,
        doing: &'static str,
        work: impl FnOnce(&Reading<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let conn = match idle {
            Some(conn) => conn,
            None => schema::open_reader(&self.path)?,
        };
        let fail = |e: &rusqlite::Error| failure(doing, &self.path, e);
        conn.execute_batch("BEGIN").map_err(|e| fail(&e))?;
        let result = work(&Reading {
            conn: &conn,
            path: &self.path,
            doing,
        });
        // A connection whose transaction cannot be ended is dropped, which ends it.
        conn.execute_batch("COMMIT").map_err(|e| fail(&e))?;
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(conn);
        result
    }
}

impl Reading<'_> {
    fn fail(&self, error: &rusqlite::Error) -> StoreError {
        failure(self.doing, self.path, error)
    }

    /// The first row of a query.
    pub(super) fn first<T>(
        &self,
        sql: &str,
        params: &[&dyn ToSql],
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, StoreError> {
        let found = self
            .conn
            .prepare_cached(sql)
            .and_then(|mut s| s.query_row(params, read).optional());
        found.map_err(|e| self.fail(&e))
    }

    /// All rows of a query.
    pub(super) fn all<T>(
        &self,
        sql: &str,
        params: &[&dyn ToSql],
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, StoreError> {
        let found = self
            .conn
            .prepare_cached(sql)
            .and_then(|mut s| s.query_map(params, read)?.collect());
        found.map_err(|e| self.fail(&e))
    }
}
