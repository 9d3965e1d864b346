//! Moments and spans for people.

use std::time::Duration;

use hearken_model::Instant;

/// `2026-03-01 09:30:00Z`.
pub(crate) fn day_and_time(at: Instant) -> String {
    at.timestamp().strftime("%Y-%m-%d %H:%M:%SZ").to_string()
}

/// A span in its largest whole unit: `45 s`, `12 min`, `3 h`, `9 d`.
pub(crate) fn span(duration: Duration) -> String {
    match duration.as_secs() {
        s @ 0..120 => format!("{s} s"),
        s @ 120..7_200 => format!("{} min", s / 60),
        s @ 7_200..172_800 => format!("{} h", s / 3_600),
        s => format!("{} d", s / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_told_in_its_largest_whole_unit() {
        let said = [0, 119, 120, 7_199, 7_200, 172_800].map(|s| span(Duration::from_secs(s)));
        assert_eq!(said, ["0 s", "119 s", "2 min", "119 min", "2 h", "2 d"]);
    }

    #[test]
    fn a_moment_is_told_in_utc() {
        assert_eq!(day_and_time(Instant(1_000)), "1970-01-01 00:00:01Z");
    }
}
