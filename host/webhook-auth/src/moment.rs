//! When a request was signed.

use crate::{Refused, Timestamp, Unit};

/// Milliseconds since 1970 of a timestamp as written; none where it is not written so.
pub(crate) fn millis(text: &str, unit: Unit) -> Option<i64> {
    let number = || {
        // Digits only: a sign or a blank would be another text for the same time.
        let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| text.parse::<i64>().ok()).flatten()
    };
    match unit {
        Unit::S => number()?.checked_mul(1000),
        Unit::Ms => number(),
        Unit::Rfc3339 => text
            .parse::<jiff::Timestamp>()
            .ok()
            .map(jiff::Timestamp::as_millisecond),
    }
}

/// Until when a request may come that was signed at `at_ms`.
///
/// # Errors
/// [`Refused::Stale`] where `now_ms` is further from it than the tolerance.
pub(crate) fn until(timestamp: &Timestamp, at_ms: i64, now_ms: i64) -> Result<i64, Refused> {
    let tolerance_ms = i64::try_from(timestamp.tolerance_s.saturating_mul(1000)).unwrap_or(i64::MAX);
    let age_ms = now_ms.saturating_sub(at_ms);
    if age_ms.unsigned_abs() > tolerance_ms.unsigned_abs() {
        return Err(Refused::Stale {
            age_s: age_ms / 1000,
            tolerance_s: timestamp.tolerance_s,
        });
    }
    Ok(at_ms.saturating_add(tolerance_ms))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Place, PlaceKind};

    #[test]
    fn times_are_read_in_their_unit() {
        assert_eq!(millis("1531420618", Unit::S), Some(1_531_420_618_000));
        assert_eq!(millis("1531420618123", Unit::Ms), Some(1_531_420_618_123));
        let at = "2018-07-12T18:36:58.5Z";
        assert_eq!(millis(at, Unit::Rfc3339), Some(1_531_420_618_500));
        for bad in [
            "",
            "-1",
            "+1",
            " 1",
            "1.5",
            "1e3",
            "99999999999999999999",
            "9223372036854775807",
        ] {
            assert_eq!(millis(bad, Unit::S), None, "{bad}");
        }
        assert_eq!(millis("yesterday", Unit::Rfc3339), None);
    }

    #[test]
    fn what_is_further_away_than_tolerated_is_stale_in_both_directions() {
        let timestamp = Timestamp {
            at: Place::named(PlaceKind::Header, "x-at"),
            unit: Unit::S,
            tolerance_s: 300,
        };
        let stale = |age_s| {
            Err(Refused::Stale {
                age_s,
                tolerance_s: 300,
            })
        };
        assert_eq!(until(&timestamp, 1_000_000, 1_300_000), Ok(1_300_000));
        assert_eq!(until(&timestamp, 1_000_000, 1_301_000), stale(301));
        assert_eq!(until(&timestamp, 1_000_000, 700_000), Ok(1_300_000));
        assert_eq!(until(&timestamp, 1_000_000, 699_000), stale(-301));
        assert!(until(&timestamp, i64::MAX, i64::MIN).is_err());
    }
}
