//! Moments.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// A moment: milliseconds since 1970-01-01T00:00:00Z. Plugins have no clock; every moment
/// comes with an item or as an argument.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Instant(u64);

impl Instant {
    /// From milliseconds since 1970.
    #[must_use]
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis)
    }

    /// From seconds since 1970, with a fraction. Nothing for what is negative, not a
    /// number, or beyond the year 9999.
    #[must_use]
    pub fn from_secs(secs: f64) -> Option<Self> {
        const YEAR_10000: f64 = 253_402_300_800.0;
        ((0.0..YEAR_10000).contains(&secs)).then(|| Self((secs * 1000.0).round() as u64))
    }

    /// Reads an RFC 3339 timestamp, with any offset, such as `2026-11-22T08:00:00.120Z` or
    /// `2026-11-22 09:00:00+01:00`. Nothing for any other text, and for what lies before
    /// 1970.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let timestamp: jiff::Timestamp = text.trim().parse().ok()?;
        u64::try_from(timestamp.as_millisecond()).ok().map(Self)
    }

    /// Milliseconds since 1970.
    #[must_use]
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// How long after `earlier` this is; zero where it is not after.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }

    /// Later by `duration`.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(millis(duration)))
    }

    /// Earlier by `duration`; 1970 where that would be before it.
    #[must_use]
    pub fn minus(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(millis(duration)))
    }
}

/// As RFC 3339 in UTC, with milliseconds where there are any.
impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match i64::try_from(self.0)
            .ok()
            .and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok())
        {
            Some(timestamp) => timestamp.fmt(f),
            None => write!(f, "{} ms", self.0),
        }
    }
}

/// The wire's durations are whole milliseconds; what does not fit is as long as can be.
pub(crate) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timestamp_is_read_with_its_offset_and_written_in_utc() {
        let at = Instant::parse("2026-11-22T09:00:00.120+01:00").unwrap();
        assert_eq!(at.to_string(), "2026-11-22T08:00:00.12Z");
        assert_eq!(Instant::parse(&at.to_string()), Some(at));
    }

    #[test]
    fn what_is_no_moment_since_1970_is_nothing() {
        for text in [
            "",
            "yesterday",
            "2026-13-01T00:00:00Z",
            "1969-12-31T23:59:59Z",
            "1700000000",
        ] {
            assert_eq!(Instant::parse(text), None, "{text}");
        }
        for secs in [-1.0, f64::NAN, f64::INFINITY, 1e18] {
            assert_eq!(Instant::from_secs(secs), None, "{secs}");
        }
        assert_eq!(Instant::from_secs(1.5), Some(Instant::from_millis(1500)));
    }
}
