//! What a job of the writer works with: statements inside a transaction, and the heads of
//! the partitions' logs.

use std::path::Path;

use hearken_model::{Entry, Instant, PARTITIONS, Partition, ProspectId, Seq};
use rusqlite::{Connection, OptionalExtension, Row, ToSql};

use super::{
    failure::failure,
    names::{Key, Names},
    recording::{Said, values},
    values::{Text, int, json, ms},
};
use crate::{Logged, StoreError};

/// A transaction of the writer, handed to one job after the other.
pub(super) struct Writing<'c> {
    conn: &'c Connection,
    path: &'c Path,
    names: &'c Names,
    /// Whether anybody was forgotten, once that was asked.
    remembers: Option<bool>,
    /// The job's name, for messages.
    doing: &'static str,
    heads: Vec<Option<Head>>,
    /// Partitions to which the present job has appended.
    grown: Vec<Partition>,
    /// What was appended, where somebody listens.
    appended: Option<Vec<Logged>>,
    said: Option<Vec<Said>>,
}

/// The last entry of a partition's log, as stored and as it will be.
#[derive(Clone, Copy)]
struct Head {
    stored: u64,
    last: u64,
}

/// Where a job began, so that what it did can be taken back.
pub(super) struct Mark {
    appended: usize,
    said: usize,
}

impl<'c> Writing<'c> {
    pub(super) fn new(
        (conn, path, names): (&'c Connection, &'c Path, &'c Names),
        listened: bool,
        recorded: bool,
    ) -> Self {
        Self {
            conn,
            path,
            names,
            remembers: None,
            doing: "writing",
            heads: vec![None; usize::from(PARTITIONS)],
            grown: Vec::new(),
            appended: listened.then(Vec::new),
            said: recorded.then(Vec::new),
        }
    }

    /// Begins a job.
    pub(super) fn mark(&mut self, doing: &'static str) -> Mark {
        self.doing = doing;
        Mark {
            appended: self.appended.as_ref().map_or(0, Vec::len),
            said: self.said.as_ref().map_or(0, Vec::len),
        }
    }

    /// Forgets what was kept in memory since `mark`; the tables are the caller's affair.
    pub(super) fn forget_since(&mut self, mark: &Mark) {
        if let Some(appended) = &mut self.appended {
            appended.truncate(mark.appended);
        }
        if let Some(said) = &mut self.said {
            said.truncate(mark.said);
        }
        self.heads.fill(None);
        self.grown.clear();
    }

    /// Ends a transaction that was committed: what was appended, and what was said.
    pub(super) fn into_parts(self) -> (Vec<Logged>, Vec<Said>) {
        (self.appended.unwrap_or_default(), self.said.unwrap_or_default())
    }

    /// The key of forgotten names, made where there is none yet.
    pub(super) fn key_of_names(&self) -> Result<&'c Key, StoreError> {
        self.names.key(self.path)
    }

    /// Whether anybody was forgotten.
    pub(super) fn remembers(&mut self) -> Result<bool, StoreError> {
        if self.remembers.is_none() {
            let any = self.first("SELECT 1 FROM forgotten LIMIT 1", &[], |_| Ok(()))?;
            self.remembers = Some(any.is_some());
        }
        Ok(self.remembers == Some(true))
    }

    /// Somebody is forgotten from here on, or may come back: it is asked again who is, and
    /// what is deleted has to be scrubbed.
    pub(super) fn remembers_anew(&mut self) {
        self.remembers = None;
        self.names.rewritten.set(false);
    }

    pub(super) const fn doing(&self) -> &'static str {
        self.doing
    }

    pub(super) fn fail(&self, error: &rusqlite::Error) -> StoreError {
        failure(self.doing, self.path, error)
    }

    pub(super) fn invalid(&self, why: impl Into<String>) -> StoreError {
        StoreError::Invalid {
            doing: self.doing,
            why: why.into(),
        }
    }

    fn record(&mut self, sql: &'static str, params: &[&dyn ToSql]) -> rusqlite::Result<()> {
        if let Some(said) = &mut self.said {
            said.push((sql, values(params)?));
        }
        Ok(())
    }

    /// Runs a statement; how many rows it changed.
    pub(super) fn run(&mut self, sql: &'static str, params: &[&dyn ToSql]) -> Result<usize, StoreError> {
        let done = self
            .record(sql, params)
            .and_then(|()| self.conn.prepare_cached(sql)?.execute(params));
        done.map_err(|e| self.fail(&e))
    }

    /// The first row of a query.
    pub(super) fn first<T>(
        &mut self,
        sql: &'static str,
        params: &[&dyn ToSql],
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, StoreError> {
        let found = self
            .record(sql, params)
            .and_then(|()| self.conn.prepare_cached(sql)?.query_row(params, read).optional());
        found.map_err(|e| self.fail(&e))
    }

    /// All rows of a query.
    pub(super) fn all<T>(
        &mut self,
        sql: &'static str,
        params: &[&dyn ToSql],
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, StoreError> {
        let found = self
            .record(sql, params)
            .and_then(|()| self.conn.prepare_cached(sql)?.query_map(params, read)?.collect());
        found.map_err(|e| self.fail(&e))
    }

    /// The next place in a partition's log.
    fn next(&mut self, partition: Partition) -> Result<Seq, StoreError> {
        let index = usize::from(partition.0);
        if self.heads[index].is_none() {
            let last = self
                .first(
                    "SELECT last FROM partition WHERE partition = ?1",
                    &[&partition.0],
                    |row| row.get::<_, i64>(0),
                )?
                .and_then(|n| u64::try_from(n).ok())
                .ok_or_else(|| self.invalid(format!("partition {partition} is missing")))?;
            self.heads[index] = Some(Head { stored: last, last });
        }
        let Some(head) = &mut self.heads[index] else {
            return Err(self.invalid(format!("partition {partition} is missing")));
        };
        if head.last == head.stored {
            self.grown.push(partition);
        }
        head.last += 1;
        Ok(Seq {
            seq: head.last,
            step: 0,
        })
    }

    /// Stores how far the logs have grown. Called once a job, at its end.
    pub(super) fn settle(&mut self) -> Result<(), StoreError> {
        for partition in std::mem::take(&mut self.grown) {
            let Some(head) = self.heads[usize::from(partition.0)] else {
                continue;
            };
            let changed = self.run(
                "UPDATE partition SET last = ?3 WHERE partition = ?1 AND last = ?2",
                &[&partition.0, &int(head.stored), &int(head.last)],
            )?;
            if changed != 1 {
                return Err(self.invalid(format!("the log of partition {partition} has grown meanwhile")));
            }
            self.heads[usize::from(partition.0)] = Some(Head {
                stored: head.last,
                last: head.last,
            });
        }
        Ok(())
    }

    /// Appends an entry from outside to its prospect's partition. `body` is its JSON where
    /// that was made outside of the writer.
    pub(super) fn append(
        &mut self,
        prospect: ProspectId,
        at: Instant,
        entry: Entry,
        body: Option<String>,
    ) -> Result<Seq, StoreError> {
        let partition = prospect.partition();
        let place = self.next(partition)?;
        let body = body.map_or_else(|| json(&entry, self.doing), Ok)?;
        let logged = Logged {
            partition,
            place,
            at,
            prospect,
            entry,
        };
        self.insert(&logged, &body)?;
        if let Some(appended) = &mut self.appended {
            appended.push(logged);
        }
        Ok(place)
    }

    /// Inserts an entry at the place that it names.
    pub(super) fn insert(&mut self, logged: &Logged, body: &str) -> Result<(), StoreError> {
        let none: Option<&str> = None;
        let (happened, profile, connector, signal, name) = match &logged.entry {
            Entry::Signal(r) => (
                r.signal.at,
                Some(r.profile.to_string()),
                Some(r.connector.as_str()),
                Some(r.signal.id.as_str()),
                Some(r.signal.kind.as_str()),
            ),
            Entry::Assessed(a) => (logged.at, None, Some(a.scorer.as_str()), none, none),
            _ => (logged.at, None, none, none, none),
        };
        self.run(
            "INSERT INTO entry (partition, seq, step, kind, at, received, prospect, profile, connector, signal, name, \
             body) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
            &[
                &logged.partition.0,
                &int(logged.place.seq),
                &logged.place.step,
                &logged.entry.word(),
                &ms(happened),
                &ms(logged.at),
                &Text(logged.prospect),
                &profile,
                &connector,
                &signal,
                &name,
                &body,
            ],
        )?;
        Ok(())
    }
}
