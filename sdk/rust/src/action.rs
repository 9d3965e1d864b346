//! What a sink carries out and what it answers.

use serde::{Deserialize, Serialize};

use crate::bindings::exports::hearken::plugin::sink as wit;
use crate::{Act, Extra, Failure, Identity, Instant, Signal, Traits, json, memory};

/// Something to be done now. Consent, caps and mode have been checked for this attempt.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Action {
    /// The same for every attempt: use it as the vendor's idempotency or upsert key.
    pub id: String,
    /// 1 for the first.
    pub attempt: u32,
    /// When the first attempt was made; none on the first.
    pub first_tried: Option<Instant>,
    /// `tell`, `ask` or `hand-over`.
    pub act: Act,
    /// The channel; the team's name for a hand-over.
    pub channel: String,
    /// The story's id; none for a hand-over.
    pub story: Option<String>,
    /// The prospect's id.
    pub prospect: String,
    /// What the prospect can be reached under on this channel, the best first; for a
    /// hand-over everything known.
    pub identities: Vec<Identity>,
    /// Only those that the manifest names.
    pub traits: Traits,
    /// The account's name, where known.
    pub account: Option<String>,
    /// The vendor's thread to answer in, where there is one.
    pub thread: Option<String>,
    /// What to say.
    pub content: Content,
    /// After that it makes no sense any more.
    pub expires: Option<Instant>,
    /// What an earlier receipt for this prospect and connector left; see
    /// [`Action::recall`].
    pub memory: Option<Vec<u8>>,
    /// Room to grow.
    pub extra: Extra,
}

/// What an action says.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Content {
    /// The subject, or the headline of a hand-over.
    pub title: String,
    /// Markdown, with the person's values filled in as text.
    pub text: String,
    /// The same as plain text, in lines of at most 72 columns; empty where an older host
    /// gives none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub plain: String,
    /// The same as a piece of HTML that the host wrote, for the body of a page or a mail;
    /// empty where an older host gives none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub html: String,
    /// BCP 47.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Where whoever reads it says that they want no more of these messages by this channel.
    /// A POST to it is enough (RFC 8058). None where nothing is to be unsubscribed from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unsubscribe: Option<String>,
    /// Where they choose what they want to hear.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preferences: Option<String>,
    /// Where they confirm a consent that was asked for, in a message that asks them to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confirm: Option<String>,
    /// For a question: the options.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<Answer>,
    /// For a hand-over: the page where its team takes it, turns it down or gives it back. For
    /// our own people only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub respond: Option<String>,
    /// For a hand-over: the persona that we believe in most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// For a hand-over: the topic that we believe concerns them most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub concern: Option<String>,
    /// For a hand-over: why, a sentence each, the strongest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
    /// For a hand-over: what we think we know.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub beliefs: Vec<Finding>,
}

/// An option of a question.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// What an answer is recorded as.
    pub name: String,
    /// What the prospect reads.
    pub text: String,
    /// Where the prospect gives it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// A belief, told to a sales person.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Finding {
    /// The belief's kind.
    pub kind: String,
    /// The belief's name.
    pub name: String,
    /// How much of it there is, 0..1.
    pub value: f64,
    /// How sure we are, 0..1.
    pub confidence: f64,
    /// Why, in one sentence.
    pub reason: String,
}

impl Action {
    /// With nothing but an id: to write tests with.
    pub fn new(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            attempt: 1,
            ..Self::default()
        }
    }

    /// The best address under a scheme.
    #[must_use]
    pub fn identity(&self, scheme: &str) -> Option<&str> {
        self.identities
            .iter()
            .find(|identity| identity.scheme == scheme)
            .map(|identity| identity.value.as_str())
    }

    /// What an earlier receipt for this prospect left, if anything.
    #[must_use]
    pub fn recall<T: serde::de::DeserializeOwned>(&self) -> Option<T> {
        memory::unpack(self.memory.as_deref())
    }

    /// Content that is not as the contract says is a permanent failure of this action.
    pub(crate) fn from_wit(action: wit::Action) -> Result<Self, Failure> {
        Ok(Self {
            id: action.id,
            attempt: action.attempt,
            first_tried: action.first_tried.map(Instant::from_millis),
            act: action.act.into(),
            channel: action.channel,
            story: action.story,
            prospect: action.prospect,
            identities: action.identities.into_iter().map(Identity::from_wit).collect(),
            traits: json::object("the action's traits", &action.traits)?,
            account: action.account,
            thread: action.thread,
            content: json::from_str("the action's content", &action.content)?,
            expires: action.expires.map(Instant::from_millis),
            memory: action.memory,
            extra: action.extra,
        })
    }
}

/// What came of an action.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Receipt {
    /// The vendor's id; signals that answer the action may name it.
    pub reference: String,
    /// Delivered, or accepted only (a signal will tell more).
    pub delivered: bool,
    /// For people.
    pub detail: json::Map<String, json::Value>,
    /// To be given with the next action for this prospect, at most 16 KiB.
    pub memory: Option<Vec<u8>>,
    /// What was learned on the way: a bounce, an unsubscribed address.
    pub signals: Vec<Signal>,
    /// Room to grow.
    pub extra: Extra,
}

impl Receipt {
    /// It has arrived.
    pub fn delivered(reference: impl Into<String>) -> Self {
        Self {
            reference: reference.into(),
            delivered: true,
            ..Self::default()
        }
    }

    /// The vendor took it; a signal will tell what becomes of it.
    pub fn accepted(reference: impl Into<String>) -> Self {
        Self {
            reference: reference.into(),
            ..Self::default()
        }
    }

    /// With something for people to read.
    #[must_use]
    pub fn detail(mut self, name: impl Into<String>, value: impl Into<json::Value>) -> Self {
        self.detail.insert(name.into(), value.into());
        self
    }

    /// With something learned on the way.
    #[must_use]
    pub fn signal(mut self, signal: Signal) -> Self {
        self.signals.push(signal);
        self
    }

    /// With something to remember until the next action for this prospect, which
    /// [`Action::recall`] gives back.
    ///
    /// # Errors
    /// As [`memory::pack`].
    pub fn remember<T: Serialize + ?Sized>(mut self, value: &T) -> Result<Self, Failure> {
        self.memory = Some(memory::pack(value)?);
        Ok(self)
    }

    pub(crate) fn into_wit(self) -> wit::Receipt {
        wit::Receipt {
            reference: self.reference,
            delivered: self.delivered,
            detail: json::object_text(&self.detail),
            memory: self.memory,
            signals: self.signals.into_iter().map(Signal::into_wit).collect(),
            extra: self.extra,
        }
    }
}
