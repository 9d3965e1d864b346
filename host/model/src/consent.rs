//! What a person allows.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a consent is for. `purpose` is `marketing`, `service`, `sales` or `observing`;
/// `channel` is a channel's name or `*`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct ConsentKey {
    /// In whose name.
    pub brand: String,
    /// For what.
    pub purpose: String,
    /// By which channel, `*` for any.
    pub channel: String,
}

impl fmt::Display for ConsentKey {
    /// `brand/purpose/channel`. All three come from outside: a slash within one is written
    /// as `%2F`, so that what is read again is what was written.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = |text: &str| text.replace('%', "%25").replace('/', "%2F");
        write!(
            f,
            "{}/{}/{}",
            part(&self.brand),
            part(&self.purpose),
            part(&self.channel)
        )
    }
}

impl From<ConsentKey> for String {
    fn from(key: ConsentKey) -> Self {
        key.to_string()
    }
}

impl TryFrom<String> for ConsentKey {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let mut parts = text
            .splitn(3, '/')
            .map(|part| part.replace("%2F", "/").replace("%25", "%"));
        match (parts.next(), parts.next(), parts.next()) {
            (Some(brand), Some(purpose), Some(channel)) => Ok(Self {
                brand,
                purpose,
                channel,
            }),
            _ => Err(format!("'{text}' is not brand/purpose/channel")),
        }
    }
}

/// Whether it was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConsentStatus {
    /// Given.
    Granted,
    /// Asked for and not yet confirmed (double opt-in).
    Pending,
    /// Taken back.
    Withdrawn,
}

/// A consent's state, with what shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Consent {
    /// Whether it was given.
    pub status: ConsentStatus,
    /// The legal basis, as reported.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub basis: String,
    /// What proves it, as reported: a form, a sentence, an address.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub proof: String,
}
