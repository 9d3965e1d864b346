//! Keeps a scorer or router that runs into its limits from holding up everybody's waves.
//!
//! A call that is cut costs the whole wave the time until it is cut. After a few such waves
//! in a row the plugin is left out for a while, twice as long each time it does not do
//! better. Nothing is lost by it: whoever was not assessed is assessed from the recent
//! signals the next time, and whoever was not decided about is decided about when the
//! router may be asked again.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use hearken_model::Instant;
use hearken_sandbox::Fault;

/// How many waves in a row may be held up.
const PATIENCE: u32 = 3;
const FIRST: Duration = Duration::from_secs(5);
const LONGEST: Duration = Duration::from_secs(300);

#[derive(Debug, Default)]
struct State {
    /// Waves in a row that were held up.
    slow: u32,
    /// How often it was opened without doing well in between.
    opened: u32,
    /// Until when it is left out.
    until: Option<Instant>,
}

/// One plugin's breaker.
#[derive(Debug, Default)]
pub(crate) struct Breaker {
    state: Mutex<State>,
}

impl Breaker {
    /// Until when the plugin is left out, if it is now. After the wait it is asked once to
    /// see.
    pub(crate) fn open_until(&self, now: Instant) -> Option<Instant> {
        self.state().until.filter(|until| now < *until)
    }

    /// Takes down what became of a wave's call of `plugin`, and says so where it opens.
    pub(crate) fn hear<'a>(&self, plugin: &str, now: Instant, mut faults: impl Iterator<Item = &'a Fault>) {
        let held_up = faults.any(holds_up);
        if let Some(wait) = self.note(now, held_up) {
            metrics::counter!("hearken_breaker_opened_total", "connector" => plugin.to_owned()).increment(1);
            tracing::error!(
                connector = plugin,
                ?wait,
                "the plugin keeps running into its limits and is left out"
            );
        }
    }

    /// Takes down how a wave went; whether this opens the breaker, and for how long.
    fn note(&self, now: Instant, held_up: bool) -> Option<Duration> {
        let mut state = self.state();
        if !held_up {
            *state = State::default();
            return None;
        }
        state.slow += 1;
        if state.slow < PATIENCE && state.opened == 0 {
            return None;
        }
        let wait = FIRST.saturating_mul(1 << state.opened.min(16)).min(LONGEST);
        state.opened += 1;
        state.slow = 0;
        state.until = Some(now.after(wait));
        Some(wait)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Numbers that a panicking thread left behind are still numbers.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a fault held the wave up.
fn holds_up(fault: &Fault) -> bool {
    matches!(fault, Fault::OutOfCpu { .. } | Fault::OutOfTime { .. })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_opens_after_three_slow_waves_and_longer_each_time_until_all_is_well() {
        let breaker = Breaker::default();
        let mut now = Instant(0);
        assert_eq!([breaker.note(now, true), breaker.note(now, true)], [None, None]);
        assert_eq!(breaker.note(now, true), Some(FIRST));
        assert_eq!(breaker.open_until(now), Some(now.after(FIRST)));
        assert_eq!(breaker.open_until(now.after(FIRST)), None);
        now = now.after(FIRST);
        assert_eq!(
            breaker.note(now, true),
            Some(FIRST * 2),
            "the one that is asked to see is slow as well"
        );
        now = now.after(FIRST * 2);
        assert_eq!(breaker.note(now, false), None);
        assert_eq!(breaker.open_until(now), None);
        assert_eq!(breaker.note(now, true), None, "it begins anew");
    }
}
