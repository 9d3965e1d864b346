//! Why an item has no answer.
//!
//! A fault concerns one item and says what an operator needs to know. Two questions decide
//! what the engine does with it: [`Fault::class`] (try again, or never?) and
//! [`Fault::may_have_been_sent`] (may it be tried again without asking first?).

use std::time::Duration;

use crate::wire;

/// What can be done about a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Class {
    /// Try again.
    Transient,
    /// Try again, not before the time that came with it.
    RateLimited,
    /// This item, never.
    Permanent,
    /// Nothing will work until an operator changes something.
    Config,
    /// Not granted.
    Denied,
    /// It may have arrived: it must be looked up before it is sent again.
    Unknown,
}

impl Class {
    /// The contract's word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Transient => "transient",
            Self::RateLimited => "rate-limited",
            Self::Permanent => "permanent",
            Self::Config => "config",
            Self::Denied => "denied",
            Self::Unknown => "unknown",
        }
    }

    fn of_word(word: &str) -> Option<Self> {
        Some(match word {
            "transient" => Self::Transient,
            "rate-limited" => Self::RateLimited,
            "permanent" => Self::Permanent,
            "config" => Self::Config,
            "denied" => Self::Denied,
            "unknown" => Self::Unknown,
            _ => return None,
        })
    }
}

/// Why an item has no answer.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Fault {
    /// The plugin's own answer: it could not be done.
    #[error("{}: {message}", class.as_str())]
    Failure {
        /// What can be done about it.
        class: Class,
        /// What the host can act on, or empty: `address-invalid`, `credentials`, `content`,
        /// `quota`, `not-found`.
        code: String,
        /// For a person; at most 4 KiB.
        message: String,
        /// When trying again makes sense, from now.
        retry_after: Option<Duration>,
    },
    /// The plugin crashed on this item.
    #[error("the plugin trapped: {what}")]
    Trapped {
        /// The engine's description of the trap.
        what: String,
    },
    /// The call used up its processor time.
    #[error("the plugin used more than {limit:?} of processor time")]
    OutOfCpu {
        /// The connector's limit for one call.
        limit: Duration,
    },
    /// The call did not end in time.
    #[error("the plugin did not answer within {limit:?}")]
    OutOfTime {
        /// The connector's limit for one call.
        limit: Duration,
    },
    /// The call asked for more memory than it may have, and crashed.
    #[error("the plugin needed more than {limit} bytes of memory")]
    OutOfMemory {
        /// The connector's limit for an instance.
        limit: usize,
    },
    /// The call handed more to the host than it may.
    #[error("the plugin returned more than {limit} bytes at once")]
    TooMuchOutput {
        /// The connector's limit for a call.
        limit: usize,
    },
    /// A sink answered the batch, but not this action.
    #[error("the plugin gave no answer for this action")]
    NoAnswer,
    /// The plugin broke a rule of the contract.
    #[error("the plugin broke the contract: {what}")]
    Contract {
        /// Which, and how.
        what: String,
    },
    /// What went wrong went wrong after something had left the sandbox.
    #[error("{cause}, after it had sent something")]
    AfterSending {
        /// What went wrong.
        cause: Box<Fault>,
    },
    /// The sandbox is shutting down.
    #[error("the sandbox is shutting down")]
    Gone,
}

impl Fault {
    /// What can be done about it. A crash and an exhausted budget are permanent: the answer
    /// is a function of the item, so that the same item would fail again.
    pub fn class(&self) -> Class {
        match self {
            Self::Failure { class, .. } => *class,
            Self::Trapped { .. }
            | Self::OutOfCpu { .. }
            | Self::OutOfMemory { .. }
            | Self::TooMuchOutput { .. }
            | Self::Contract { .. } => Class::Permanent,
            Self::OutOfTime { .. } | Self::Gone => Class::Transient,
            Self::NoAnswer | Self::AfterSending { .. } => Class::Unknown,
        }
    }

    /// Whether the item may have reached the other side, so that it must be looked up
    /// before it is sent again.
    pub fn may_have_been_sent(&self) -> bool {
        self.class() == Class::Unknown
    }

    /// A short word for metrics and lists: `failure`, `trapped`, `out-of-cpu`, …
    pub fn word(&self) -> &'static str {
        match self {
            Self::Failure { .. } => "failure",
            Self::Trapped { .. } => "trapped",
            Self::OutOfCpu { .. } => "out-of-cpu",
            Self::OutOfTime { .. } => "out-of-time",
            Self::OutOfMemory { .. } => "out-of-memory",
            Self::TooMuchOutput { .. } => "too-much-output",
            Self::NoAnswer => "no-answer",
            Self::Contract { .. } => "contract",
            Self::AfterSending { .. } => "after-sending",
            Self::Gone => "gone",
        }
    }

    /// Whether smaller calls may show which item is to blame. A missed deadline is not of
    /// that kind: it says more about the machine than about an item.
    pub(crate) fn may_be_one_item(&self) -> bool {
        matches!(
            self,
            Self::Trapped { .. }
                | Self::OutOfCpu { .. }
                | Self::OutOfMemory { .. }
                | Self::TooMuchOutput { .. }
                | Self::Contract { .. }
        )
    }

    pub(crate) fn after_sending(self) -> Self {
        match self {
            already @ Self::AfterSending { .. } => already,
            cause => Self::AfterSending { cause: Box::new(cause) },
        }
    }
}

/// More of a message helps nobody and would be kept with every dead letter.
const MESSAGE_BYTES: usize = 4096;

impl From<wire::Failure> for Fault {
    fn from(failure: wire::Failure) -> Self {
        let mut message = failure.message;
        message.truncate(message.floor_char_boundary(MESSAGE_BYTES));
        let class = Class::of_word(&failure.class).unwrap_or_else(|| {
            let word: String = failure.class.chars().take(40).collect();
            message.push_str(&format!(
                " (counted as `permanent`: the contract has no class {word:?})"
            ));
            Class::Permanent
        });
        let mut code = failure.code;
        code.truncate(code.floor_char_boundary(64));
        Self::Failure {
            class,
            code,
            message,
            retry_after: failure.retry_after_ms.map(Duration::from_millis),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(class: &str) -> wire::Failure {
        wire::Failure {
            class: class.into(),
            code: "quota".into(),
            message: "the vendor said no".into(),
            retry_after_ms: Some(1500),
        }
    }

    #[test]
    fn every_word_of_the_contract_is_a_class_and_reads_back() {
        for word in ["transient", "rate-limited", "permanent", "config", "denied", "unknown"] {
            assert_eq!(Fault::from(failure(word)).class().as_str(), word);
        }
    }

    #[test]
    fn an_unknown_class_counts_as_permanent_and_is_said() {
        let fault = Fault::from(failure("whatever"));
        assert_eq!(fault.class(), Class::Permanent);
        assert!(fault.to_string().contains("\"whatever\""), "{fault}");
    }

    #[test]
    fn only_what_may_have_left_must_be_looked_up() {
        let trap = Fault::Trapped { what: "x".into() };
        assert!(!trap.may_have_been_sent());
        assert!(trap.after_sending().may_have_been_sent());
        assert!(Fault::NoAnswer.may_have_been_sent());
        assert!(Fault::from(failure("unknown")).may_have_been_sent());
    }

    #[test]
    fn a_long_message_is_cut_at_a_character() {
        let mut long = failure("permanent");
        long.message = "ä".repeat(5000);
        let Fault::Failure { message, .. } = Fault::from(long) else {
            panic!("not a failure");
        };
        assert!(message.len() <= MESSAGE_BYTES);
    }
}
