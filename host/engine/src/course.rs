//! What a wave takes from elsewhere than its entries: in a daemon what is so now, in a
//! simulation what was recorded.

use std::sync::Arc;

use async_trait::async_trait;
use hearken_learn::Knowledge;
use hearken_model::{Choice, Colleagues, DecisionId, Instant, Mode, Prospect, ProspectId, Seq};
use hearken_store::StoreError;
use sha2::{Digest, Sha256};

use crate::parts::Shared;

/// What a decision is made about, and where it stands in the log.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    pub(crate) prospect: ProspectId,
    pub(crate) place: Seq,
}

impl Moment {
    /// The id that follows from the two.
    pub(crate) fn id(&self) -> DecisionId {
        DecisionId::at(self.prospect, self.place)
    }
}

/// Whom a wave asks.
#[async_trait]
pub(crate) trait Course: Send + Sync {
    /// By when signals must have come in that scorers are given as recent ones; none for all
    /// that are stored.
    fn known_at(&self, now: Instant) -> Option<Instant>;

    /// What was learned so far.
    fn knowledge(&self, shared: &Shared, moment: &Moment) -> Arc<Knowledge>;

    /// What the other people of each one's account have to do with it.
    async fn colleagues(
        &self,
        shared: &Shared,
        asked: &[(Moment, &Prospect, Instant)],
    ) -> Result<Vec<Option<Colleagues>>, StoreError>;

    /// The id under which a router is asked.
    fn asked_as(&self, moment: &Moment) -> DecisionId;

    /// What the draw begins from.
    fn seed(&self, shared: &Shared, moment: &Moment) -> u64;

    /// The id of what was chosen.
    fn decided_as(&self, moment: &Moment, choice: &Choice, mode: Mode) -> DecisionId;
}

/// The course that a daemon takes.
pub(crate) struct Present;

#[async_trait]
impl Course for Present {
    fn known_at(&self, _: Instant) -> Option<Instant> {
        None
    }

    fn knowledge(&self, shared: &Shared, _: &Moment) -> Arc<Knowledge> {
        shared.knowledge.load_full()
    }

    async fn colleagues(
        &self,
        shared: &Shared,
        asked: &[(Moment, &Prospect, Instant)],
    ) -> Result<Vec<Option<Colleagues>>, StoreError> {
        let now = asked.iter().map(|(_, _, now)| *now).max().unwrap_or_default();
        let prospects: Vec<&Prospect> = asked.iter().map(|(_, prospect, _)| *prospect).collect();
        shared.colleagues(&prospects, now).await
    }

    fn asked_as(&self, moment: &Moment) -> DecisionId {
        moment.id()
    }

    fn seed(&self, shared: &Shared, moment: &Moment) -> u64 {
        seed(&shared.key, moment.id())
    }

    fn decided_as(&self, moment: &Moment, _: &Choice, _: Mode) -> DecisionId {
        moment.id()
    }
}

/// What a draw begins from: secret, and the same whenever the decision is made again.
pub(crate) fn seed(key: &[u8; 32], id: DecisionId) -> u64 {
    let mut hash = Sha256::new();
    hash.update(key);
    hash.update(id.as_u64().to_be_bytes());
    hash.finalize().iter().take(8).fold(0, |n, b| n << 8 | u64::from(*b))
}
