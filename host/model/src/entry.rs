//! The log's entries. State of a prospect changes only by applying one, with its own time.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{Belief, DecisionId, Delivery, Lifecycle, Part, ProfileId, ProspectId, Recorded, Seq, Telling};

/// A scorer's word on a prospect.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Assessment {
    /// The connector.
    pub scorer: String,
    /// The plugin's version: memory of another one is not given back.
    pub version: String,
    /// The entries behind which the fresh signals that it saw begin …
    pub saw_after: Seq,
    /// … and the last one of them.
    pub saw_to: Seq,
    /// What it believes now.
    pub beliefs: Vec<Belief>,
    /// Something that calls for a decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cue: Option<String>,
    /// What it wants to be given the next time (base64). Kept with the state and not with
    /// the log: after a replay from an earlier point a scorer begins without.
    #[serde(skip)]
    pub memory: Option<String>,
}

/// A timer that ran out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimerFired {
    /// Its name, such as `silence`.
    pub name: String,
    /// Compared with the prospect's: a timer that was set again does not fire as of old.
    pub generation: u64,
}

/// What the log holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "entry", rename_all = "kebab-case")]
pub enum Entry {
    /// An observed fact.
    Signal(Box<Recorded>),
    /// A scorer's word.
    Assessed(Assessment),
    /// A scorer did not see the signals before this: it begins anew, from recent ones.
    Missed {
        /// The connector.
        scorer: String,
    },
    /// We decided. The decision itself is a record of its own.
    Decided {
        /// The decision.
        decision: DecisionId,
        /// What stood out then: it does not call for another decision.
        standing: BTreeSet<String>,
        /// What we chose to do; none where we hold.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        telling: Option<Telling>,
        /// The entries behind which those begin that brought it about.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        saw_after: Option<Seq>,
    },
    /// How the delivery of an action went on.
    Delivery(Delivery),
    /// A stage was reached.
    Stage {
        /// From where.
        from: Lifecycle,
        /// To where.
        to: Lifecycle,
        /// In one sentence.
        cause: String,
    },
    /// A timer ran out.
    Timer(TimerFired),
    /// An operator has what went wrong done again: the router asked about what moved, or
    /// the scorers where nothing is given.
    Again {
        /// What moved when the router failed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        trigger: Option<String>,
    },
    /// Profiles leave for another prospect: an identification has shown whose they are,
    /// or that they are not this one's.
    Leave {
        /// Which.
        profiles: Vec<ProfileId>,
        /// Where to.
        to: ProspectId,
        /// Whether a live signal showed it: what history shows starts nothing.
        #[serde(default)]
        live: bool,
    },
    /// What left another prospect arrives.
    Join {
        /// From where.
        from: ProspectId,
        /// What was known of it there.
        part: Box<Part>,
        /// Whether a live signal showed it.
        #[serde(default)]
        live: bool,
    },
    /// What stood here was about somebody who was forgotten before it was applied. Only its
    /// place is left, and nobody's state changes by it.
    Forgotten,
}

impl Entry {
    /// Its word in SQL and metrics.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Signal(_) => "signal",
            Self::Assessed(_) => "assessed",
            Self::Missed { .. } => "missed",
            Self::Decided { .. } => "decided",
            Self::Delivery(_) => "delivery",
            Self::Stage { .. } => "stage",
            Self::Timer(_) => "timer",
            Self::Again { .. } => "again",
            Self::Leave { .. } => "leave",
            Self::Join { .. } => "join",
            Self::Forgotten => "forgotten",
        }
    }
}
