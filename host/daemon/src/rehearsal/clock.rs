//! Time that passes when it is told to.

use std::sync::atomic::{AtomicU64, Ordering};

use hearken_engine::Clock;
use hearken_model::Instant;

/// Stands still until it is set.
#[derive(Debug)]
pub(super) struct Stepped(AtomicU64);

impl Stepped {
    pub(super) fn new(now: Instant) -> Self {
        Self(AtomicU64::new(now.0))
    }

    pub(super) fn set(&self, now: Instant) {
        self.0.store(now.0, Ordering::Release);
    }
}

impl Clock for Stepped {
    fn now(&self) -> Instant {
        Instant(self.0.load(Ordering::Acquire))
    }
}
