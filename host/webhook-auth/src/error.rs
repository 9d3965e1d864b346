//! What can be wrong: with a scheme (its author's affair), with a secret (the operator's),
//! and with a request (the sender's).
//!
//! None of these carries a secret, a signature, or what a signature should have been:
//! whoever reads an error could use it. What is named are places, and how far off a clock
//! is.

/// A scheme makes no sense.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadScheme {
    /// A place that needs a name has none.
    #[error("a place in the {kind} names no {what}")]
    Unnamed {
        /// The kind of place.
        kind: &'static str,
        /// What it should name.
        what: &'static str,
    },
    /// A name that cannot be one.
    #[error("'{name}' is no {what}")]
    Name {
        /// As written.
        name: String,
        /// What it should be.
        what: &'static str,
    },
    /// No place at all.
    #[error("it names no place where a request carries it")]
    Nowhere,
    /// A kind of place where no such thing can stand.
    #[error("{what} cannot stand in the {kind}: only in a header, the query or a field of the body")]
    Misplaced {
        /// The signature, the timestamp, …
        what: &'static str,
        /// The kind of place.
        kind: &'static str,
    },
    /// What is signed is no template.
    #[error("reading what is signed, '{template}': {why}")]
    Template {
        /// As written.
        template: String,
        /// What is wrong with it.
        why: String,
    },
    /// A timestamp that is not signed proves nothing, and one that is signed must be found.
    #[error("{{timestamp}} must be in what is signed where a timestamp is declared, and only there")]
    Timestamp,
    /// A tolerance out of range.
    #[error("the tolerance is {seconds} s, but must be 1 to {most}")]
    Tolerance {
        /// As written.
        seconds: u64,
        /// The longest.
        most: u64,
    },
}

/// A secret does not fit its scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadSecret {
    /// Nothing is in it.
    #[error("it is empty")]
    Empty,
    /// It is not written as the scheme says.
    #[error("it is not written in {0}")]
    Encoding(&'static str),
    /// It is no public key of the algorithm.
    #[error("it is no public key for {0}: give the key in DER, as the vendor shows it, or its bare bytes")]
    Key(&'static str),
    /// User and password cannot be told apart.
    #[error("it is not a user and a password with a colon between them")]
    UserAndPassword,
}

/// Why a request proves nothing. Said in logs; the sender learns less.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Something that the scheme needs is not there.
    #[error("{what} is missing")]
    Missing {
        /// Such as `the header 'x-signature'`.
        what: String,
    },
    /// Something is there and cannot be read.
    #[error("{what} {why}")]
    Malformed {
        /// Such as `the header 'x-signature'`.
        what: String,
        /// Such as `is not hex`.
        why: &'static str,
    },
    /// The key is not the connector's, or the signature is not of this request.
    #[error("{what} is wrong")]
    Wrong {
        /// The key or the signature.
        what: &'static str,
    },
    /// Signed, and signed too long ago or for the future. Only told to who can sign.
    #[error("{} s {}, and {tolerance_s} s are tolerated", age_s.unsigned_abs(), if *age_s < 0 { "from the future" } else { "old" })]
    Stale {
        /// How old it is; negative where its time has not come.
        age_s: i64,
        /// How old it may be.
        tolerance_s: u64,
    },
    /// The scheme signs the address and nobody said what it is.
    #[error("the scheme signs the address, and no public-url says what it is")]
    NoPublicUrl,
}

impl Refused {
    /// Its word, for metrics.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Missing { .. } => "missing",
            Self::Malformed { .. } => "malformed",
            Self::Wrong { .. } => "wrong",
            Self::Stale { .. } => "stale",
            Self::NoPublicUrl => "no-public-url",
        }
    }

    /// How far the request came: of several schemes' refusals the highest says most.
    #[must_use]
    pub fn progress(&self) -> u8 {
        match self {
            Self::Missing { .. } => 0,
            Self::Malformed { .. } => 1,
            Self::NoPublicUrl => 2,
            Self::Wrong { .. } => 3,
            Self::Stale { .. } => 4,
        }
    }
}
