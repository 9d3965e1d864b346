//! What was said over a time, to how many, what was not, and why: counted by the store.

use hearken_model::{Act, ActionState, DecisionId, Instant, Mode, ProspectId};

/// What became of the decisions since a moment. Copies for colleagues are not among it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Summary {
    /// How many decisions there were, silence included.
    pub decisions: u64,
    /// About how many people.
    pub people: u64,
    /// People whom a story was delivered to.
    pub told: u64,
    /// People who would have been told one, had the mode not been shadow.
    pub would_be_told: u64,
    /// What was decided to be said or handed over, those about most people first.
    pub chosen: Vec<Chosen>,
    /// What did not go out, or not yet, by what is in its way, the commonest first.
    pub kept: Vec<Kept>,
    /// How often it was decided to stay silent.
    pub silences: u64,
    /// Why, the commonest first.
    pub reasons: Vec<Silence>,
    /// The decisions in which the two likeliest alternatives were closest.
    pub unsure: Vec<Unsure>,
}

/// One thing that was chosen to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chosen {
    /// Tell, ask or hand over.
    pub act: Act,
    /// The story or the team.
    pub target: String,
    /// The channel; empty for a hand-over.
    pub channel: String,
    /// How far trust went.
    pub mode: Mode,
    /// How often.
    pub times: u64,
    /// For how many people.
    pub people: u64,
    /// How many of these are delivered, …
    pub delivered: u64,
    /// … on their way or waiting for something, …
    pub waiting: u64,
    /// … perhaps delivered, nobody knows, …
    pub unknown: u64,
    /// … or at their end without having been delivered.
    pub ended: u64,
}

/// Actions that something keeps or kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// How far they are.
    pub state: ActionState,
    /// What is in their way, a word of [`gate`](hearken_model::gate).
    pub gate: String,
    /// How many.
    pub actions: u64,
    /// For how many people.
    pub people: u64,
    /// What one of them says.
    pub example: String,
}

/// A reason for silence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Silence {
    /// The gate that forbade what spoke loudest; empty where the router chose silence.
    pub gate: String,
    /// How often.
    pub times: u64,
    /// About how many people.
    pub people: u64,
    /// What one of them says; where the router chose it, all of them.
    pub example: String,
}

/// A decision that could well have been another.
#[derive(Clone, Debug, PartialEq)]
pub struct Unsure {
    /// Which.
    pub decision: DecisionId,
    /// About whom.
    pub prospect: ProspectId,
    /// When.
    pub at: Instant,
    /// What was drawn.
    pub act: Act,
    /// The story or the team.
    pub target: String,
    /// The channel.
    pub channel: String,
    /// With which probability.
    pub propensity: f64,
    /// How far the likeliest was ahead of the next.
    pub margin: f64,
}
