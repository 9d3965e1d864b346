//! How often somebody may ask, in memory that does not grow with how many ask.
//!
//! A table of fixed size, with a bucket in each place: whoever falls into the same place
//! shares it. A map with an entry for everybody, as the crates for this keep, grows with
//! every address that an attacker has, and IPv6 gives away more of them than there is memory.

use std::{
    hash::{BuildHasher, Hash, RandomState},
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

const PLACES: usize = 8192;

/// A pace by key.
pub(in super::super) struct Pace {
    /// When each bucket will be empty again, in microseconds since `began`.
    empty_at: Box<[AtomicU64]>,
    /// Secret, so that nobody can aim at somebody else's place.
    hasher: RandomState,
    began: Instant,
    every_us: u64,
    full_us: u64,
}

impl Pace {
    /// So many a second in the long run, and `burst` at once.
    pub(in super::super) fn new(per_second: u32, burst: u32) -> Self {
        let every_us = 1_000_000 / u64::from(per_second.max(1));
        Self {
            empty_at: (0..PLACES).map(|_| AtomicU64::new(0)).collect(),
            hasher: RandomState::new(),
            began: Instant::now(),
            every_us,
            full_us: every_us * u64::from(burst),
        }
    }

    /// Whether one more is within the pace; then it counts.
    pub(in super::super) fn admits(&self, key: &impl Hash) -> bool {
        self.admits_at(key, self.began.elapsed())
    }

    fn admits_at(&self, key: &impl Hash, since_begun: Duration) -> bool {
        let now = u64::try_from(since_begun.as_micros()).unwrap_or(u64::MAX);
        let place = usize::try_from(self.hasher.hash_one(key) % PLACES as u64).unwrap_or_default();
        let poured = |empty_at: u64| {
            let then = empty_at.max(now).saturating_add(self.every_us);
            (then - now <= self.full_us).then_some(then)
        };
        let bucket = &self.empty_at[place];
        bucket.fetch_update(Ordering::AcqRel, Ordering::Acquire, poured).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_then_the_pace_holds_and_others_are_not_hurt() {
        let pace = Pace::new(2, 5);
        let at = Duration::from_millis;
        let passed = (0..20).filter(|_| pace.admits_at(&"a", at(0))).count();
        assert_eq!(passed, 5);
        assert!(
            pace.admits_at(&"b", at(0)),
            "in another place, with overwhelming probability"
        );
        assert!(!pace.admits_at(&"a", at(400)));
        assert!(pace.admits_at(&"a", at(500)));
        assert!(!pace.admits_at(&"a", at(500)));
        let later = (0..20).filter(|_| pace.admits_at(&"a", at(60_000))).count();
        assert_eq!(later, 5, "who was quiet has a whole burst again, and no more");
    }
}
