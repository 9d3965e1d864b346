//! Turns, tellings and the floor.
//!
//! *listening* → (we decide to speak) *ours* → (it is delivered) *awaiting reply* → (an
//! answer, or `await-reply` has passed) *listening*. What another tool of ours has written
//! awaits its reply just as long. A hand-over gives the floor to *sales* until they reject
//! or recycle, or have left it lying for too long, and so does what they do unasked (a call, a meeting, a mail of theirs), for
//! `await-reply`; a no *closes* the conversation, and only the prospect opens it again.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Act, ActionId, ActionState, Instant, ProfileId, Recorded, Reply};

/// Who may speak next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Floor {
    /// We listen, and may speak.
    Listening,
    /// Something of ours is on its way.
    Ours,
    /// Something was told and waits for an answer.
    AwaitingReply,
    /// Sales talk with the prospect.
    WithSales,
    /// The prospect said no.
    Closed,
}

impl Floor {
    /// Its word in WIT and SQL.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Listening => "listening",
            Self::Ours => "ours",
            Self::AwaitingReply => "awaiting-reply",
            Self::WithSales => "with-sales",
            Self::Closed => "closed",
        }
    }
}

impl fmt::Display for Floor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// Who spoke.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Speaker {
    /// The person.
    Prospect,
    /// Us, by this or another tool.
    Us,
    /// A sales person.
    Sales,
}

impl Speaker {
    /// Its word in WIT and SQL.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Prospect => "prospect",
            Self::Us => "us",
            Self::Sales => "sales",
        }
    }
}

/// One turn that a signal reported.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Turn {
    /// When.
    pub at: Instant,
    /// The signal.
    pub id: String,
    /// Who.
    pub speaker: Speaker,
    /// The channel; empty where unknown.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub channel: String,
    /// The signal's kind.
    pub what: String,
}

impl Turn {
    /// The turn that a signal is, if its kind is one.
    #[must_use]
    pub fn of(recorded: &Recorded) -> Option<Self> {
        let signal = &recorded.signal;
        let speaker = match signal.kind.as_str() {
            // A machine that says that somebody is away has not heard us either.
            "message.replied" if Reply::of(signal) == Some(Reply::Automatic) => return None,
            "message.replied" | "question.answered" | "meeting.requested" | "chat.started" => Speaker::Prospect,
            // Who downloads something asks nobody.
            "form.submitted" if matches!(signal.text("asks"), Some("contact" | "demo" | "quote")) => Speaker::Prospect,
            "chat.message" => match signal.text("speaker") {
                Some("us") => Speaker::Us,
                Some("sales") => Speaker::Sales,
                _ => Speaker::Prospect,
            },
            "message.sent" => match signal.text("by") {
                Some("sales") => Speaker::Sales,
                // An echo of what we said ourselves, which is a telling already.
                Some("us") => return None,
                _ => Speaker::Us,
            },
            "call.held" | "meeting.held" | "meeting.booked" => Speaker::Sales,
            _ => return None,
        };
        Some(Self {
            at: signal.at,
            id: signal.id.to_string(),
            speaker,
            channel: signal.text("channel").unwrap_or_default().into(),
            what: signal.kind.clone(),
        })
    }
}

impl Turn {
    /// Whether it is a message of ours that another tool has sent.
    #[must_use]
    pub fn is_another_tools(&self) -> bool {
        self.speaker == Speaker::Us && self.what == "message.sent"
    }
}

/// Something that we decided to do for a prospect, as its conversation remembers it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Telling {
    /// The action.
    pub action: ActionId,
    /// Whom it is addressed to.
    pub profile: ProfileId,
    /// When it was decided, and then when it was delivered.
    pub at: Instant,
    /// What.
    pub act: Act,
    /// The story, or the team of a hand-over.
    pub target: String,
    /// The channel; empty for a hand-over.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub channel: String,
    /// The sink, whose signals alone may answer it.
    pub sink: String,
    /// How far it got.
    pub state: ActionState,
    /// The vendor's id, once there is one: an answer may name it instead of the action.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reference: String,
    /// Whether it was decided in shadow: then it awaits no reply.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub shadow: bool,
    /// When it was answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered: Option<Instant>,
    /// Whether that was closing it, without a word.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub dismissed: bool,
    /// Of a hand-over: when its team should have taken it; none where it has time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer_by: Option<Instant>,
}

impl Telling {
    /// Whether it has been told and waits for an answer. A hand-over waits for sales, and
    /// what was decided in shadow for nobody.
    #[must_use]
    pub fn awaits_reply(&self) -> bool {
        self.state == ActionState::Delivered && self.act != Act::HandOver && !self.shadow && self.answered.is_none()
    }

    /// Whether it is a story that may still be told.
    #[must_use]
    pub fn is_on_its_way(&self) -> bool {
        !self.state.is_final() && self.act != Act::HandOver && !self.shadow
    }
}
