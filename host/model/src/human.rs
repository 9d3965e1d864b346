//! How sure it is that a person followed a link, and not a program.
//!
//! Mail gateways follow every link of a message within seconds of its delivery, to see what is
//! behind it; browsers and chat programs fetch pages ahead, in case. What they do must not be
//! taken for interest, end a silence or answer a question. Nobody can tell for sure, so it is
//! a confidence, which whoever reads the click carries on.
//!
//! The measures are those that providers of mail tell their customers to look at: the time
//! since delivery, whether all links were followed at once, the method, and what is known of
//! the agent. How much each weighs is ours.

use std::time::Duration;

/// Below this a click is a program's: it answers nothing and is no evidence.
pub const HUMAN: f64 = 0.5;

/// What is known of how a link was followed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Followed {
    /// What followed it says that it is a program, only fetches ahead, or is known to the
    /// operator as one, by its name or by where it asks from.
    pub by_a_program: bool,
    /// How long after the message was delivered; none where that is not known.
    pub since_delivery: Option<Duration>,
    /// How many other links of the same message were followed within the same few seconds.
    pub others_at_once: u32,
    /// How many links the message has that lead over us.
    pub links: u32,
}

impl Followed {
    /// How sure it is that a person did it, 0..1.
    ///
    /// By the time since delivery: nobody within a second, 0.3 within five, 0.7 within
    /// twenty, 0.95 later, 0.6 where it is not known. Times 0.1 where all links of a message
    /// with several were followed at once, times 0.5 where another one was.
    #[must_use]
    pub fn human(&self) -> f64 {
        if self.by_a_program {
            return 0.0;
        }
        let by_time = match self.since_delivery.map(|since| since.as_millis()) {
            None => 0.6,
            Some(0..1_000) => 0.0,
            Some(1_000..5_000) => 0.3,
            Some(5_000..20_000) => 0.7,
            Some(_) => 0.95,
        };
        let at_once = match self.others_at_once {
            0 => 1.0,
            others if others + 1 >= self.links => 0.1,
            _ => 0.5,
        };
        by_time * at_once
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn after(seconds: u64) -> Followed {
        Followed {
            since_delivery: Some(Duration::from_secs(seconds)),
            links: 3,
            ..Followed::default()
        }
    }

    #[test]
    fn who_reads_before_they_click_is_a_person_and_who_is_there_at_once_is_none() {
        assert!(after(60).human() > 0.9);
        assert!(after(10).human() >= HUMAN);
        assert!(after(3).human() < HUMAN);
        assert!(after(0).human() <= 0.0);
    }

    #[test]
    fn whoever_follows_all_links_at_once_is_a_program_whenever_it_comes() {
        let all = Followed {
            others_at_once: 2,
            ..after(3_600)
        };
        assert!(all.human() < 0.1);
        let pair = Followed {
            others_at_once: 1,
            ..after(3_600)
        };
        assert!(pair.human() < HUMAN && pair.human() > all.human());
    }

    #[test]
    fn what_says_that_it_is_a_program_is_one() {
        let says = Followed {
            by_a_program: true,
            ..after(3_600)
        };
        assert!(says.human() <= 0.0);
    }

    proptest! {
        #[test]
        fn later_and_fewer_at_once_is_never_less_human(
            ms in 0..100_000_u64, more in 0..100_000_u64, others in 0..9_u32, links in 1..9_u32,
        ) {
            let followed = |ms, others_at_once| Followed {
                since_delivery: Some(Duration::from_millis(ms)),
                others_at_once,
                links,
                by_a_program: false,
            }.human();
            prop_assert!((0.0..=1.0).contains(&followed(ms, others)));
            prop_assert!(followed(ms + more, others) >= followed(ms, others));
            prop_assert!(followed(ms, others) >= followed(ms, others + 1));
        }
    }
}
