//! Decisions on their way out.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{ActionId, DecisionId, Identity, Instant, ProspectId, Scope};

/// What can be done about a prospect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Act {
    /// Stay silent.
    Hold,
    /// Tell a story.
    Tell,
    /// Ask a question.
    Ask,
    /// Hand over to a team.
    HandOver,
}

impl Act {
    /// Its word in WIT and SQL.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Hold => "hold",
            Self::Tell => "tell",
            Self::Ask => "ask",
            Self::HandOver => "hand-over",
        }
    }

    /// The act of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Hold, Self::Tell, Self::Ask, Self::HandOver]
            .into_iter()
            .find(|a| a.word() == word)
    }
}

impl fmt::Display for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// How far an action got.
///
/// queued → started → delivered | rejected | unknown | queued (to be tried again);
/// unknown → (looked up) delivered | queued, or held for a person; queued | held →
/// expired. Held: something forbids it for now, and `why` says what, [`gate`](crate::gate)
/// in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ActionState {
    /// To be sent when due.
    Queued,
    /// An attempt is under way.
    Started,
    /// The sink has taken it.
    Delivered,
    /// It may have arrived.
    Unknown,
    /// It cannot be delivered.
    Rejected,
    /// Its time has passed.
    Expired,
    /// Something forbids it for now.
    Held,
}

impl ActionState {
    /// All states.
    pub const ALL: [Self; 7] = [
        Self::Queued,
        Self::Started,
        Self::Delivered,
        Self::Unknown,
        Self::Rejected,
        Self::Expired,
        Self::Held,
    ];

    /// Its word in SQL and metrics.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Started => "started",
            Self::Delivered => "delivered",
            Self::Unknown => "unknown",
            Self::Rejected => "rejected",
            Self::Expired => "expired",
            Self::Held => "held",
        }
    }

    /// The state of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.word() == word)
    }

    /// Whether nothing more will happen by itself.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Delivered | Self::Rejected | Self::Expired)
    }
}

impl fmt::Display for ActionState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// A decision on its way out through a sink.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Action {
    /// The same for every attempt.
    pub id: ActionId,
    /// What it carries out.
    pub decision: DecisionId,
    /// For whom.
    pub prospect: ProspectId,
    /// The connector that delivers it.
    pub sink: String,
    /// The channel; empty for a hand-over.
    pub channel: String,
    /// What.
    pub act: Act,
    /// The story, or the team of a hand-over.
    pub target: String,
    /// The story's purpose; `sales` for a hand-over.
    pub purpose: String,
    /// Where it goes: the identities that the channel reaches; for a hand-over none.
    pub to: Vec<Identity>,
    /// When it was decided.
    pub decided: Instant,
    /// When the next attempt is due.
    pub due: Instant,
    /// After that it makes no sense any more.
    pub expires: Instant,
    /// How far it got.
    pub state: ActionState,
    /// Why it is where it is: what holds it, what went wrong, and what would let it go.
    pub why: String,
    /// The same in one word of [`gate`](crate::gate); empty where nothing is in its way.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub gate: String,
    /// How many attempts were started.
    pub attempts: u32,
    /// When the first one was.
    pub first_tried: Option<Instant>,
    /// The vendor's id, once there is one.
    pub reference: String,
    /// Title, text and so on, as `content.schema.json` of the contract says.
    pub content: Value,
    /// The digest of the story's text that it tells; empty for a hand-over.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// What a person said to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval: Option<Approval>,
    /// Whether it is a copy for a colleague, who sees what goes out. It counts for nothing:
    /// it is no telling, no cap knows of it, and nothing is learned from it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub seed: bool,
}

impl Action {
    /// What it falls under: a mode or a stop of any of these concerns it.
    #[must_use]
    pub fn scopes(&self) -> Vec<Scope> {
        let mut scopes = vec![Scope::All, Scope::Sink(self.sink.clone())];
        if self.act == Act::HandOver {
            scopes.push(Scope::Team(self.target.clone()));
        } else {
            scopes.extend([Scope::Channel(self.channel.clone()), Scope::Story(self.target.clone())]);
        }
        scopes
    }

    /// Whether a person said yes to it.
    #[must_use]
    pub fn is_approved(&self) -> bool {
        self.approval.as_ref().is_some_and(|a| a.answer == Answer::Yes)
    }
}

/// What a person says to an action that waits for approval.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// It may go.
    Yes,
    /// It ends.
    No,
}

impl Answer {
    /// Its word in SQL and on the command line.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
        }
    }

    /// The answer of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Yes, Self::No].into_iter().find(|a| a.word() == word)
    }
}

/// A person's word on an action. It is kept with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// What.
    pub answer: Answer,
    /// Who, as far as the system tells.
    pub by: String,
    /// When.
    pub at: Instant,
    /// Why, in their words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub why: String,
}

/// One try to deliver an action. Committed as started before its sink is called.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attempt {
    /// The action.
    pub action: ActionId,
    /// From 1.
    pub number: u32,
    /// When its start was committed.
    pub started: Instant,
}

/// What came of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The sink has taken it.
    Delivered,
    /// To be tried again.
    Retry,
    /// It may have arrived.
    Unknown,
    /// It cannot be delivered.
    Rejected,
}

impl Outcome {
    /// Its word in SQL and metrics.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Retry => "retry",
            Self::Unknown => "unknown",
            Self::Rejected => "rejected",
        }
    }
}

/// How the delivery of an action went on: an entry of the prospect's log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Delivery {
    /// The action.
    pub action: ActionId,
    /// How far it got.
    pub state: ActionState,
    /// Why.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub why: String,
    /// The vendor's id.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reference: String,
    /// What the sink wants to be given with this prospect's next action (base64).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory: Option<String>,
}
