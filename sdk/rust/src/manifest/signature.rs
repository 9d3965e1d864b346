//! How a vendor signs its requests, said as data: the host checks it with a secret that the
//! plugin never sees.

use std::time::Duration;

use serde::Serialize;

use super::needs::is_default;

/// A place in a request.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Place {
    r#in: &'static str,
    #[serde(skip_serializing_if = "is_default")]
    name: Option<String>,
    #[serde(skip_serializing_if = "is_default")]
    separator: Option<String>,
    #[serde(skip_serializing_if = "is_default")]
    prefix: Option<String>,
}

impl Place {
    /// A header.
    pub fn header(name: impl Into<String>) -> Self {
        Self::named("header", name)
    }

    /// A parameter of the query.
    pub fn query(name: impl Into<String>) -> Self {
        Self::named("query", name)
    }

    /// A field of the JSON body, at this pointer, such as `/signature/token`.
    pub fn json_field(pointer: impl Into<String>) -> Self {
        Self::named("json-field", pointer)
    }

    /// Only what follows this text. Of several parts those that begin otherwise mean
    /// something else.
    #[must_use]
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = Some(prefix.into());
        self
    }

    /// Several parts, with this text between them.
    #[must_use]
    pub fn separator(mut self, separator: impl Into<String>) -> Self {
        self.separator = Some(separator.into());
        self
    }

    pub(super) fn named(r#in: &'static str, name: impl Into<String>) -> Self {
        Self {
            name: Some(name.into()),
            ..Self::of(r#in)
        }
    }

    pub(super) fn of(r#in: &'static str) -> Self {
        Self {
            r#in,
            name: None,
            separator: None,
            prefix: None,
        }
    }
}

/// How a signature is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Algorithm {
    /// HMAC with SHA-1.
    HmacSha1,
    /// HMAC with SHA-256.
    HmacSha256,
    /// HMAC with SHA-512.
    HmacSha512,
    /// ECDSA over P-256 with SHA-256, the signature in DER. The secret is the vendor's
    /// public key.
    EcdsaP256,
    /// Ed25519. The secret is the vendor's public key.
    Ed25519,
}

/// A signature over parts of a request.
///
/// ```
/// use hearken_sdk::{Algorithm, Credential, Place, Signature};
///
/// let slack = Credential::new("signing-secret").signature(
///     Signature::new(Algorithm::HmacSha256, "v0:{timestamp}:{body}")
///         .at(Place::header("x-slack-signature").prefix("v0="))
///         .timestamp(Place::header("x-slack-request-timestamp")),
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Signature {
    algorithm: Algorithm,
    signed: String,
    at: Place,
    #[serde(skip_serializing_if = "is_default")]
    encoding: Option<&'static str>,
    #[serde(skip_serializing_if = "is_default")]
    secret: Option<&'static str>,
    #[serde(skip_serializing_if = "is_default")]
    timestamp: Option<Timestamp>,
    #[serde(skip_serializing_if = "is_default")]
    body: Option<&'static str>,
    #[serde(skip_serializing_if = "is_default")]
    body_digest: Option<Place>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
struct Timestamp {
    at: Place,
    #[serde(skip_serializing_if = "is_default")]
    unit: Option<&'static str>,
    #[serde(skip_serializing_if = "is_default")]
    tolerance_s: Option<u64>,
}

impl Signature {
    /// What is signed is text in which `{method}`, `{url}`, `{hubspot-url}`, `{body}`,
    /// `{form}`, `{timestamp}`, `{header:NAME}` and `{json:/POINTER}` stand for parts of the
    /// request. The signature is in the header `x-signature` and in hex unless said
    /// otherwise.
    pub fn new(algorithm: Algorithm, signed: impl Into<String>) -> Self {
        Self {
            algorithm,
            signed: signed.into(),
            at: Place::header("x-signature"),
            encoding: None,
            secret: None,
            timestamp: None,
            body: None,
            body_digest: None,
        }
    }

    /// As the specification Standard Webhooks has it, with a shared secret (`whsec_…`).
    #[must_use]
    pub fn standard_webhooks() -> Self {
        Self::new(Algorithm::HmacSha256, "{header:webhook-id}.{timestamp}.{body}")
            .at(Place::header("webhook-signature").separator(" ").prefix("v1,"))
            .base64()
            .standard_webhooks_secret()
            .timestamp(Place::header("webhook-timestamp"))
    }

    /// Where the signature stands; of several in one place one has to be right.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.at = place;
        self
    }

    /// The signature is in base64.
    #[must_use]
    pub fn base64(mut self) -> Self {
        self.encoding = Some("base64");
        self
    }

    /// The signature is in base64 for URLs.
    #[must_use]
    pub fn base64url(mut self) -> Self {
        self.encoding = Some("base64url");
        self
    }

    /// The operator's secret is in hex.
    #[must_use]
    pub fn hex_secret(mut self) -> Self {
        self.secret = Some("hex");
        self
    }

    /// The operator's secret is in base64, as public keys in DER are.
    #[must_use]
    pub fn base64_secret(mut self) -> Self {
        self.secret = Some("base64");
        self
    }

    /// The operator's secret is in base64 after `whsec_` or `whpk_`.
    #[must_use]
    pub fn standard_webhooks_secret(mut self) -> Self {
        self.secret = Some("standard-webhooks");
        self
    }

    /// When the request was signed, in seconds since 1970; five minutes are tolerated.
    #[must_use]
    pub fn timestamp(mut self, at: Place) -> Self {
        self.timestamp = Some(Timestamp {
            at,
            unit: None,
            tolerance_s: None,
        });
        self
    }

    /// The timestamp, which comes first, is in milliseconds.
    #[must_use]
    pub fn in_millis(self) -> Self {
        self.unit("ms")
    }

    /// The timestamp, which comes first, is written as in RFC 3339.
    #[must_use]
    pub fn in_rfc3339(self) -> Self {
        self.unit("rfc3339")
    }

    /// How far from now the timestamp, which comes first, may be: at most a day.
    #[must_use]
    pub fn tolerance(mut self, tolerance: Duration) -> Self {
        if let Some(timestamp) = &mut self.timestamp {
            timestamp.tolerance_s = Some(tolerance.as_secs());
        }
        self
    }

    /// The body is signed without its content encodings.
    #[must_use]
    pub fn unpacked_body(mut self) -> Self {
        self.body = Some("unpacked");
        self
    }

    /// Where the SHA-256 of the body stands, in hex.
    #[must_use]
    pub fn body_digest(mut self, at: Place) -> Self {
        self.body_digest = Some(at);
        self
    }

    fn unit(mut self, unit: &'static str) -> Self {
        if let Some(timestamp) = &mut self.timestamp {
            timestamp.unit = Some(unit);
        }
        self
    }
}

/// A question by which a vendor makes sure that an address is its customer's. The host
/// answers it and the plugin is not asked.
///
/// ```
/// use hearken_sdk::{Challenge, Place};
///
/// let slack = Challenge::new("POST")
///     .when(Place::json_field("/type"), "url_verification")
///     .echo(Place::json_field("/challenge"))
///     .proved_by("signing-secret");
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Challenge {
    method: &'static str,
    #[serde(skip_serializing_if = "is_default")]
    when: Option<When>,
    #[serde(skip_serializing_if = "is_default")]
    echo: Option<Place>,
    #[serde(skip_serializing_if = "is_default")]
    proved_by: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
struct When {
    at: Place,
    is: String,
}

impl Challenge {
    /// A request of this method, answered with an empty 200, whoever asks.
    #[must_use]
    pub fn new(method: &'static str) -> Self {
        Self {
            method,
            when: None,
            echo: None,
            proved_by: None,
        }
    }

    /// Only where this text stands in this place.
    #[must_use]
    pub fn when(mut self, at: Place, is: impl Into<String>) -> Self {
        self.when = Some(When { at, is: is.into() });
        self
    }

    /// Answered with the text that stands there.
    #[must_use]
    pub fn echo(mut self, place: Place) -> Self {
        self.echo = Some(place);
        self
    }

    /// Only to who proved the credential of this name.
    #[must_use]
    pub fn proved_by(mut self, credential: impl Into<String>) -> Self {
        self.proved_by = Some(credential.into());
        self
    }
}
