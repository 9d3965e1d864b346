//! Secrets in the place of their placeholders.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use base64::{Engine, prelude::BASE64_STANDARD};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::{ExposeSecret, SecretString};
use tokio::time::Instant;

use super::{Bound, Secrets, StandsFor, Use};
use crate::{
    Request, headers,
    target::Target,
    token::{Token, Value},
};

/// A request with its secrets.
pub(crate) struct Filled {
    pub(crate) url: url::Url,
    /// (name, value, whether the value has a secret in it).
    pub(crate) headers: Vec<(String, String, bool)>,
    pub(crate) body: Option<Vec<u8>>,
    /// The names of the secrets that were put in.
    pub(crate) used: BTreeSet<String>,
    /// The tokens among them, each with its number.
    pub(crate) tokens: Vec<(Arc<Token>, u64)>,
}

/// Tokens that were asked for, for one request, by their names.
pub(crate) type Have = BTreeMap<String, Value>;

/// Why a request may not be sent with what stands in it.
#[derive(Debug)]
pub(crate) struct PutError {
    pub(crate) why: String,
    /// The secret that would have to be granted for the host.
    pub(crate) lacks: Option<String>,
    /// The token that has to be asked for first; all else that was looked at is in order.
    pub(crate) token: Option<Arc<Token>>,
}

impl<T: Into<String>> From<T> for PutError {
    fn from(why: T) -> Self {
        Self {
            why: why.into(),
            lacks: None,
            token: None,
        }
    }
}

impl Secrets {
    /// Puts the secrets in of which `granted` has the names; of tokens those of `have`, or those
    /// that are there.
    ///
    /// # Errors
    /// Why it may not be sent: a placeholder where no secret may be, or credentials of the
    /// guest's own.
    pub(crate) fn put(
        &self,
        request: &Request,
        target: &Target,
        granted: &BTreeSet<&str>,
        have: &Have,
    ) -> Result<Filled, PutError> {
        let mut put = Putting {
            secrets: self,
            granted,
            have,
            used: BTreeSet::new(),
            tokens: Vec::new(),
        };
        let guarded = granted.iter().any(|name| self.is_put(name));
        if self.finds(target.host.as_bytes()) || self.finds(target.url.path().as_bytes()) {
            return Err("a secret may not stand in a URL's host or path".into());
        }
        let mut url = target.url.clone();
        if let Some(query) = target.url.query() {
            let query = put.query(query, guarded)?;
            url.set_query(Some(&query));
        }
        let sent = request.headers.iter().filter(|(name, _)| !headers::is_the_hosts(name));
        let headers = sent
            .map(|(name, value)| put.header(name, value, guarded))
            .collect::<Result<_, _>>()?;
        let body = match &request.body {
            Some(body) => Some(put.body(body, &request.headers)?),
            None => None,
        };
        Ok(Filled {
            url,
            headers,
            body,
            used: put.used,
            tokens: put.tokens,
        })
    }

    fn finds(&self, bytes: &[u8]) -> bool {
        self.finder.as_ref().is_some_and(|finder| finder.is_match(bytes))
    }
}

struct Putting<'a> {
    secrets: &'a Secrets,
    granted: &'a BTreeSet<&'a str>,
    have: &'a Have,
    used: BTreeSet<String>,
    tokens: Vec<(Arc<Token>, u64)>,
}

impl<'a> Putting<'a> {
    fn query(&mut self, query: &str, guarded: bool) -> Result<String, PutError> {
        let mut pairs = Vec::new();
        for pair in query.split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            if self.secrets.finds(name.as_bytes()) {
                return Err("a secret may not stand in the name of a parameter".into());
            }
            let with_secret = self.secrets.finds(value.as_bytes());
            if guarded && !with_secret && self.is_foreign(name) {
                let name: String = name.chars().take(60).collect();
                return Err(format!("the parameter '{name}' brings credentials of the plugin's own").into());
            }
            if !with_secret {
                pairs.push(pair.to_owned());
                continue;
            }
            let encoded = |secret: &str| utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string();
            let filled = self.fill(value.as_bytes(), Use::Query, "the query", encoded)?;
            pairs.push(format!("{name}={}", String::from_utf8_lossy(&filled)));
        }
        Ok(pairs.join("&"))
    }

    fn is_foreign(&self, name: &str) -> bool {
        let decoded = form_urlencoded::parse(name.as_bytes())
            .next()
            .map(|(name, _)| name.into_owned());
        let name = decoded.unwrap_or_default();
        headers::is_a_credentials_parameter(&name)
            || self.granted.iter().any(|secret| name.eq_ignore_ascii_case(secret))
    }

    fn header(&mut self, name: &str, value: &str, guarded: bool) -> Result<(String, String, bool), PutError> {
        if self.secrets.finds(name.to_ascii_lowercase().as_bytes()) {
            return Err("a secret may not stand in the name of a header".into());
        }
        if !self.secrets.finds(value.as_bytes()) {
            if guarded && headers::brings_credentials(name) {
                let name: String = name.chars().take(60).collect();
                return Err(format!("the header '{name}' brings credentials of the plugin's own").into());
            }
            return Ok((name.to_owned(), value.to_owned(), false));
        }
        if let Some(basic) = self.basic(name, value)? {
            return Ok((name.to_owned(), basic, true));
        }
        let filled = self.fill(value.as_bytes(), Use::Header, "a header", str::to_owned)?;
        Ok((name.to_owned(), String::from_utf8_lossy(&filled).into_owned(), true))
    }

    /// `Basic` and nothing but the placeholder of a secret for it.
    fn basic(&mut self, name: &str, value: &str) -> Result<Option<String>, PutError> {
        let rest = value
            .split_once(' ')
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("basic"));
        let placeholder = rest.map(|(_, rest)| rest.trim());
        let bound = self
            .secrets
            .all
            .iter()
            .find(|bound| Some(bound.placeholder.as_str()) == placeholder);
        let Some(bound) = bound.filter(|bound| bound.uses.contains(&Use::Basic)) else {
            return Ok(None);
        };
        if !name.eq_ignore_ascii_case("authorization") {
            return Err(format!("the secret '{}' may stand in the header Authorization only", bound.name).into());
        }
        self.check(bound, Use::Basic, "basic authentication")?;
        let value = self.value(bound)?;
        let value = value.expose_secret();
        let pair = if value.contains(':') {
            value.to_owned()
        } else {
            format!("{value}:")
        };
        Ok(Some(format!("Basic {}", BASE64_STANDARD.encode(pair))))
    }

    fn body(&mut self, body: &[u8], headers: &[(String, String)]) -> Result<Vec<u8>, PutError> {
        if !self.secrets.finds(body) {
            return Ok(body.to_owned());
        }
        let kind = headers
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        let kind = kind.map(|(_, value)| value.to_ascii_lowercase()).unwrap_or_default();
        self.fill(body, Use::Body, "the body", |secret| {
            if kind.contains("json") {
                let quoted = serde_json::Value::from(secret).to_string();
                quoted.trim_matches('"').to_owned()
            } else if kind.contains("x-www-form-urlencoded") {
                utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string()
            } else {
                secret.to_owned()
            }
        })
    }

    /// Puts each secret in the place of its placeholder.
    fn fill(
        &mut self,
        bytes: &[u8],
        used_as: Use,
        place: &str,
        written: impl Fn(&str) -> String,
    ) -> Result<Vec<u8>, PutError> {
        let mut filled = Vec::with_capacity(bytes.len());
        let mut end = 0;
        for found in self.secrets.finder.iter().flat_map(|finder| finder.find_iter(bytes)) {
            let bound = &self.secrets.all[found.pattern().as_usize()];
            self.check(bound, used_as, place)?;
            filled.extend_from_slice(&bytes[end..found.start()]);
            filled.extend_from_slice(written(self.value(bound)?.expose_secret()).as_bytes());
            end = found.end();
        }
        filled.extend_from_slice(&bytes[end..]);
        Ok(filled)
    }

    /// What stands in the place of a placeholder that may be there.
    fn value(&mut self, bound: &'a Bound) -> Result<SecretString, PutError> {
        let token = match &bound.stands_for {
            StandsFor::Secret(value) => return Ok(value.clone()),
            StandsFor::Token(token) => token,
        };
        let had = self.have.get(&bound.name).cloned();
        let Some(Value { number, value }) = had.or_else(|| token.fresh(None, Instant::now())) else {
            return Err(PutError {
                token: Some(Arc::clone(token)),
                ..format!("the token '{}' is not there yet", bound.name).into()
            });
        };
        self.tokens.push((Arc::clone(token), number));
        Ok(value)
    }

    fn check(&mut self, bound: &'a Bound, used_as: Use, place: &str) -> Result<(), PutError> {
        if !bound.uses.contains(&used_as) {
            return Err(format!(
                "the secret '{}' may not stand in {place}: the manifest names another use",
                bound.name
            )
            .into());
        }
        if !self.granted.contains(bound.name.as_str()) {
            return Err(PutError {
                why: format!("the secret '{}' is not granted for this host", bound.name),
                lacks: Some(bound.name.clone()),
                token: None,
            });
        }
        self.used.insert(bound.name.clone());
        Ok(())
    }
}
