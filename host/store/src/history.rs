//! What learning reads of a prospect: what it was told, and what came of it.

use hearken_model::{Act, ActionId, DecisionId, Instant, Lifecycle, ProspectId, Recorded};
use serde_json::Value;

/// Asks for what people were told, and what they and sales did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HistoryQuery {
    /// Whose.
    pub prospects: Vec<ProspectId>,
    /// Nothing of before this.
    pub since: Instant,
    /// The kinds of signals.
    pub kinds: Vec<String>,
}

impl HistoryQuery {
    /// How many tellings, signals and stages of one prospect are read, of each the latest.
    pub const MOST: usize = 1_000;
}

/// What one prospect was told, and what came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct History {
    /// Whose.
    pub prospect: ProspectId,
    /// What was delivered, copies for colleagues left out; the earliest first.
    pub tellings: Vec<Told>,
    /// Signals of the kinds that were asked for, by the time when they happened.
    pub signals: Vec<Recorded>,
    /// Stages that were reached, in their order.
    pub stages: Vec<StageReached>,
}

/// An action that was delivered, with what its decision rested upon.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// The action.
    pub action: ActionId,
    /// The decision behind it.
    pub decision: DecisionId,
    /// When it was decided.
    pub at: Instant,
    /// What.
    pub act: Act,
    /// The story, or the team of a hand-over.
    pub target: String,
    /// The sink that delivered it.
    pub sink: String,
    /// The vendor's id; empty where there is none.
    pub reference: String,
    /// The number of the snapshot that it was decided with; 0 for none.
    pub snapshot: u64,
    /// Which variant of the story's text.
    pub variant: String,
    /// What the router was given; null where none was asked.
    pub situation: Value,
}

/// A stage that was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StageReached {
    /// When it was taken down.
    pub at: Instant,
    /// From where.
    pub from: Lifecycle,
    /// To where.
    pub to: Lifecycle,
}

/// What was learned, under its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// From 1.
    pub number: u64,
    /// When.
    pub at: Instant,
    /// JSON; `hearken-learn` writes and reads it.
    pub body: String,
}
