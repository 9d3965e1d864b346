//! To whom an action goes, and what a sink's answers mean.

use std::time::Duration;

use hearken_model::{
    Act, Action, ActionState, AnswersTo, Delivery, HOST_CONNECTOR, Identity, Instant, Outcome, Signal, SignalId, View,
    decide::Facts,
};
use hearken_sandbox::{Class, Fault, wire};
use hearken_store::{Arriving, Due, Finish, NewDeadLetter, Stage, Suppression};
use serde_json::json;

use crate::{
    memory,
    parts::Shared,
    sight,
    vet::{Origin, cut},
};

/// The code of a failure that means that there is no such address.
const ADDRESS_INVALID: &str = "address-invalid";
const MAX_MEMORY_BYTES: usize = 16 * 1024;

/// Where a story may go by a channel: the addresses that the gates let through, those that
/// somebody vouches for first.
pub(crate) fn reachable(facts: &Facts, channel: &str, scheme: &str) -> Vec<Identity> {
    let mut all: Vec<_> = facts
        .addresses
        .iter()
        .filter(|a| a.channel == channel && a.unusable.is_none())
        .filter(|a| a.may_be_spoken_to(&facts.policy) && facts.policy.may_reach(&a.value))
        .collect();
    all.sort_by_key(|a| !a.verified);
    all.into_iter()
        .map(|a| Identity {
            scheme: scheme.to_owned(),
            value: a.value.clone(),
        })
        .collect()
}

impl Shared {
    /// An action as a sink is given it.
    pub(crate) fn outward(&self, due: &Due, attempt: u32, view: &View) -> wire::Action {
        let action = &due.action;
        let sight = self.sight_of_sink(&action.sink, view);
        // What is personal goes only where somebody vouches that the address is this person's.
        let vouched = action.act == Act::HandOver || crate::mail::vouched(due);
        let identities = if action.act == Act::HandOver {
            sight.identities(view.identities.iter().map(|(i, _)| i))
        } else {
            sight::recipients(&action.to)
        };
        wire::Action {
            id: self.outward_id(action.id),
            attempt,
            first_tried: action.first_tried.map(|i| i.0),
            act: action.act.word().into(),
            channel: if action.act == Act::HandOver {
                action.target.clone()
            } else {
                action.channel.clone()
            },
            story: (action.act != Act::HandOver).then(|| action.target.clone()),
            prospect: action.prospect.to_string(),
            identities,
            traits: if vouched {
                sight.traits(&view.traits)
            } else {
                "{}".into()
            },
            account: view.account.clone(),
            thread: None,
            content: self.linked(action).to_string(),
            expires: Some(action.expires.0),
            memory: due.memory.as_deref().and_then(memory::unpack),
            extra: Vec::new(),
        }
    }

    /// What an attempt's answer means for its action.
    pub(crate) fn finish(&self, action: &Action, number: u32, answer: Result<wire::Receipt, Fault>) -> Finish {
        let at = self.clock.now();
        match answer {
            Ok(receipt) => self.delivered(action, number, at, receipt),
            Err(fault) => self.failed(action, number, at, &fault),
        }
    }

    pub(crate) fn delivered(&self, action: &Action, number: u32, at: Instant, receipt: wire::Receipt) -> Finish {
        let origin = Origin {
            connector: &action.sink,
            received: at,
            public: false,
        };
        let intake = self.vetted(receipt.signals, &[], origin);
        for letter in &intake.dead_letters {
            tracing::warn!(
                connector = action.sink,
                why = letter.why,
                "a signal in a receipt is refused"
            );
        }
        let memory = receipt
            .memory
            .filter(|m| m.len() <= MAX_MEMORY_BYTES)
            .map(|m| memory::pack(&m));
        let why = if receipt.delivered {
            ""
        } else {
            "accepted; a signal will tell more"
        };
        let reference = cut(&receipt.reference, 512);
        Finish {
            detail: cut(&receipt.detail, 4096),
            signals: intake.signals,
            seen_until: intake.seen_until,
            ..finish(
                action,
                number,
                at,
                Outcome::Delivered,
                Delivery {
                    action: action.id,
                    state: ActionState::Delivered,
                    why: why.into(),
                    reference,
                    memory,
                },
            )
        }
    }

    /// When an action of which it is not known that it was delivered may be sent again, if
    /// it was not sent as often as `retry` allows already.
    pub(crate) fn again_at(&self, action: &Action, at: Instant) -> Option<Instant> {
        let retry = self.wired(&action.sink).map(|c| c.retry).unwrap_or_default();
        (action.attempts < retry.attempts).then(|| at.after(backoff(retry.first, retry.most, action.attempts)))
    }

    pub(crate) fn failed(&self, action: &Action, number: u32, at: Instant, fault: &Fault) -> Finish {
        let retry = self.wired(&action.sink).map(|c| c.retry).unwrap_or_default();
        let why = fault.to_string();
        let delivery = |state| Delivery {
            action: action.id,
            state,
            why: why.clone(),
            reference: action.reference.clone(),
            memory: None,
        };
        if fault.may_have_been_sent() {
            return Finish {
                due: Some(at),
                detail: why.clone(),
                ..finish(action, number, at, Outcome::Unknown, delivery(ActionState::Unknown))
            };
        }
        // A crash is among them: the same action would crash it again.
        let again = !matches!(fault.class(), Class::Permanent | Class::Config | Class::Denied);
        if again && number < retry.attempts {
            let asked = match fault {
                Fault::Failure { retry_after, .. } => *retry_after,
                _ => None,
            };
            let wait = backoff(retry.first, retry.most, number).max(asked.unwrap_or_default().min(retry.most));
            return Finish {
                due: Some(at.after(wait)),
                detail: why.clone(),
                ..finish(action, number, at, Outcome::Retry, delivery(ActionState::Queued))
            };
        }
        let why_dead = if again {
            format!("given up after {number} attempts: {why}")
        } else {
            why.clone()
        };
        let gone = gone(action, number, at, fault);
        Finish {
            detail: why.clone(),
            dead_letter: Some(undeliverable(action, at, why_dead)),
            suppress: gone.as_ref().map(|(suppression, _)| suppression.clone()),
            seen_until: at.after(self.wiring.store.dedup_window),
            signals: gone.into_iter().map(|(_, bounce)| bounce).collect(),
            ..finish(action, number, at, Outcome::Rejected, delivery(ActionState::Rejected))
        }
    }
}

/// A finish that says no more than that.
pub(crate) fn finish(action: &Action, number: u32, at: Instant, outcome: Outcome, delivery: Delivery) -> Finish {
    Finish {
        action: action.id,
        number,
        at,
        outcome,
        delivery,
        due: None,
        detail: String::new(),
        dead_letter: None,
        suppress: None,
        signals: Vec::new(),
        seen_until: at,
    }
}

/// What follows from an answer that says that there is no such address: nobody writes to it
/// again, and its person is known to have it no more. It is about the first address, which
/// is the one that a sink writes to.
fn gone(action: &Action, number: u32, at: Instant, fault: &Fault) -> Option<(Suppression, Arriving)> {
    let Fault::Failure {
        class: Class::Permanent,
        code,
        message,
        ..
    } = fault
    else {
        return None;
    };
    let identity = action.to.first()?;
    if code != ADDRESS_INVALID || action.act == Act::HandOver || action.seed || !identity.is_address() {
        return None;
    }
    let mut properties = json!({ "permanent": true, "detail": cut(message, 500) });
    if let Some(status) = status(message) {
        properties["code"] = status.into();
    }
    let signal = Signal {
        id: SignalId(format!("{HOST_CONNECTOR}:bounced-{}-{number}", action.id)),
        kind: "message.bounced".into(),
        at,
        identities: vec![identity.clone()],
        company: None,
        session: None,
        about: None,
        answers: Some(AnswersTo {
            action: Some(action.id),
            reference: None,
        }),
        properties,
    };
    let bounce = Arriving {
        signal,
        connector: HOST_CONNECTOR.into(),
        received: at,
        // A bounce is no reason to speak, and vouches for nothing.
        live: false,
        verified: false,
    };
    let suppression = Suppression {
        identity: identity.clone(),
        why: cut(message, 500),
        at,
    };
    Some((suppression, bounce))
}

/// The enhanced status code (RFC 3463) in a message, where there is one.
fn status(message: &str) -> Option<&str> {
    let parts = |word: &str| {
        word.split('.')
            .filter(|part| (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit()))
            .count()
    };
    message
        .split_ascii_whitespace()
        .find(|word| word.matches('.').count() == 2 && parts(word) == 3)
}

/// The dead letter of an action.
pub(crate) fn undeliverable(action: &Action, at: Instant, why: String) -> NewDeadLetter {
    NewDeadLetter {
        at,
        stage: Stage::Deliver,
        connector: action.sink.clone(),
        prospect: Some(action.prospect),
        action: Some(action.id),
        why,
        place: String::new(),
        payload: serde_json::to_string(action).unwrap_or_default(),
    }
}

/// Doubles from `first` to `most`.
fn backoff(first: Duration, most: Duration, attempt: u32) -> Duration {
    first
        .saturating_mul(1_u32.checked_shl(attempt.saturating_sub(1)).unwrap_or(u32::MAX))
        .min(most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest_and_never_overflow() {
        let wait = |n| backoff(Duration::from_secs(5), Duration::from_secs(3600), n).as_secs();
        assert_eq!([wait(1), wait(2), wait(3), wait(60)], [5, 10, 20, 3600]);
    }

    #[test]
    fn a_status_code_is_found_in_what_was_said() {
        assert_eq!(status("the relay answered 550 5.1.1 no such user"), Some("5.1.1"));
        assert_eq!(status("550 5.1.10 x"), Some("5.1.10"));
        for text in ["", "550 no such user", "see 10.0.0.1", "at 1.2.3.4", "1.x.3", "a.b.c"] {
            assert_eq!(status(text), None, "{text}");
        }
    }
}
