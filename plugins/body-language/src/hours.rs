//! When offices are open, where the operator says so.

use jiff::Timestamp;
use jiff::civil::Weekday;
use jiff::tz::TimeZone;

use crate::config::OfficeHours;

/// Hours on working days, in their zone.
pub(crate) struct Hours {
    zone: TimeZone,
    from: u8,
    to: u8,
}

impl Hours {
    /// What is wrong with it by key, where something is.
    pub(crate) fn of(written: &OfficeHours) -> Result<Self, (&'static str, String)> {
        let OfficeHours { zone, from, to } = written;
        if from >= to || *to > 24 {
            let message = format!("offices that open at {from} close later that day, at 24 at the latest, not at {to}");
            return Err(("to", message));
        }
        let known = TimeZone::get(zone).map_err(|_| {
            (
                "zone",
                format!("there is no time zone '{zone}'; write one such as 'Europe/Berlin' or 'UTC'"),
            )
        })?;
        Ok(Self {
            zone: known,
            from: *from,
            to: *to,
        })
    }

    /// Whether offices are open at this moment, in milliseconds since 1970. So they are at
    /// moments that no calendar has.
    pub(crate) fn are_at(&self, millis: u64) -> bool {
        let moment = i64::try_from(millis)
            .ok()
            .and_then(|at| Timestamp::from_millisecond(at).ok());
        moment.is_none_or(|moment| {
            let local = self.zone.to_datetime(moment);
            let weekend = matches!(local.weekday(), Weekday::Saturday | Weekday::Sunday);
            !weekend && (self.from..self.to).contains(&local.hour().unsigned_abs())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(zone: &str, from: u8, to: u8) -> Result<Hours, (&'static str, String)> {
        let zone = zone.to_owned();
        Hours::of(&OfficeHours { zone, from, to })
    }

    #[test]
    fn offices_are_open_on_working_days_by_their_own_clock() {
        let berlin = hours("Europe/Berlin", 8, 18).ok().unwrap();
        for (moment, open) in [
            ("2026-11-23T07:30:00Z", true),
            ("2026-11-23T06:59:59Z", false),
            ("2026-11-23T17:00:00Z", false),
            // In summer the clock is an hour further.
            ("2026-07-20T06:00:00Z", true),
            ("2026-11-22T10:00:00Z", false),
        ] {
            let at: Timestamp = moment.parse().unwrap();
            assert_eq!(berlin.are_at(at.as_millisecond() as u64), open, "{moment}");
        }
        assert!(berlin.are_at(u64::MAX) && berlin.are_at((1 << 48) - 1));
    }

    #[test]
    fn a_zone_that_there_is_not_and_hours_that_are_none_are_refused_by_name() {
        assert_eq!(hours("Europe/Berln", 8, 18).err().unwrap().0, "zone");
        for (from, to) in [(18, 8), (8, 8), (8, 25)] {
            assert_eq!(hours("UTC", from, to).err().unwrap().0, "to");
        }
    }
}
