//! What is inferred, never certain.

use std::{fmt, time::Duration};

use serde::{Deserialize, Serialize};

use crate::{Instant, SignalId};

/// How many ids of signals a belief may name.
pub const MAX_EVIDENCE: usize = 32;

/// What a belief is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BeliefKind {
    /// In a topic of the vocabulary.
    Interest,
    /// A role in the buying process, of the vocabulary.
    Persona,
    /// `hurried`, `needs-help`, `browsing`.
    Pace,
    /// About to leave; named `site`.
    Leaving,
    /// How well the fit rules match; named `rules`.
    Fit,
    /// How much the person deals with us; named `overall`.
    Engagement,
}

impl BeliefKind {
    /// All kinds.
    pub const ALL: [Self; 6] = [
        Self::Interest,
        Self::Persona,
        Self::Pace,
        Self::Leaving,
        Self::Fit,
        Self::Engagement,
    ];

    /// Its word in TOML, WIT and SQL.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Interest => "interest",
            Self::Persona => "persona",
            Self::Pace => "pace",
            Self::Leaving => "leaving",
            Self::Fit => "fit",
            Self::Engagement => "engagement",
        }
    }

    /// The kind of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.word() == word)
    }
}

impl fmt::Display for BeliefKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// Who says what about what: under one key the last word holds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct BeliefKey {
    /// The connector's name.
    pub scorer: String,
    /// About what.
    pub kind: BeliefKind,
    /// The topic, the persona, the pace.
    pub name: String,
}

impl From<BeliefKey> for String {
    fn from(k: BeliefKey) -> Self {
        format!("{}/{}/{}", k.scorer, k.kind, k.name)
    }
}

impl TryFrom<String> for BeliefKey {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let mut parts = text.splitn(3, '/');
        let (Some(scorer), Some(kind), Some(name)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(format!("'{text}' is not scorer/kind/name"));
        };
        let kind = BeliefKind::from_word(kind).ok_or_else(|| format!("'{kind}' is not a kind of belief"))?;
        Ok(Self {
            scorer: scorer.into(),
            kind,
            name: name.into(),
        })
    }
}

/// Something inferred about a prospect.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Belief {
    /// About what.
    pub kind: BeliefKind,
    /// The topic, the persona, the pace.
    pub name: String,
    /// 0..1.
    pub value: f64,
    /// 0..1, as it was at `at`.
    pub confidence: f64,
    /// When it was so; it decays from here.
    pub at: Instant,
    /// Ids of signals, the strongest first, at most [`MAX_EVIDENCE`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<SignalId>,
    /// In milliseconds; none where it does not decay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub half_life_ms: Option<u64>,
    /// In one sentence.
    pub reason: String,
}

impl Belief {
    /// Confidence at `now`: `confidence * 2^(-(now - at) / half-life)`.
    #[must_use]
    pub fn confidence_at(&self, now: Instant) -> f64 {
        match self.half_life_ms {
            Some(h) if h > 0 => {
                let age: Duration = now.since(self.at);
                self.confidence * (-(age.as_millis() as f64) / h as f64).exp2()
            }
            _ => self.confidence,
        }
    }

    /// How much it counts at `now`: value times confidence.
    #[must_use]
    pub fn weight_at(&self, now: Instant) -> f64 {
        self.value * self.confidence_at(now)
    }
}
