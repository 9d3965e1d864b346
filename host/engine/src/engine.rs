//! The engine as its callers see it: started, given requests, stopped.

use std::{
    mem,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use arc_swap::ArcSwap;
use hearken_config::Keep;
use hearken_model::Instant;
use hearken_store::{Purge, Retire, Store, StoreError, ToForget};
use tokio::sync::watch;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    Answer, EngineError, Parts, Request,
    current::Current,
    forget::keep_forgetting,
    generation::{Generation, Ground},
    learning::keep_learning,
    outbox,
    parts::Shared,
    webhook::{UnderWay, Webhooks},
    worker::Worker,
};

/// How often timers, replays and forgotten ids are looked after.
const HOUSEKEEPING: Duration = Duration::from_millis(250);
const AT_ONCE: usize = 500;
/// In how many of its rounds it deletes what was kept for long enough: each quarter of an
/// hour, and at the start.
const RETIRED_EVERY: u64 = 3_600;

/// A running engine. Cloned freely; it ends with the token that it was started with.
#[derive(Clone)]
pub struct Engine {
    pub(crate) current: Current,
    ground: Ground,
    generation: Arc<Mutex<Generation>>,
    /// Those of the generation, for requests not to wait for a lock.
    webhooks: Arc<ArcSwap<Webhooks>>,
    /// What applies the log, to which the delivery adds up to its end; ends last.
    work: TaskTracker,
    /// Cancels the work, once the intake has ended.
    finish: CancellationToken,
    log_idle: watch::Receiver<bool>,
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
        shared.remember().await;
        outbox::recover(&shared).await?;
        outbox::look_again(&shared).await?;
        outbox::tell_drafts(&shared).await?;
        let current = Current::new(Arc::clone(&shared));
        let (work, finish) = (TaskTracker::new(), CancellationToken::new());
        let (wake, woken) = watch::channel(0_u64);
        let (sender, log_idle) = watch::channel(false);
        let worker = Worker::new(current.clone(), feed, wake, sender, finish.clone()).await?;
        work.spawn(worker.run());
        let ground = Ground {
            intake: TaskTracker::new(),
            delivery: TaskTracker::new(),
            cancel: cancel.clone(),
            hush: CancellationToken::new(),
            woken,
        };
        ground.intake.spawn(keep_house(current.clone(), cancel.clone()));
        ground.intake.spawn(keep_learning(current.clone(), cancel.clone()));
        ground.intake.spawn(keep_forgetting(current.clone(), cancel.clone()));
        let generation = Generation::start(&ground, &shared, None);
        let engine = Self {
            current,
            ground,
            webhooks: Arc::new(ArcSwap::from_pointee(generation.webhooks.clone())),
            generation: Arc::new(Mutex::new(generation)),
            work,
            finish,
            log_idle,
            requests: Arc::default(),
        };
        // Tracked too, so that nothing of the engine is left once it is drained.
        let end = engine.clone().end(cancel);
        engine.work.spawn(end);
        Ok(engine)
    }

    /// Goes on with another configuration, and whatever plugins it connects. `parts` must have
    /// this engine's store. What is under way ends with what it began with.
    ///
    /// # Errors
    /// Where the wiring names what is not there; then nothing has changed. Where the store
    /// fails it has, and what the new configuration lets go is looked at with the next start.
    pub async fn reload(&self, parts: Parts) -> Result<(), EngineError> {
        let mut shared = Shared::new(parts)?;
        shared.board = self.current.now().board.clone();
        let shared = Arc::new(shared);
        if !Arc::ptr_eq(&shared.store, &self.store()) {
            return Err(EngineError::Wiring("a running engine keeps its store".into()));
        }
        shared.knowledge.store(self.current.now().knowledge.load_full());
        self.current.replace(Arc::clone(&shared));
        self.succeed(&shared);
        outbox::look_again(&shared).await?;
        outbox::tell_drafts(&shared).await?;
        Ok(())
    }

    /// Puts the generation of other parts in the place of the one that is. Requests find the
    /// new queues before the old ones close.
    fn succeed(&self, shared: &Arc<Shared>) {
        let mut generation = self.generation();
        let next = Generation::start(&self.ground, shared, Some(&mut *generation));
        self.webhooks.store(Arc::new(next.webhooks.clone()));
        mem::replace(&mut *generation, next).end();
    }

    fn generation(&self) -> MutexGuard<'_, Generation> {
        // It is exchanged as a whole, and whole after a panic elsewhere.
        self.generation.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The store that it works on.
    #[must_use]
    pub fn store(&self) -> Arc<dyn Store> {
        Arc::clone(&self.current.now().store)
    }

    /// Answers an authenticated request after what it says is stored: a 2xx means committed.
    pub async fn receive(&self, connector: &str, request: Request) -> Answer {
        let (mut request, mut under_way) = (request, UnderWay::begin(&self.requests));
        loop {
            let webhooks = self.webhooks.load_full();
            match webhooks.receive(connector, request, under_way).await {
                Ok(answer) => return answer,
                // Its queues were closed in between: where by a reload, there are others.
                Err(back) if !Arc::ptr_eq(&webhooks, &self.webhooks.load()) => (request, under_way) = *back,
                Err(_) => return Answer::error(503, "the daemon is stopping; try again"),
            }
        }
    }

    /// Whether a connector takes requests.
    #[must_use]
    pub fn is_webhook(&self, connector: &str) -> bool {
        let shared = self.current.now();
        shared
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
            let calm = self.requests.load(Ordering::Acquire) == 0 && self.busy().is_empty();
            let due = self.something_due().await.unwrap_or(true);
            quiet = if calm && !due { quiet + 1 } else { 0 };
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
    }

    /// Whether timers or sinks have something to do now. What is stopped waits for a person,
    /// what is due for a sink that is not configured any more waits for it to come back, and
    /// nobody waits for either.
    async fn something_due(&self) -> Result<bool, StoreError> {
        let shared = self.current.now();
        let (store, now) = (&shared.store, shared.clock.now());
        if tend(&shared, now).await? > 0 || store.forgetting_to_do(now).await? != ToForget::default() {
            return Ok(true);
        }
        if store.next_due().await?.is_none_or(|due| due > now) {
            return Ok(false);
        }
        if store.fire(now, AT_ONCE).await? > 0 {
            return Ok(true);
        }
        for (name, _) in shared.connectors.iter().filter(|(_, c)| c.plugin().roles().sink) {
            let lookups = !shared.is_stopped(name).await && !store.unknown(name, now, 1).await?.is_empty();
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
        let mut all = self.busy();
        let requests = self.requests.load(Ordering::Acquire);
        if requests > 0 {
            all.push(format!("{requests} requests"));
        }
        all
    }

    /// The names of what has something to do.
    fn busy(&self) -> Vec<String> {
        let log = (!*self.log_idle.borrow()).then(|| "the log".to_owned());
        let generation = self.generation();
        let others = generation.idle.iter().filter(|(_, idle)| !*idle.borrow());
        log.into_iter().chain(others.map(|(name, _)| name.clone())).collect()
    }

    /// Ends the intake, then the work, when asked to.
    async fn end(self, cancel: CancellationToken) {
        cancel.cancelled().await;
        let Ground {
            intake, delivery, hush, ..
        } = &self.ground;
        intake.close();
        intake.wait().await;
        delivery.close();
        hush.cancel();
        delivery.wait().await;
        self.work.close();
        self.finish.cancel();
    }
}

/// Turns timers into entries, works off replays and forgets ids out of their window.
async fn keep_house(current: Current, cancel: CancellationToken) {
    let mut rounds = 0_u64;
    loop {
        tokio::select! {
            () = tokio::time::sleep(HOUSEKEEPING) => {}
            () = cancel.cancelled() => return,
        }
        let shared = current.now();
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
    if rounds.is_multiple_of(RETIRED_EVERY) {
        retire(shared, now).await?;
    }
    if rounds.is_multiple_of(240) {
        let what = Purge {
            now,
            egress_until: now.before(shared.wiring.store.egress_window),
        };
        while shared.store.purge(what, AT_ONCE).await? == AT_ONCE {}
    }
    Ok(())
}

/// Deletes what was kept for long enough, a part at a time, so that nobody waits long.
async fn retire(shared: &Shared, now: Instant) -> Result<(), StoreError> {
    let keep = shared.wiring.store.keep;
    if keep == Keep::default() {
        return Ok(());
    }
    let until = |kept: Option<Duration>| kept.map(|kept| now.before(kept));
    let what = Retire {
        signals: until(keep.signals),
        decisions: until(keep.decisions),
        dead_letters: until(keep.dead_letters),
        visitors: until(keep.visitors),
        people: until(keep.people),
    };
    let mut rows = 0;
    loop {
        let gone = shared.store.retire(what, AT_ONCE).await?;
        rows += gone;
        if gone == 0 {
            break;
        }
    }
    if rows > 0 {
        tracing::info!(rows, "deleted what was kept for long enough");
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
