//! Actions on their way out, a task a sink, and one for the pages of each site.
//!
//! An action is checked again right before every attempt, with the state of its prospect
//! as stored, and the start is committed only if nothing has changed since: an unsubscribe
//! or a stop that arrives in between wins. The sink is called after that commit. Where the
//! answer is lost the action is *unknown*, and it is looked up before it is sent again.

mod handing_over;
mod last_check;
mod look_again;
mod look_up;
mod pages;
mod relayed;
mod seeds;
mod still;
mod way;

use std::{collections::BTreeMap, iter, sync::Arc, time::Duration};

use hearken_model::{ActionState, Instant, Scope, gate};
use hearken_sandbox::{Connector, Fault, Mail, Permit, wire};
use hearken_store::{ASSIGNEE, Due, Finish, Hold, Start, Started, StoreError, Switches};
use tokio::sync::watch;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

pub(crate) use look_again::{look_again, tell_drafts};
pub(crate) use look_up::recover;

use crate::{mail::full, parts::Shared};
use handing_over::assignee;
use last_check::stopped_by;
pub(crate) use last_check::{Verdict, waits_for_approval};
use still::Still;
pub(crate) use way::Way;

/// How long at most until a change made by another process (a stop, a go) is seen.
const LOOK_AGAIN: Duration = Duration::from_millis(400);
/// When a hand-over is tried again that found its team at capacity.
pub(super) const CAPACITY_AGAIN: Duration = Duration::from_secs(600);
const FAILED_AGAIN: Duration = Duration::from_secs(1);
/// How many actions beyond a batch are looked at, since some of them may not go.
const BEYOND: usize = 64;
/// How many stopped actions are told so in one round.
const TOLD: usize = 500;

/// One sink's part of the outbox, or that of one site's pages.
#[derive(Clone)]
pub(crate) struct Outbox {
    pub(crate) shared: Arc<Shared>,
    pub(crate) way: Way,
    /// What pages have been given and have not said yet that they show.
    pub(crate) showing: TaskTracker,
    /// Raised by the worker when actions were committed.
    pub(crate) wake: watch::Receiver<u64>,
    /// Told whether nothing is due.
    pub(crate) idle: watch::Sender<bool>,
    pub(crate) cancel: CancellationToken,
}

impl Outbox {
    /// Delivers until cancelled. An attempt under way is brought to its end.
    pub(crate) async fn run(mut self) {
        self.work().await;
        self.showing.close();
        self.showing.wait().await;
    }

    async fn work(&mut self) {
        self.expect_again().await;
        loop {
            self.wake.borrow_and_update();
            let worked = match self.round().await {
                Ok(worked) => worked,
                Err(error) => {
                    tracing::error!(sink = self.way.name(), %error, "delivering is put off");
                    tokio::select! {
                        () = tokio::time::sleep(FAILED_AGAIN) => {}
                        () = self.cancel.cancelled() => return,
                    }
                    true
                }
            };
            self.idle.send_replace(!worked && self.showing.is_empty());
            if self.cancel.is_cancelled() {
                return;
            }
            if worked {
                continue;
            }
            tokio::select! {
                _ = self.wake.changed() => {}
                () = self.way.somebody_arrives(&self.shared.board) => {}
                () = tokio::time::sleep(LOOK_AGAIN) => {}
                () = self.cancel.cancelled() => return,
            }
        }
    }

    /// Works off what is due now; whether there was anything.
    async fn round(&self) -> Result<bool, StoreError> {
        let switches = self.shared.store.switches().await?;
        let now = self.shared.clock.now();
        if switches.switches.iter().any(|s| s.stopped) {
            self.tell_stopped(&switches, now).await?;
        }
        if switches.stopping(&[Scope::Sink(self.way.name().into())]).is_some() {
            return Ok(false);
        }
        let batch = self.way.batch();
        let looked_up = self.look_up(now, batch).await? | self.welcome(now, &switches).await?;
        let mut due = self
            .shared
            .store
            .due(self.way.name(), now, batch.max(1) + BEYOND)
            .await?;
        self.shared.add_owners(&mut due).await?;
        let (mut starts, mut holds) = (Vec::new(), Vec::new());
        for d in &mut due {
            match self.shared.verdict(d, now, &switches) {
                Verdict::Go(_) if starts.len() >= batch.max(1) => {}
                Verdict::Go(_) if self.is_away(&d.action, now) => holds.push(pages::away(&d.action, now)),
                Verdict::Go(go) => {
                    d.action.to = go.to;
                    starts.push(Start {
                        action: d.action.id,
                        number: d.action.attempts + 1,
                        at: now,
                        witness: d.witness,
                        claim: go.claim,
                        new_people: go.new_people,
                        account: go.account,
                        seeds: self.shared.seeds(&d.action, now),
                        passage: self.shared.passage(&d.action),
                    });
                }
                Verdict::Wait(hold) => holds.push(hold),
                // Stopped since it was read: it is not due the next time.
                Verdict::Stopped(_) => {}
            }
        }
        if !starts.is_empty() && self.shared.stand_in.is_none() {
            if self.shared.brake(self.way.name(), &switches, now).await? {
                return Ok(true);
            }
            self.wait_for_relay(&mut starts, &mut holds, now).await;
        }
        if starts.is_empty() && holds.is_empty() {
            return Ok(looked_up);
        }
        let (asked, held) = (starts.len(), holds.len());
        let started = if starts.is_empty() {
            Vec::new()
        } else {
            self.shared.store.start(starts.clone()).await?
        };
        holds.extend(starts.iter().zip(&started).filter_map(|(s, a)| self.no_room(s, *a)));
        if !holds.is_empty() {
            self.shared.store.hold(holds).await?;
        }
        let going: BTreeMap<_, _> = starts
            .iter()
            .zip(&started)
            .filter(|(_, answer)| answer.is_started())
            .map(|(s, answer)| (s.action, (s.number, assignee(s, *answer))))
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
                .filter_map(|mut d| {
                    let (number, assignee) = going.get(&d.action.id)?;
                    if let Some(assignee) = assignee {
                        d.action.content[ASSIGNEE] = assignee.clone();
                    }
                    Some((*number, d))
                })
                .collect(),
        )
        .await?;
        Ok(true)
    }

    /// Tells actions that are due and stopped by which switch, once. They stay where they
    /// are, so that they go on at once when it lets them.
    async fn tell_stopped(&self, switches: &Switches, now: Instant) -> Result<(), StoreError> {
        let stopped = self.shared.store.stopped(self.way.name(), now, TOLD).await?;
        let holds: Vec<Hold> = stopped
            .iter()
            .filter_map(|action| {
                let switch = switches.stopping(&action.scopes())?;
                Some(Hold {
                    action: action.id,
                    state: ActionState::Queued,
                    why: stopped_by(switch),
                    gate: gate::STOPPED.into(),
                    at: now,
                    due: None,
                })
            })
            .collect();
        if !holds.is_empty() {
            self.shared.store.hold(holds).await?;
        }
        Ok(())
    }

    /// What becomes of an action for which there is no room now.
    fn no_room(&self, start: &Start, answer: Started) -> Option<Hold> {
        let (why, gate, due) = match answer {
            Started::Yes | Started::For(_) | Started::Changed => return None,
            Started::NoCapacity => (
                handing_over::at_capacity(start.claim.as_ref()),
                gate::CAPACITY,
                start.at.after(CAPACITY_AGAIN),
            ),
            Started::TooManyNew { again } => {
                let most = self.shared.wiring.policy.new_people_per_hour.unwrap_or_default();
                (
                    format!(
                        "{most} new people were spoken to within an hour, as many as new-people-per-hour in [policy] lets"
                    ),
                    gate::NEW_PEOPLE,
                    again,
                )
            }
            Started::AccountFull { again } => {
                let why = "the people of their account were told as much as account-caps in [policy] let";
                (why.to_owned(), gate::ACCOUNT, again)
            }
            Started::RelayFull { why, again } => (full(start.passage.as_ref()?, why), gate::RELAY, again),
        };
        Some(Hold {
            action: start.action,
            state: ActionState::Queued,
            why,
            gate: gate.into(),
            at: start.at,
            due: Some(due),
        })
    }

    /// Calls the sink for attempts that are committed as started.
    async fn send(&self, now: Instant, going: Vec<(u32, Due)>) -> Result<(), StoreError> {
        if going.is_empty() {
            return Ok(());
        }
        let actions: Vec<wire::Action> = going
            .iter()
            .map(|(n, d)| self.shared.outward(d, *n, &self.shared.view(&d.prospect, now)))
            .collect();
        let answers = match (&self.shared.stand_in, &self.way) {
            (Some(stand_in), _) => stand_in.deliver(self.way.name(), &actions).await,
            (None, Way::Sink(sink)) => self.deliver(sink, now, &going, actions).await,
            (None, Way::Pages(_)) => {
                self.show(going);
                return Ok(());
            }
        };
        let answers = answers.into_iter().chain(iter::repeat(Err(Fault::NoAnswer)));
        let finishes = going.iter().zip(answers);
        let finishes = finishes.map(|((number, d), answer)| self.shared.finish(&d.action, *number, answer));
        self.close(finishes.collect()).await
    }

    /// One answer an action, in order.
    async fn deliver(
        &self,
        sink: &Connector,
        now: Instant,
        going: &[(u32, Due)],
        actions: Vec<wire::Action>,
    ) -> Vec<Result<wire::Receipt, Fault>> {
        let still = Arc::new(Still::new(&self.shared, going));
        let round = self.mail_round(going, &actions, now, &still);
        let mail = round.clone().map(|round| round as Arc<dyn Mail>);
        let permit = Arc::clone(&still) as Arc<dyn Permit>;
        let answers = sink.deliver(now.0, actions, mail, Some(permit)).await;
        let settled = answers.into_iter().map(|(id, answer)| {
            let answer = match &round {
                Some(round) => round.settle(&id, answer),
                None => answer,
            };
            still.settle(&id, answer)
        });
        settled.collect()
    }

    /// Stores what came of attempts; tried until it succeeds, since it happened.
    async fn close(&self, finishes: Vec<Finish>) -> Result<(), StoreError> {
        for f in &finishes {
            metrics::counter!("hearken_attempts_total", "sink" => self.way.name().to_owned(), "outcome" => f.outcome.word())
                .increment(1);
        }
        let mut wait = Duration::from_millis(50);
        loop {
            match self.shared.store.finish(finishes.clone()).await {
                Ok(()) => return Ok(()),
                Err(error) if self.cancel.is_cancelled() => return Err(error),
                Err(error) => {
                    tracing::error!(sink = self.way.name(), %error, "what came of attempts could not be stored; trying again");
                    tokio::time::sleep(wait).await;
                    wait = (wait * 2).min(Duration::from_secs(5));
                }
            }
        }
    }
}

impl Shared {
    /// Whether a sink is stopped as a whole: then it looks nothing up either.
    pub(crate) async fn is_stopped(&self, sink: &str) -> bool {
        let switches = self.store.switches().await;
        switches.is_ok_and(|s| s.stopping(&[Scope::Sink(sink.into())]).is_some())
    }
}
