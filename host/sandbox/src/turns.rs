//! Whose turn it is on the guests' threads.
//!
//! Guests share few threads, on a small machine a single one. Were they all served in turn,
//! somebody who is asked once in a while would wait for a tick of everybody who spins. So a
//! connector that has used much lately is *heavy*. Its calls stand in one line, of which as
//! many run as there are turns, one fewer than threads, each for a tick, and behind every
//! light call that is ready: a light one has a thread that no heavy one takes. Nobody starves:
//! a light connector that takes its share becomes a heavy one.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    task::yield_now,
};

use crate::meter::Meter;

/// What a light connector may use at once,
const BURST: Duration = Duration::from_millis(3);
/// and in the long run, as a part of a thread's time.
const SHARE: f64 = 0.25;
/// What is remembered at most, so that a heavy one is light again soon after it stops.
const MOST: Duration = Duration::from_millis(50);

/// What a connector has used lately.
pub(crate) struct Load(Mutex<Level>);

struct Level {
    used: Duration,
    at: Instant,
}

impl Level {
    fn at(&self, now: Instant) -> Duration {
        let forgotten = now.saturating_duration_since(self.at).mul_f64(SHARE);
        self.used.saturating_sub(forgotten)
    }
}

impl Load {
    pub(crate) fn new(now: Instant) -> Self {
        Self(Mutex::new(Level {
            used: Duration::ZERO,
            at: now,
        }))
    }

    pub(crate) fn charge(&self, used: Duration, now: Instant) {
        // Whole after a panic elsewhere: it is replaced in one go.
        let mut level = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *level = Level {
            used: (level.at(now) + used).min(MOST),
            at: now,
        };
    }

    fn is_heavy(&self, now: Instant) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).at(now) > BURST
    }
}

/// The line of the heavy ones.
#[derive(Clone)]
pub(crate) struct Turns(Arc<Semaphore>);

/// A heavy call's right to run until its next tick.
pub(crate) type Turn = OwnedSemaphorePermit;

impl Turns {
    pub(crate) fn new(threads: usize) -> Self {
        Self(Arc::new(Semaphore::new(threads)))
    }

    /// Before a call begins.
    pub(crate) async fn first(&self, meter: &Meter) {
        if meter.load.is_heavy(Instant::now()) {
            self.wait(meter).await;
        }
    }

    /// At a tick: lets the others run.
    pub(crate) async fn next(&self, meter: &Meter) {
        meter.end_turn();
        if meter.load.is_heavy(Instant::now()) {
            self.wait(meter).await;
        } else {
            yield_now().await;
        }
    }

    async fn wait(&self, meter: &Meter) {
        // It is closed by nobody; were it, there would be no line to stand in.
        let turn = Arc::clone(&self.0).acquire_owned().await.ok();
        // Whoever is woken goes before those who are ready. This one goes behind them.
        yield_now().await;
        meter.begin_turn(turn);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connector_is_heavy_for_a_while_after_it_used_much() {
        let begun = Instant::now();
        let after = |ms| begun + Duration::from_millis(ms);
        let load = Load::new(begun);
        load.charge(Duration::from_millis(2), after(0));
        assert!(!load.is_heavy(after(0)));
        load.charge(Duration::from_millis(2), after(0));
        assert!(load.is_heavy(after(0)) && load.is_heavy(after(3)));
        assert!(!load.is_heavy(after(8)));
        load.charge(Duration::from_secs(60), after(8));
        assert!(
            load.is_heavy(after(8 + 180)),
            "more than its burst is left of what is remembered"
        );
        assert!(!load.is_heavy(after(8 + 200)), "and nothing of what is not");
    }

    #[test]
    fn one_that_uses_its_share_stays_light() {
        let begun = Instant::now();
        let load = Load::new(begun);
        for n in 0..1000 {
            let now = begun + Duration::from_millis(n * 10);
            load.charge(Duration::from_millis(2), now);
            assert!(!load.is_heavy(now), "call {n}");
        }
    }

    /// On one thread, four that never stop beside one that is asked again and again: who ran
    /// is written down.
    #[tokio::test(flavor = "current_thread")]
    async fn a_light_one_waits_for_two_heavy_ones_at_most_however_many_there_are() {
        let (turns, ran) = (Turns::new(1), Arc::new(Mutex::new(String::new())));
        let looping = |who: char, used: Duration| {
            let (turns, ran) = (turns.clone(), Arc::clone(&ran));
            async move {
                let meter = Meter::of(Arc::new(Load::new(Instant::now())));
                for _ in 0..100 {
                    meter.load.charge(used, Instant::now());
                    turns.next(&meter).await;
                    ran.lock().unwrap().push(who);
                }
            }
        };
        let heavy: Vec<_> = (0..4).map(|_| tokio::spawn(looping('h', MOST))).collect();
        tokio::spawn(looping('l', Duration::ZERO)).await.unwrap();
        for task in heavy {
            task.await.unwrap();
        }
        let ran = ran.lock().unwrap();
        let beside = &ran[..=ran.rfind('l').unwrap()];
        assert!(beside.contains('h'), "{beside}");
        assert!(!beside.contains("hhh"), "{beside}");
        assert!(beside.matches("hh").count() < 5, "as a rule it is one: {beside}");
        assert_eq!(ran.matches('h').count(), 400, "none of them starves");
    }
}
