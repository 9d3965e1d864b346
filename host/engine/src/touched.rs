//! A prospect that entries of a wave were applied to: what they brought about at once, and
//! what of it calls for a decision.

use std::{collections::BTreeSet, sync::Arc};

use hearken_model::{Entry, Instant, Policy, Prospect, Recorded, Seq, Turn, Verdict, View, trigger};
use hearken_store::{Commit, Logged, Outgoing, Suppression, TimerSet};

use crate::confirmation::Asked;

/// For how long after a live signal a prospect counts as being there, where an entry that
/// is no signal (a merge) makes something stand out: 10 minutes.
const STILL_THERE_MS: u64 = 600_000;
/// The timer that ends the wait for a reply.
const SILENCE: &str = "silence";
/// The timer at which a team should have taken a hand-over.
const TO_BE_TAKEN: &str = "to-be-taken";
/// What the names of timers begin with at which the router is asked again.
const AGAIN: &str = "again ";

/// The timer at which what moved somebody is looked at again.
pub(crate) fn again(trigger: &str) -> String {
    format!("{AGAIN}{trigger}")
}

/// A prospect that entries of the wave were applied to.
pub(crate) struct Touched {
    pub(crate) prospect: Prospect,
    /// How it looked after the entries and before the scorers spoke.
    pub(crate) before: View,
    /// The entries' signals.
    pub(crate) signals: Vec<Arc<Recorded>>,
    /// Whether profiles joined or left.
    pub(crate) regrouped: bool,
    /// Whether an operator has the scorers asked about all that is known.
    pub(crate) assess_again: bool,
    /// Whether a live signal was the reason: what history shows starts nothing.
    regrouped_live: bool,
    /// The time of the last entry.
    pub(crate) now: Instant,
    /// The entry behind which these began …
    pub(crate) from: Seq,
    /// … and the last of them.
    pub(crate) to: Seq,
    /// What stood out when something was last decided.
    pub(crate) standing: BTreeSet<String>,
    /// Something that a scorer says calls for a decision.
    pub(crate) cue: Option<String>,
    /// Whether the router is asked for the second time.
    pub(crate) asked_again: bool,
    /// What timers that ran out call for.
    fired: Vec<String>,
}

impl Touched {
    pub(crate) fn new(prospect: Prospect, at: Instant) -> Self {
        let before = View::empty(prospect.id, at);
        let from = prospect.applied;
        Self {
            prospect,
            before,
            signals: Vec::new(),
            regrouped: false,
            assess_again: false,
            regrouped_live: false,
            now: at,
            from,
            to: from,
            standing: BTreeSet::new(),
            cue: None,
            asked_again: false,
            fired: Vec::new(),
        }
    }

    /// Applies one entry and takes down what it brings about at once.
    pub(crate) fn take(&mut self, logged: Logged, commit: &mut Commit, policy: &Policy) {
        let Logged {
            place,
            at,
            prospect,
            entry,
            ..
        } = logged;
        self.now = self.now.max(at);
        self.to = place;
        let live = matches!(entry, Entry::Leave { live: true, .. } | Entry::Join { live: true, .. });
        self.regrouped_live |= live;
        let left = self.prospect.apply(place, at, &entry);
        if let Some((to, part)) = left {
            self.regrouped = true;
            if !part.profiles.is_empty() {
                let entry = Entry::Join {
                    from: prospect,
                    part: Box::new(part),
                    live,
                };
                commit.outgoing.push(Outgoing {
                    prospect: to,
                    at,
                    entry,
                });
            }
        }
        match entry {
            Entry::Signal(recorded) => {
                commit.suppressions.extend(suppression(&recorded));
                // What history tells of starts nothing, the end of a silence neither.
                if recorded.live && Turn::of(&recorded).is_some_and(|turn| turn.is_another_tools()) {
                    self.await_reply(at, commit, policy);
                }
                self.signals.push(Arc::from(recorded));
            }
            Entry::Join { .. } => {
                // Timers stay with the prospect that set them; what is waited for moves.
                self.regrouped = true;
                self.await_reply(at, commit, policy);
                self.await_sales(at, commit);
            }
            Entry::Delivery(_) => {
                self.await_reply(at, commit, policy);
                self.await_sales(at, commit);
            }
            Entry::Timer(timer) if timer.name == TO_BE_TAKEN => self.let_lie(at, commit),
            Entry::Timer(timer) if timer.name == SILENCE => self.silent(at, commit, policy),
            Entry::Timer(timer) if timer.generation == self.prospect.timers => match timer.name.strip_prefix(AGAIN) {
                Some(trigger) => {
                    self.asked_again = true;
                    self.fired.push(trigger.to_owned());
                }
                None => self.fired.push(format!("timer:{}", timer.name)),
            },
            Entry::Again { trigger: Some(trigger) } => self.fired.push(trigger),
            Entry::Again { trigger: None } => self.assess_again = true,
            _ => {}
        }
    }

    /// When the wait for a reply ends, if anything waits for one.
    fn patience(&self, policy: &Policy) -> Option<Instant> {
        let told = self.prospect.unanswered().map(|told| told.at);
        let others = self.prospect.unanswered_of_others().map(|turn| turn.at);
        told.max(others).map(|at| at.after(policy.await_reply))
    }

    /// Sets the timer that ends the wait for a reply. What was waited for long enough has
    /// had its turn, here or where it was told.
    fn await_reply(&self, at: Instant, commit: &mut Commit, policy: &Policy) {
        let Some(due) = self.patience(policy).filter(|due| *due > at) else {
            return;
        };
        commit.timers.push(TimerSet {
            prospect: self.prospect.id,
            name: SILENCE.into(),
            due: Some(due),
            generation: self.prospect.timers,
        });
    }

    /// The timer has run out: it says something where nothing was answered since, and not
    /// where the wait has begun anew.
    fn silent(&mut self, at: Instant, commit: &mut Commit, policy: &Policy) {
        match self.patience(policy) {
            Some(due) if due <= at => self.fired.push(format!("timer:{SILENCE}")),
            Some(_) => self.await_reply(at, commit, policy),
            None => {}
        }
    }

    /// Sets the timer at which the team of the latest hand-over should have taken it.
    fn await_sales(&self, at: Instant, commit: &mut Commit) {
        let Some(due) = self.prospect.to_be_taken_by().filter(|due| *due > at) else {
            return;
        };
        commit.timers.push(TimerSet {
            prospect: self.prospect.id,
            name: TO_BE_TAKEN.into(),
            due: Some(due),
            generation: self.prospect.timers,
        });
    }

    /// That timer has run out: it says something where the team has done nothing, and not
    /// where it has more time by now.
    fn let_lie(&mut self, at: Instant, commit: &mut Commit) {
        match self.prospect.left_lying(at) {
            Some(_) => self.fired.push(format!("timer:{TO_BE_TAKEN}")),
            None => self.await_sales(at, commit),
        }
    }

    /// A consent that was just asked for in this person's name, the latest of several.
    pub(crate) fn asks_to_confirm(&self) -> Option<Asked> {
        self.signals.iter().rev().find_map(|recorded| Asked::by(recorded))
    }

    /// Whether a team was just found to have let a hand-over lie.
    pub(crate) fn is_passed_on(&self) -> bool {
        self.fired.iter().any(|fired| *fired == format!("timer:{TO_BE_TAKEN}"))
    }

    /// What calls for a decision, if anything does and may.
    pub(crate) fn trigger(&self, view: &View) -> Option<String> {
        if let Some(fired) = self.fired.first() {
            return Some(fired.clone());
        }
        // What our own people answer starts nothing: what stands out by it is looked at when
        // the prospect does something.
        let starts = |s: &&Arc<Recorded>| s.live && Verdict::of(&s.signal).is_none();
        let live: Vec<&Recorded> = self.signals.iter().filter(starts).map(|s| &**s).collect();
        let still_there =
            self.regrouped_live && view.now.0.saturating_sub(self.prospect.last_live().0) < STILL_THERE_MS;
        if live.is_empty() && !still_there {
            return None;
        }
        let standing = trigger::standing(view, &self.standing);
        trigger::moved(&standing, &self.standing, &live, self.cue.as_deref())
    }
}

/// The address that a signal shows to be unusable.
fn suppression(recorded: &Recorded) -> Option<Suppression> {
    let signal = &recorded.signal;
    let why = match signal.kind.as_str() {
        "message.complained" => "complained about a message",
        "address.suppressed" => signal
            .text("reason")
            .unwrap_or("it is on a list of suppressed addresses"),
        "message.bounced" if signal.properties.get("permanent") == Some(&serde_json::Value::Bool(true)) => {
            "a message bounced for good"
        }
        _ => return None,
    };
    let identity = signal.identities.iter().find(|i| i.is_address())?.clone();
    Some(Suppression {
        identity,
        why: why.into(),
        at: signal.at,
    })
}

#[cfg(test)]
#[path = "touched_tests.rs"]
mod tests;
