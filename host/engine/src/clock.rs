//! Where the engine takes the time from.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{SystemTime, UNIX_EPOCH},
};

use hearken_model::Instant;

/// Tells the time. Asked once for each thing that happens; everything behind it is told.
pub trait Clock: Send + Sync + 'static {
    /// Now.
    fn now(&self) -> Instant;
}

/// The system's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Instant {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Instant(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
    }
}

/// Stands still until it is set: for what is gone through by another time than the present.
#[derive(Debug)]
pub struct SetClock(AtomicU64);

impl SetClock {
    /// Stands at `now`.
    #[must_use]
    pub const fn new(now: Instant) -> Self {
        Self(AtomicU64::new(now.0))
    }

    /// Moves it.
    pub fn set(&self, now: Instant) {
        self.0.store(now.0, Ordering::Release);
    }
}

impl Clock for SetClock {
    fn now(&self) -> Instant {
        Instant(self.0.load(Ordering::Acquire))
    }
}
