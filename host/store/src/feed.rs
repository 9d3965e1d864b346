//! What was just appended, handed over in memory.
//!
//! The log is in the store; the feed only saves its reader from reading and parsing again
//! what was in memory a moment ago. It is bounded and never waited for: what does not fit is
//! left out, and the partitions concerned are named. Within a partition the entries come in
//! their order, so a reader that finds a gap reads [`Store::pending`](crate::Store::pending).

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use hearken_model::Partition;
use tokio::sync::{Notify, mpsc};

use crate::Logged;

/// Something that a feed says.
#[derive(Clone, Debug)]
pub enum Fed {
    /// Entries that are committed, each partition's in their order.
    Entries(Arc<[Logged]>),
    /// Partitions to which entries were appended that are not handed over here.
    Missed(BTreeSet<Partition>),
}

/// The reading end. A store has one.
#[derive(Debug)]
pub struct Feed {
    entries: mpsc::Receiver<Arc<[Logged]>>,
    missed: Arc<Missed>,
}

/// The writing end, kept by the store.
#[derive(Clone, Debug)]
pub(crate) struct Feeder {
    entries: mpsc::Sender<Arc<[Logged]>>,
    missed: Arc<Missed>,
}

#[derive(Debug, Default)]
struct Missed {
    partitions: Mutex<BTreeSet<Partition>>,
    told: Notify,
}

impl Missed {
    fn lock(&self) -> MutexGuard<'_, BTreeSet<Partition>> {
        // A set that a panicking thread left behind is still a set of partitions.
        self.partitions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A feed that holds up to `batches` transactions.
pub(crate) fn feed(batches: usize) -> (Feeder, Feed) {
    let (sender, receiver) = mpsc::channel(batches);
    let missed = Arc::new(Missed::default());
    (
        Feeder {
            entries: sender,
            missed: Arc::clone(&missed),
        },
        Feed {
            entries: receiver,
            missed,
        },
    )
}

impl Feeder {
    /// Hands over what one transaction has appended.
    pub(crate) fn hand_over(&self, entries: Vec<Logged>) {
        if entries.is_empty() {
            return;
        }
        let batch: Arc<[Logged]> = entries.into();
        if let Err(mpsc::error::TrySendError::Full(batch)) = self.entries.try_send(batch) {
            self.missed.lock().extend(batch.iter().map(|l| l.partition));
            self.missed.told.notify_one();
        }
    }
}

impl Feed {
    /// The next thing that the feed says; none when the store is closed. Dropping the
    /// returned future loses nothing.
    pub async fn next(&mut self) -> Option<Fed> {
        loop {
            if let Ok(batch) = self.entries.try_recv() {
                return Some(Fed::Entries(batch));
            }
            let missed = std::mem::take(&mut *self.missed.lock());
            if !missed.is_empty() {
                return Some(Fed::Missed(missed));
            }
            tokio::select! {
                batch = self.entries.recv() => return batch.map(Fed::Entries),
                () = self.missed.told.notified() => {}
            }
        }
    }

    /// What the feed says without waiting; none when it has nothing to say now.
    pub fn try_next(&mut self) -> Option<Fed> {
        if let Ok(batch) = self.entries.try_recv() {
            return Some(Fed::Entries(batch));
        }
        let missed = std::mem::take(&mut *self.missed.lock());
        (!missed.is_empty()).then_some(Fed::Missed(missed))
    }
}

#[cfg(test)]
mod tests {
    use hearken_model::{Entry, Instant, ProfileId, ProspectId, Seq, TimerFired};

    use super::*;

    fn entry(partition: u8, seq: u64) -> Logged {
        Logged {
            partition: Partition(partition),
            place: Seq { seq, step: 0 },
            at: Instant(seq),
            prospect: ProspectId::beginning_with(ProfileId::from_u64(u64::from(partition) << 56)),
            entry: Entry::Timer(TimerFired {
                name: "silence".into(),
                generation: seq,
            }),
        }
    }

    #[tokio::test]
    async fn what_does_not_fit_is_named_after_what_did() {
        let (feeder, mut feed) = feed(1);
        feeder.hand_over(vec![entry(1, 1)]);
        feeder.hand_over(vec![entry(2, 1), entry(3, 1)]);
        let Some(Fed::Entries(first)) = feed.next().await else {
            panic!("the first batch fits")
        };
        assert_eq!(first[0].partition, Partition(1));
        let Some(Fed::Missed(missed)) = feed.next().await else {
            panic!("the second does not")
        };
        assert_eq!(missed, BTreeSet::from([Partition(2), Partition(3)]));
        assert!(feed.try_next().is_none());
        drop(feeder);
        assert!(feed.next().await.is_none());
    }
}
