//! Beliefs: what is inferred, never certain.

use std::time::Duration;

use crate::bindings::hearken::plugin::types as wit;
use crate::instant::millis;
use crate::{Extra, Instant, Speaker};

/// The most signal ids that evidence may name.
pub const MAX_EVIDENCE: usize = 32;
/// The longest reason, in bytes.
pub const MAX_REASON_BYTES: usize = 500;

/// Something inferred. It stands in place of what the same scorer said before under the
/// same kind and name; a confidence of 0 withdraws it; what is not mentioned stays.
///
/// ```
/// use std::time::Duration;
/// use hearken_sdk::{Belief, Instant};
///
/// let now = Instant::from_millis(1_763_700_000_000);
/// let belief = Belief::interest("roi", 0.8, 0.6, now)
///     .evidence(["evt-1", "evt-2"])
///     .half_life(Duration::from_secs(14 * 86_400))
///     .reason("read the ROI guide twice in three days");
/// assert_eq!((belief.kind.as_str(), belief.name.as_str()), ("interest", "roi"));
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Belief {
    /// `interest`, `persona`, `pace`, `leaving`, `fit` or `engagement`.
    pub kind: String,
    /// A topic or persona of the vocabulary, a pace, `site`, `rules` or `overall`.
    pub name: String,
    /// How much of it there is, 0..1.
    pub value: f64,
    /// How sure the scorer is, 0..1, at `at`.
    pub confidence: f64,
    /// When it was so, not later than the dossier's `now`; the host decays from here.
    pub at: Instant,
    /// Ids of signals in the dossier, or in the evidence of `said_before`; the strongest
    /// first, at most 32.
    pub evidence: Vec<String>,
    /// In which time the confidence halves; none where it does not decay.
    pub half_life: Option<Duration>,
    /// Why, in one sentence for a sales person, at most 500 bytes.
    pub reason: String,
    /// Room to grow.
    pub extra: Extra,
}

/// How a prospect moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Pace {
    /// Knows what to look for and wants it now.
    Hurried,
    /// Looks for something and does not find it.
    NeedsHelp,
    /// Looks around.
    Browsing,
}

impl Pace {
    /// The belief's name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hurried => "hurried",
            Self::NeedsHelp => "needs-help",
            Self::Browsing => "browsing",
        }
    }
}

impl Belief {
    /// A belief of any kind. `value` and `confidence` are brought into 0..1; what is not a
    /// number counts as 0.
    pub fn new(kind: impl Into<String>, name: impl Into<String>, value: f64, confidence: f64, at: Instant) -> Self {
        Self {
            kind: kind.into(),
            name: name.into(),
            value: fraction(value),
            confidence: fraction(confidence),
            at,
            ..Self::default()
        }
    }

    /// Interest in a topic of the vocabulary.
    pub fn interest(topic: impl Into<String>, value: f64, confidence: f64, at: Instant) -> Self {
        Self::new("interest", topic, value, confidence, at)
    }

    /// A role in the buying process, of the vocabulary.
    pub fn persona(persona: impl Into<String>, value: f64, confidence: f64, at: Instant) -> Self {
        Self::new("persona", persona, value, confidence, at)
    }

    /// How they move.
    #[must_use]
    pub fn pace(pace: Pace, value: f64, confidence: f64, at: Instant) -> Self {
        Self::new("pace", pace.as_str(), value, confidence, at)
    }

    /// About to leave the site.
    #[must_use]
    pub fn leaving(value: f64, confidence: f64, at: Instant) -> Self {
        Self::new("leaving", "site", value, confidence, at)
    }

    /// How well they fit what is sold.
    #[must_use]
    pub fn fit(value: f64, confidence: f64, at: Instant) -> Self {
        Self::new("fit", "rules", value, confidence, at)
    }

    /// How much they occupy themselves with us.
    #[must_use]
    pub fn engagement(value: f64, confidence: f64, at: Instant) -> Self {
        Self::new("engagement", "overall", value, confidence, at)
    }

    /// Resting on these signals, the strongest first; the first 32 are kept.
    #[must_use]
    pub fn evidence<I: IntoIterator>(mut self, ids: I) -> Self
    where
        I::Item: Into<String>,
    {
        let room = MAX_EVIDENCE.saturating_sub(self.evidence.len());
        self.evidence.extend(ids.into_iter().take(room).map(Into::into));
        self
    }

    /// Losing half of its confidence in this time.
    #[must_use]
    pub fn half_life(mut self, half_life: Duration) -> Self {
        self.half_life = Some(half_life);
        self
    }

    /// Because of this, in one sentence for a sales person. What is longer than 500 bytes
    /// is cut.
    #[must_use]
    pub fn reason(mut self, reason: impl Into<String>) -> Self {
        self.reason = sentence(reason.into());
        self
    }

    /// `value` × `confidence`: how much weight to give it.
    #[must_use]
    pub fn weight(&self) -> f64 {
        self.value * self.confidence
    }

    pub(crate) fn from_wit(belief: wit::Belief) -> Self {
        Self {
            kind: belief.kind,
            name: belief.name,
            value: belief.value,
            confidence: belief.confidence,
            at: Instant::from_millis(belief.at),
            evidence: belief.evidence,
            half_life: belief.half_life_ms.map(Duration::from_millis),
            reason: belief.reason,
            extra: belief.extra,
        }
    }

    pub(crate) fn into_wit(self) -> wit::Belief {
        wit::Belief {
            kind: self.kind,
            name: self.name,
            value: self.value,
            confidence: self.confidence,
            at: self.at.as_millis(),
            evidence: self.evidence,
            half_life_ms: self.half_life.map(millis),
            reason: self.reason,
            extra: self.extra,
        }
    }
}

/// Looking things up in a list of beliefs.
pub trait Beliefs {
    /// The one of this kind and name.
    fn find(&self, kind: &str, name: &str) -> Option<&Belief>;

    /// The one of this kind with the greatest [`Belief::weight`].
    fn strongest(&self, kind: &str) -> Option<&Belief>;
}

impl Beliefs for [Belief] {
    fn find(&self, kind: &str, name: &str) -> Option<&Belief> {
        self.iter().find(|belief| belief.kind == kind && belief.name == name)
    }

    fn strongest(&self, kind: &str) -> Option<&Belief> {
        self.iter()
            .filter(|belief| belief.kind == kind)
            .max_by(|a, b| a.weight().total_cmp(&b.weight()))
    }
}

/// One turn of a conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Turn {
    /// When.
    pub at: Instant,
    /// Who.
    pub speaker: Speaker,
    /// The channel's name; empty where unknown.
    pub channel: String,
    /// What was said: a story's id for `us`, a kind of the catalogue for the others.
    pub what: String,
    /// Room to grow.
    pub extra: Extra,
}

impl Turn {
    pub(crate) fn from_wit(turn: wit::Turn) -> Self {
        Self {
            at: Instant::from_millis(turn.at),
            speaker: turn.speaker.into(),
            channel: turn.channel,
            what: turn.what,
            extra: turn.extra,
        }
    }
}

fn fraction(number: f64) -> f64 {
    if number.is_nan() { 0.0 } else { number.clamp(0.0, 1.0) }
}

/// Cuts at 500 bytes, between characters.
pub(crate) fn sentence(mut text: String) -> String {
    if text.len() > MAX_REASON_BYTES {
        let dots = '…';
        text.truncate(text.floor_char_boundary(MAX_REASON_BYTES - dots.len_utf8()));
        text.push(dots);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_belief_stays_within_the_contracts_bounds() {
        let belief = Belief::interest("roi", 7.0, f64::NAN, Instant::default())
            .evidence((0..40).map(|n| n.to_string()))
            .evidence(["late"])
            .reason("ä".repeat(300));
        assert_eq!((belief.value, belief.confidence), (1.0, 0.0));
        assert_eq!(belief.evidence.len(), MAX_EVIDENCE);
        assert!(belief.reason.len() <= MAX_REASON_BYTES && belief.reason.ends_with('…'));
    }

    #[test]
    fn the_strongest_is_the_one_with_value_and_confidence() {
        let now = Instant::default();
        let beliefs = [
            Belief::interest("sure-but-little", 0.1, 1.0, now),
            Belief::interest("much-and-likely", 0.8, 0.7, now),
            Belief::persona("cio", 1.0, 1.0, now),
        ];
        assert_eq!(
            beliefs.strongest("interest").map(|b| b.name.as_str()),
            Some("much-and-likely")
        );
        assert!(beliefs.find("persona", "cio").is_some() && beliefs.find("persona", "roi").is_none());
    }
}
