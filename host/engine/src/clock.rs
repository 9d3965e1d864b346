//! Where the engine takes the time from.

use std::time::{SystemTime, UNIX_EPOCH};

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
