//! Newtypes for ids. What an id is made of is told at its constructor.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::Identity;

/// Into how many partitions prospects are divided, for good: it is in every store.
pub const PARTITIONS: u16 = 256;

/// A partition: the first byte of a prospect's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Partition(pub u8);

impl fmt::Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A place in a partition's log. Entries from outside have `step` 0 and count up in `seq`;
/// what applying them brought about (assessments, decisions) stands behind the entry that
/// was applied last, with `step` 1, 2, … So the order of the log is the order in which
/// state changed, though new entries arrive while a commit is being computed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Seq {
    /// Counts the entries from outside, from 1.
    pub seq: u64,
    /// 0 for an entry from outside.
    pub step: u32,
}

impl fmt::Display for Seq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.seq, self.step)
    }
}

/// A text is not an id of the kind that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{text}' is not {expected}")]
pub struct NotAnId {
    text: String,
    expected: &'static str,
}

macro_rules! hex_id {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u64);

        impl $name {
            /// From its number.
            #[must_use]
            pub const fn from_u64(n: u64) -> Self {
                Self(n)
            }

            /// Its number.
            #[must_use]
            pub const fn as_u64(self) -> u64 {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:016x}", self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:016x}", self.0)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;
            fn from_str(s: &str) -> Result<Self, NotAnId> {
                let wrong = || NotAnId { text: s.into(), expected: $what };
                if s.len() != 16 || s.bytes().any(|b| b.is_ascii_uppercase()) {
                    return Err(wrong());
                }
                u64::from_str_radix(s, 16).map(Self).map_err(|_| wrong())
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(d)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

hex_id!(
    /// One identity's own history. Made from the identity alone, so that it is the same
    /// on every machine and in every order of arrival.
    ProfileId,
    "a profile's id (16 hex digits)"
);
hex_id!(
    /// A person. The id of the profile that it began with.
    ProspectId,
    "a prospect's id (16 hex digits)"
);
hex_id!(
    /// One decision. Made from the prospect and the place in the log.
    DecisionId,
    "a decision's id (16 hex digits)"
);
hex_id!(
    /// One action. The id of the decision that it carries out, but for a seed's.
    ActionId,
    "an action's id (16 hex digits)"
);

fn digest(parts: &[&[u8]]) -> u64 {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(part);
    }
    let bytes = hash.finalize();
    bytes.iter().take(8).fold(0, |n, b| n << 8 | u64::from(*b))
}

impl ProfileId {
    /// The first 64 bits of SHA-256 over scheme and value.
    #[must_use]
    pub fn of(identity: &Identity) -> Self {
        Self(digest(&[
            b"profile",
            identity.scheme.as_bytes(),
            identity.value.as_bytes(),
        ]))
    }
}

impl ProspectId {
    /// The prospect that begins with a profile.
    #[must_use]
    pub const fn beginning_with(profile: ProfileId) -> Self {
        Self(profile.0)
    }

    /// Its first byte.
    #[must_use]
    pub const fn partition(self) -> Partition {
        Partition((self.0 >> 56) as u8)
    }
}

impl DecisionId {
    /// The first 64 bits of SHA-256 over prospect and place in its partition's log.
    #[must_use]
    pub fn at(prospect: ProspectId, place: Seq) -> Self {
        Self(digest(&[
            b"decision",
            &prospect.0.to_be_bytes(),
            &place.seq.to_be_bytes(),
            &place.step.to_be_bytes(),
        ]))
    }
}

impl From<DecisionId> for ActionId {
    fn from(id: DecisionId) -> Self {
        Self(id.0)
    }
}

impl ActionId {
    /// The copy of a text that a colleague gets: one for each text, story and address.
    #[must_use]
    pub fn of_seed(story: &str, text: &str, to: &Identity) -> Self {
        Self(digest(&[
            b"seed",
            story.as_bytes(),
            text.as_bytes(),
            to.scheme.as_bytes(),
            to.value.as_bytes(),
        ]))
    }
}

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            /// Its text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(s: &str) -> Self {
                Self(s.into())
            }
        }
    };
}

text_id!(
    /// `connector:id`, the second part as the source gave it. With the connector's name in
    /// front, one connector cannot make another's signals look like repetitions.
    SignalId
);
text_id!(
    /// A story's file name without its ending.
    StoryId
);
