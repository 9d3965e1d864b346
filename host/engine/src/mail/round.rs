//! The messages of one call of a sink.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};

use async_trait::async_trait;
use hearken_mail::{Letter, Message, Relay, SendError};
use hearken_model::Instant;
use hearken_sandbox::{Calling, Class, Fault, Mail, Permit, wire};

use super::{Envelope, Sender, envelope::failure};
use crate::Clock;

/// The messages of one call of a sink: for which actions, through which relay, and what
/// became of each.
pub(crate) struct Round {
    pub(crate) sender: Sender,
    pub(crate) relay: Arc<Relay>,
    pub(crate) clock: Arc<dyn Clock>,
    /// By the actions' ids; why there can be no message where there can be none.
    pub(crate) envelopes: BTreeMap<String, Result<Envelope, wire::Failure>>,
    /// Who is asked right before a message leaves.
    pub(crate) permit: Option<Arc<dyn Permit>>,
    pub(crate) known: Mutex<BTreeMap<String, Known>>,
}

/// What became of a message.
#[derive(Clone, Debug)]
pub(crate) enum Known {
    /// The relay has taken it.
    Taken {
        /// The message's id.
        id: String,
        /// What the relay said.
        reply: String,
    },
    /// It was not sent.
    NotSent(wire::Failure),
    /// It may arrive.
    Unknown(String),
}

#[async_trait]
impl Mail for Round {
    async fn send(&self, message: wire::Message, call: Calling) -> Result<String, wire::Failure> {
        let item = message.item.clone();
        // A call that failed is made again in parts: what is known of a message stays.
        if let Some(known) = self.known().get(&item) {
            return known.clone().answer();
        }
        let known = self.hand_over(message, &call).await;
        metrics::counter!("hearken_mails_total", "relay" => self.relay.name().to_owned(), "outcome" => known.word())
            .increment(1);
        self.known().insert(item, known.clone());
        known.answer()
    }
}

impl Round {
    /// What an action's answer is in the light of what is known of its message. A plugin
    /// that crashed after a message had left, or says it failed, does not make the relay
    /// give it back; and one that says it was delivered does not make it arrive.
    pub(crate) fn settle(&self, item: &str, answer: Result<wire::Receipt, Fault>) -> Result<wire::Receipt, Fault> {
        let known = self.known().get(item).cloned();
        match (known, answer) {
            (Some(Known::Taken { .. }), Ok(receipt)) => Ok(receipt),
            (Some(Known::Taken { id, reply }), Err(fault)) => {
                tracing::warn!(action = item, %fault, "a sink failed after its message was taken by the relay");
                Ok(wire::Receipt {
                    reference: id,
                    delivered: true,
                    detail: format!("the relay took it ({reply}), then: {fault}"),
                    memory: None,
                    signals: Vec::new(),
                    extra: Vec::new(),
                })
            }
            (Some(Known::Unknown(message)), _) => Err(Fault::Failure {
                class: Class::Unknown,
                code: String::new(),
                message,
                retry_after: None,
            }),
            (_, answer) => answer,
        }
    }

    async fn hand_over(&self, message: wire::Message, call: &Calling) -> Known {
        let composed = match self.compose(&message) {
            Ok(composed) => composed,
            Err(failure) => return Known::NotSent(failure),
        };
        if let Some(permit) = &self.permit
            && let Err(why) = permit.may_still(&message.item).await
        {
            return Known::NotSent(failure("transient", "", why));
        }
        let began = std::time::Instant::now();
        let sent = self.relay.send(&composed, &|| !call.is_over()).await;
        metrics::histogram!("hearken_mail_seconds", "relay" => self.relay.name().to_owned())
            .record(began.elapsed().as_secs_f64());
        match sent {
            Ok(taken) => Known::Taken {
                id: composed.id().to_owned(),
                reply: taken.reply,
            },
            Err(SendError::Unknown { why }) => Known::Unknown(why),
            Err(error) => Known::NotSent(not_sent(error)),
        }
    }

    fn compose(&self, message: &wire::Message) -> Result<Message, wire::Failure> {
        let stranger = || failure("denied", "", "the message is for an action of another call".into());
        let envelope = self.envelopes.get(&message.item).ok_or_else(stranger)?.as_ref();
        let envelope = envelope.map_err(Clone::clone)?;
        let letter = Letter {
            id: &message.item,
            from: &self.sender.from,
            reply_to: self.sender.reply_to.as_ref(),
            to: &envelope.to,
            subject: &message.subject,
            text: &message.text,
            html: message.html.as_deref(),
            headers: &message.headers,
            at: system_time(self.clock.now()),
            unsubscribe: envelope.unsubscribe.as_deref(),
            footer: envelope.footer.as_ref(),
        };
        letter
            .compose()
            .map_err(|error| failure("permanent", "content", error.to_string()))
    }

    fn known(&self) -> MutexGuard<'_, BTreeMap<String, Known>> {
        // Inserting is its only change.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    fn answer(self) -> Result<String, wire::Failure> {
        match self {
            Self::Taken { id, .. } => Ok(id),
            Self::NotSent(failure) => Err(failure),
            Self::Unknown(why) => Err(failure("unknown", "", why)),
        }
    }

    fn word(&self) -> &'static str {
        match self {
            Self::Taken { .. } => "taken",
            Self::NotSent(failure) if failure.class == "transient" => "later",
            Self::NotSent(_) => "refused",
            Self::Unknown(_) => "unknown",
        }
    }
}

fn not_sent(error: SendError) -> wire::Failure {
    let why = error.to_string();
    match error {
        SendError::Later { after, .. } => wire::Failure {
            retry_after_ms: after.and_then(|after| u64::try_from(after.as_millis()).ok()),
            ..failure("transient", "", why)
        },
        SendError::Relay { .. } => failure("transient", "", why),
        SendError::NoSuchAddress { .. } => failure("permanent", "address-invalid", why),
        SendError::Refused { code, .. } => failure("permanent", code, why),
        SendError::Unknown { .. } => failure("unknown", "", why),
    }
}

pub(super) fn system_time(at: Instant) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_millis(at.0)
}

#[cfg(test)]
#[path = "round_tests.rs"]
mod tests;
