//! Durations: `90s`, `15min`, `5d`, `2w`, `1h30min`. Whole numbers with a unit, the larger
//! unit first. A day has 24 hours and a week seven days; months and years are not lengths.

use std::time::Duration;

use super::{GrammarError, number};

/// Units and their milliseconds, the largest first.
const UNITS: [(&str, u64); 6] = [
    ("w", 604_800_000),
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("min", 60_000),
    ("s", 1000),
    ("ms", 1),
];

/// A hundred years. What is longer is a slip, and would leave the range of timestamps.
const LONGEST_MS: u64 = 36_500 * 86_400_000;

/// Reads a duration.
///
/// # Errors
/// [`GrammarError::Duration`] where the text is anything else, or more than 36,500 days.
pub fn duration(text: &str) -> Result<Duration, GrammarError> {
    let wrong = |help: &str| GrammarError::Duration {
        text: text.into(),
        help: help.into(),
    };
    let mut rest = text.trim();
    let mut total_ms: u64 = 0;
    let mut smaller_than = u64::MAX;
    if rest.is_empty() {
        return Err(wrong(
            "write a whole number and a unit, such as \"90s\", \"15min\", \"5d\"",
        ));
    }
    while !rest.is_empty() {
        let (count, after) = number(rest).ok_or_else(|| {
            wrong("write a whole number and a unit, such as \"90s\", \"15min\", \"5d\" or \"1h30min\"")
        })?;
        if after.starts_with(['.', ',']) {
            return Err(wrong(
                "write whole numbers, such as \"1h30min\" in place of one and a half hours",
            ));
        }
        let after = after.trim_start();
        let end = after.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(after.len());
        let (unit, after) = after.split_at(end);
        let ms = unit_ms(unit).ok_or_else(|| wrong(&unknown_unit(count, unit)))?;
        if ms >= smaller_than {
            return Err(wrong("write each unit once, the larger one first, such as \"1h30min\""));
        }
        smaller_than = ms;
        total_ms = count
            .checked_mul(ms)
            .and_then(|part| total_ms.checked_add(part))
            .filter(|total| *total <= LONGEST_MS)
            .ok_or_else(|| wrong("it is too long; write a shorter one, such as \"2w\""))?;
        rest = after.trim_start();
    }
    Ok(Duration::from_millis(total_ms))
}

/// Writes a duration as [`duration`] reads it. Anything below a millisecond is cut.
#[must_use]
pub fn duration_text(duration: Duration) -> String {
    let mut left = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    if left == 0 {
        return "0s".into();
    }
    // Whole days stay days: people write "7d" for a window and "1w" would surprise them.
    let units = if left.is_multiple_of(86_400_000) {
        &UNITS[1..2]
    } else {
        &UNITS[1..]
    };
    let mut text = String::new();
    for (unit, ms) in units {
        let count = left / ms;
        if count > 0 {
            text.push_str(&format!("{count}{unit}"));
            left %= ms;
        }
    }
    text
}

/// The milliseconds of a unit.
pub(super) fn unit_ms(unit: &str) -> Option<u64> {
    UNITS.iter().find(|(name, _)| *name == unit).map(|(_, ms)| *ms)
}

fn unknown_unit(count: u64, unit: &str) -> String {
    match unit {
        "" => format!("add a unit, such as \"{count}s\" or \"{count}d\""),
        "m" => format!("'m' could be minutes or months; write \"{count}min\""),
        "M" | "mo" | "month" | "months" | "y" | "year" | "years" => {
            "months and years differ in length; write days, such as \"30d\"".into()
        }
        _ => "the units are ms, s, min, h, d and w, such as \"90s\", \"15min\", \"5d\"".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Duration, duration, duration_text};

    #[test]
    fn durations_are_whole_numbers_with_units() {
        for (text, ms) in [
            ("0s", 0),
            ("250ms", 250),
            ("90s", 90_000),
            ("15min", 900_000),
            ("1h30min", 5_400_000),
            ("5d", 432_000_000),
            ("2w", 1_209_600_000),
            ("1h 30 min", 5_400_000),
            (" 1d2h3min4s5ms ", 93_784_005),
        ] {
            assert_eq!(duration(text), Ok(Duration::from_millis(ms)), "{text}");
        }
    }

    #[test]
    fn what_is_no_duration_is_told_what_would_be_right() {
        for (text, help) in [
            ("", "whole number and a unit"),
            ("d", "whole number and a unit"),
            ("-5d", "whole number and a unit"),
            ("1.5h", "whole numbers"),
            ("5", "\"5s\" or \"5d\""),
            ("15m", "\"15min\""),
            ("6months", "write days"),
            ("5 dd", "the units are"),
            ("5min1h", "larger one first"),
            ("1h1h", "each unit once"),
            ("99999999999999999999d", "whole number"),
            ("99999999999999999d", "too long"),
            ("36501d", "too long"),
        ] {
            let error = duration(text).expect_err(text);
            assert!(error.to_string().contains("is not a duration"), "{error}");
            assert!(error.help().contains(help), "{text}: {}", error.help());
        }
    }

    #[test]
    fn a_shown_duration_parses_back() {
        for ms in [
            0,
            1,
            999,
            1000,
            59_999,
            60_000,
            86_400_000,
            86_399_999,
            604_800_000,
            93_784_005,
            super::LONGEST_MS,
        ] {
            let shown = duration_text(Duration::from_millis(ms));
            assert_eq!(duration(&shown), Ok(Duration::from_millis(ms)), "{shown}");
        }
        assert_eq!(duration_text(Duration::from_secs(7 * 86_400)), "7d");
        assert_eq!(duration_text(Duration::from_secs(5_400)), "1h30min");
    }
}
