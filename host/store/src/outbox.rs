//! Actions on their way out.
//!
//! An attempt is committed as started before its sink is called. `start` compares what the
//! gates were shown (the [`Witness`]) with what is stored now, inside the transaction, so
//! an unsubscribe or a stop that arrived in between is never overtaken by a message.

use hearken_model::{Action, ActionId, ActionState, CapRule, Colleagues, Delivery, Instant, Outcome, Prospect, Seq};
use serde_json::Value;

use crate::{AccountCaps, Arriving, Full, NewDeadLetter, Passage, Suppression};

/// An action that may be attempted, with what the gates need to know.
#[derive(Clone, Debug)]
pub struct Due {
    /// The action.
    pub action: Action,
    /// For whom, as stored.
    pub prospect: Prospect,
    /// What was seen when this was read.
    pub witness: Witness,
    /// What the sink wanted to be given with this prospect's next action.
    pub memory: Option<String>,
    /// Why one of the action's addresses must not be written to, where that is so.
    pub suppressed: Option<String>,
    /// Whether a person approved the text that it tells.
    pub text_approved: bool,
    /// What the other people of their account have to do with it.
    pub colleagues: Option<Colleagues>,
}

/// What a check was based on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Witness {
    /// The last entry that was applied to the prospect.
    pub applied: Seq,
    /// The number of the switches, suppressions and answers, raised with every change of any.
    pub rules: u64,
}

/// Asks to start an attempt.
#[derive(Clone, Debug)]
pub struct Start {
    /// The action.
    pub action: ActionId,
    /// The attempt's number: one more than the action's attempts.
    pub number: u32,
    /// When.
    pub at: Instant,
    /// What the gates were shown.
    pub witness: Witness,
    /// What it takes of a team's capacity.
    pub claim: Option<Claim>,
    /// Of somebody who was never told anything: how many such people there may be in which
    /// time, over all partitions. Claimed once a person within that time.
    pub new_people: Option<CapRule>,
    /// How many stories their account may be told.
    pub account: Option<AccountCaps>,
    /// Copies for colleagues, queued with this start. One that there is already is left out.
    pub seeds: Vec<Action>,
    /// What it takes of a relay.
    pub passage: Option<Passage>,
}

/// A part of a team's capacity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The team.
    pub team: String,
    /// How many hand-overs it takes …
    pub count: u32,
    /// … within so many milliseconds.
    pub per_ms: u64,
    /// Who of the team may get it: whoever has the least on their hands does. Empty where it
    /// goes to the team as a whole.
    pub members: Vec<Candidate>,
}

/// A member of a team who may get a hand-over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Their name.
    pub member: String,
    /// How many hand-overs they take …
    pub count: u32,
    /// … within so many milliseconds.
    pub per_ms: u64,
    /// What the action's content is told of them, under [`ASSIGNEE`], if they get it.
    pub assignee: Value,
}

/// The field of an action's content that says who of the team gets it.
pub const ASSIGNEE: &str = "assignee";

impl Started {
    /// Whether the sink may be called.
    #[must_use]
    pub const fn is_started(self) -> bool {
        matches!(self, Self::Yes | Self::For(_))
    }
}

/// What became of asking to start an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Started {
    /// It is committed as started: the sink may be called.
    Yes,
    /// The same, and it is this one of the claim's members who gets it, from 0.
    For(usize),
    /// The prospect, the rules or the action have changed, or entries of the prospect wait
    /// to be applied: check again.
    Changed,
    /// The team has no capacity left, or none of its members who may get it.
    NoCapacity,
    /// As many new people were spoken to as may be.
    TooManyNew {
        /// When there is room for the next one.
        again: Instant,
    },
    /// Their account was told as much as it may be.
    AccountFull {
        /// When there is room for the next one.
        again: Instant,
    },
    /// The relay takes no more of them now.
    RelayFull {
        /// Which of its limits.
        why: Full,
        /// When there is room again.
        again: Instant,
    },
}

/// Moves an action that is queued, held or unknown without an attempt: held back, let go,
/// expired or rejected. One that is rejected can be queued again: somebody has mended what
/// was wrong and asks for it. Tells the prospect's log where its state changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// The action.
    pub action: ActionId,
    /// How far it is now: held, expired, rejected or queued.
    pub state: ActionState,
    /// Why, and what would let it go.
    pub why: String,
    /// The same in one word of [`gate`](hearken_model::gate); empty where nothing is in its way.
    pub gate: String,
    /// When this was found.
    pub at: Instant,
    /// When the next attempt is due; unchanged where none is given.
    pub due: Option<Instant>,
}

/// What came of an attempt, or of looking up an attempt whose outcome was unknown.
#[derive(Clone, Debug)]
pub struct Finish {
    /// The action.
    pub action: ActionId,
    /// The attempt.
    pub number: u32,
    /// When it ended.
    pub at: Instant,
    /// How.
    pub outcome: Outcome,
    /// What the prospect's log and the action are told: state, reason, the vendor's
    /// reference, and what the sink wants to remember.
    pub delivery: Delivery,
    /// When it is to be tried again or looked up; unchanged where none is given.
    pub due: Option<Instant>,
    /// What the sink said, for people.
    pub detail: String,
    /// Where nothing more will be tried.
    pub dead_letter: Option<NewDeadLetter>,
    /// An address that turned out not to exist.
    pub suppress: Option<Suppression>,
    /// What the sink observed: accepted like any other intake.
    pub signals: Vec<Arriving>,
    /// Until when the ids of these signals are remembered.
    pub seen_until: Instant,
}
