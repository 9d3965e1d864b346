//! What was recorded, as far as the next wave needs it: so that what is the same is decided
//! under the same id, from the same draw and the same knowledge.

use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use hearken_learn::{Knowledge, LearnError, load_numbered, report::HOLDOUT};
use hearken_model::{
    Action, ActionState, Choice, Colleagues, Decision, DecisionId, Entry, Instant, Mode, Partition, Prospect,
    ProspectId, Seq,
};
use hearken_store::{Logged, Store, StoreError};

use crate::{
    course::{Course, Moment, seed},
    parts::Shared,
};

/// How many snapshots are kept in memory.
const KEPT: usize = 32;
/// Set in the steps of what was not recorded, so that it has no id of what was.
const UNRECORDED: u32 = 1 << 31;

/// A decision that was recorded.
#[derive(Clone, Debug)]
pub(super) struct Recorded {
    pub(super) decision: Decision,
    /// How its action began; none where there is none.
    pub(super) state: Option<ActionState>,
}

/// What the record has for the waves of one round.
pub(super) struct Past {
    store: Arc<dyn Store>,
    /// By prospect and the last entry of the wave: a wave decides about somebody once.
    decisions: BTreeMap<(ProspectId, u64), Recorded>,
    /// The latest snapshot when each partition's wave ends; none there for what happens by
    /// itself.
    latest: BTreeMap<Partition, Latest>,
    /// All snapshots that are kept, in their order.
    numbers: Vec<(u64, Instant)>,
    known: BTreeMap<u64, Arc<Knowledge>>,
    nothing: Arc<Knowledge>,
    /// Snapshots that decisions were made with and that are not kept any more.
    pub(super) forgotten: u64,
}

#[derive(Clone, Copy)]
struct Latest {
    number: u64,
    /// Whether it happened by itself, without an entry of the record.
    unrecorded: bool,
}

impl Past {
    pub(super) async fn new(store: Arc<dyn Store>, nothing: Arc<Knowledge>) -> Result<Self, StoreError> {
        Ok(Self {
            numbers: store.snapshot_numbers().await?,
            store,
            decisions: BTreeMap::new(),
            latest: BTreeMap::new(),
            known: BTreeMap::new(),
            nothing,
            forgotten: 0,
        })
    }

    /// Forgets the last round.
    pub(super) fn begin(&mut self) {
        self.decisions.clear();
        self.latest.clear();
        while self.known.len() > KEPT {
            self.known.pop_first();
        }
    }

    /// Reads what was decided when a wave was recorded that ends with entry `to`.
    pub(super) async fn recall(
        &mut self,
        partition: Partition,
        to: u64,
        at: Instant,
        derived: &[Logged],
    ) -> Result<(), StoreError> {
        for logged in derived {
            let Entry::Decided { decision, telling, .. } = &logged.entry else {
                continue;
            };
            let Some(decision) = self.store.decision(*decision).await? else {
                continue;
            };
            if let Some(number) = snapshot_of(&decision).filter(|n| *n > 0) {
                self.learn(number).await?;
            }
            let state = telling.as_ref().map(|t| t.state);
            self.decisions
                .insert((logged.prospect, to), Recorded { decision, state });
        }
        self.expect(partition, at, false).await
    }

    /// Makes ready for what happens by itself.
    pub(super) async fn expect_unrecorded(&mut self, partition: Partition, at: Instant) -> Result<(), StoreError> {
        self.expect(partition, at, true).await
    }

    async fn expect(&mut self, partition: Partition, at: Instant, unrecorded: bool) -> Result<(), StoreError> {
        let until = self.numbers.partition_point(|(_, made)| *made <= at);
        let number = until.checked_sub(1).map_or(0, |i| self.numbers[i].0);
        if number > 0 {
            self.learn(number).await?;
        }
        self.latest.insert(partition, Latest { number, unrecorded });
        Ok(())
    }

    /// Reads a snapshot, or in the place of one that is not kept the next that is.
    async fn learn(&mut self, number: u64) -> Result<(), StoreError> {
        if self.known.contains_key(&number) {
            return Ok(());
        }
        let kept = self.numbers.iter().map(|(n, _)| *n).find(|n| *n >= number);
        let read = match kept {
            Some(kept) => load_numbered(self.store.as_ref(), kept).await,
            None => Ok(None),
        };
        let found = match read {
            Ok(found) => found,
            Err(LearnError::Store(error)) => return Err(error),
            Err(error) => {
                tracing::warn!(%error, "decisions are simulated as if nothing had been learned");
                None
            }
        };
        self.forgotten += u64::from(kept != Some(number) || found.is_none());
        let found = found.map_or_else(|| Arc::clone(&self.nothing), Arc::new);
        self.known.insert(number, found);
        Ok(())
    }

    /// What was decided at a moment.
    pub(super) fn at(&self, moment: &Moment) -> Option<&Recorded> {
        let latest = self.latest.get(&moment.prospect.partition())?;
        let key = (moment.prospect, moment.place.seq);
        self.decisions.get(&key).filter(|_| !latest.unrecorded)
    }

    /// Whether an action was recorded that began as this one does.
    pub(super) fn has(&self, action: &Action, to: u64) -> bool {
        let place = Seq { seq: to, step: 0 };
        let moment = Moment {
            prospect: action.prospect,
            place,
        };
        self.at(&moment)
            .is_some_and(|r| r.decision.id == action.decision && r.state == Some(action.state))
    }

    /// What was decided in a wave that ends with entry `to`, in the order of the people.
    pub(super) fn of(&self, partition: Partition, to: u64) -> impl Iterator<Item = &Recorded> {
        let theirs = move |(prospect, end): &(ProspectId, u64)| prospect.partition() == partition && *end == to;
        self.decisions
            .iter()
            .filter(move |(key, _)| theirs(key))
            .map(|(_, recorded)| recorded)
    }
}

/// The number of the snapshot that a router was given; none where none was asked, or where
/// nothing that was learned was used for somebody.
fn snapshot_of(decision: &Decision) -> Option<u64> {
    let extra = decision.situation.get("extra")?;
    let held_out = extra.to_string().contains(&format!("\"{HOLDOUT}\""));
    (!held_out).then_some(decision.snapshot)
}

/// What was chosen, as far as it tells one decision from another.
fn is_that(decision: &Decision, choice: &Choice, mode: Mode) -> bool {
    (decision.act, &decision.target, &decision.channel, decision.mode)
        == (choice.act, &choice.target, &choice.channel, mode)
}

fn unrecorded(moment: &Moment) -> DecisionId {
    let Seq { seq, step } = moment.place;
    let step = step | UNRECORDED;
    DecisionId::at(moment.prospect, Seq { seq, step })
}

#[async_trait]
impl Course for Past {
    fn known_at(&self, now: Instant) -> Option<Instant> {
        Some(now)
    }

    fn knowledge(&self, _: &Shared, moment: &Moment) -> Arc<Knowledge> {
        let recorded = self.at(moment).and_then(|r| snapshot_of(&r.decision));
        let latest = || self.latest.get(&moment.prospect.partition()).map(|l| l.number);
        let number = recorded.or_else(latest).unwrap_or_default();
        Arc::clone(self.known.get(&number).unwrap_or(&self.nothing))
    }

    /// As it was recorded. Of what was not, nothing is known of colleagues: the store has what
    /// they are told by now.
    async fn colleagues(
        &self,
        _: &Shared,
        asked: &[(Moment, &Prospect, Instant)],
    ) -> Result<Vec<Option<Colleagues>>, StoreError> {
        let of = |moment| self.at(moment).and_then(|r| r.decision.facts.colleagues.clone());
        Ok(asked.iter().map(|(moment, ..)| of(moment)).collect())
    }

    fn asked_as(&self, moment: &Moment) -> DecisionId {
        self.at(moment).map_or_else(|| unrecorded(moment), |r| r.decision.id)
    }

    /// Of what was not recorded the draw begins from what brought it about, and not from its
    /// step: how many others were decided about at once makes no difference.
    fn seed(&self, shared: &Shared, moment: &Moment) -> u64 {
        if let Some(recorded) = self.at(moment) {
            return recorded.decision.seed;
        }
        let of_record = self
            .latest
            .get(&moment.prospect.partition())
            .is_some_and(|l| !l.unrecorded);
        let step = if of_record { 0 } else { moment.place.step | UNRECORDED };
        let place = Seq { step, ..moment.place };
        seed(&shared.key, DecisionId::at(moment.prospect, place))
    }

    fn decided_as(&self, moment: &Moment, choice: &Choice, mode: Mode) -> DecisionId {
        self.at(moment)
            .filter(|r| is_that(&r.decision, choice, mode))
            .map_or_else(|| unrecorded(moment), |r| r.decision.id)
    }
}
