//! Leaving a destination alone that does not work.
//!
//! After a few failures in a row it is left alone for a while, longer each time; then one
//! request is let through to see. Where a credential that the host put in is refused again
//! and again, only its operator can help: then the looks are rare, so that no vendor locks
//! the account.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

const FAILURES: u32 = 5;
const REFUSALS: u32 = 3;
const FIRST: Duration = Duration::from_secs(2);
const LONGEST: Duration = Duration::from_secs(300);
const FOR_THE_OPERATOR: Duration = Duration::from_secs(900);

/// The condition of a destination, as people are shown it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// It works, as far as is known.
    Closed,
    /// It is left alone.
    Open {
        /// Why.
        why: String,
    },
    /// One request is under way to see whether it works again.
    Probing,
    /// It refuses our credentials.
    NeedsOperator {
        /// Why.
        why: String,
    },
}

impl Condition {
    /// Its word.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open { .. } => "open",
            Self::Probing => "probing",
            Self::NeedsOperator { .. } => "needs-operator",
        }
    }
}

/// What a request tells about its destination.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Works,
    Fails(String),
    RefusesUs(String),
}

#[derive(Default)]
pub(crate) struct Breaker(Mutex<State>);

#[derive(Default)]
struct State {
    failures: u32,
    refusals: u32,
    /// How often it was opened since it last worked.
    opened: u32,
    held: Option<Held>,
    probing: bool,
}

#[derive(Clone)]
struct Held {
    until: Instant,
    condition: Condition,
}

/// A destination that is left alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LeftAlone {
    pub(crate) why: String,
    pub(crate) again: Duration,
}

impl Breaker {
    pub(crate) fn condition(&self) -> Condition {
        let state = self.state();
        match &state.held {
            _ if state.probing => Condition::Probing,
            Some(held) => held.condition.clone(),
            None => Condition::Closed,
        }
    }

    /// As if it had been found to need its operator; it is looked at again at `until`.
    pub(crate) fn need_the_operator(&self, why: &str, until: Instant) {
        let mut state = State::default();
        state.hold(until, Condition::NeedsOperator { why: why.to_owned() });
        *self.state() = state;
    }

    /// As if nothing had been.
    pub(crate) fn close(&self) {
        *self.state() = State::default();
    }

    /// How long until it is looked at again; none where it is not left alone.
    pub(crate) fn left(&self, now: Instant) -> Option<Duration> {
        let state = self.state();
        state
            .held
            .as_ref()
            .map(|held| held.until.saturating_duration_since(now))
    }

    /// Lets a request through, or says why not.
    pub(crate) fn admit(self: &Arc<Self>, now: Instant) -> Result<Pass, LeftAlone> {
        let mut state = self.state();
        let Some(held) = &state.held else {
            return Ok(Pass {
                breaker: Arc::clone(self),
                probe: false,
                told: false,
            });
        };
        let why = match &held.condition {
            Condition::Open { why } | Condition::NeedsOperator { why } => why.clone(),
            Condition::Closed | Condition::Probing => String::new(),
        };
        let left = held.until.saturating_duration_since(now);
        if state.probing || !left.is_zero() {
            return Err(LeftAlone {
                why,
                again: left.max(FIRST),
            });
        }
        state.probing = true;
        Ok(Pass {
            breaker: Arc::clone(self),
            probe: true,
            told: false,
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Each change of it leaves it whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn hear(&mut self, verdict: Verdict, probe: bool, now: Instant) {
        match verdict {
            Verdict::Works => *self = Self::default(),
            Verdict::Fails(why) => {
                self.failures += 1;
                if probe || (self.failures >= FAILURES && self.held.is_none()) {
                    let wait = FIRST.saturating_mul(1 << self.opened.min(16)).min(LONGEST);
                    self.hold(now + wait, Condition::Open { why });
                }
            }
            Verdict::RefusesUs(why) => {
                self.refusals += 1;
                if probe || (self.refusals >= REFUSALS && self.held.is_none()) {
                    self.hold(now + FOR_THE_OPERATOR, Condition::NeedsOperator { why });
                }
            }
        }
    }

    fn hold(&mut self, until: Instant, condition: Condition) {
        self.opened = self.opened.saturating_add(1);
        self.held = Some(Held { until, condition });
    }
}

/// A request that was let through.
pub(crate) struct Pass {
    breaker: Arc<Breaker>,
    probe: bool,
    told: bool,
}

impl Pass {
    /// What it told; the new condition where that has changed.
    pub(crate) fn tell(mut self, verdict: Verdict, now: Instant) -> Option<Condition> {
        self.told = true;
        let before = self.breaker.condition();
        {
            let mut state = self.breaker.state();
            if self.probe {
                state.probing = false;
            }
            state.hear(verdict, self.probe, now);
        }
        let after = self.breaker.condition();
        (after.word() != before.word()).then_some(after)
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        // It told nothing: the next one looks.
        if self.probe && !self.told {
            self.breaker.state().probing = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tell(breaker: &Arc<Breaker>, verdict: Verdict, now: Instant) {
        let pass = breaker.admit(now).unwrap_or_else(|left| panic!("{left:?}"));
        let _ = pass.tell(verdict, now);
    }

    fn fails() -> Verdict {
        Verdict::Fails("503".into())
    }

    #[test]
    fn a_destination_that_fails_is_left_alone_longer_each_time() {
        let (breaker, begin) = (Arc::new(Breaker::default()), Instant::now());
        (0..FAILURES).for_each(|_| tell(&breaker, fails(), begin));
        assert_eq!(breaker.condition(), Condition::Open { why: "503".into() });
        assert!(breaker.admit(begin).is_err());
        let later = begin + FIRST;
        let probe = breaker.admit(later).expect("one looks");
        assert_eq!(breaker.condition(), Condition::Probing);
        assert!(breaker.admit(later).is_err(), "and one only");
        let _ = probe.tell(fails(), later);
        assert!(breaker.admit(later + FIRST).is_err(), "it is twice as long now");
        tell(&breaker, Verdict::Works, later + FIRST * 2);
        assert_eq!(breaker.condition(), Condition::Closed);
    }

    #[test]
    fn refused_credentials_need_the_operator() {
        let (breaker, begin) = (Arc::new(Breaker::default()), Instant::now());
        (0..REFUSALS).for_each(|_| tell(&breaker, Verdict::RefusesUs("401".into()), begin));
        assert_eq!(breaker.condition().word(), "needs-operator");
        assert!(breaker.admit(begin + LONGEST).is_err());
        let later = begin + FOR_THE_OPERATOR;
        drop(breaker.admit(later).expect("a look now and then"));
        tell(&breaker, Verdict::Works, later);
        assert_eq!(breaker.condition(), Condition::Closed);
    }

    #[test]
    fn one_that_was_remembered_waits_for_its_time_and_an_operator_closes_it() {
        let begin = Instant::now();
        let breaker = Arc::new(Breaker::default());
        breaker.need_the_operator("401", begin + FOR_THE_OPERATOR);
        assert!(breaker.admit(begin).is_err());
        assert_eq!(breaker.left(begin), Some(FOR_THE_OPERATOR));
        drop(breaker.admit(begin + FOR_THE_OPERATOR).expect("a look now and then"));
        breaker.close();
        assert!(breaker.admit(begin).is_ok());
        assert_eq!((breaker.condition(), breaker.left(begin)), (Condition::Closed, None));
    }

    #[test]
    fn what_works_in_between_begins_the_count_anew() {
        let (breaker, now) = (Arc::new(Breaker::default()), Instant::now());
        for _ in 0..3 {
            (1..FAILURES).for_each(|_| tell(&breaker, fails(), now));
            tell(&breaker, Verdict::Works, now);
        }
        assert_eq!(breaker.condition(), Condition::Closed);
    }
}
