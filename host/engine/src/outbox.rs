//! Actions on their way out, a task a sink.
//!
//! An action is checked again right before every attempt, with the state of its prospect
//! as stored, and the start is committed only if nothing has changed since: an unsubscribe
//! or a stop that arrives in between wins. The sink is called after that commit. Where the
//! answer is lost the action is *unknown*, and it is looked up before it is sent again.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use hearken_config::OnUnknown;
use hearken_model::{Act, ActionId, ActionState, Delivery, Identity, Instant, Mode, Outcome, Scope, decide};
use hearken_sandbox::{Class, Connector, Fault};
use hearken_store::{Claim, Due, Finish, Hold, Start, Started, StoreError, Switches};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::{
    deliver::{finish, reachable, undeliverable},
    parts::Shared,
};

/// How long at most until a change made by another process (a stop, a go) is seen.
const LOOK_AGAIN: Duration = Duration::from_millis(400);
/// When a hand-over is tried again that found its team at capacity.
const CAPACITY_AGAIN: Duration = Duration::from_secs(600);
/// How many actions that a narrow switch stops are looked past to find others that are due …
const STOPPED: usize = 64;
/// … and when they are looked at again where there are as many.
const STOPPED_AGAIN: Duration = Duration::from_secs(30);
/// When an unknown delivery is looked up again that cannot be found out now.
const LOOK_UP_AGAIN: Duration = Duration::from_secs(30);
const FAILED_AGAIN: Duration = Duration::from_secs(1);

/// What may become of a due action.
enum Verdict {
    /// Call the sink, for those addresses that may be written to now.
    Go(Option<Claim>, Vec<Identity>),
    /// A switch stops it, and says why.
    Stopped(String),
    /// Not now, or never.
    Wait(Hold),
}

/// One sink's part of the outbox.
pub(crate) struct Outbox {
    pub(crate) shared: Arc<Shared>,
    pub(crate) sink: Connector,
    /// Raised by the worker when actions were committed.
    pub(crate) wake: watch::Receiver<u64>,
    /// Told whether nothing is due.
    pub(crate) idle: watch::Sender<bool>,
    pub(crate) cancel: CancellationToken,
}

impl Outbox {
    /// Delivers until cancelled. An attempt under way is brought to its end.
    pub(crate) async fn run(mut self) {
        loop {
            self.wake.borrow_and_update();
            let worked = match self.round().await {
                Ok(worked) => worked,
                Err(error) => {
                    tracing::error!(sink = self.sink.name(), %error, "delivering is put off");
                    tokio::select! {
                        () = tokio::time::sleep(FAILED_AGAIN) => {}
                        () = self.cancel.cancelled() => return,
                    }
                    true
                }
            };
            self.idle.send_replace(!worked);
            if self.cancel.is_cancelled() {
                return;
            }
            if worked {
                continue;
            }
            tokio::select! {
                _ = self.wake.changed() => {}
                () = tokio::time::sleep(LOOK_AGAIN) => {}
                () = self.cancel.cancelled() => return,
            }
        }
    }

    /// Works off what is due now; whether there was anything.
    async fn round(&self) -> Result<bool, StoreError> {
        let switches = self.shared.store.switches().await?;
        if switches.stopping(&[Scope::Sink(self.sink.name().into())]).is_some() {
            return Ok(false);
        }
        let now = self.shared.clock.now();
        let batch = self.sink.plugin().manifest().needs.batch as usize;
        let looked_up = self.look_up(now, batch).await?;
        let mut due = self
            .shared
            .store
            .due(self.sink.name(), now, batch.max(1) + STOPPED)
            .await?;
        let (mut starts, mut holds, mut stopped) = (Vec::new(), Vec::new(), Vec::new());
        for d in &mut due {
            match self.verdict(d, now, &switches) {
                Verdict::Go(..) if starts.len() >= batch.max(1) => {}
                Verdict::Go(claim, to) => {
                    let (action, number) = (d.action.id, d.action.attempts + 1);
                    starts.push(Start {
                        action,
                        number,
                        at: now,
                        witness: d.witness,
                        claim,
                    });
                    d.action.to = to;
                }
                Verdict::Wait(hold) => holds.push(hold),
                Verdict::Stopped(why) => stopped.push((d.action.id, why, d.action.why.clone())),
            }
        }
        holds.extend(stop(stopped, now));
        if starts.is_empty() && holds.is_empty() {
            return Ok(looked_up);
        }
        let (asked, held) = (starts.len(), holds.len());
        let started = if starts.is_empty() {
            Vec::new()
        } else {
            self.shared.store.start(starts.clone()).await?
        };
        for (start, answer) in starts.iter().zip(&started) {
            if *answer == Started::NoCapacity {
                let why = "the team is at capacity".to_owned();
                let due = Some(now.after(CAPACITY_AGAIN));
                holds.push(Hold {
                    action: start.action,
                    state: ActionState::Queued,
                    why,
                    at: now,
                    due,
                });
            }
        }
        if !holds.is_empty() {
            self.shared.store.hold(holds).await?;
        }
        let going: BTreeMap<_, _> = starts
            .iter()
            .zip(&started)
            .filter(|(_, answer)| **answer == Started::Yes)
            .map(|(s, _)| (s.action, s.number))
            .collect();
        let changed = started.iter().filter(|a| **a == Started::Changed).count();
        if going.is_empty() && changed == asked && held == 0 {
            // Entries of these prospects wait to be applied: the worker is at it.
            tokio::time::sleep(Duration::from_millis(2)).await;
            return Ok(true);
        }
        self.send(
            now,
            due.into_iter()
                .filter_map(|d| going.get(&d.action.id).map(|n| (*n, d)))
                .collect(),
        )
        .await?;
        Ok(true)
    }

    /// Calls the sink for attempts that are committed as started.
    async fn send(&self, now: Instant, going: Vec<(u32, Due)>) -> Result<(), StoreError> {
        if going.is_empty() {
            return Ok(());
        }
        let actions = going
            .iter()
            .map(|(n, d)| self.shared.outward(d, *n, &self.shared.view(&d.prospect, now)))
            .collect();
        let answers: BTreeMap<String, _> = self.sink.deliver(now.0, actions).await.into_iter().collect();
        let finishes = going
            .iter()
            .map(|(number, d)| {
                let answer = answers
                    .get(&d.action.id.to_string())
                    .cloned()
                    .unwrap_or(Err(Fault::NoAnswer));
                self.shared.finish(&d.action, *number, answer)
            })
            .collect();
        self.close(finishes).await
    }

    /// Stores what came of attempts; tried until it succeeds, since it happened.
    async fn close(&self, finishes: Vec<Finish>) -> Result<(), StoreError> {
        for f in &finishes {
            metrics::counter!("hearken_attempts_total", "sink" => self.sink.name().to_owned(), "outcome" => f.outcome.word())
                .increment(1);
        }
        let mut wait = Duration::from_millis(50);
        loop {
            match self.shared.store.finish(finishes.clone()).await {
                Ok(()) => return Ok(()),
                Err(error) if self.cancel.is_cancelled() => return Err(error),
                Err(error) => {
                    tracing::error!(sink = self.sink.name(), %error, "what came of attempts could not be stored; trying again");
                    tokio::time::sleep(wait).await;
                    wait = (wait * 2).min(Duration::from_secs(5));
                }
            }
        }
    }

    /// Everything that must hold right before an attempt.
    fn verdict(&self, due: &Due, now: Instant, switches: &Switches) -> Verdict {
        let action = &due.action;
        let wait = |state, why: String, due| {
            Verdict::Wait(Hold {
                action: action.id,
                state,
                why,
                at: now,
                due,
            })
        };
        if now > action.expires {
            return wait(ActionState::Expired, format!("expired at {}", action.expires), None);
        }
        let mut scopes = vec![Scope::All, Scope::Sink(action.sink.clone())];
        if action.act == Act::HandOver {
            scopes.push(Scope::Team(action.target.clone()));
        } else {
            scopes.extend([
                Scope::Channel(action.channel.clone()),
                Scope::Story(action.target.clone()),
            ]);
        }
        if let Some(switch) = switches.stopping(&scopes) {
            return Verdict::Stopped(format!(
                "{} is stopped since {} by {}",
                switch.scope, switch.at, switch.by
            ));
        }
        match self.shared.wiring.policy.mode_for(&scopes) {
            Mode::Live => {}
            mode => return wait(ActionState::Held, format!("the mode is {}", mode.word()), None),
        }
        if let Some(why) = due.suppressed.as_ref().filter(|_| action.act != Act::HandOver) {
            return wait(ActionState::Rejected, format!("the address is suppressed: {why}"), None);
        }
        let view = self.shared.view(&due.prospect, now);
        let facts = self.shared.facts(&due.prospect, &view, Some(action.id));
        if let Some(gate) = decide::attempt_gates(action, &facts).first() {
            return wait(ActionState::Rejected, format!("{}: {}", gate.gate, gate.why), None);
        }
        if action.act == Act::HandOver {
            return self.hand_over_verdict(due, now);
        }
        // Of several addresses some may have become unusable since, or somebody else's.
        let to = action
            .to
            .iter()
            .filter(|i| reachable(&facts, &action.channel, &i.scheme).contains(i));
        Verdict::Go(None, to.cloned().collect())
    }

    fn hand_over_verdict(&self, due: &Due, now: Instant) -> Verdict {
        let action = &due.action;
        let wait = |state, why: String, due| {
            Verdict::Wait(Hold {
                action: action.id,
                state,
                why,
                at: now,
                due,
            })
        };
        let Some(team) = self.shared.wiring.teams.get(&action.target) else {
            return wait(
                ActionState::Rejected,
                format!("there is no team '{}' any more", action.target),
                None,
            );
        };
        if !team.hours.is_open(now.timestamp()) {
            let opens = team.hours.next_open(now.timestamp());
            let due = opens.and_then(|t| u64::try_from(t.as_millisecond()).ok()).map(Instant);
            let due = due.unwrap_or_else(|| now.after(CAPACITY_AGAIN));
            return wait(
                ActionState::Queued,
                format!("team '{}' is closed", team.name),
                Some(due),
            );
        }
        let claim = Claim {
            team: team.name.clone(),
            count: team.capacity.count,
            per_ms: team.capacity.per_ms,
        };
        Verdict::Go(Some(claim), Vec::new())
    }

    /// Finds out what became of deliveries of which nobody knows; whether there were any.
    async fn look_up(&self, now: Instant, batch: usize) -> Result<bool, StoreError> {
        let unknown = self.shared.store.unknown(self.sink.name(), now, batch.max(1)).await?;
        if unknown.is_empty() {
            return Ok(false);
        }
        if !self.sink.plugin().roles().reconciler {
            self.without_look_up(&unknown, now).await?;
            return Ok(true);
        }
        let actions = unknown
            .iter()
            .map(|d| {
                self.shared
                    .outward(d, d.action.attempts, &self.shared.view(&d.prospect, now))
            })
            .collect();
        let answers: BTreeMap<String, _> = self.sink.reconcile(now.0, actions).await.into_iter().collect();
        let at = self.shared.clock.now();
        let mut finishes = Vec::new();
        for d in &unknown {
            let action = &d.action;
            let answer = answers
                .get(&action.id.to_string())
                .cloned()
                .unwrap_or(Err(Fault::NoAnswer));
            tracing::info!(sink = self.sink.name(), action = %action.id, found = ?answer.as_ref().map(Option::is_some), "looked up");
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
            .wired(self.sink.name())
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
                    let name = self.sink.name();
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

/// What is told of actions that a switch stops. They stay where they are, so that they go on
/// at once when it lets them: only why they wait is told, once. Where there are so many that
/// others behind them would not be seen, they step back for a while.
fn stop(stopped: Vec<(ActionId, String, String)>, now: Instant) -> Vec<Hold> {
    let crowded = stopped.len() >= STOPPED;
    let due = crowded.then(|| now.after(STOPPED_AGAIN));
    let news = stopped.into_iter().filter(|(_, why, known)| crowded || why != known);
    news.map(|(action, why, _)| Hold {
        action,
        state: ActionState::Queued,
        why,
        at: now,
        due,
    })
    .collect()
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
