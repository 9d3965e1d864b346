//! Processor time of one call.
//!
//! A call is a future that is polled on the guests' threads. The time of the thread around
//! each poll is the call's: what it spends waiting for the host, or for its turn, is not.

use std::{
    future::Future,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use rustix::time::{ClockId, clock_gettime};

/// How much processor time a call has used. Shared with the epoch callback, which runs in
/// the middle of a poll.
#[derive(Default)]
pub(crate) struct Meter {
    before_ns: AtomicU64,
    poll_began_ns: AtomicU64,
}

impl Meter {
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
        polled
    }
}

fn thread_ns() -> u64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    // Both parts are never negative on this clock.
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}
