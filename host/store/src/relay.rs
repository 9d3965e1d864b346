//! What relays take: a warm-up by days, a throttle by the recipients' domains, and how what
//! went through them fared.

use hearken_model::{CapRule, Instant};

/// What an attempt to mail a story takes of a relay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    /// The relay's name.
    pub relay: String,
    /// The recipient's domain.
    pub domain: String,
    /// How many stories the relay takes on its first day (UTC), the second, and so on; the
    /// last number holds. Empty for any.
    pub per_day: Vec<u32>,
    /// How many go to one domain.
    pub per_domain: Option<CapRule>,
}

impl Passage {
    /// A day's number and how many stories may pass on it; none for any. Days are counted
    /// from 1, the day of the relay's first message.
    #[must_use]
    pub fn of_day(&self, first: Instant, now: Instant) -> (u64, Option<u32>) {
        let number = day(now).saturating_sub(day(first));
        let index = usize::try_from(number).unwrap_or(usize::MAX);
        let most = self.per_day.get(index).or_else(|| self.per_day.last());
        (number + 1, most.copied())
    }
}

const DAY_MS: u64 = 86_400_000;

fn day(at: Instant) -> u64 {
    at.0 / DAY_MS
}

/// When the day (UTC) of a moment begins, and when the next one does.
pub(crate) fn day_of(at: Instant) -> (Instant, Instant) {
    (Instant(day(at) * DAY_MS), Instant((day(at) + 1) * DAY_MS))
}

/// Why a relay does not take a story now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Full {
    /// It has taken as many as it may on this day.
    Day {
        /// Which day of its warm-up, from 1.
        number: u64,
        /// How many it takes on it.
        most: u32,
    },
    /// The recipient's domain was sent as many as it may be.
    Domain,
}

/// How the latest stories through a relay fared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// How many they are.
    pub mails: u32,
    /// How many of them bounced for good.
    pub bounced: u32,
    /// How many of them were complained about.
    pub complained: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_number_of_a_warm_up_holds() {
        let passage = Passage {
            relay: "main".into(),
            domain: "example.com".into(),
            per_day: vec![50, 100, 200],
            per_domain: None,
        };
        let first = Instant(10 * DAY_MS + 5);
        let most = |days: u64| passage.of_day(first, Instant((10 + days) * DAY_MS));
        assert_eq!(
            [most(0), most(1), most(2), most(99)],
            [(1, Some(50)), (2, Some(100)), (3, Some(200)), (100, Some(200))]
        );
        let open = Passage {
            per_day: Vec::new(),
            ..passage
        };
        assert_eq!(open.of_day(first, first), (1, None));
    }
}
