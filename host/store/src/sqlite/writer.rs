//! The one thread that writes, and how it groups what it is asked to.
//!
//! Jobs wait in a bounded queue. The writer takes what is there, up to a bound, runs it in
//! one transaction and commits once: the disk is waited for once for all of them. Every job
//! runs inside a savepoint, so that one that fails takes back what it did and hurts no other.
//! Nobody is answered before the commit, because an answer says that it is durable. Where
//! the commit itself fails, or SQLite has given up the whole transaction (a full disk), all
//! jobs of the transaction are told so, and the writer goes on with the next ones.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
    thread::JoinHandle,
    time::Instant,
};

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::{failure::failure, names::Names, recording::Recorder, scrub, writing::Writing};
use crate::{StoreError, feed::Feeder};

/// How many jobs may wait; then callers wait for a place.
const QUEUE: usize = 1_024;
/// How many jobs go into one transaction at most …
const GROUP_JOBS: usize = 256;
/// … and how many rows, roughly.
const GROUP_WEIGHT: usize = 4_096;

/// The writer's thread and the way to it.
#[derive(Debug)]
pub(super) struct Writer {
    queue: Option<mpsc::Sender<Order>>,
    thread: Option<JoinHandle<()>>,
    /// Set when somebody listens to what is appended.
    pub(super) feeder: Arc<OnceLock<Feeder>>,
    pub(super) recorder: Arc<Recorder>,
}

/// Something that the writer is asked for.
enum Order {
    /// Done in a transaction, with others.
    Job(Box<dyn Job>),
    /// Done between transactions.
    Scrub(oneshot::Sender<Result<(), StoreError>>),
}

/// Something to be done in a transaction, and whom to answer.
trait Job: Send {
    fn doing(&self) -> &'static str;
    fn weight(&self) -> usize;
    fn run(&mut self, writing: &mut Writing<'_>) -> Result<(), StoreError>;
    /// After the commit; `failed` where the job or the transaction did.
    fn answer(self: Box<Self>, failed: Option<StoreError>);
}

struct Task<T, F> {
    doing: &'static str,
    weight: usize,
    work: Option<F>,
    done: Option<T>,
    reply: oneshot::Sender<Result<T, StoreError>>,
}

impl<T, F> Job for Task<T, F>
where
    T: Send,
    F: FnOnce(&mut Writing<'_>) -> Result<T, StoreError> + Send,
{
    fn doing(&self) -> &'static str {
        self.doing
    }

    fn weight(&self) -> usize {
        self.weight
    }

    fn run(&mut self, writing: &mut Writing<'_>) -> Result<(), StoreError> {
        if let Some(work) = self.work.take() {
            self.done = Some(work(writing)?);
        }
        Ok(())
    }

    fn answer(self: Box<Self>, failed: Option<StoreError>) {
        let doing = self.doing;
        let answer = match (failed, self.done) {
            (Some(error), _) => Err(error),
            (None, Some(done)) => Ok(done),
            (None, None) => Err(StoreError::Closed { doing }),
        };
        // Whoever asked may have gone; the work is done all the same.
        let _ = self.reply.send(answer);
    }
}

impl Writer {
    /// Starts the thread. `keep` is dropped after the connection was closed.
    pub(super) fn start(conn: Connection, path: PathBuf, keep: impl Send + 'static) -> Result<Self, StoreError> {
        let (queue, jobs) = mpsc::channel(QUEUE);
        let feeder = Arc::new(OnceLock::new());
        let recorder = Arc::new(Recorder::default());
        let at = path.clone();
        let mut work = Work {
            conn,
            path,
            feeder: Arc::clone(&feeder),
            recorder: Arc::clone(&recorder),
            names: Names::default(),
        };
        let thread = std::thread::Builder::new()
            .name("store-writer".into())
            .spawn(move || {
                work.until_closed(jobs);
                drop(work);
                drop(keep);
            })
            .map_err(|e| super::failure::io("starting the writer's thread", &at, &e))?;
        Ok(Self {
            queue: Some(queue),
            thread: Some(thread),
            feeder,
            recorder,
        })
    }

    /// Has something done in a transaction. `weight` is roughly the number of rows.
    pub(super) async fn write<T, F>(&self, doing: &'static str, weight: usize, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Writing<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let task = Box::new(Task {
            doing,
            weight,
            work: Some(work),
            done: None,
            reply,
        });
        let closed = || StoreError::Closed { doing };
        self.order(doing, Order::Job(task)).await?;
        answer.await.map_err(|_| closed())?
    }

    /// Leaves nothing in the files of what was deleted.
    pub(super) async fn scrub(&self) -> Result<(), StoreError> {
        let (reply, answer) = oneshot::channel();
        self.order(scrub::DOING, Order::Scrub(reply)).await?;
        answer.await.map_err(|_| StoreError::Closed { doing: scrub::DOING })?
    }

    async fn order(&self, doing: &'static str, order: Order) -> Result<(), StoreError> {
        let closed = || StoreError::Closed { doing };
        let queue = self.queue.as_ref().ok_or_else(closed)?;
        queue.send(order).await.map_err(|_| closed())
    }
}

impl Drop for Writer {
    /// Waits for what was asked already, so that the file can be opened again at once.
    fn drop(&mut self) {
        self.queue.take();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("store: the writer's thread has panicked");
        }
    }
}

struct Work {
    conn: Connection,
    path: PathBuf,
    feeder: Arc<OnceLock<Feeder>>,
    recorder: Arc<Recorder>,
    names: Names,
}

impl Work {
    fn until_closed(&mut self, mut orders: mpsc::Receiver<Order>) {
        let mut next = None;
        while let Some(order) = next.take().or_else(|| orders.blocking_recv()) {
            let first = match order {
                Order::Job(job) => job,
                Order::Scrub(reply) => {
                    let scrubbed = scrub::scrub(&self.conn, &self.path, &self.names.rewritten);
                    // Whoever asked may have gone; the work is done all the same.
                    let _ = reply.send(scrubbed);
                    continue;
                }
            };
            let mut weight = first.weight();
            let mut group = vec![first];
            while group.len() < GROUP_JOBS
                && weight < GROUP_WEIGHT
                && let Ok(order) = orders.try_recv()
            {
                match order {
                    Order::Job(job) => {
                        weight += job.weight();
                        group.push(job);
                    }
                    scrub @ Order::Scrub(_) => {
                        next = Some(scrub);
                        break;
                    }
                }
            }
            metrics::gauge!("hearken_store_queue_depth").set(orders.len() as f64);
            metrics::histogram!("hearken_store_group_size").record(group.len() as f64);
            let begun = Instant::now();
            self.transaction(group);
            metrics::histogram!("hearken_store_commit_seconds").record(begun.elapsed().as_secs_f64());
        }
    }

    fn transaction(&mut self, mut group: Vec<Box<dyn Job>>) {
        while !group.is_empty() {
            group = self.attempt(group);
        }
    }

    /// One transaction over a group. What SQLite made impossible to run is returned, to be
    /// run in the next transaction.
    fn attempt(&mut self, group: Vec<Box<dyn Job>>) -> Vec<Box<dyn Job>> {
        let (conn, path) = (&self.conn, self.path.as_path());
        if let Err(e) = conn.execute_batch("BEGIN IMMEDIATE") {
            let error = failure("beginning a transaction", path, &e);
            group.into_iter().for_each(|job| job.answer(Some(error.clone())));
            return Vec::new();
        }
        let mut writing = Writing::new(
            (conn, path, &self.names),
            self.feeder.get().is_some(),
            self.recorder.is_on(),
        );
        let mut done: Vec<(Box<dyn Job>, Option<StoreError>)> = Vec::with_capacity(group.len());
        let mut jobs = group.into_iter();
        while let Some(mut job) = jobs.next() {
            let result = in_savepoint(conn, path, job.as_mut(), &mut writing);
            let gone = conn.is_autocommit();
            done.push((job, result.err()));
            if gone {
                let why = done.last().and_then(|(_, e)| e.clone());
                drop(writing);
                all_failed(done, &why.unwrap_or_else(|| lost(path)));
                return jobs.collect();
            }
        }
        if let Err(e) = conn.execute_batch("COMMIT") {
            let error = failure("committing", path, &e);
            drop(writing);
            if !conn.is_autocommit()
                && let Err(e) = conn.execute_batch("ROLLBACK")
            {
                tracing::error!(error = %e, "store: a transaction could not be taken back");
            }
            all_failed(done, &error);
            return Vec::new();
        }
        let (appended, said) = writing.into_parts();
        if let Some(feeder) = self.feeder.get() {
            feeder.hand_over(appended);
        }
        if self.recorder.is_on() {
            self.recorder.keep(said);
        }
        done.into_iter().for_each(|(job, failed)| job.answer(failed));
        Vec::new()
    }
}

/// Nothing of the transaction was written: everybody is told, each failed job its own reason.
fn all_failed(done: Vec<(Box<dyn Job>, Option<StoreError>)>, error: &StoreError) {
    tracing::error!(%error, jobs = done.len(), "store: a transaction failed");
    for (job, own) in done {
        job.answer(Some(own.unwrap_or_else(|| error.clone())));
    }
}

fn lost(path: &Path) -> StoreError {
    StoreError::Io {
        doing: "writing".into(),
        path: path.to_owned(),
        why: "the transaction was taken back by the database".into(),
    }
}

fn in_savepoint(
    conn: &Connection,
    path: &Path,
    job: &mut dyn Job,
    writing: &mut Writing<'_>,
) -> Result<(), StoreError> {
    let doing = job.doing();
    let say = |sql: &'static str| {
        conn.prepare_cached(sql)
            .and_then(|mut s| s.execute([]))
            .map(|_| ())
            .map_err(|e| failure(doing, path, &e))
    };
    let mark = writing.mark(doing);
    say("SAVEPOINT job")?;
    let result = job
        .run(writing)
        .and_then(|()| writing.settle())
        .and_then(|()| say("RELEASE job"));
    if result.is_err() {
        writing.forget_since(&mark);
        let taken_back = conn.is_autocommit() || (say("ROLLBACK TO job").is_ok() && say("RELEASE job").is_ok());
        if !taken_back && let Err(e) = conn.execute_batch("ROLLBACK") {
            // What half a job did must not be committed with the others.
            tracing::error!(error = %e, "store: a failed job could not be taken back");
        }
    }
    result
}
