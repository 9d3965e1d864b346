//! What waits for a person, and what a person said.
//!
//! An answer is a mark on the action, left by the command line in a transaction of its own.
//! The daemon takes the mark and moves the action, so that the log has one writer; where none
//! runs, the next one does. The mark stays with the action as its record.

use hearken_model::{ActionId, Instant, StoryId};

/// Which held actions, the longest decided first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HeldQuery {
    /// Held by this, a word of [`gate`](hearken_model::gate).
    pub gate: String,
    /// Of one story only.
    pub story: Option<StoryId>,
    /// Of one team only.
    pub team: Option<String>,
    /// Decided not later than this.
    pub until: Option<Instant>,
    /// Behind this one of an earlier answer.
    pub after: Option<(Instant, ActionId)>,
    /// How many at most.
    pub limit: usize,
}

/// A text of a story that a person approved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextApproval {
    /// The story.
    pub story: StoryId,
    /// The digest of what a reader sees of it.
    pub digest: String,
    /// Who approved it.
    pub by: String,
    /// When.
    pub at: Instant,
}
