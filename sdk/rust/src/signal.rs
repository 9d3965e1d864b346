//! Signals: observed facts about people.

use serde::Serialize;

use crate::bindings::hearken::plugin::types as wit;
use crate::kinds::Kind;
use crate::{Extra, Failure, Instant, json};

/// One name of a person or a company.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identity {
    /// For people `anonymous`, `user`, `email`, `phone`, or `vendor:object` (such as
    /// `hubspot:contact`); for companies `name`, `domain`, or `vendor:object`.
    pub scheme: String,
    /// At most 512 bytes, no control characters. The host normalises e-mail addresses and
    /// phone numbers.
    pub value: String,
}

impl Identity {
    /// `value` under `scheme`.
    pub fn new(scheme: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            scheme: scheme.into(),
            value: value.into(),
        }
    }

    pub(crate) fn from_wit(identity: wit::Identity) -> Self {
        Self {
            scheme: identity.scheme,
            value: identity.value,
        }
    }

    fn into_wit(self) -> wit::Identity {
        wit::Identity {
            scheme: self.scheme,
            value: self.value,
        }
    }
}

/// What a signal answers. At least one of the two is given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReplyTo {
    /// The id of our action, where the vendor carried it back.
    pub action: Option<String>,
    /// The vendor's reference, as a receipt gave it.
    pub reference: Option<String>,
}

/// One observed fact about a person at a time. Immutable, and with the same id however
/// often it is fetched or sent: the vendor's event id where there is one, else a digest of
/// what makes it this fact.
///
/// ```
/// use hearken_sdk::{Instant, Signal, kinds::PageViewed};
///
/// let viewed = PageViewed { path: "/pricing".into(), ..PageViewed::default() };
/// let signal = Signal::new("evt-1", Instant::from_millis(1_763_700_000_000), &viewed)?
///     .identity("anonymous", "a-1")
///     .about("/pricing");
/// assert_eq!(signal.kind, "page.viewed");
/// assert_eq!(signal.read::<PageViewed>(), Some(Ok(viewed)));
/// # Ok::<(), hearken_sdk::Failure>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Signal {
    /// At most 256 bytes, unique within the connector.
    pub id: String,
    /// A kind from the catalogue ([`crate::kinds`]), or `vendor.something`.
    pub kind: String,
    /// When it happened, as well as the source knows.
    pub at: Instant,
    /// Whom it is about, at least one, at most 8. Two identities join prospects only in
    /// `person.identified` and `person.linked`.
    pub identities: Vec<Identity>,
    /// The company, where one is named. It never joins people.
    pub company: Option<Identity>,
    /// The visit or thread that it belongs to, as the vendor names it.
    pub session: Option<String>,
    /// What it is about, in short: a page's path, a feature, a deal's id.
    pub about: Option<String>,
    /// What it answers, where it is a response to something we said.
    pub answers: Option<ReplyTo>,
    /// The text of a JSON object, as the catalogue says for the kind, at most 32 KiB.
    /// [`Signal::read`] makes the kind's type of it.
    pub properties: String,
    /// Room to grow.
    pub extra: Extra,
}

impl Signal {
    /// A signal of a kind from the catalogue.
    ///
    /// # Errors
    /// Permanent, where the properties cannot be written as JSON; no kind of the catalogue
    /// has such properties.
    pub fn new<K: Kind>(id: impl Into<String>, at: Instant, kind: &K) -> Result<Self, Failure> {
        Self::vendor(id, at, K::KIND, kind)
    }

    /// A signal of a kind of its vendor's, `vendor.something`, for what the catalogue has
    /// no word for. Scorers rely on none of these.
    ///
    /// # Errors
    /// Permanent, where the properties cannot be written as JSON.
    pub fn vendor<P: Serialize + ?Sized>(
        id: impl Into<String>,
        at: Instant,
        kind: impl Into<String>,
        properties: &P,
    ) -> Result<Self, Failure> {
        let properties = json::to_string(properties)?;
        Ok(Self {
            id: id.into(),
            kind: kind.into(),
            at,
            properties,
            ..Self::default()
        })
    }

    /// With one more identity; an empty value is left out.
    #[must_use]
    pub fn identity(mut self, scheme: impl Into<String>, value: impl Into<String>) -> Self {
        let value = value.into();
        if !value.is_empty() {
            self.identities.push(Identity {
                scheme: scheme.into(),
                value,
            });
        }
        self
    }

    /// With the company.
    #[must_use]
    pub fn company(mut self, scheme: impl Into<String>, value: impl Into<String>) -> Self {
        self.company = Some(Identity::new(scheme, value));
        self
    }

    /// With the visit or thread.
    #[must_use]
    pub fn session(mut self, session: impl Into<String>) -> Self {
        self.session = Some(session.into());
        self
    }

    /// With what it is about.
    #[must_use]
    pub fn about(mut self, about: impl Into<String>) -> Self {
        self.about = Some(about.into());
        self
    }

    /// Answers the action with this id, as the vendor carried it back.
    #[must_use]
    pub fn answers_action(mut self, action: impl Into<String>) -> Self {
        self.answers.get_or_insert_default().action = Some(action.into());
        self
    }

    /// Answers what the vendor calls by this reference.
    #[must_use]
    pub fn answers_reference(mut self, reference: impl Into<String>) -> Self {
        self.answers.get_or_insert_default().reference = Some(reference.into());
        self
    }

    /// With where it was found, such as a file's name and a line: told where the host cannot
    /// take the signal.
    #[must_use]
    pub fn found_at(mut self, place: impl Into<String>) -> Self {
        self.extra.push(("place".to_owned(), place.into()));
        self
    }

    /// Its properties as those of `K`: `None` where it is of another kind, an error where
    /// they are not as the catalogue says.
    #[must_use]
    pub fn read<K: Kind>(&self) -> Option<Result<K, Failure>> {
        (self.kind == K::KIND).then(|| json::from_str(K::KIND, &self.properties))
    }

    /// Its properties as any JSON object.
    ///
    /// # Errors
    /// Permanent, where they are no object.
    pub fn values(&self) -> Result<json::Map<String, json::Value>, Failure> {
        json::object(&self.kind, &self.properties)
    }

    /// The value under a scheme, if it has one.
    #[must_use]
    pub fn identity_of(&self, scheme: &str) -> Option<&str> {
        self.identities
            .iter()
            .find(|identity| identity.scheme == scheme)
            .map(|identity| identity.value.as_str())
    }

    pub(crate) fn from_wit(signal: wit::Signal) -> Self {
        Self {
            id: signal.id,
            kind: signal.kind,
            at: Instant::from_millis(signal.at),
            identities: signal.identities.into_iter().map(Identity::from_wit).collect(),
            company: signal.company.map(Identity::from_wit),
            session: signal.session,
            about: signal.about,
            answers: signal.answers.map(|to| ReplyTo {
                action: to.action,
                reference: to.reference,
            }),
            properties: signal.properties,
            extra: signal.extra,
        }
    }

    pub(crate) fn into_wit(self) -> wit::Signal {
        wit::Signal {
            id: self.id,
            kind: self.kind,
            at: self.at.as_millis(),
            identities: self.identities.into_iter().map(Identity::into_wit).collect(),
            company: self.company.map(Identity::into_wit),
            session: self.session,
            about: self.about,
            answers: self.answers.map(|to| wit::ReplyTo {
                action: to.action,
                reference: to.reference,
            }),
            properties: if self.properties.is_empty() {
                "{}".to_owned()
            } else {
                self.properties
            },
            extra: self.extra,
        }
    }
}

/// A record that could not be understood. The host keeps it in the dead letters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reject {
    /// Where: a line, a byte offset or a JSON pointer.
    pub at: String,
    /// What is wrong and what would be right.
    pub why: String,
    /// The record itself, at most 4 KiB of it.
    pub text: String,
}

impl Reject {
    /// What stands at `at`, with the first 4 KiB of `text`.
    pub fn new(at: impl Into<String>, why: impl Into<String>, text: impl Into<String>) -> Self {
        let mut text = text.into();
        text.truncate(text.floor_char_boundary(4096));
        Self {
            at: at.into(),
            why: why.into(),
            text,
        }
    }

    pub(crate) fn into_wit(self) -> wit::Reject {
        wit::Reject {
            at: self.at,
            why: self.why,
            text: self.text,
        }
    }
}
