//! Business hours: `Mon-Fri 09:00-17:30 Europe/Berlin`, several ranges separated by commas
//! (`Mon-Thu 09:00-17:00, Fri 09:00-13:00 Europe/Berlin`), or `always`.
//!
//! Ranges are read by the wall clock of their zone, so they stay where they are when the
//! clocks change. A range ends on the day on which it begins: what `Fri 22:00-06:00` means
//! on a Saturday is a question that everybody answers differently, so it is refused.

use std::{fmt, time::Duration};

use jiff::{SignedDuration, Timestamp, ToSpan, civil, tz::TimeZone};

use super::GrammarError;

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
/// How many openings are counted at most: some years of working days.
const MOST_OPENINGS: usize = 1000;
const MINUTES_A_DAY: u16 = 24 * 60;
const EXAMPLE: &str = "write days, hours and a zone, such as \"Mon-Fri 09:00-17:30 Europe/Berlin\", or \"always\"";

/// When a team takes hand-overs.
#[derive(Clone, Debug, PartialEq)]
pub struct Hours(Kind);

#[derive(Clone, Debug, PartialEq)]
enum Kind {
    Always,
    Weekly {
        ranges: Vec<Range>,
        zone: TimeZone,
        zone_name: String,
    },
}

/// From `opens` to `closes` (minutes of the day, the second one excluded) on the days from
/// `first` to `last` (0 is Monday), over the weekend where `last` comes before `first`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Range {
    first: u8,
    last: u8,
    opens: u16,
    closes: u16,
}

impl Hours {
    /// Open at all times.
    #[must_use]
    pub const fn always() -> Self {
        Self(Kind::Always)
    }

    /// The same by the wall clock of another zone.
    #[must_use]
    pub fn in_zone(&self, zone: TimeZone) -> Self {
        match &self.0 {
            Kind::Always => Self::always(),
            Kind::Weekly { ranges, zone_name, .. } => Self(Kind::Weekly {
                ranges: ranges.clone(),
                zone_name: zone.iana_name().unwrap_or(zone_name).to_owned(),
                zone,
            }),
        }
    }

    /// Whether `now` falls into one of the ranges.
    #[must_use]
    pub fn is_open(&self, now: Timestamp) -> bool {
        match &self.0 {
            Kind::Always => true,
            Kind::Weekly { ranges, zone, .. } => {
                let local = zone.to_datetime(now);
                ranges.iter().any(|r| r.covers(local))
            }
        }
    }

    /// The first moment from `now` on that falls into one of the ranges: `now` itself where
    /// it does. `None` only at the end of representable time.
    #[must_use]
    pub fn next_open(&self, now: Timestamp) -> Option<Timestamp> {
        let Kind::Weekly { ranges, zone, .. } = &self.0 else {
            return Some(now);
        };
        if self.is_open(now) {
            return Some(now);
        }
        let today = zone.to_datetime(now).date();
        // Two weeks, because a range may lie in the hour that a change of the clocks skips.
        (0..=14_i64)
            .filter_map(|days| today.checked_add(days.days()).ok())
            .flat_map(|date| ranges.iter().filter_map(move |r| r.opening(date)))
            .filter_map(|opening| Some(opening.to_zoned(zone.clone()).ok()?.timestamp()))
            .filter(|opening| *opening > now && self.is_open(*opening))
            .min()
    }

    /// When `within` of these hours has passed from `now` on. `None` where that is too far
    /// off to be counted: after some thousand openings, or the end of representable time.
    #[must_use]
    pub fn after(&self, now: Timestamp, within: Duration) -> Option<Timestamp> {
        let (mut from, mut left) = (now, SignedDuration::try_from(within).ok()?);
        for _ in 0..MOST_OPENINGS {
            from = self.next_open(from)?;
            // It closes after it opens, but in the hour that comes twice when the clocks go back.
            let closes = self.closing(from).filter(|closes| *closes > from);
            let Some(closes) = closes.filter(|closes| closes.duration_since(from) < left) else {
                return from.checked_add(left).ok();
            };
            let open = closes.duration_since(from);
            left -= open;
            from = closes;
        }
        None
    }

    /// When the range closes into which `now` falls, the latest of several; `None` where
    /// nothing ever does.
    fn closing(&self, now: Timestamp) -> Option<Timestamp> {
        let Kind::Weekly { ranges, zone, .. } = &self.0 else {
            return None;
        };
        let local = zone.to_datetime(now);
        let closes = ranges.iter().filter(|r| r.covers(local)).map(|r| r.closes).max()?;
        let midnight = local.date().to_datetime(civil::Time::midnight());
        let closing = midnight.checked_add(i64::from(closes).minutes()).ok()?;
        Some(closing.to_zoned(zone.clone()).ok()?.timestamp())
    }
}

impl Range {
    const fn on(self, day: u8) -> bool {
        if self.first <= self.last {
            self.first <= day && day <= self.last
        } else {
            day >= self.first || day <= self.last
        }
    }

    fn covers(self, local: civil::DateTime) -> bool {
        let minute = u16::from(local.hour().unsigned_abs()) * 60 + u16::from(local.minute().unsigned_abs());
        self.on(weekday(local.date())) && self.opens <= minute && minute < self.closes
    }

    fn opening(self, date: civil::Date) -> Option<civil::DateTime> {
        let (hour, minute) = (i8::try_from(self.opens / 60).ok()?, i8::try_from(self.opens % 60).ok()?);
        self.on(weekday(date)).then(|| date.at(hour, minute, 0, 0))
    }
}

/// Monday is 0.
fn weekday(date: civil::Date) -> u8 {
    date.weekday().to_monday_zero_offset().unsigned_abs()
}

/// Reads business hours.
///
/// # Errors
/// [`GrammarError::Hours`] where the text is anything else, or the zone is not in the IANA
/// database.
pub fn hours(text: &str) -> Result<Hours, GrammarError> {
    let wrong = |help: String| GrammarError::Hours {
        text: text.into(),
        help,
    };
    let trimmed = text.trim();
    if trimmed == "always" {
        return Ok(Hours::always());
    }
    let (written, zone_name) = trimmed
        .rsplit_once(char::is_whitespace)
        .ok_or_else(|| wrong(EXAMPLE.into()))?;
    if zone_name.contains(':') {
        return Err(wrong(format!("add the zone, such as \"{trimmed} Europe/Berlin\"")));
    }
    let zone = TimeZone::get(zone_name).map_err(|_| {
        let zone_name = crate::quote(zone_name);
        wrong(format!(
            "'{zone_name}' is not a zone of the IANA database; write one such as \"Europe/Berlin\" or \"UTC\""
        ))
    })?;
    // The database's own spelling, whatever the case in which it was written.
    let zone_name = zone.iana_name().unwrap_or(zone_name).to_owned();
    let ranges = written
        .split(',')
        .map(|r| range(r.trim()))
        .collect::<Result<_, _>>()
        .map_err(wrong)?;
    Ok(Hours(Kind::Weekly {
        ranges,
        zone,
        zone_name,
    }))
}

fn range(text: &str) -> Result<Range, String> {
    let (days, times) = text.split_once(char::is_whitespace).ok_or_else(|| {
        let text = crate::quote(text);
        format!("'{text}' needs days and hours, such as \"Mon-Fri 09:00-17:30\"")
    })?;
    let (first, last) = days.split_once('-').unwrap_or((days, days));
    let (first, last) = (day(first)?, day(last)?);
    let (opens, closes) = times
        .trim()
        .split_once('-')
        .ok_or_else(|| "write from and to, such as \"09:00-17:30\"".to_owned())?;
    let (opens, closes) = (time(opens.trim())?, time(closes.trim())?);
    let range = Range {
        first,
        last,
        opens,
        closes,
    };
    if opens < closes {
        return Ok(range);
    }
    if opens == closes {
        return Err("the hours end when they begin; for whole days write \"00:00-24:00\"".into());
    }
    Err(over_midnight(range))
}

fn over_midnight(range: Range) -> String {
    let evening = Range {
        closes: MINUTES_A_DAY,
        ..range
    };
    if range.closes == 0 {
        return format!("midnight at the end of a day is 24:00; write \"{evening}\"");
    }
    let next = |day: u8| (day + 1) % 7;
    let morning = Range {
        first: next(range.first),
        last: next(range.last),
        opens: 0,
        closes: range.closes,
    };
    format!("a range ends on the day on which it begins; write \"{evening}, {morning}\"")
}

fn day(text: &str) -> Result<u8, String> {
    DAYS.iter()
        .zip(0_u8..)
        .find(|(name, _)| name.eq_ignore_ascii_case(text.trim()))
        .map(|(_, number)| number)
        .ok_or_else(|| {
            let text = crate::quote(text);
            format!("'{text}' is not a day; the days are Mon, Tue, Wed, Thu, Fri, Sat and Sun")
        })
}

/// Minutes since midnight of `HH:MM`, up to 24:00.
fn time(text: &str) -> Result<u16, String> {
    let digits = |part: &str| {
        let right = part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
        part.parse::<u16>().ok().filter(|_| right)
    };
    text.split_once(':')
        .and_then(|(hour, minute)| Some((digits(hour)?, digits(minute)?)))
        .filter(|(hour, minute)| (*hour < 24 && *minute < 60) || (*hour, *minute) == (24, 0))
        .map(|(hour, minute)| hour * 60 + minute)
        .ok_or_else(|| format!("'{}' is not a time from 00:00 to 24:00", crate::quote(text)))
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Kind::Weekly { ranges, zone_name, .. } = &self.0 else {
            return f.write_str("always");
        };
        for (n, range) in ranges.iter().enumerate() {
            if n > 0 {
                f.write_str(", ")?;
            }
            write!(f, "{range}")?;
        }
        write!(f, " {zone_name}")
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |day: u8| DAYS.get(usize::from(day)).copied().unwrap_or("?");
        f.write_str(name(self.first))?;
        if self.first != self.last {
            write!(f, "-{}", name(self.last))?;
        }
        let (opens, closes) = (self.opens, self.closes);
        write!(
            f,
            " {:02}:{:02}-{:02}:{:02}",
            opens / 60,
            opens % 60,
            closes / 60,
            closes % 60
        )
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::hours;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a timestamp written in this test")
    }

    #[test]
    fn hours_follow_the_wall_clock_of_their_zone() {
        let berlin = hours("Mon-Fri 09:00-17:30 Europe/Berlin").unwrap();
        // A Wednesday in winter (UTC+1) and one in summer (UTC+2).
        assert!(!berlin.is_open(at("2026-01-14T07:59:59Z")));
        assert!(berlin.is_open(at("2026-01-14T08:00:00Z")));
        assert!(berlin.is_open(at("2026-07-15T07:00:00Z")));
        assert!(!berlin.is_open(at("2026-07-15T15:30:00Z")));
        assert!(!berlin.is_open(at("2026-07-18T10:00:00Z")), "a Saturday");
        assert!(hours("always").unwrap().is_open(at("2026-07-18T03:00:00Z")));
    }

    #[test]
    fn time_is_counted_while_it_is_open() {
        let berlin = hours("Mon-Fri 09:00-17:30 Europe/Berlin").unwrap();
        let hours_of = |n: u64| std::time::Duration::from_secs(n * 3600);
        for (from, within, expected) in [
            // A Wednesday in summer (UTC+2): within the day, to its very end, and over night.
            ("2026-07-15T08:00:00Z", 4, "2026-07-15T12:00:00Z"),
            ("2026-07-15T11:30:00Z", 4, "2026-07-15T15:30:00Z"),
            ("2026-07-15T14:30:00Z", 4, "2026-07-16T10:00:00Z"),
            // From before it opens, over a weekend, and over several days.
            ("2026-07-15T01:00:00Z", 1, "2026-07-15T08:00:00Z"),
            ("2026-07-17T15:00:00Z", 1, "2026-07-20T07:30:00Z"),
            ("2026-07-15T07:00:00Z", 34, "2026-07-20T15:30:00Z"),
        ] {
            assert_eq!(berlin.after(at(from), hours_of(within)), Some(at(expected)), "{from}");
        }
        let now = at("2026-07-18T03:00:00Z");
        assert_eq!(
            hours("always").unwrap().after(now, hours_of(4)),
            Some(at("2026-07-18T07:00:00Z"))
        );
        let seldom = hours("Mon 09:00-09:01 UTC").unwrap();
        assert_eq!(seldom.after(now, hours_of(100)), None, "nineteen years hence or more");
    }

    #[test]
    fn the_next_opening_is_found_over_weekends_and_changes_of_the_clocks() {
        let berlin = hours("Mon-Fri 09:00-17:30 Europe/Berlin").unwrap();
        let now = at("2026-07-15T10:00:00Z");
        assert_eq!(berlin.next_open(now), Some(now));
        assert_eq!(
            berlin.next_open(at("2026-07-17T15:30:00Z")),
            Some(at("2026-07-20T07:00:00Z"))
        );
        // The clocks go forward on 2026-03-29.
        assert_eq!(
            berlin.next_open(at("2026-03-27T17:00:00Z")),
            Some(at("2026-03-30T07:00:00Z"))
        );
        // 02:15 does not exist on that Sunday, so the Sunday after it is the next.
        let night = hours("Sun 02:15-02:45 Europe/Berlin").unwrap();
        assert_eq!(
            night.next_open(at("2026-03-28T12:00:00Z")),
            Some(at("2026-04-05T00:15:00Z"))
        );
    }

    #[test]
    fn shown_hours_parse_back() {
        for text in [
            "always",
            "Mon-Fri 09:00-17:30 Europe/Berlin",
            "Mon-Thu 09:00-12:00, Mon-Thu 13:00-17:00, Fri 09:00-13:00 America/New_York",
            "Sat-Mon 00:00-24:00 UTC",
        ] {
            let read = hours(text).unwrap();
            assert_eq!(read.to_string(), text);
            assert_eq!(hours(&read.to_string()), Ok(read));
        }
        assert_eq!(
            hours("mon-FRI 09:00-17:30,sat  10:00-12:00   europe/berlin")
                .unwrap()
                .to_string(),
            "Mon-Fri 09:00-17:30, Sat 10:00-12:00 Europe/Berlin"
        );
    }

    #[test]
    fn what_are_no_hours_is_told_what_would_be_right() {
        for (text, help) in [
            ("", "\"Mon-Fri 09:00-17:30 Europe/Berlin\""),
            ("never", "\"always\""),
            ("Mon-Fri 09:00-17:30", "add the zone"),
            ("Mon-Fri 09:00-17:30 Europe/Berlln", "IANA"),
            ("Mo-Fr 09:00-17:30 UTC", "'Mo' is not a day"),
            ("09:00-17:30 UTC", "needs days and hours"),
            ("Mon 9:00-17:30 UTC", "'9:00' is not a time"),
            ("Mon 09:00-24:01 UTC", "'24:01' is not a time"),
            ("Mon 09:00 UTC", "from and to"),
            ("Mon 09:00-09:00 UTC", "\"00:00-24:00\""),
            (
                "Mon-Fri 22:00-06:00 UTC",
                "\"Mon-Fri 22:00-24:00, Tue-Sat 00:00-06:00\"",
            ),
            ("Sun 22:00-00:00 UTC", "\"Sun 22:00-24:00\""),
        ] {
            let error = hours(text).expect_err(text);
            assert!(error.help().contains(help), "{text}: {}", error.help());
        }
    }
}
