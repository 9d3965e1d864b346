//! What a scorer reads and what it answers.

use crate::bindings::exports::hearken::plugin::scorer as wit;
use crate::{Belief, Extra, Failure, Instant, Lifecycle, Signal, Traits, Turn, json, memory};

/// What the scorer was granted of one prospect.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dossier {
    /// The prospect's id: the same for one person, without meaning otherwise.
    pub prospect: String,
    /// The moment of this assessment.
    pub now: Instant,
    /// Only those that the manifest names.
    pub traits: Traits,
    /// The account's name, where known.
    pub account: Option<String>,
    /// The stage.
    pub lifecycle: Lifecycle,
    /// The latest turns, oldest first, as many as the manifest asks for.
    pub turns: Vec<Turn>,
    /// Its own beliefs, as it gave them.
    pub said_before: Vec<Belief>,
    /// Other scorers' beliefs, where the manifest asks for them.
    pub others: Vec<Belief>,
    /// Signals since its last assessment, by time, of the kinds that the manifest names.
    pub fresh: Vec<Signal>,
    /// Earlier ones, by time, as many and of such kinds as the manifest asks for; where it
    /// asks for them only without memory, they are here only when `memory` is none.
    pub recent: Vec<Signal>,
    /// What the last assessment of this prospect left; see [`Dossier::recall`].
    pub memory: Option<Vec<u8>>,
    /// Room to grow.
    pub extra: Extra,
}

impl Dossier {
    /// About a prospect of whom nothing is known: to write tests with.
    pub fn new(prospect: impl Into<String>, now: Instant) -> Self {
        Self {
            prospect: prospect.into(),
            now,
            ..Self::default()
        }
    }

    /// What the last assessment of this prospect left, if anything.
    #[must_use]
    pub fn recall<T: serde::de::DeserializeOwned>(&self) -> Option<T> {
        memory::unpack(self.memory.as_deref())
    }

    /// All signals that it was given, by time: `recent`, then `fresh`.
    pub fn signals(&self) -> impl DoubleEndedIterator<Item = &Signal> {
        self.recent.iter().chain(&self.fresh)
    }

    pub(crate) fn from_wit(dossier: wit::Dossier) -> Result<Self, Failure> {
        Ok(Self {
            prospect: dossier.prospect,
            now: Instant::from_millis(dossier.now),
            traits: json::object("the dossier's traits", &dossier.traits)?,
            account: dossier.account,
            lifecycle: dossier.lifecycle.into(),
            turns: dossier.turns.into_iter().map(Turn::from_wit).collect(),
            said_before: dossier.said_before.into_iter().map(Belief::from_wit).collect(),
            others: dossier.others.into_iter().map(Belief::from_wit).collect(),
            fresh: dossier.fresh.into_iter().map(Signal::from_wit).collect(),
            recent: dossier.recent.into_iter().map(Signal::from_wit).collect(),
            memory: dossier.memory,
            extra: dossier.extra,
        })
    }
}

/// What a scorer makes of a dossier.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Assessment {
    /// Beliefs that changed; at most 256.
    pub beliefs: Vec<Belief>,
    /// A short word for something that just happened and calls for a decision now, such as
    /// `back-again`; none as a rule.
    pub cue: Option<String>,
    /// To be given with the next dossier of this prospect, at most 16 KiB.
    pub memory: Option<Vec<u8>>,
    /// Room to grow.
    pub extra: Extra,
}

impl Assessment {
    /// Nothing new.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// With one more belief.
    #[must_use]
    pub fn belief(mut self, belief: Belief) -> Self {
        self.beliefs.push(belief);
        self
    }

    /// With a cue.
    #[must_use]
    pub fn cue(mut self, cue: impl Into<String>) -> Self {
        self.cue = Some(cue.into());
        self
    }

    /// With something to remember until the next dossier of this prospect, which
    /// [`Dossier::recall`] gives back.
    ///
    /// # Errors
    /// As [`memory::pack`].
    pub fn remember<T: serde::Serialize + ?Sized>(mut self, value: &T) -> Result<Self, Failure> {
        self.memory = Some(memory::pack(value)?);
        Ok(self)
    }

    pub(crate) fn into_wit(self) -> wit::Assessment {
        wit::Assessment {
            beliefs: self.beliefs.into_iter().map(Belief::into_wit).collect(),
            cue: self.cue,
            memory: self.memory,
            extra: self.extra,
        }
    }
}

impl FromIterator<Belief> for Assessment {
    fn from_iter<I: IntoIterator<Item = Belief>>(beliefs: I) -> Self {
        Self {
            beliefs: beliefs.into_iter().collect(),
            ..Self::default()
        }
    }
}
