//! Deliveries of which nobody knows what became of them: looked up before anything is sent
//! again, or as the operator chose where nothing can be looked up.

use std::{collections::BTreeMap, time::Duration};

use hearken_config::OnUnknown;
use hearken_model::{ActionState, Delivery, Instant, Outcome};
use hearken_sandbox::{Class, Fault};
use hearken_store::{Due, Finish, StoreError};

use super::{Outbox, Way};
use crate::{
    deliver::{finish, undeliverable},
    parts::Shared,
};

/// When an unknown delivery is looked up again that cannot be found out now.
const LOOK_UP_AGAIN: Duration = Duration::from_secs(30);

impl Outbox {
    /// Finds out what became of deliveries of which nobody knows; whether there were any.
    pub(super) async fn look_up(&self, now: Instant, batch: usize) -> Result<bool, StoreError> {
        let unknown = self.shared.store.unknown(self.way.name(), now, batch.max(1)).await?;
        if unknown.is_empty() {
            return Ok(false);
        }
        let sink = match &self.way {
            Way::Pages(_) => {
                // Nobody is hurt by what they have seen already, and it is the same on the page.
                let finishes = unknown.iter().map(|d| self.not_arrived(d, now)).collect();
                self.close(finishes).await?;
                return Ok(true);
            }
            Way::Sink(sink) if sink.plugin().roles().reconciler && self.shared.stand_in.is_none() => sink,
            Way::Sink(_) => {
                self.without_look_up(&unknown, now).await?;
                return Ok(true);
            }
        };
        let actions = unknown
            .iter()
            .map(|d| {
                self.shared
                    .outward(d, d.action.attempts, &self.shared.view(&d.prospect, now))
            })
            .collect();
        let answers: BTreeMap<String, _> = sink.reconcile(now.0, actions).await.into_iter().collect();
        let at = self.shared.clock.now();
        let mut finishes = Vec::new();
        for d in &unknown {
            let action = &d.action;
            let answer = answers
                .get(&self.shared.outward_id(action.id))
                .cloned()
                .unwrap_or(Err(Fault::NoAnswer));
            tracing::info!(sink = self.way.name(), action = %action.id, found = ?answer.as_ref().map(Option::is_some), "looked up");
            let unsure = |why: String, due| Finish {
                due: Some(due),
                detail: why.clone(),
                ..finish(
                    action,
                    action.attempts,
                    at,
                    Outcome::Unknown,
                    delivery(d, ActionState::Unknown, why),
                )
            };
            finishes.push(match answer {
                Ok(Some(receipt)) => self.shared.delivered(action, action.attempts, at, receipt),
                Ok(None) => self.not_arrived(d, at),
                Err(Fault::Failure {
                    class: Class::Permanent | Class::Config | Class::Denied,
                    message,
                    ..
                }) => unsure(
                    format!("it cannot be looked up: {message}"),
                    at.after(LOOK_UP_AGAIN * 20),
                ),
                Err(fault) => unsure(format!("it could not be looked up: {fault}"), at.after(LOOK_UP_AGAIN)),
            });
        }
        self.close(finishes).await?;
        Ok(true)
    }

    /// A sink that cannot look anything up: as its operator chose.
    async fn without_look_up(&self, unknown: &[Due], now: Instant) -> Result<(), StoreError> {
        let choice = self
            .shared
            .wired(self.way.name())
            .map(|c| c.on_unknown)
            .unwrap_or_default();
        let mut finishes = Vec::new();
        for d in unknown {
            let action = &d.action;
            let again = (choice == OnUnknown::Retry)
                .then(|| self.shared.again_at(action, now))
                .flatten();
            finishes.push(match again {
                Some(due) => {
                    let why = format!("sent again as on-unknown says, it may arrive twice: {}", action.why);
                    Finish {
                        due: Some(due),
                        ..finish(
                            action,
                            action.attempts,
                            now,
                            Outcome::Retry,
                            delivery(d, ActionState::Queued, why),
                        )
                    }
                }
                None => {
                    let given_up = match choice {
                        OnUnknown::Retry => format!("given up after {} attempts: ", action.attempts),
                        OnUnknown::Hold => String::new(),
                    };
                    let name = self.way.name();
                    let why = format!(
                        "{given_up}it may have arrived, and '{name}' cannot look it up: {}",
                        action.why
                    );
                    Finish {
                        dead_letter: Some(undeliverable(action, now, why.clone())),
                        ..finish(
                            action,
                            action.attempts,
                            now,
                            Outcome::Rejected,
                            delivery(d, ActionState::Held, why),
                        )
                    }
                }
            });
        }
        self.close(finishes).await
    }

    /// What was looked up and is not there is sent again: at once where it was the only
    /// attempt, which a crash may have cut off; else after a wait, and not for ever.
    fn not_arrived(&self, d: &Due, at: Instant) -> Finish {
        let action = &d.action;
        let why = "it had not arrived";
        match self.shared.again_at(action, at) {
            Some(later) => Finish {
                due: Some(if action.attempts <= 1 { at } else { later }),
                ..finish(
                    action,
                    action.attempts,
                    at,
                    Outcome::Retry,
                    delivery(d, ActionState::Queued, why.into()),
                )
            },
            None => {
                let why = format!("given up after {} attempts: {why}", action.attempts);
                Finish {
                    dead_letter: Some(undeliverable(action, at, why.clone())),
                    ..finish(
                        action,
                        action.attempts,
                        at,
                        Outcome::Rejected,
                        delivery(d, ActionState::Rejected, why),
                    )
                }
            }
        }
    }
}

fn delivery(due: &Due, state: ActionState, why: String) -> Delivery {
    Delivery {
        action: due.action.id,
        state,
        why,
        reference: due.action.reference.clone(),
        memory: None,
    }
}

/// Attempts that a crash interrupted: nobody knows what became of them.
pub(crate) async fn recover(shared: &Shared) -> Result<usize, StoreError> {
    let interrupted = shared.store.interrupted().await?;
    let at = shared.clock.now();
    let why = "the daemon was stopped while an attempt was under way";
    let finishes: Vec<Finish> = interrupted
        .iter()
        .map(|(action, attempt)| Finish {
            due: Some(at),
            detail: why.into(),
            ..finish(
                action,
                attempt.number,
                at,
                Outcome::Unknown,
                Delivery {
                    action: action.id,
                    state: ActionState::Unknown,
                    why: why.into(),
                    reference: action.reference.clone(),
                    memory: None,
                },
            )
        })
        .collect();
    let count = finishes.len();
    if count > 0 {
        tracing::warn!(
            count,
            "deliveries were interrupted; each is looked up before it is sent again"
        );
        shared.store.finish(finishes).await?;
    }
    Ok(count)
}
