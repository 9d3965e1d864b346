//! When the other side wants to be asked again (RFC 9110, 10.2.3).

use std::time::{Duration, SystemTime};

/// Nobody is asked again sooner, and nobody keeps us away for longer.
const SHORTEST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(3600);

/// Reads `Retry-After`: seconds, or a date. None for what is neither.
pub(crate) fn read(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    let wait = match value.parse::<u64>() {
        Ok(seconds) => Duration::from_secs(seconds),
        // A number that fits nowhere is a long time.
        Err(_) if !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit()) => LONGEST,
        Err(_) => httpdate::parse_http_date(value)
            .ok()?
            .duration_since(now)
            .unwrap_or_default(),
    };
    Some(wait.clamp(SHORTEST, LONGEST))
}

/// How long to wait after an answer; none where it asks for nothing.
pub(crate) fn wanted(status: u16, value: Option<&str>, now: SystemTime) -> Option<Duration> {
    match status {
        429 => Some(value.and_then(|value| read(value, now)).unwrap_or(SHORTEST)),
        503 => value.and_then(|value| read(value, now)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_and_dates_are_understood_and_clamped() {
        let now = httpdate::parse_http_date("Wed, 21 Oct 2026 07:28:00 GMT").unwrap();
        for (value, seconds) in [
            ("120", Some(120)),
            (" 5 ", Some(5)),
            ("0", Some(1)),
            ("99999999", Some(3600)),
            ("99999999999999999999999", Some(3600)),
            ("Wed, 21 Oct 2026 07:30:00 GMT", Some(120)),
            ("Wed, 21 Oct 2020 07:28:00 GMT", Some(1)),
            ("Wed, 21 Oct 2099 07:28:00 GMT", Some(3600)),
            ("-1", None),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(read(value, now), seconds.map(Duration::from_secs), "{value:?}");
        }
        assert_eq!(wanted(429, None, now), Some(SHORTEST));
        assert_eq!(wanted(503, None, now), None);
        assert_eq!(wanted(200, Some("9"), now), None);
    }
}
