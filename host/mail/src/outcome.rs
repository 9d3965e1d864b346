//! What an answer of a relay means.
//!
//! By the enhanced status code where there is one (RFC 3463 and the registry of RFC 5248),
//! else by the reply code and the command that was answered. What matters is who is to
//! blame: the address (never again), this message (not again as it is), or the relay and
//! our dealings with it (everything waits).

use std::time::Duration;

use crate::reply::Reply;

/// The relay has taken a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// What it said.
    pub reply: String,
}

/// A message was not taken, or nobody knows.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// Not sent, and trying again may help.
    #[error("{why}")]
    Later {
        /// What happened.
        why: String,
        /// When trying again makes sense, from now.
        after: Option<Duration>,
    },
    /// Not sent, because the relay cannot be used: other messages would fare alike.
    #[error("{why}")]
    Relay {
        /// What happened.
        why: String,
    },
    /// Not sent, and never will be: there is no such address.
    #[error("{why}")]
    NoSuchAddress {
        /// What the other side said.
        why: String,
        /// The enhanced status code, or the reply code.
        status: String,
    },
    /// Not sent, and never will be as it is.
    #[error("{why}")]
    Refused {
        /// `content`, `mailbox-full`, `policy`, or empty.
        code: &'static str,
        /// What the other side said.
        why: String,
    },
    /// It was handed over and never answered: it may arrive.
    #[error("{why}")]
    Unknown {
        /// What happened.
        why: String,
    },
}

/// The command that was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stage {
    /// `MAIL FROM`.
    Sender,
    /// `RCPT TO`.
    Recipient,
    /// `DATA`, and all of the message before the dot that ends it.
    Data,
    /// The dot that ends it.
    End,
}

impl Stage {
    pub(crate) const fn doing(self) -> &'static str {
        match self {
            Self::Sender => "naming the sender",
            Self::Recipient => "naming the recipient",
            Self::Data => "sending the message",
            Self::End => "after the message was sent",
        }
    }
}

/// What a negative reply means.
pub(crate) fn judge(stage: Stage, reply: &Reply) -> SendError {
    let why = format!("the relay answered {reply} {}", stage.doing());
    if !reply.is_permanent() {
        return SendError::Later { why, after: None };
    }
    match blame(stage, reply) {
        Blame::Address => SendError::NoSuchAddress {
            why,
            status: reply.shown(),
        },
        Blame::Message(code) => SendError::Refused { code, why },
        Blame::Relay => SendError::Relay { why },
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Blame {
    Address,
    Message(&'static str),
    Relay,
}

fn blame(stage: Stage, reply: &Reply) -> Blame {
    // Nothing that is said about a sender is about who is written to.
    if stage == Stage::Sender {
        return Blame::Relay;
    }
    match reply.detail() {
        // No mailbox, no domain, no syntax, moved away, takes no mail at all (RFC 7505).
        Some((1, 1 | 2 | 3 | 6 | 10)) => Blame::Address,
        // Disabled for good.
        Some((2, 1)) => Blame::Address,
        Some((2, 2)) => Blame::Message("mailbox-full"),
        Some((2, 3) | (3, 4) | (6, _)) => Blame::Message("content"),
        // Our address, our credentials, our protocol, our signatures.
        Some((1, 7 | 8) | (5, _) | (7, 0 | 8 | 9 | 11 | 20..=27)) => Blame::Relay,
        Some((7, _)) if stage >= Stage::Data => Blame::Message("content"),
        Some((7, _)) => Blame::Message("policy"),
        Some((1, 0) | (0, 0)) | None => without_status(stage, reply),
        Some(_) => Blame::Message(""),
    }
}

/// A reply that does not say more than its code.
fn without_status(stage: Stage, reply: &Reply) -> Blame {
    match (stage, reply.code) {
        (_, 530 | 535 | 538 | 500..=504 | 521) => Blame::Relay,
        (_, 552) => Blame::Message("mailbox-full"),
        (Stage::Recipient, 550 | 551 | 553 | 556) if !speaks_of_policy(&reply.text) => Blame::Address,
        (Stage::Recipient, _) => Blame::Message("policy"),
        (_, _) => Blame::Message("content"),
    }
}

/// Servers without enhanced codes say 550 for a spam filter's verdict as well.
fn speaks_of_policy(text: &str) -> bool {
    let text = text.to_lowercase();
    [
        "spam",
        "policy",
        "blocked",
        "blacklist",
        "blocklist",
        "denied",
        "spf",
        "dkim",
        "dmarc",
        "relay",
        "reputation",
    ]
    .iter()
    .any(|word| text.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(stage: Stage, code: u16, text: &str) -> &'static str {
        match judge(stage, &Reply::new(code, text)) {
            SendError::Later { .. } => "later",
            SendError::Relay { .. } => "relay",
            SendError::NoSuchAddress { .. } => "address",
            SendError::Refused { code, .. } => code,
            SendError::Unknown { .. } => "unknown",
        }
    }

    #[test]
    fn an_answer_blames_the_address_the_message_or_the_relay() {
        use Stage::{Data, End, Recipient, Sender};
        for (stage, code, text, expected) in [
            (Recipient, 550, "5.1.1 no such user", "address"),
            (Recipient, 550, "5.1.10 null MX", "address"),
            (Recipient, 550, "5.1.6 moved", "address"),
            (Recipient, 550, "5.1.2 no such domain", "address"),
            (Recipient, 550, "5.2.1 the account is disabled", "address"),
            (End, 550, "5.1.1 no such user", "address"),
            (Recipient, 550, "No such user here", "address"),
            (Recipient, 553, "mailbox name not allowed", "address"),
            (Recipient, 550, "blocked, see our policy", "policy"),
            (Recipient, 554, "rejected", "policy"),
            (Recipient, 552, "5.2.2 mailbox full", "mailbox-full"),
            (Recipient, 550, "5.7.1 not authorised", "policy"),
            (End, 550, "5.7.1 looks like spam", "content"),
            (End, 554, "5.6.0 malformed", "content"),
            (End, 552, "5.3.4 too big", "content"),
            (End, 554, "no", "content"),
            (Data, 554, "no", "content"),
            (Recipient, 530, "5.7.0 authentication required", "relay"),
            (Sender, 550, "5.7.1 not your address", "relay"),
            (Sender, 550, "5.1.8 bad sender", "relay"),
            (Sender, 530, "authentication required", "relay"),
            (End, 550, "5.7.26 unauthenticated", "relay"),
            (Recipient, 450, "4.2.0 greylisted", "later"),
            (Recipient, 451, "try again", "later"),
            (Sender, 421, "4.3.2 shutting down", "later"),
            (End, 451, "4.3.0 try again", "later"),
            (Recipient, 550, "5.4.6 loop", ""),
        ] {
            assert_eq!(word(stage, code, text), expected, "{stage:?} {code} {text}");
        }
    }
}
