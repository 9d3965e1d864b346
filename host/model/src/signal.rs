//! Observed facts.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{ActionId, Instant, ProfileId, SignalId};

/// The name under which the host itself reports, as a connector does: what happened at a link.
/// No connector may be called so.
pub const HOST_CONNECTOR: &str = "hearken";

/// One name of a person: `anonymous`, `user`, `email`, `phone` or `vendor:object`, and its value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Identity {
    /// Which kind of name.
    pub scheme: String,
    /// The name, normalised.
    pub value: String,
}

impl Identity {
    /// The longest value that is kept, in bytes.
    pub const MAX_VALUE_BYTES: usize = 512;

    /// Normalises: white space around is cut; e-mail addresses are compared in lower case
    /// (RFC 5321 leaves the local part's case to the receiver; in practice none uses it);
    /// a phone number keeps digits and a leading plus. Nothing is returned for a value that
    /// cannot be one of its scheme: empty, over 512 bytes, with control characters, an
    /// e-mail address without exactly one @ between two non-empty parts.
    #[must_use]
    pub fn new(scheme: &str, value: &str) -> Option<Self> {
        let value = value.trim();
        let scheme = scheme.trim();
        if value.is_empty() || value.len() > Self::MAX_VALUE_BYTES || scheme.is_empty() || scheme.len() > 64 {
            return None;
        }
        if value.chars().any(char::is_control) {
            return None;
        }
        let value = match scheme {
            "email" => {
                let (local, domain) = value.split_once('@')?;
                if local.is_empty() || domain.is_empty() || domain.contains('@') || value.contains(char::is_whitespace)
                {
                    return None;
                }
                value.to_lowercase()
            }
            "phone" => {
                let digits: String = value.chars().filter(char::is_ascii_digit).collect();
                if digits.len() < 5 {
                    return None;
                }
                if value.starts_with('+') {
                    format!("+{digits}")
                } else {
                    digits
                }
            }
            _ => value.to_owned(),
        };
        Some(Self {
            scheme: scheme.to_owned(),
            value,
        })
    }

    /// How well it tells people apart: a signal belongs to the strongest of its identities.
    /// `user` 4, `email` 3, `phone` 2, a vendor's 1, `anonymous` 0.
    #[must_use]
    pub fn strength(&self) -> u8 {
        match self.scheme.as_str() {
            "user" => 4,
            "email" => 3,
            "phone" => 2,
            "anonymous" => 0,
            _ => 1,
        }
    }

    /// Whether it names a person, as opposed to a device.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.strength() > 0
    }

    /// Whether a company could be reached under it.
    #[must_use]
    pub fn is_address(&self) -> bool {
        matches!(self.scheme.as_str(), "email" | "phone")
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.scheme, self.value)
    }
}

/// What a signal answers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswersTo {
    /// Our action, where the vendor carried its id back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<ActionId>,
    /// The vendor's reference as a receipt gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

/// One observed fact about a person at a time. Immutable.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Signal {
    /// Makes it idempotent.
    pub id: SignalId,
    /// From the catalogue, or `vendor.something`.
    pub kind: String,
    /// When it happened.
    pub at: Instant,
    /// Whom it is about. Joined only by the kinds `person.identified` and `person.linked`.
    pub identities: Vec<Identity>,
    /// The company, where one is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company: Option<Identity>,
    /// The visit or thread.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// What it is about, as the source names it: a URL's path, a feature, a deal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// What it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answers: Option<AnswersTo>,
    /// As the catalogue says for its kind; an object.
    pub properties: Value,
}

impl Signal {
    /// Whether its identities join prospects.
    #[must_use]
    pub fn joins(&self) -> bool {
        matches!(self.kind.as_str(), "person.identified" | "person.linked")
    }

    /// The identity that it belongs to: the strongest, the first among equals. What says
    /// whether an address may be used belongs to the address, where one is named: whoever
    /// has it is the one who must not be written to.
    #[must_use]
    pub fn primary(&self) -> Option<&Identity> {
        let about_address = self.is_about_address();
        self.identities
            .iter()
            .rev()
            .max_by_key(|i| (about_address && i.is_address(), i.strength()))
    }

    /// How sure it is that a person did it, 0..1; 1 where nothing says otherwise.
    #[must_use]
    pub fn human(&self) -> f64 {
        if self.properties.get("automatic") == Some(&Value::Bool(true)) {
            return 0.0;
        }
        let human = self.properties.get("human").and_then(Value::as_f64);
        human.map_or(1.0, |human| human.clamp(0.0, 1.0))
    }

    fn is_about_address(&self) -> bool {
        let kind = self.kind.as_str();
        kind.starts_with("consent.")
            || matches!(
                kind,
                "address.suppressed" | "message.bounced" | "message.complained" | "message.unsubscribed"
            )
    }

    /// A property's text.
    #[must_use]
    pub fn text(&self, property: &str) -> Option<&str> {
        self.properties.get(property).and_then(Value::as_str)
    }
}

/// A signal as it stands in the log: with what the host knows of how it came.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recorded {
    /// The fact.
    pub signal: Signal,
    /// The connector that reported it.
    pub connector: String,
    /// When it was accepted.
    pub received: Instant,
    /// Whether it was live and fresh when accepted: only then may it start anything.
    pub live: bool,
    /// Whether the connector may vouch for identities: else they are claims.
    pub verified: bool,
    /// Whose history it is in: the profile of its strongest identity.
    pub profile: ProfileId,
    /// The profiles of its other identities that belong to the same prospect, where the
    /// signal joins them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub with: Vec<ProfileId>,
}
