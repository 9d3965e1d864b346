//! The engine as its callers see it: started, given requests, stopped.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use hearken_model::Instant;
use hearken_store::StoreError;
use tokio::sync::watch;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    Answer, EngineError, Parts, Request,
    outbox::{self, Outbox},
    parts::Shared,
    poll,
    webhook::{UnderWay, Webhooks},
    worker::Worker,
};

/// How often timers, replays and forgotten ids are looked after.
const HOUSEKEEPING: Duration = Duration::from_millis(250);
const AT_ONCE: usize = 500;

/// A running engine. Cloned freely; it ends with the token that it was started with.
#[derive(Clone)]
pub struct Engine {
    pub(crate) shared: Arc<Shared>,
    webhooks: Webhooks,
    /// What takes requests and polls; ends first.
    intake: TaskTracker,
    /// What delivers; ends when the intake has.
    delivery: TaskTracker,
    /// Cancels the delivery.
    hush: CancellationToken,
    /// What applies the log, to which the delivery adds up to its end; ends last.
    work: TaskTracker,
    /// Cancels the work, once the intake has ended.
    finish: CancellationToken,
    idle: Arc<Vec<(String, watch::Receiver<bool>)>>,
    requests: Arc<AtomicU64>,
}

impl Engine {
    /// Takes the store's partitions, settles what a crash interrupted and begins to work.
    ///
    /// # Errors
    /// Where the store fails, or the wiring names what is not there.
    pub async fn start(parts: Parts, cancel: CancellationToken) -> Result<Self, EngineError> {
        let shared = Arc::new(Shared::new(parts)?);
        let feed = shared.store.feed().ok_or(EngineError::FeedTaken)?;
        outbox::recover(&shared).await?;
        outbox::look_again(&shared).await?;
        outbox::tell_drafts(&shared).await?;
        let (intake, delivery, work) = (TaskTracker::new(), TaskTracker::new(), TaskTracker::new());
        let hush = CancellationToken::new();
        let finish = CancellationToken::new();
        let mut idle = Vec::new();
        let (wake, woken) = watch::channel(0_u64);
        let (sender, receiver) = watch::channel(false);
        idle.push(("the log".to_owned(), receiver));
        let worker = Worker::new(Arc::clone(&shared), feed, wake, sender, finish.clone()).await?;
        work.spawn(worker.run());
        for (name, sink) in shared.connectors.iter().filter(|(_, c)| c.plugin().roles().sink) {
            let (sender, receiver) = watch::channel(false);
            idle.push((format!("sink '{name}'"), receiver));
            let outbox = Outbox {
                shared: Arc::clone(&shared),
                sink: sink.clone(),
                wake: woken.clone(),
                idle: sender,
                cancel: hush.clone(),
            };
            delivery.spawn(outbox.run());
        }
        for (name, source) in shared.connectors.iter().filter(|(_, c)| c.plugin().roles().source) {
            if !poll::has_what_it_reads(&shared, source) {
                tracing::info!(
                    connector = name,
                    "it has no folder and reads what `hearken import` gives it"
                );
                continue;
            }
            let (sender, receiver) = watch::channel(false);
            idle.push((format!("source '{name}'"), receiver));
            intake.spawn(poll::poll(Arc::clone(&shared), source.clone(), sender, cancel.clone()));
        }
        let webhooks = Webhooks::start(&shared, &intake, &cancel);
        intake.spawn(keep_house(Arc::clone(&shared), cancel.clone()));
        intake.close();
        let engine = Self {
            shared,
            webhooks,
            intake,
            work,
            delivery,
            hush,
            finish,
            idle: Arc::new(idle),
            requests: Arc::default(),
        };
        // Tracked too, so that nothing of the engine is left once it is drained.
        let end = engine.clone().end(cancel);
        engine.work.spawn(end);
        Ok(engine)
    }

    /// Answers an authenticated request after what it says is stored: a 2xx means committed.
    pub async fn receive(&self, connector: &str, request: Request) -> Answer {
        self.webhooks
            .receive(connector, request, UnderWay::begin(&self.requests))
            .await
    }

    /// Whether a connector takes requests.
    #[must_use]
    pub fn is_webhook(&self, connector: &str) -> bool {
        self.shared
            .connectors
            .get(connector)
            .is_some_and(|c| c.plugin().roles().webhook)
    }

    /// Whether it takes requests at all.
    #[must_use]
    pub fn ready(&self) -> bool {
        !self.finish.is_cancelled()
    }

    /// Returns when nothing is left to do for now: no request under way, every entry
    /// applied, every source at its end, no action due.
    pub async fn worked_off(&self) {
        let mut quiet = 0;
        while quiet < 3 {
            // Looked at several times, a moment apart: work is handed from one task to the
            // next, and neither looks busy for an instant in between.
            let calm = self.requests.load(Ordering::Acquire) == 0 && self.idle.iter().all(|(_, idle)| *idle.borrow());
            let due = self.something_due().await.unwrap_or(true);
            quiet = if calm && !due { quiet + 1 } else { 0 };
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
    }

    /// Whether timers or sinks have something to do now. What is stopped waits for a person,
    /// what is due for a sink that is not configured any more waits for it to come back, and
    /// nobody waits for either.
    async fn something_due(&self) -> Result<bool, StoreError> {
        let (store, now) = (&self.shared.store, self.shared.clock.now());
        if tend(&self.shared, now).await? > 0 {
            return Ok(true);
        }
        if store.next_due().await?.is_none_or(|due| due > now) {
            return Ok(false);
        }
        if store.fire(now, AT_ONCE).await? > 0 {
            return Ok(true);
        }
        for (name, _) in self.shared.connectors.iter().filter(|(_, c)| c.plugin().roles().sink) {
            let lookups = !self.shared.is_stopped(name).await && !store.unknown(name, now, 1).await?.is_empty();
            if lookups || !store.due(name, now, 1).await?.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Returns when the engine has ended: what was accepted is applied, attempts under way
    /// are settled. What it waits for, by name.
    pub async fn drained(&self) {
        self.work.wait().await;
    }

    /// What still keeps it busy, for people.
    #[must_use]
    pub fn waits_for(&self) -> Vec<String> {
        let mut all: Vec<String> = self
            .idle
            .iter()
            .filter(|(_, idle)| !*idle.borrow())
            .map(|(name, _)| name.clone())
            .collect();
        let requests = self.requests.load(Ordering::Acquire);
        if requests > 0 {
            all.push(format!("{requests} requests"));
        }
        all
    }

    /// Ends the intake, then the work, when asked to.
    async fn end(self, cancel: CancellationToken) {
        cancel.cancelled().await;
        self.intake.wait().await;
        self.delivery.close();
        self.hush.cancel();
        self.delivery.wait().await;
        self.work.close();
        self.finish.cancel();
    }
}

/// Turns timers into entries, works off replays and forgets ids out of their window.
async fn keep_house(shared: Arc<Shared>, cancel: CancellationToken) {
    let mut rounds = 0_u64;
    loop {
        tokio::select! {
            () = tokio::time::sleep(HOUSEKEEPING) => {}
            () = cancel.cancelled() => return,
        }
        let now = shared.clock.now();
        if let Err(error) = tidy(&shared, now, rounds).await {
            tracing::error!(%error, "timers, replays and ids are put off");
        }
        rounds += 1;
    }
}

async fn tidy(shared: &Shared, now: Instant, rounds: u64) -> Result<(), StoreError> {
    while shared.store.fire(now, AT_ONCE).await? == AT_ONCE {}
    tend(shared, now).await?;
    for letter in shared.store.take_replays(AT_ONCE).await? {
        shared.replay(letter, now).await?;
    }
    if rounds.is_multiple_of(240) {
        while shared.store.purge(now, AT_ONCE).await? == AT_ONCE {}
    }
    Ok(())
}

/// Looks after what is held: ends what came too late, and takes what people have said.
/// Returns how many go on.
async fn tend(shared: &Shared, now: Instant) -> Result<usize, StoreError> {
    while shared.store.expire(now, AT_ONCE).await? == AT_ONCE {}
    let mut moved = 0;
    loop {
        let answered = shared.store.take_answers(now, AT_ONCE).await?;
        let released = shared.store.release_texts(now, AT_ONCE).await?;
        moved += answered + released;
        if answered < AT_ONCE && released < AT_ONCE {
            break;
        }
    }
    if moved > 0 {
        tracing::info!(moved, "actions that were held go on as people have said");
    }
    Ok(moved)
}
