//! What could not be worked off, kept with all that is needed to understand and replay it.

use std::fmt;

use hearken_model::{ActionId, Instant, ProspectId};
use serde::{Deserialize, Serialize};

/// Where something got stuck.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// A request or a page of a source, before it became signals.
    Intake,
    /// A signal that was refused or could be used in part only.
    Signal,
    /// A scorer failed on a prospect.
    Assess,
    /// The router failed on a prospect.
    Decide,
    /// An action could not be delivered.
    Deliver,
}

impl Stage {
    /// All stages, in the order of a signal's life.
    pub const ALL: [Self; 5] = [Self::Intake, Self::Signal, Self::Assess, Self::Decide, Self::Deliver];

    /// Its word in SQL, metrics and on the command line.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Intake => "intake",
            Self::Signal => "signal",
            Self::Assess => "assess",
            Self::Decide => "decide",
            Self::Deliver => "deliver",
        }
    }

    /// The stage of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.word() == word)
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// A dead letter before it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewDeadLetter {
    /// When.
    pub at: Instant,
    /// At which stage.
    pub stage: Stage,
    /// The connector that it concerns; empty where none does.
    pub connector: String,
    /// The prospect, where one is known.
    pub prospect: Option<ProspectId>,
    /// The action, where there is one.
    pub action: Option<ActionId>,
    /// Why, in one sentence.
    pub why: String,
    /// Where in the payload: a JSON pointer, a place in a partition's log, or empty.
    pub place: String,
    /// What could not be worked off, as text; as a rule JSON.
    pub payload: String,
}

/// The number of a dead letter in its store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DeadLetterId(pub u64);

impl fmt::Display for DeadLetterId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A dead letter as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadLetter {
    /// Its number.
    pub id: DeadLetterId,
    /// When a person asked for it to be worked off again, until it is taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replay_asked: Option<Instant>,
    /// What it says.
    #[serde(flatten)]
    pub letter: NewDeadLetter,
}

/// Which dead letters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeadLetterQuery {
    /// Of one stage only.
    pub stage: Option<Stage>,
    /// Of one connector only.
    pub connector: Option<String>,
    /// With a smaller number than this, to go on where a list ended.
    pub before: Option<DeadLetterId>,
    /// How many at most.
    pub limit: usize,
}
