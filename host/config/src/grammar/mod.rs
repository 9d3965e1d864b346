//! One small grammar each for durations, rates, sizes and business hours, used wherever
//! the configuration has one of them. What is shown parses back to the same value.

mod bytes;
mod duration;
mod hours;
mod mailbox;
mod rate;

pub use bytes::{bytes, bytes_text};
pub use duration::{duration, duration_text};
pub use hours::{Hours, hours};
pub use mailbox::{Mailbox, email, mailbox};
pub use rate::{rate, rate_text};

/// A text that a grammar does not understand. The message says what it is not, `help` what
/// would be right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GrammarError {
    /// Not a duration.
    #[error("'{}' is not a duration", crate::quote(text))]
    Duration {
        /// What was written.
        text: String,
        /// What would be right.
        help: String,
    },
    /// Not a rate.
    #[error("'{}' is not a rate", crate::quote(text))]
    Rate {
        /// What was written.
        text: String,
        /// What would be right.
        help: String,
    },
    /// Not a size.
    #[error("'{}' is not a size", crate::quote(text))]
    Bytes {
        /// What was written.
        text: String,
        /// What would be right.
        help: String,
    },
    /// Not business hours.
    #[error("'{}' are not business hours", crate::quote(text))]
    Hours {
        /// What was written.
        text: String,
        /// What would be right.
        help: String,
    },
    /// Not an address for mail.
    #[error("'{}' is not an address for mail", crate::quote(text))]
    Mailbox {
        /// What was written.
        text: String,
        /// What would be right.
        help: String,
    },
}

impl GrammarError {
    /// A stable name in kebab case, for diagnostics.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Duration { .. } => "duration",
            Self::Rate { .. } => "rate",
            Self::Bytes { .. } => "size",
            Self::Hours { .. } => "hours",
            Self::Mailbox { .. } => "mailbox",
        }
    }

    /// What would be right, in a sentence.
    #[must_use]
    pub fn help(&self) -> &str {
        match self {
            Self::Duration { help, .. }
            | Self::Rate { help, .. }
            | Self::Bytes { help, .. }
            | Self::Hours { help, .. }
            | Self::Mailbox { help, .. } => help,
        }
    }
}

/// Splits leading ASCII digits off; `None` where there are none or the number does not fit.
fn number(text: &str) -> Option<(u64, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    Some((digits.parse().ok()?, rest))
}
