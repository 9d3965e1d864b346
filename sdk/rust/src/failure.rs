//! Failures: values that say what to do next.

use std::fmt;
use std::time::Duration;

use crate::bindings::hearken::plugin::types as wit;
use crate::instant::millis;

/// What the host should do about a [`Failure`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// Try again.
    Transient,
    /// Try again, not before `retry_after`.
    RateLimited,
    /// This item will never work.
    Permanent,
    /// Nothing will work until an operator changes something.
    Config,
    /// It was not granted.
    Denied,
    /// From a sink: it may have arrived, so it must be looked up before it is sent again.
    Unknown,
}

impl Class {
    /// The word as the contract writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Transient => "transient",
            Self::RateLimited => "rate-limited",
            Self::Permanent => "permanent",
            Self::Config => "config",
            Self::Denied => "denied",
            Self::Unknown => "unknown",
        }
    }

    /// Reads the contract's word. A word that is not listed counts as permanent, as it does
    /// for the host.
    #[must_use]
    pub fn from_word(word: &str) -> Self {
        match word {
            "transient" => Self::Transient,
            "rate-limited" => Self::RateLimited,
            "config" => Self::Config,
            "denied" => Self::Denied,
            "unknown" => Self::Unknown,
            _ => Self::Permanent,
        }
    }
}

/// Why something could not be done. The class decides what the host does; the message is
/// for a person: what was attempted on what, and what came back. Never a secret in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What to do about it.
    pub class: Class,
    /// What the host can act on, or empty: `address-invalid`, `credentials`, `content`,
    /// `quota`, `not-found`.
    pub code: String,
    /// For a person.
    pub message: String,
    /// When trying again makes sense, from now.
    pub retry_after: Option<Duration>,
}

impl Failure {
    /// Of any class.
    pub fn new(class: Class, message: impl Into<String>) -> Self {
        Self {
            class,
            code: String::new(),
            message: message.into(),
            retry_after: None,
        }
    }

    /// Try again.
    pub fn transient(message: impl Into<String>) -> Self {
        Self::new(Class::Transient, message)
    }

    /// Try again, but not before `after`.
    pub fn rate_limited(message: impl Into<String>, after: Duration) -> Self {
        Self {
            retry_after: Some(after),
            ..Self::new(Class::RateLimited, message)
        }
    }

    /// This item will never work.
    pub fn permanent(message: impl Into<String>) -> Self {
        Self::new(Class::Permanent, message)
    }

    /// Nothing will work until an operator changes something.
    pub fn config(message: impl Into<String>) -> Self {
        Self::new(Class::Config, message)
    }

    /// It was not granted.
    pub fn denied(message: impl Into<String>) -> Self {
        Self::new(Class::Denied, message)
    }

    /// It may have arrived: look it up before sending it again.
    pub fn unknown(message: impl Into<String>) -> Self {
        Self::new(Class::Unknown, message)
    }

    /// With a code that the host can act on.
    #[must_use]
    pub fn code(mut self, code: impl Into<String>) -> Self {
        self.code = code.into();
        self
    }

    /// With a time before which trying again makes no sense.
    #[must_use]
    pub fn after(mut self, after: Duration) -> Self {
        self.retry_after = Some(after);
        self
    }

    pub(crate) fn into_wit(self) -> wit::Failure {
        wit::Failure {
            class: self.class.as_str().to_owned(),
            code: self.code,
            message: self.message,
            retry_after_ms: self.retry_after.map(millis),
        }
    }

    #[cfg(target_arch = "wasm32")]
    pub(crate) fn from_wit(failure: wit::Failure) -> Self {
        Self {
            class: Class::from_word(&failure.class),
            code: failure.code,
            message: failure.message,
            retry_after: failure.retry_after_ms.map(Duration::from_millis),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}", self.message, self.class.as_str())?;
        if !self.code.is_empty() {
            write!(f, ", {}", self.code)?;
        }
        f.write_str(")")
    }
}

impl std::error::Error for Failure {}
