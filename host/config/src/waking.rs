//! When people are told something, by their own clock.

use jiff::{Timestamp, tz::TimeZone};

use crate::Hours;

/// How often candidates are reconciled before it is said that they never agree.
const ROUNDS: usize = 64;

/// The hours in which stories are told, by the reader's own clock.
#[derive(Clone, Debug, PartialEq)]
pub struct Waking {
    /// By the clock of somebody whose zone is not known, and of everybody else by theirs.
    hours: Hours,
    /// Other zones in which somebody may be whose zone is not known.
    zones: Vec<TimeZone>,
}

impl Waking {
    /// `hours` name the zone of those whose zone is not known; `zones` are others in which
    /// they may be as well.
    #[must_use]
    pub const fn new(hours: Hours, zones: Vec<TimeZone>) -> Self {
        Self { hours, zones }
    }

    /// The zone of a name as people's programs tell it; none where it is no name of the IANA
    /// database.
    #[must_use]
    pub fn zone(name: &str) -> Option<TimeZone> {
        TimeZone::get(name.trim()).ok()
    }

    /// Whether there is such a moment for somebody whose zone is not known.
    #[must_use]
    pub fn ever_is(&self) -> bool {
        self.next(None, Timestamp::UNIX_EPOCH).is_some()
    }

    /// The first moment from `now` on at which somebody may be told something: `now` itself
    /// where it is one. Whose zone is not known is told only while it is time in all zones
    /// in which they may be; `None` where it never is.
    #[must_use]
    pub fn next(&self, zone: Option<TimeZone>, now: Timestamp) -> Option<Timestamp> {
        let candidates: Vec<Hours> = match zone {
            Some(zone) => vec![self.hours.in_zone(zone)],
            None => {
                let others = self.zones.iter().map(|zone| self.hours.in_zone(zone.clone()));
                std::iter::once(self.hours.clone()).chain(others).collect()
            }
        };
        next_in_all(&candidates, now)
    }
}

/// The first moment from `now` on that falls into all of these hours; `None` where none does.
pub(crate) fn next_in_all(all: &[Hours], now: Timestamp) -> Option<Timestamp> {
    let mut at = now;
    for _ in 0..ROUNDS {
        let opens = all.iter().map(|hours| hours.next_open(at));
        let latest = opens.collect::<Option<Vec<_>>>()?.into_iter().max()?;
        if latest == at {
            return Some(at);
        }
        at = latest;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grammar::hours;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a timestamp written in this test")
    }

    fn zone(name: &str) -> TimeZone {
        TimeZone::get(name).expect("a zone")
    }

    fn waking(zones: &[&str]) -> Waking {
        let hours = hours("Mon-Sun 08:00-21:00 Europe/Berlin").expect("hours");
        Waking::new(hours, zones.iter().map(|name| zone(name)).collect())
    }

    #[test]
    fn everybody_is_told_by_their_own_clock() {
        // 22:30 in Berlin, 16:30 in New York, 05:30 of the next day in Tokyo.
        let now = at("2026-07-15T20:30:00Z");
        let waking = waking(&[]);
        assert_eq!(waking.next(Some(zone("America/New_York")), now), Some(now));
        assert_eq!(
            waking.next(Some(zone("Asia/Tokyo")), now),
            Some(at("2026-07-15T23:00:00Z"))
        );
        assert_eq!(waking.next(None, now), Some(at("2026-07-16T06:00:00Z")));
    }

    #[test]
    fn whose_zone_is_not_known_is_told_while_it_is_time_everywhere() {
        // Waking in New York from 12:00 UTC, in Berlin until 19:00 UTC.
        let waking = waking(&["America/New_York"]);
        assert_eq!(
            waking.next(None, at("2026-07-15T07:00:00Z")),
            Some(at("2026-07-15T12:00:00Z"))
        );
        assert_eq!(
            waking.next(None, at("2026-07-15T19:00:00Z")),
            Some(at("2026-07-16T12:00:00Z"))
        );
    }

    #[test]
    fn zones_that_never_agree_are_found_out() {
        let hours = hours("Mon-Sun 09:00-10:00 Europe/Berlin").expect("hours");
        let waking = Waking::new(hours, vec![zone("America/New_York")]);
        assert_eq!(waking.next(None, at("2026-07-15T07:00:00Z")), None);
        assert!(!waking.ever_is());
    }
}
