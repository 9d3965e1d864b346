//! The keys that tokens are made with.
//!
//! Keys are numbered from 1 and never taken away: new tokens are made with the latest, and
//! every older key goes on reading what was made with it. So a link to unsubscribe works
//! for as long as the file with the ring exists. An operator who must kill the links of a
//! key that got out deletes its line by hand, and the unsubscribe links made with it die too.

use std::{collections::BTreeMap, fmt};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The comment at the top of a ring's file.
const HEAD: &str = "# The keys of the links in messages: number, when it was made, key. Keep this file secret, and
# keep it: without a key, the links that were made with it are dead, unsubscribe links included.
";

/// One key. It shows itself to nobody.
#[derive(Clone, PartialEq, Eq)]
pub struct Key([u8; 32]);

impl Key {
    /// From 32 bytes of the system's randomness.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// A key for one use of this one, so that no two uses meet in the same key.
    pub(crate) fn derived(&self, for_what: &[u8]) -> [u8; 32] {
        self.code(&[for_what])
    }

    /// HMAC-SHA-256 over parts, each with its length before it.
    pub(crate) fn code(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        for part in parts {
            mac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

/// All keys of an installation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRing {
    /// By their numbers, with when each was made, as its file says. Never empty.
    keys: BTreeMap<u16, (String, Key)>,
}

/// A file is not a ring of keys.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyRingError {
    /// A line is not `number moment key`.
    #[error("line {line} is not a number, a moment and a key of 32 bytes")]
    Line {
        /// From 1.
        line: usize,
    },
    /// A number stands there twice.
    #[error("line {line} gives the number {number} to a second key")]
    Twice {
        /// From 1.
        line: usize,
        /// The number.
        number: u16,
    },
    /// There is no key.
    #[error("there is no key in it")]
    Empty,
    /// All numbers are used.
    #[error("it has as many keys as there can be")]
    Full,
}

impl KeyRing {
    /// A ring with its first key; `made` is a moment for people.
    #[must_use]
    pub fn new(made: &str, key: Key) -> Self {
        Self {
            keys: BTreeMap::from([(1, (made.to_owned(), key))]),
        }
    }

    /// Reads what [`KeyRing::text`] wrote.
    ///
    /// # Errors
    /// Where a line is none of a ring's, or there is none. What the lines say is never told.
    pub fn parse(text: &str) -> Result<Self, KeyRingError> {
        let mut keys = BTreeMap::new();
        for (line, written) in (1..).zip(text.lines()) {
            if written.trim().is_empty() || written.starts_with('#') {
                continue;
            }
            let (number, made, key) = one(written).ok_or(KeyRingError::Line { line })?;
            if keys.insert(number, (made, key)).is_some() {
                return Err(KeyRingError::Twice { line, number });
            }
        }
        if keys.is_empty() {
            return Err(KeyRingError::Empty);
        }
        Ok(Self { keys })
    }

    /// As it is kept in its file. Secret.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = HEAD.to_owned();
        for (number, (made, key)) in &self.keys {
            text.push_str(&format!("{number} {made} {}\n", URL_SAFE_NO_PAD.encode(key.0)));
        }
        text
    }

    /// Adds a key, with which new tokens are made from then on, and returns its number.
    ///
    /// # Errors
    /// [`KeyRingError::Full`] after 65,535 of them.
    pub fn rotate(&mut self, made: &str, key: Key) -> Result<u16, KeyRingError> {
        let number = self.latest().0.checked_add(1).ok_or(KeyRingError::Full)?;
        self.keys.insert(number, (made.to_owned(), key));
        Ok(number)
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.keys.len()
    }

    /// The key of new tokens, with its number.
    #[must_use]
    pub fn latest(&self) -> (u16, &Key) {
        let (number, (_, key)) = self.keys.last_key_value().expect("a ring has a key from its making on");
        (*number, key)
    }

    pub(crate) fn key(&self, number: u16) -> Option<&Key> {
        self.keys.get(&number).map(|(_, key)| key)
    }
}

fn one(line: &str) -> Option<(u16, String, Key)> {
    let mut parts = line.split_ascii_whitespace();
    let (number, made, key, rest) = (parts.next()?, parts.next()?, parts.next()?, parts.next());
    let number = number.parse().ok().filter(|n| *n > 0)?;
    let key: [u8; 32] = URL_SAFE_NO_PAD.decode(key).ok()?.try_into().ok()?;
    rest.is_none().then(|| (number, made.to_owned(), Key(key)))
}

#[cfg(test)]
#[path = "key_tests.rs"]
mod tests;
