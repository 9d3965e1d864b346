//! How a vendor's requests prove themselves, as a manifest says it.

use serde::{Deserialize, Serialize};

use crate::{Algorithm, BadScheme, Place, template::Template};

/// The longest tolerance. What was signed longer ago is a replay by any vendor's account,
/// and every tolerated request is remembered that long.
const MOST_TOLERANCE_S: u64 = 24 * 60 * 60;

/// How requests prove themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// By showing the secret itself. The first place that is there counts.
    Token(Vec<Place>),
    /// By a signature that only the secret's owner can make.
    Signature(Box<Signature>),
}

impl Scheme {
    /// Whether it makes sense.
    ///
    /// # Errors
    /// Says what does not.
    pub fn check(&self) -> Result<(), BadScheme> {
        match self {
            Self::Token(places) if places.is_empty() => Err(BadScheme::Nowhere),
            Self::Token(places) => places.iter().try_for_each(Place::check),
            Self::Signature(signature) => signature.check(),
        }
    }

    /// Where a request carries what it proves itself with: nothing there is for guests.
    pub fn places(&self) -> impl Iterator<Item = &Place> {
        let (tokens, signature) = match self {
            Self::Token(places) => (places.as_slice(), None),
            Self::Signature(signature) => (&[][..], Some(&signature.at)),
        };
        tokens.iter().chain(signature)
    }

    /// Whether the address is signed, which only the operator knows.
    #[must_use]
    pub fn signs_url(&self) -> bool {
        match self {
            Self::Token(_) => false,
            Self::Signature(signature) => Template::read(&signature.signed).is_ok_and(|t| t.has_url()),
        }
    }
}

/// A signature over parts of the request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Signature {
    /// How it is made.
    pub algorithm: Algorithm,
    /// What is signed: text in which `{method}`, `{url}`, `{hubspot-url}`, `{body}`,
    /// `{form}`, `{timestamp}`, `{header:NAME}` and `{json:/POINTER}` stand for parts of the
    /// request.
    pub signed: String,
    /// Where the signature stands; with several in one place, one has to be right.
    pub at: Place,
    /// How it is written.
    #[serde(default)]
    pub encoding: Encoding,
    /// How the operator's secret is written.
    #[serde(default)]
    pub secret: SecretEncoding,
    /// When it was signed. Without one, a request never grows old.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<Timestamp>,
    /// Which form of the body is signed.
    #[serde(default)]
    pub body: SignedBody,
    /// Where the SHA-256 of the body stands, in hex. With `{form}`, a body that is no form
    /// is accepted with it only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body_digest: Option<Place>,
}

impl Signature {
    fn check(&self) -> Result<(), BadScheme> {
        self.at.check_for("a signature")?;
        let template = Template::read(&self.signed)?;
        if template.has_timestamp() != self.timestamp.is_some() {
            return Err(BadScheme::Timestamp);
        }
        if let Some(timestamp) = &self.timestamp {
            timestamp.at.check_for("a timestamp")?;
            let (seconds, most) = (timestamp.tolerance_s, MOST_TOLERANCE_S);
            if !(1..=most).contains(&seconds) {
                return Err(BadScheme::Tolerance { seconds, most });
            }
        }
        let digest = self.body_digest.as_ref();
        digest.map_or(Ok(()), |place| place.check_for("a digest"))
    }
}

/// How bytes are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Encoding {
    /// Two hex digits a byte, in either case.
    #[default]
    Hex,
    /// RFC 4648, 4, padded or not.
    Base64,
    /// RFC 4648, 5, padded or not.
    Base64url,
}

/// How a secret is written where the operator keeps it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SecretEncoding {
    /// Its text is the key.
    #[default]
    Raw,
    /// In hex.
    Hex,
    /// In base64.
    Base64,
    /// In base64 after `whsec_` or `whpk_`, as Standard Webhooks has it; the prefix may be
    /// left out.
    StandardWebhooks,
}

/// When a request was signed, and how old it may be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Timestamp {
    /// Where it stands.
    pub at: Place,
    /// How it is written.
    #[serde(default)]
    pub unit: Unit,
    /// How far from now it may be, in seconds and in either direction.
    #[serde(default = "five_minutes")]
    pub tolerance_s: u64,
}

fn five_minutes() -> u64 {
    300
}

/// How a time is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// Seconds since 1970.
    #[default]
    S,
    /// Milliseconds since 1970.
    Ms,
    /// `2026-11-22T08:00:00Z`.
    Rfc3339,
}

/// Which form of a body is signed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignedBody {
    /// The bytes as they came.
    #[default]
    Sent,
    /// Without content encodings.
    Unpacked,
}
