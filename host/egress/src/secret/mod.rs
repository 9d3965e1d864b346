//! Secrets, and the placeholders that guests have in their place.
//!
//! A guest never holds a secret. It has a placeholder, made at random for one connector and
//! one generation of its configuration, and writes it where the secret is to be. On the way
//! out the host puts the value in: only for hosts that the secret was granted for, and only
//! in the place that the manifest names. On the way back whatever looks like the secret is
//! masked.

mod digest;
mod mask;
mod put;
#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::Arc,
};

use aho_corasick::AhoCorasick;
use secrecy::{ExposeSecret, SecretString};

pub use digest::DigestError;
pub(crate) use mask::Mask;
#[cfg(test)]
pub(crate) use put::PutError;
pub(crate) use put::{Filled, Have};

use crate::{ProxySpec, token::Token};

/// A secret as it is given to an outlet.
#[derive(Clone)]
pub struct SecretSpec {
    /// Its name in the connector's `secrets`.
    pub name: String,
    /// What it is.
    pub value: SecretString,
    /// Where it may be put.
    pub uses: BTreeSet<Use>,
}

impl fmt::Debug for SecretSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretSpec")
            .field("name", &self.name)
            .field("uses", &self.uses)
            .finish_non_exhaustive()
    }
}

/// Where a secret may be put.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Use {
    /// Into the value of a header.
    Header,
    /// Into `Authorization: Basic`, as `user:password`; without a colon it is the user.
    Basic,
    /// Into the value of a parameter of the query.
    Query,
    /// Into the body.
    Body,
    /// Nowhere: it is the key of a digest.
    Hmac,
}

/// The secrets of one connector.
pub(crate) struct Secrets {
    all: Vec<Bound>,
    /// Finds placeholders; the pattern's number is the secret's.
    finder: Option<AhoCorasick>,
    mask: Mask,
}

struct Bound {
    name: String,
    placeholder: String,
    stands_for: StandsFor,
    uses: BTreeSet<Use>,
}

/// What a placeholder stands for.
enum StandsFor {
    /// What the operator gave.
    Secret(SecretString),
    /// What the vendor gives, when it is asked.
    Token(Arc<Token>),
}

impl Bound {
    /// What the operator gave, where that is all.
    fn secret(&self) -> Option<&SecretString> {
        match &self.stands_for {
            StandsFor::Secret(value) => Some(value),
            StandsFor::Token(_) => None,
        }
    }
}

/// Before the random part, so that a person who meets one knows what it is.
const PREFIX: &str = "hearken-secret-";

impl Secrets {
    /// With placeholders from `random`, 16 bytes each.
    pub(crate) fn new(
        specs: Vec<SecretSpec>,
        tokens: impl IntoIterator<Item = Arc<Token>>,
        mut random: impl FnMut() -> [u8; 16],
    ) -> Self {
        let secrets = specs
            .into_iter()
            .map(|spec| (spec.name, StandsFor::Secret(spec.value), spec.uses));
        let tokens = tokens.into_iter().map(|token| {
            let (name, uses) = (token.spec.name.clone(), [Use::Header].into());
            (name, StandsFor::Token(token), uses)
        });
        let all: Vec<Bound> = secrets
            .chain(tokens)
            .map(|(name, stands_for, uses)| Bound {
                placeholder: random()
                    .iter()
                    .fold(PREFIX.to_owned(), |text, byte| format!("{text}{byte:02x}")),
                name,
                stands_for,
                uses,
            })
            .collect();
        // Placeholders are short and few: building the automaton cannot fail.
        let finder = (!all.is_empty())
            .then(|| AhoCorasick::new(all.iter().map(|bound| bound.placeholder.as_bytes())).ok())
            .flatten();
        let mask = Mask::new(all.iter().filter_map(Bound::secret).map(ExposeSecret::expose_secret));
        Self { all, finder, mask }
    }

    /// Masks the login of a proxy as well, which no guest has a placeholder for.
    pub(crate) fn and_of(mut self, proxy: Option<&ProxySpec>) -> Self {
        if let Some((user, password)) = proxy.and_then(|proxy| proxy.login.as_ref()) {
            self.mask.add(&format!("{user}:{}", password.expose_secret()));
        }
        self
    }

    /// What guests have in place of each secret, by the secrets' names.
    pub(crate) fn placeholders(&self) -> BTreeMap<String, String> {
        self.all
            .iter()
            .map(|bound| (bound.name.clone(), bound.placeholder.clone()))
            .collect()
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.all.iter().map(|bound| bound.name.as_str())
    }

    /// The names of those that are put into requests.
    pub(crate) fn is_put(&self, name: &str) -> bool {
        let mut all = self.all.iter();
        all.any(|bound| bound.name == name && bound.uses.iter().any(|used| *used != Use::Hmac))
    }

    /// Masks what looks like a secret.
    pub(crate) fn mask(&self, bytes: Vec<u8>) -> Vec<u8> {
        let tokens = self.all.iter().filter_map(|bound| match &bound.stands_for {
            StandsFor::Token(token) => Some(token),
            StandsFor::Secret(_) => None,
        });
        tokens.fold(self.mask.apply(bytes), |bytes, token| token.mask(bytes))
    }

    pub(crate) fn mask_text(&self, text: String) -> String {
        let masked = self.mask(text.into_bytes());
        String::from_utf8(masked).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.names()).finish()
    }
}
