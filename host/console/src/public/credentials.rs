//! Who is asking: the credentials of a webhook plugin's manifest against a request.
//!
//! Secrets are kept as SHA-256 digests and compared as such in constant time, so neither
//! their content nor their length shows in how long a comparison takes. Every credential
//! is compared, whichever matches first.

use axum::http::{HeaderMap, header};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use percent_encoding::percent_decode_str;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::json_field;

/// Where a request may carry a credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// The user name of `Authorization: Basic`.
    BasicUser,
    /// `Authorization: Bearer`.
    Bearer,
    /// The header of this name.
    Header(String),
    /// The parameter of this name in the query.
    Query(String),
    /// The text at this JSON pointer in the unpacked body.
    JsonField(String),
    /// The part of the path that follows this text, up to the next slash.
    Path(String),
}

/// One credential of a connector, with the connector's secret.
#[derive(Clone)]
pub struct Credential {
    name: String,
    public: bool,
    places: Vec<Found>,
    digest: [u8; 32],
}

impl Credential {
    /// `places` in the order in which they count; `public` as the manifest says; `secret`
    /// is not kept, only its digest.
    #[must_use]
    pub fn new(name: String, public: bool, places: Vec<Found>, secret: &str) -> Self {
        Self {
            name,
            public,
            places,
            digest: Sha256::digest(secret.as_bytes()).into(),
        }
    }

    /// Its name in the manifest.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Whether anybody can have it.
    pub(super) fn is_public(&self) -> bool {
        self.public
    }

    pub(super) fn places(&self) -> &[Found] {
        &self.places
    }

    fn is(&self, given: &str) -> bool {
        let given: [u8; 32] = Sha256::digest(given.as_bytes()).into();
        self.digest.ct_eq(&given).into()
    }
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credential")
            .field("name", &self.name)
            .field("places", &self.places)
            .finish_non_exhaustive()
    }
}

/// What of a request may carry a credential.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shown<'a> {
    pub(super) headers: &'a HeaderMap,
    pub(super) query: &'a str,
    /// Decoded.
    pub(super) path: &'a str,
    /// Unpacked; none as long as it is not read.
    pub(super) body: Option<&'a [u8]>,
}

/// What a request proves.
#[derive(Clone, Copy, Debug)]
pub(super) enum Proof<'a> {
    /// This credential.
    Of(&'a Credential),
    /// Nothing yet; the body might.
    AskBody,
    /// Nothing.
    None,
}

/// Compares what a request shows with all `credentials`.
pub(super) fn prove<'a>(credentials: &'a [Credential], shown: Shown<'_>) -> Proof<'a> {
    let mut proof = Proof::None;
    for credential in credentials {
        match first(&credential.places, shown) {
            Given::Value(value) if credential.is(&value) && !matches!(proof, Proof::Of(_)) => {
                proof = Proof::Of(credential);
            }
            Given::InBody if matches!(proof, Proof::None) => proof = Proof::AskBody,
            _ => {}
        }
    }
    proof
}

enum Given {
    Value(String),
    InBody,
    Nothing,
}

/// The first place that is there counts.
fn first(places: &[Found], shown: Shown<'_>) -> Given {
    for place in places {
        let value = match place {
            Found::BasicUser => basic_user(shown.headers),
            Found::Bearer => authorization(shown.headers, "bearer").map(str::to_owned),
            Found::Header(name) => shown.headers.get(name).and_then(|v| v.to_str().ok()).map(str::to_owned),
            Found::Query(name) => parameter(shown.query, name),
            Found::JsonField(pointer) => match shown.body {
                None => return Given::InBody,
                Some(body) => json_field::text(body, pointer),
            },
            Found::Path(before) => after(shown.path, before).map(str::to_owned),
        };
        if let Some(value) = value.filter(|v| !v.is_empty()) {
            return Given::Value(value);
        }
    }
    Given::Nothing
}

fn authorization<'a>(headers: &'a HeaderMap, scheme: &str) -> Option<&'a str> {
    let (given, rest) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    given.eq_ignore_ascii_case(scheme).then(|| rest.trim())
}

fn basic_user(headers: &HeaderMap) -> Option<String> {
    let text = STANDARD.decode(authorization(headers, "basic")?).ok()?;
    let text = String::from_utf8(text).ok()?;
    let user = text.split_once(':').map_or(text.as_str(), |(user, _)| user);
    Some(user.to_owned())
}

fn parameter(query: &str, name: &str) -> Option<String> {
    let pair = query.split('&').find(|pair| named(pair, name))?;
    let (_, value) = pair.split_once('=')?;
    percent_decode_str(&value.replace('+', " "))
        .decode_utf8()
        .ok()
        .map(Into::into)
}

/// Whether a `name=value` of a query has this name.
pub(super) fn named(pair: &str, name: &str) -> bool {
    let given = pair.split_once('=').map_or(pair, |(given, _)| given);
    percent_decode_str(given).decode_utf8().is_ok_and(|given| given == name)
}

/// What follows `before` in a path, up to the next slash.
pub(super) fn after<'a>(path: &'a str, before: &str) -> Option<&'a str> {
    path.strip_prefix(before)?.split('/').next()
}
