//! What we chose, recorded so that it can be explained and replayed.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Act, DecisionId, Instant, Mode, ProspectId, Seq, decide::Facts};

/// Something that a router proposes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Choice {
    /// What.
    pub act: Act,
    /// A story's id, a team's name, or empty.
    pub target: String,
    /// The channel, for a story.
    pub channel: String,
    /// How much speaks for it: finite, not negative.
    pub weight: f64,
    /// In one sentence.
    pub reason: String,
    /// After how long it makes no sense any more, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_in_ms: Option<u64>,
}

/// One gate's answer where it forbids.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateResult {
    /// The gate: `consent`, `cap`, `floor`, …
    pub gate: String,
    /// Why it forbids, in one sentence.
    pub why: String,
}

/// A choice with what the host made of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Alternative {
    /// As proposed.
    #[serde(flatten)]
    pub choice: Choice,
    /// The probability with which it was drawn; 0 where a gate forbids it.
    pub propensity: f64,
    /// What forbids it; empty where it may be done.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub forbidden: Vec<GateResult>,
}

/// Which of a story's texts was chosen, beside the story itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Wording {
    /// Which of the texts that are tried out against each other.
    pub variant: String,
    /// The language that it is told in (BCP 47); none where it does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The probability with which the variant was drawn, given the story.
    pub propensity: f64,
}

/// What we chose about a prospect at one moment. Silence is a decision too.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// Made from prospect and place.
    pub id: DecisionId,
    /// About whom.
    pub prospect: ProspectId,
    /// In the prospect's partition.
    pub place: Seq,
    /// When, by the entry that brought it about.
    pub at: Instant,
    /// What moved.
    pub trigger: String,
    /// The connector and the digest of the router that proposed.
    pub router: String,
    /// What the router was given.
    pub situation: Value,
    /// What the gates were given.
    pub facts: Facts,
    /// What could have been done.
    pub alternatives: Vec<Alternative>,
    /// What the draw began from.
    pub seed: u64,
    /// The number of the snapshot of what was learned.
    pub snapshot: u64,
    /// What was chosen.
    pub act: Act,
    /// A story's id, a team's name, or empty.
    pub target: String,
    /// The channel, for a story.
    pub channel: String,
    /// The probability with which it was chosen.
    pub propensity: f64,
    /// In one sentence.
    pub reason: String,
    /// How far trust goes for what was chosen.
    pub mode: Mode,
    /// Which text of the story; none where no story is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wording: Option<Wording>,
}

impl Decision {
    /// How far the likeliest alternative was ahead of the next one: 0 for a toss-up. None
    /// where there was only one that could be done.
    #[must_use]
    pub fn margin(&self) -> Option<f64> {
        let mut able: Vec<f64> = self
            .alternatives
            .iter()
            .map(|a| a.propensity)
            .filter(|p| *p > 0.0)
            .collect();
        able.sort_by(|x, y| y.total_cmp(x));
        match able.as_slice() {
            [first, second, ..] => Some(first - second),
            _ => None,
        }
    }

    /// Of a silence the gate that forbade what spoke louder than all that could be done;
    /// empty where nothing did.
    #[must_use]
    pub fn gate(&self) -> &str {
        if self.act != Act::Hold {
            return "";
        }
        let able = self.alternatives.iter().filter(|a| a.forbidden.is_empty());
        let most = able.map(|a| a.choice.weight).fold(f64::NEG_INFINITY, f64::max);
        loudest(&self.alternatives)
            .filter(|a| a.choice.weight > most)
            .and_then(|a| a.forbidden.first())
            .map_or("", |g| g.gate.as_str())
    }
}

/// The alternative that most spoke for, the last among equals.
#[must_use]
pub fn loudest(alternatives: &[Alternative]) -> Option<&Alternative> {
    alternatives
        .iter()
        .max_by(|x, y| x.choice.weight.total_cmp(&y.choice.weight))
}

/// What was proposed with more weight than the silence that was chosen: where it is forbidden,
/// that is why nothing is said.
#[must_use]
pub fn outweighed<'a>(silence: &Choice, alternatives: &'a [Alternative]) -> Option<&'a Alternative> {
    loudest(alternatives).filter(|a| a.choice.weight > silence.weight)
}
