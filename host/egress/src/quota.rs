//! How often something may be called.
//!
//! A vendor counts in windows that we do not see. So no window of that length, wherever it
//! begins, may have more than the number in it: a tenth of it at once, the rest spread.

use std::{num::NonZeroU32, time::Duration};

use governor::{
    DefaultDirectRateLimiter, Quota, RateLimiter,
    clock::{Clock, DefaultClock},
};

/// So many in a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// How many; at least 1.
    pub requests: u32,
    /// In which time.
    pub per: Duration,
}

pub(crate) struct Bucket {
    limiter: DefaultDirectRateLimiter,
    clock: DefaultClock,
}

impl Bucket {
    pub(crate) fn new(rate: Rate) -> Self {
        let requests = rate.requests.max(1);
        let burst = NonZeroU32::new(requests / 10).unwrap_or(NonZeroU32::MIN);
        let spread = requests - burst.get() + 1;
        let period = (rate.per / spread).max(Duration::from_nanos(1));
        let quota = Quota::with_period(period)
            .unwrap_or(Quota::per_second(burst))
            .allow_burst(burst);
        let clock = DefaultClock::default();
        Self {
            limiter: RateLimiter::direct_with_clock(quota, clock.clone()),
            clock,
        }
    }

    /// Takes one.
    ///
    /// # Errors
    /// How long until there is one.
    pub(crate) fn take(&self) -> Result<(), Duration> {
        self.limiter.check().map_err(|not| not.wait_time_from(self.clock.now()))
    }

    /// Takes one, waiting for it no longer than until `deadline`.
    ///
    /// # Errors
    /// How long until there is one.
    pub(crate) async fn take_by(&self, deadline: tokio::time::Instant) -> Result<(), Duration> {
        loop {
            let Err(wait) = self.take() else { return Ok(()) };
            if tokio::time::Instant::now() + wait > deadline {
                return Err(wait);
            }
            tokio::time::sleep(wait).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use governor::clock::FakeRelativeClock;

    use super::*;

    /// How many pass within the first window and a bit, and how many within any.
    fn most_in_a_window(requests: u32) -> usize {
        let per = Duration::from_millis(100_000);
        let burst = NonZeroU32::new(requests / 10).unwrap_or(NonZeroU32::MIN);
        let period = per / (requests - burst.get() + 1);
        let clock = FakeRelativeClock::default();
        let limiter =
            RateLimiter::direct_with_clock(Quota::with_period(period).unwrap().allow_burst(burst), clock.clone());
        let mut passed = Vec::new();
        for ms in (0..300_000_u64).step_by(50) {
            while limiter.check().is_ok() {
                passed.push(ms);
            }
            clock.advance(Duration::from_millis(50));
        }
        let within = |from: u64| passed.iter().filter(|at| (from..from + 100_000).contains(*at)).count();
        passed.iter().map(|at| within(*at)).max().unwrap_or(0)
    }

    #[test]
    fn no_window_has_more_than_it_may_and_all_of_it_can_be_used() {
        for requests in [1, 2, 3, 9, 10, 11, 100, 250] {
            let most = most_in_a_window(requests);
            assert!(most <= requests as usize, "{requests}: {most}");
            assert!(most * 10 >= requests as usize * 9, "{requests}: {most}");
        }
    }

    #[tokio::test]
    async fn who_comes_too_often_waits_or_is_told_how_long() {
        let bucket = Bucket::new(Rate {
            requests: 1,
            per: Duration::from_millis(40),
        });
        let soon = tokio::time::Instant::now() + Duration::from_secs(5);
        assert_eq!(bucket.take_by(soon).await, Ok(()));
        assert_eq!(bucket.take_by(soon).await, Ok(()));
        let wait = bucket.take_by(tokio::time::Instant::now()).await.unwrap_err();
        assert!(wait > Duration::ZERO && wait <= Duration::from_millis(40), "{wait:?}");
    }
}
