//! What runs for one configuration: a task a sink, a source and a site's pages, and the queues
//! of webhooks.
//!
//! A reload starts the next generation and tells this one to end. What is under way ends on
//! the old plugin; a sink's or source's next task begins when its last one has ended, so that
//! nothing is delivered or polled by both, and a connector that is slow to end keeps nobody
//! but its successor waiting.

use std::{collections::BTreeMap, future::Future, mem, sync::Arc};

use tokio::{sync::watch, task::JoinHandle};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    outbox::{Outbox, Way},
    parts::Shared,
    poll,
    webhook::Webhooks,
};

/// What the engine is told of a task: its name, and whether it has nothing to do.
pub(crate) type Idle = (String, watch::Receiver<bool>);

/// Where the tasks of a generation run, and what ends them with the engine.
#[derive(Clone)]
pub(crate) struct Ground {
    pub(crate) intake: TaskTracker,
    pub(crate) delivery: TaskTracker,
    /// Ends the intake.
    pub(crate) cancel: CancellationToken,
    /// Ends the delivery.
    pub(crate) hush: CancellationToken,
    /// Raised when actions were committed.
    pub(crate) woken: watch::Receiver<u64>,
}

/// The tasks of one configuration.
pub(crate) struct Generation {
    pub(crate) webhooks: Webhooks,
    pub(crate) idle: Vec<Idle>,
    sinks: BTreeMap<String, JoinHandle<()>>,
    sources: BTreeMap<String, JoinHandle<()>>,
    /// Ends its intake.
    cancel: CancellationToken,
    /// Ends its delivery.
    hush: CancellationToken,
}

impl Generation {
    /// Starts one. Its sinks and sources wait for those of the one before, which ends once it
    /// is told to: by then requests must go to this one's queues.
    pub(crate) fn start(ground: &Ground, shared: &Arc<Shared>, before: Option<&mut Self>) -> Self {
        let taken = before.map(|b| (mem::take(&mut b.sinks), mem::take(&mut b.sources)));
        let (mut sinks, mut sources) = taken.unwrap_or_default();
        let mut generation = Self {
            cancel: ground.cancel.child_token(),
            hush: ground.hush.child_token(),
            webhooks: Webhooks::default(),
            idle: Vec::new(),
            sinks: BTreeMap::new(),
            sources: BTreeMap::new(),
        };
        generation.webhooks = Webhooks::start(shared, &ground.intake, &generation.cancel);
        for name in shared.connectors.keys() {
            generation.deliver(ground, shared, name, sinks.remove(name));
            generation.poll(ground, shared, name, sources.remove(name));
        }
        generation
    }

    fn deliver(&mut self, ground: &Ground, shared: &Arc<Shared>, name: &str, before: Option<JoinHandle<()>>) {
        let Some(way) = Way::out(shared, name) else { return };
        let (sender, receiver) = watch::channel(false);
        self.idle.push((format!("{way} '{name}'"), receiver));
        let outbox = Outbox {
            shared: Arc::clone(shared),
            way,
            showing: TaskTracker::new(),
            wake: ground.woken.clone(),
            idle: sender,
            cancel: self.hush.clone(),
        };
        let task = ground.delivery.spawn(behind(before, self.hush.clone(), outbox.run()));
        self.sinks.insert(name.to_owned(), task);
    }

    fn poll(&mut self, ground: &Ground, shared: &Arc<Shared>, name: &str, before: Option<JoinHandle<()>>) {
        let source = shared.connectors.get(name).filter(|c| c.plugin().roles().source);
        let Some(source) = source.cloned().filter(|_| shared.stand_in.is_none()) else {
            return;
        };
        if !poll::has_what_it_reads(shared, &source) {
            tracing::info!(
                connector = name,
                "it has no folder and reads what `hearken import` gives it"
            );
            return;
        }
        let (sender, receiver) = watch::channel(false);
        self.idle.push((format!("source '{name}'"), receiver));
        let polling = poll::poll(Arc::clone(shared), source, sender, self.cancel.clone());
        let task = ground.intake.spawn(behind(before, self.cancel.clone(), polling));
        self.sources.insert(name.to_owned(), task);
    }

    /// Tells it to end.
    pub(crate) fn end(&self) {
        self.cancel.cancel();
        self.hush.cancel();
    }
}

/// Works once `before` has ended, unless another generation has taken over by then.
async fn behind(before: Option<JoinHandle<()>>, over: CancellationToken, work: impl Future<Output = ()>) {
    if let Some(before) = before {
        // Where it has panicked, it has ended too.
        let _ = before.await;
        if over.is_cancelled() {
            return;
        }
    }
    work.await;
}
