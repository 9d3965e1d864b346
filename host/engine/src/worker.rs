//! Takes waves from the log, one behind the other.
//!
//! While a wave is being committed the next one is computed on the states that it left, so
//! a commit that fails takes the next one with it: both are forgotten and computed again
//! from what is stored. A partition is applied strictly in order: what the feed hands over
//! is used as long as no number is missing, else the store is read.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::Arc,
    time::{Duration, Instant as Watch},
};

use hearken_model::{Partition, Prospect, ProspectId};
use hearken_store::{Fed, Feed, Lease, Logged, Progress, Store, StoreError};
use tokio::{sync::watch, task::JoinHandle};
use tokio_util::sync::CancellationToken;

use crate::{
    course::Present,
    current::Current,
    wave::{Done, Share, Wave},
};

/// How many entries a wave takes at most, over all partitions.
const WAVE: usize = 512;
/// How many entries of the feed wait in memory before the store is read instead.
const QUEUED: usize = 64 * 1024;
/// How often it is looked whether another process has appended something, which the feed
/// does not say: an import, beside the daemon.
const LOOK_AROUND: Duration = Duration::from_millis(250);
/// How many prospects are kept in memory between waves.
const KEPT: usize = 20_000;

/// One partition as the worker sees it.
#[derive(Default)]
struct Lane {
    epoch: u64,
    /// The last entry that a wave has taken, committed or not.
    taken: u64,
    /// What comes next, without gaps behind `taken`.
    queue: VecDeque<Logged>,
    /// Whether the store has more behind the queue than was handed over.
    behind: bool,
}

/// The one who applies the log.
pub(crate) struct Worker {
    current: Current,
    store: Arc<dyn Store>,
    feed: Feed,
    lanes: BTreeMap<Partition, Lane>,
    /// Partitions with something to do.
    busy: BTreeSet<Partition>,
    /// Whose turn it is next.
    turn: Partition,
    queued: usize,
    /// States as the latest wave left them.
    states: BTreeMap<ProspectId, Prospect>,
    flying: Option<JoinHandle<Result<(), StoreError>>>,
    /// When it was last looked whether another process has appended something.
    looked: Watch,
    /// Raised when actions were committed.
    wake: watch::Sender<u64>,
    idle: watch::Sender<bool>,
    cancel: CancellationToken,
}

impl Worker {
    /// Takes all partitions.
    pub(crate) async fn new(
        current: Current,
        feed: Feed,
        wake: watch::Sender<u64>,
        idle: watch::Sender<bool>,
        cancel: CancellationToken,
    ) -> Result<Self, StoreError> {
        let mut worker = Self {
            store: Arc::clone(&current.now().store),
            current,
            feed,
            lanes: BTreeMap::new(),
            busy: BTreeSet::new(),
            turn: Partition(0),
            queued: 0,
            states: BTreeMap::new(),
            flying: None,
            looked: Watch::now(),
            wake,
            idle,
            cancel,
        };
        worker.lease().await?;
        Ok(worker)
    }

    /// Forgets everything and begins again from what is stored. What the feed still has is
    /// left out too: of somebody who was forgotten, the store has less.
    async fn lease(&mut self) -> Result<(), StoreError> {
        while self.feed.try_next().is_some() {}
        self.states.clear();
        self.lanes.clear();
        self.busy.clear();
        self.queued = 0;
        for Lease {
            partition,
            epoch,
            applied,
            last,
        } in self.store.lease().await?
        {
            let behind = last > applied;
            if behind {
                self.busy.insert(partition);
            }
            self.lanes.insert(
                partition,
                Lane {
                    epoch,
                    taken: applied,
                    queue: VecDeque::new(),
                    behind,
                },
            );
        }
        Ok(())
    }

    /// Works until cancelled and everything that was taken is committed.
    pub(crate) async fn run(mut self) {
        loop {
            if let Err(error) = self.turn().await {
                // One daemon has the file, so only forgetting somebody ends its lease.
                if matches!(error, StoreError::Fenced { .. }) {
                    tracing::info!(%error, "somebody was forgotten; beginning again from what is stored");
                } else {
                    tracing::error!(%error, "a wave could not be committed; beginning again from what is stored");
                }
                self.flying = None;
                while let Err(error) = self.lease().await {
                    tracing::error!(%error, "the store does not answer");
                    if self.cancel.is_cancelled() {
                        return;
                    }
                    tokio::time::sleep(Duration::from_millis(500)).await;
                }
                if self.cancel.is_cancelled() {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            if self.cancel.is_cancelled() && self.busy.is_empty() && self.flying.is_none() {
                // What was accepted last may have been said while the end was heard of.
                while let Some(fed) = self.feed.try_next() {
                    self.take_in(fed);
                }
                if self.busy.is_empty() {
                    self.idle.send_replace(true);
                    return;
                }
            }
        }
    }

    async fn turn(&mut self) -> Result<(), StoreError> {
        while let Some(fed) = self.feed.try_next() {
            self.take_in(fed);
        }
        if self.looked.elapsed() >= LOOK_AROUND {
            self.look_around().await?;
        }
        if self.busy.is_empty() {
            return self.rest().await;
        }
        self.idle.send_replace(false);
        let shares = self.shares().await?;
        if shares.is_empty() {
            return Ok(());
        }
        let began = Watch::now();
        let entries: usize = shares.iter().map(|s| s.entries.len()).sum();
        self.load(&shares).await?;
        let shared = self.current.now();
        let states = &mut self.states;
        let wave = Wave::apply(&shared, &Present, shares, |id| {
            states.remove(&id).unwrap_or_else(|| Prospect::new(id))
        });
        let Done {
            commits,
            decisions,
            actions,
        } = wave.think().await?;
        self.landed().await?;
        // Whatever is in memory now is stored too, but for this wave's own.
        if self.states.len() > KEPT {
            self.states.clear();
        }
        for prospect in commits.iter().flat_map(|c| &c.prospects) {
            self.states.insert(prospect.id, prospect.clone());
        }
        let (store, wake) = (Arc::clone(&shared.store), self.wake.clone());
        self.flying = Some(tokio::spawn(async move {
            store.commit(commits).await?;
            if actions {
                wake.send_modify(|n| *n += 1);
            }
            Ok(())
        }));
        metrics::histogram!("hearken_wave_seconds").record(began.elapsed().as_secs_f64());
        metrics::counter!("hearken_entries_total").increment(entries as u64);
        tracing::trace!(entries, decisions, "a wave");
        Ok(())
    }

    /// Waits for the commit under way.
    async fn landed(&mut self) -> Result<(), StoreError> {
        let Some(flying) = self.flying.take() else {
            return Ok(());
        };
        match flying.await {
            Ok(result) => result,
            Err(_) => Err(StoreError::Closed {
                doing: "committing a wave",
            }),
        }
    }

    /// Nothing to do: waits for a commit to land, then for entries.
    async fn rest(&mut self) -> Result<(), StoreError> {
        self.landed().await?;
        if let Some(fed) = self.feed.try_next() {
            self.take_in(fed);
            return Ok(());
        }
        self.idle.send_replace(true);
        tokio::select! {
            fed = self.feed.next() => match fed {
                Some(fed) => self.take_in(fed),
                None => self.cancel.cancelled().await,
            },
            () = tokio::time::sleep(LOOK_AROUND) => {}
            () = self.cancel.cancelled() => {}
        }
        Ok(())
    }

    /// Notes partitions that have grown beyond what the feed has said. What it has yet to
    /// say may be among it; then it is known when it comes, and skipped.
    async fn look_around(&mut self) -> Result<(), StoreError> {
        self.looked = Watch::now();
        for Progress {
            partition,
            epoch,
            applied,
            last,
        } in self.store.progress().await?
        {
            let Some(lane) = self.lanes.get_mut(&partition) else {
                continue;
            };
            if epoch != lane.epoch {
                return Err(StoreError::Fenced {
                    partition,
                    epoch: lane.epoch,
                    from: lane.taken,
                    to: lane.taken,
                    found_epoch: epoch,
                    found_applied: applied,
                });
            }
            if last > lane.queue.back().map_or(lane.taken, |l| l.place.seq) {
                lane.behind = true;
                self.busy.insert(partition);
            }
        }
        Ok(())
    }

    fn take_in(&mut self, fed: Fed) {
        match fed {
            Fed::Missed(partitions) => {
                for partition in partitions {
                    if let Some(lane) = self.lanes.get_mut(&partition) {
                        lane.behind = true;
                        self.busy.insert(partition);
                    }
                }
            }
            Fed::Entries(entries) => {
                for logged in entries.iter() {
                    let Some(lane) = self.lanes.get_mut(&logged.partition) else {
                        continue;
                    };
                    let next = lane.queue.back().map_or(lane.taken, |l| l.place.seq) + 1;
                    if logged.place.seq < next {
                        continue;
                    }
                    if logged.place.seq > next || self.queued >= QUEUED {
                        lane.behind = true;
                    } else if !lane.behind {
                        lane.queue.push_back(logged.clone());
                        self.queued += 1;
                    }
                    self.busy.insert(logged.partition);
                }
            }
        }
    }

    /// The next wave's entries: a fair part of every partition that has some. Those for
    /// which there is no room come first in the next one.
    async fn shares(&mut self) -> Result<Vec<Share>, StoreError> {
        let busy: Vec<Partition> = self
            .busy
            .range(self.turn..)
            .chain(self.busy.range(..self.turn))
            .copied()
            .collect();
        let fair = (WAVE / busy.len().max(1)).max(8);
        let mut room = WAVE;
        let mut shares = Vec::new();
        for partition in busy {
            if room == 0 {
                self.turn = partition;
                break;
            }
            let Some(lane) = self.lanes.get_mut(&partition) else {
                continue;
            };
            if lane.queue.is_empty() && lane.behind {
                let read = self.store.pending(partition, lane.taken, WAVE).await?;
                lane.behind = read.len() >= WAVE;
                self.queued += read.len();
                lane.queue.extend(read);
            }
            let take = lane.queue.len().min(fair).min(room);
            let entries: Vec<Logged> = lane.queue.drain(..take).collect();
            self.queued = self.queued.saturating_sub(take);
            room -= take;
            if lane.queue.is_empty() && !lane.behind {
                self.busy.remove(&partition);
            }
            if let Some(last) = entries.last().map(|l| l.place.seq) {
                let applied = lane.taken;
                lane.taken = last;
                shares.push(Share {
                    partition,
                    epoch: lane.epoch,
                    applied,
                    to: last,
                    step: 0,
                    entries,
                });
            }
        }
        Ok(shares)
    }

    /// Reads the states that are not in memory.
    async fn load(&mut self, shares: &[Share]) -> Result<(), StoreError> {
        let missing: BTreeSet<ProspectId> = shares
            .iter()
            .flat_map(|s| &s.entries)
            .map(|l| l.prospect)
            .filter(|id| !self.states.contains_key(id))
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        let ids: Vec<ProspectId> = missing.into_iter().collect();
        for prospect in self.store.prospects(&ids).await?.into_iter().flatten() {
            self.states.insert(prospect.id, prospect);
        }
        Ok(())
    }
}
