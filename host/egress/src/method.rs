//! The methods of requests.

use std::{collections::BTreeSet, fmt};

use crate::RuleError;

/// A method that a guest may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "their names are what they are")]
pub enum Method {
    Get,
    Head,
    Post,
    Put,
    Patch,
    Delete,
}

impl Method {
    const ALL: [Self; 6] = [Self::Get, Self::Head, Self::Post, Self::Put, Self::Patch, Self::Delete];

    /// Reads its word, in upper case.
    #[must_use]
    pub fn read(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.word() == word)
    }

    /// Its word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// Methods; at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Methods(pub(crate) BTreeSet<Method>);

impl Methods {
    pub(crate) fn read(words: &[String]) -> Result<Self, RuleError> {
        if words.is_empty() {
            return Ok(Self(Method::ALL.into()));
        }
        let read = words.iter().map(|word| {
            let upper = word.to_ascii_uppercase();
            Method::read(&upper).ok_or_else(|| RuleError::Method { method: word.clone() })
        });
        read.collect::<Result<_, _>>().map(Self)
    }

    /// Their words; empty where it is all of them.
    #[must_use]
    pub fn words(&self) -> Vec<&'static str> {
        if self.0.len() == Method::ALL.len() {
            return Vec::new();
        }
        self.0.iter().map(|method| method.word()).collect()
    }
}

impl fmt::Display for Methods {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.words().as_slice() {
            [] => f.write_str("any method"),
            words => f.write_str(&words.join(", ")),
        }
    }
}
