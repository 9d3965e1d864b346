//! Where in a request something stands: a key, a signature, a timestamp, a challenge.

use std::borrow::Cow;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{HeaderMap, HeaderName, header};
use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};

use crate::{BadScheme, Refused, Request, json_field};

/// The most parts that a list in one place may have. Each costs a comparison with each
/// secret, and who sends them is not known yet.
const MOST_PARTS: usize = 16;

/// A place in a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Place {
    /// What kind of place.
    #[serde(rename = "in")]
    pub kind: PlaceKind,
    /// The header's or the parameter's name, a JSON pointer into the body, or for a path the
    /// text before the value.
    #[serde(default)]
    pub name: Option<String>,
    /// What stands between the parts, where the place holds several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub separator: Option<String>,
    /// What stands before the value. Parts that begin otherwise mean something else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefix: Option<String>,
}

/// A kind of place in a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PlaceKind {
    /// User and password of basic authentication, with a colon between them.
    Basic,
    /// The user of basic authentication, whatever the password.
    BasicUser,
    /// `Authorization: Bearer …`.
    Bearer,
    /// A header.
    Header,
    /// A parameter of the query.
    Query,
    /// A field of a JSON body.
    JsonField,
    /// A segment of the path.
    Path,
}

impl PlaceKind {
    fn word(self) -> &'static str {
        match self {
            Self::Basic | Self::BasicUser => "basic authentication",
            Self::Bearer => "bearer token",
            Self::Header => "header",
            Self::Query => "query",
            Self::JsonField => "JSON body",
            Self::Path => "path",
        }
    }
}

impl Place {
    /// A place of this kind, without a name.
    #[must_use]
    pub fn of(kind: PlaceKind) -> Self {
        Self {
            kind,
            name: None,
            separator: None,
            prefix: None,
        }
    }

    /// A place of this kind with a name.
    #[must_use]
    pub fn named(kind: PlaceKind, name: &str) -> Self {
        Self {
            name: Some(name.to_owned()),
            ..Self::of(kind)
        }
    }

    /// Its name; empty where its kind has none.
    #[must_use]
    pub fn name(&self) -> &str {
        self.name.as_deref().unwrap_or_default()
    }

    /// Whether it has the name that its kind needs.
    ///
    /// # Errors
    /// Where it has none, or one that cannot be.
    pub fn check(&self) -> Result<(), BadScheme> {
        let what = match self.kind {
            PlaceKind::Basic | PlaceKind::BasicUser | PlaceKind::Bearer => return Ok(()),
            PlaceKind::Header => "header",
            PlaceKind::Query => "parameter",
            PlaceKind::JsonField => "JSON pointer",
            PlaceKind::Path => "beginning of the path",
        };
        let name = self.name();
        let kind = self.kind.word();
        let bad = || {
            let name = name.to_owned();
            Err(BadScheme::Name { name, what })
        };
        match self.kind {
            _ if name.is_empty() => Err(BadScheme::Unnamed { kind, what }),
            PlaceKind::Header if HeaderName::try_from(name).is_err() => bad(),
            PlaceKind::JsonField | PlaceKind::Path if !name.starts_with('/') => bad(),
            _ => Ok(()),
        }
    }

    /// Whether `what` can stand in it: something that is not the user's own credential.
    pub(crate) fn check_for(&self, what: &'static str) -> Result<(), BadScheme> {
        self.check()?;
        match self.kind {
            PlaceKind::Header | PlaceKind::Query | PlaceKind::JsonField => Ok(()),
            _ => {
                let kind = self.kind.word();
                Err(BadScheme::Misplaced { what, kind })
            }
        }
    }

    /// For people: `the header 'x-signature'`.
    pub(crate) fn spoken(&self) -> String {
        match self.kind {
            PlaceKind::Header | PlaceKind::Path => format!("the {} '{}'", self.kind.word(), self.name()),
            PlaceKind::Query => format!("the parameter '{}'", self.name()),
            PlaceKind::JsonField => format!("the field '{}' of the body", self.name()),
            kind => format!("the {}", kind.word()),
        }
    }

    /// Whether the body has to be read before it is known what stands here.
    pub(crate) fn is_in_body(&self) -> bool {
        self.kind == PlaceKind::JsonField
    }

    /// What stands here, whole. Of several headers or parameters of the name the first.
    pub(crate) fn text<'a>(&self, request: &Request<'a>) -> Option<Cow<'a, str>> {
        let headers = request.headers;
        let text = match self.kind {
            PlaceKind::Basic => basic(headers).map(Cow::Owned),
            PlaceKind::BasicUser => basic(headers).map(|text| match text.split_once(':') {
                Some((user, _)) => Cow::Owned(user.to_owned()),
                None => Cow::Owned(text),
            }),
            PlaceKind::Bearer => authorization(headers, "bearer").map(Cow::Borrowed),
            PlaceKind::Header => headers
                .get(self.name())
                .and_then(|v| v.to_str().ok())
                .map(Cow::Borrowed),
            PlaceKind::Query => parameter(request.query, self.name()).map(Cow::Owned),
            PlaceKind::JsonField => json_field::scalar(request.body?.unpacked, self.name()).map(Cow::Owned),
            PlaceKind::Path => after(request.path, self.name()).map(Cow::Borrowed),
        };
        text.filter(|text| !text.is_empty())
    }

    /// The one value here, or the first of a list.
    pub(crate) fn value(&self, request: &Request<'_>) -> Result<String, Refused> {
        let mut values = self.values(request)?;
        Ok(values.swap_remove(0))
    }

    /// The values here: at least one.
    pub(crate) fn values(&self, request: &Request<'_>) -> Result<Vec<String>, Refused> {
        let what = || self.spoken();
        let malformed = |why| Err(Refused::Malformed { what: what(), why });
        if self.is_repeated(request) {
            return malformed("is there more than once");
        }
        let Some(text) = self.text(request) else {
            return Err(Refused::Missing { what: what() });
        };
        let parts: Vec<&str> = match self.separator.as_deref() {
            Some(separator) if !separator.is_empty() => text.split(separator).map(str::trim).collect(),
            _ => vec![text.trim()],
        };
        let prefix = self.prefix.as_deref().unwrap_or_default();
        let values: Vec<String> = parts
            .into_iter()
            .filter_map(|part| part.strip_prefix(prefix))
            .map(str::to_owned)
            .collect();
        match values.len() {
            0 => malformed("does not begin as the scheme says"),
            n if n > MOST_PARTS => malformed("has too many parts"),
            _ => Ok(values),
        }
    }

    /// Two of a name: another reader of the request might take the other one.
    fn is_repeated(&self, request: &Request<'_>) -> bool {
        match self.kind {
            PlaceKind::Header => request.headers.get_all(self.name()).iter().nth(1).is_some(),
            PlaceKind::Query => {
                let pairs = request.query.split('&');
                pairs.filter(|pair| named(pair, self.name())).nth(1).is_some()
            }
            _ => false,
        }
    }
}

fn authorization<'a>(headers: &'a HeaderMap, scheme: &str) -> Option<&'a str> {
    let (given, rest) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    given.eq_ignore_ascii_case(scheme).then(|| rest.trim())
}

/// User and password, as `user:password`.
fn basic(headers: &HeaderMap) -> Option<String> {
    let text = STANDARD.decode(authorization(headers, "basic")?).ok()?;
    String::from_utf8(text).ok()
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
#[must_use]
pub fn named(pair: &str, name: &str) -> bool {
    let given = pair.split_once('=').map_or(pair, |(given, _)| given);
    percent_decode_str(given).decode_utf8().is_ok_and(|given| given == name)
}

/// What follows `before` in a path, up to the next slash.
#[must_use]
pub fn after<'a>(path: &'a str, before: &str) -> Option<&'a str> {
    path.strip_prefix(before)?.split('/').next()
}
