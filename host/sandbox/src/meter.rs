//! Processor time of one call.
//!
//! A call is a future that is polled on the guests' threads. The time of the thread around
//! each poll is the call's: what it spends waiting for the host, or for its turn, is not.

use std::{
    future::Future,
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll},
    time::{Duration, Instant},
};

use rustix::time::{ClockId, clock_gettime};

use crate::turns::{Load, Turn};

/// How much processor time a call has used. Shared with the epoch callback, which runs in
/// the middle of a poll.
pub(crate) struct Meter {
    before_ns: AtomicU64,
    poll_began_ns: AtomicU64,
    /// What all calls of its connector use.
    pub(crate) load: Arc<Load>,
    /// Held while a heavy call runs, and by none that waits for something.
    turn: Mutex<Option<Turn>>,
}

impl Meter {
    /// Of a call of this connector.
    pub(crate) fn of(load: Arc<Load>) -> Self {
        Self {
            before_ns: AtomicU64::new(0),
            poll_began_ns: AtomicU64::new(0),
            load,
            turn: Mutex::new(None),
        }
    }

    pub(crate) fn begin_turn(&self, turn: Option<Turn>) {
        *self.turn.lock().unwrap_or_else(PoisonError::into_inner) = turn;
    }

    pub(crate) fn end_turn(&self) {
        self.begin_turn(None);
    }

    /// Time used so far; from within a poll only.
    pub(crate) fn used(&self) -> Duration {
        let this_poll = thread_ns().saturating_sub(self.poll_began_ns.load(Ordering::Relaxed));
        Duration::from_nanos(self.before_ns.load(Ordering::Relaxed) + this_poll)
    }

    /// Time of all polls that have ended.
    pub(crate) fn total(&self) -> Duration {
        Duration::from_nanos(self.before_ns.load(Ordering::Relaxed))
    }

    /// Counts what `future` uses.
    pub(crate) fn around<F: Future>(self: &Arc<Self>, future: F) -> Metered<F> {
        Metered {
            future: Box::pin(future),
            meter: self.clone(),
        }
    }
}

/// A future whose processor time is counted.
pub(crate) struct Metered<F> {
    future: Pin<Box<F>>,
    meter: Arc<Meter>,
}

impl<F: Future> Future for Metered<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let began = thread_ns();
        self.meter.poll_began_ns.store(began, Ordering::Relaxed);
        let polled = self.future.as_mut().poll(context);
        let took = thread_ns().saturating_sub(began);
        self.meter.before_ns.fetch_add(took, Ordering::Relaxed);
        self.meter.load.charge(Duration::from_nanos(took), Instant::now());
        // Ended, or waiting for the host or its next turn: somebody else may run.
        self.meter.end_turn();
        polled
    }
}

fn thread_ns() -> u64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    // Both parts are never negative on this clock.
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}
