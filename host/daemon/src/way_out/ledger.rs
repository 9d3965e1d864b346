//! The audit of what left, on its way into the store.
//!
//! Rows wait in a bounded queue and are written together, a few times a second. Where the
//! store cannot keep up, requests wait for it: what leaves without a trace would be worse.
//! A kill loses the rows of the last moments, as the log of any other program.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use async_trait::async_trait;
use hearken_egress::{Audit, Outcome, Row};
use hearken_model::Instant;
use hearken_store::{EgressRow, Store};
use tokio::{sync::mpsc, task::JoinHandle};
use tokio_util::sync::CancellationToken;

const QUEUE: usize = 4_096;
const GROUP: usize = 512;
const PAUSE: Duration = Duration::from_millis(200);
/// What a guest calls an item that is no action of ours.
const ITEM_CHARS: usize = 64;
/// An action's id; behind it an id that leaves has its key (`host/engine/src/outward.rs`).
const ID_DIGITS: usize = 16;

/// Takes rows.
pub(crate) struct Ledger(mpsc::Sender<Row>);

/// The rows that were taken.
pub struct Rows(mpsc::Receiver<Row>);

impl Ledger {
    pub(crate) fn new() -> (Self, Rows) {
        let (sender, receiver) = mpsc::channel(QUEUE);
        (Self(sender), Rows(receiver))
    }
}

#[async_trait]
impl Audit for Ledger {
    async fn note(&self, row: Row) {
        let outcome = match row.outcome {
            Outcome::Status(_) => "answered",
            Outcome::Failed(code) => code.word(),
        };
        metrics::counter!("hearken_egress_requests_total", "connector" => row.connector.clone(), "outcome" => outcome)
            .increment(1);
        metrics::histogram!("hearken_egress_seconds", "connector" => row.connector.clone())
            .record(row.took.as_secs_f64());
        // Where nothing is run (a check, a plan) nobody keeps rows, and nothing is sent.
        let _ = self.0.send(row).await;
    }
}

impl Rows {
    /// Keeps them in a store until `cancel`, and then those that are there.
    pub(crate) fn keep_in(self, store: Arc<dyn Store>, cancel: CancellationToken) -> JoinHandle<()> {
        tokio::spawn(keep(self.0, store, cancel))
    }
}

async fn keep(mut rows: mpsc::Receiver<Row>, store: Arc<dyn Store>, cancel: CancellationToken) {
    let mut group = Vec::new();
    loop {
        let open = tokio::select! {
            count = rows.recv_many(&mut group, GROUP) => count > 0,
            () = cancel.cancelled() => {
                while let Ok(row) = rows.try_recv() {
                    group.push(row);
                }
                false
            }
        };
        if !group.is_empty() {
            let kept = group.drain(..).map(kept).collect();
            if let Err(error) = store.note_egress(kept).await {
                tracing::error!(%error, "what left could not be noted");
            }
        }
        if !open {
            return;
        }
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            () = cancel.cancelled() => {}
        }
    }
}

fn kept(row: Row) -> EgressRow {
    let since_epoch = row.at.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let (status, code) = match row.outcome {
        Outcome::Status(status) => (Some(status), String::new()),
        Outcome::Failed(code) => (None, code.word().to_owned()),
    };
    EgressRow {
        at: Instant(millis(since_epoch)),
        connector: row.connector,
        host: row.host,
        port: row.port,
        method: row.method,
        path: row.path,
        status,
        code,
        why: row.why,
        bytes_out: row.bytes_out,
        bytes_in: row.bytes_in,
        took_ms: millis(row.took),
        item: row.item.map(|item| shown(&item)),
    }
}

/// An action as people know it; anything else as it is, but short.
fn shown(item: &str) -> String {
    let is_ours = item.len() == 2 * ID_DIGITS && item.bytes().all(|b| b.is_ascii_hexdigit());
    item.chars()
        .take(if is_ours { ID_DIGITS } else { ITEM_CHARS })
        .collect()
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
