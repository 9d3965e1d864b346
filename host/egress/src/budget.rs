//! How many bytes may pass in an hour.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

const HOUR: Duration = Duration::from_secs(3600);

/// Bytes in hours, the first of which begins with the first byte.
pub(crate) struct Budget {
    most: u64,
    hour: Mutex<Option<Hour>>,
}

#[derive(Clone, Copy)]
struct Hour {
    ends: Instant,
    used: u64,
}

impl Budget {
    pub(crate) fn new(most: u64) -> Self {
        Self {
            most,
            hour: Mutex::default(),
        }
    }

    /// # Errors
    /// Where these do not fit any more: how long until there is room.
    pub(crate) fn take(&self, bytes: u64, now: Instant) -> Result<(), Duration> {
        let mut hour = self.hour.lock().unwrap_or_else(PoisonError::into_inner);
        let current = hour.filter(|hour| hour.ends > now).unwrap_or(Hour {
            ends: now + HOUR,
            used: 0,
        });
        let used = current.used.saturating_add(bytes);
        if used > self.most {
            return Err(current.ends - now);
        }
        *hour = Some(Hour { used, ..current });
        Ok(())
    }

    /// How many are used, how many there are, and how long until they are there again.
    pub(crate) fn standing(&self, now: Instant) -> (u64, u64, Option<Duration>) {
        let hour = *self.hour.lock().unwrap_or_else(PoisonError::into_inner);
        match hour.filter(|hour| hour.ends > now) {
            Some(hour) => (hour.used, self.most, Some(hour.ends - now)),
            None => (0, self.most, None),
        }
    }

    /// Counts what came, which nobody can take back.
    pub(crate) fn add(&self, bytes: u64) {
        let mut hour = self.hour.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(hour) = hour.as_mut() {
            hour.used = hour.used.saturating_add(bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_used_up_is_there_again_with_the_next_hour() {
        let (budget, now) = (Budget::new(100), Instant::now());
        assert_eq!(budget.take(60, now), Ok(()));
        budget.add(30);
        assert_eq!(budget.take(11, now), Err(HOUR));
        assert_eq!(budget.take(10, now), Ok(()));
        assert_eq!(budget.take(100, now + HOUR), Ok(()));
    }
}
