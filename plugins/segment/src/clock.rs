//! When it happened, on our clock.
//!
//! A message carries what its device's clock said when it happened and when it was sent.
//! A clock that is wrong is wrong in both, so their difference is right: it happened that
//! long before we received it. This is the rule of the specification,
//! `timestamp = receivedAt - (sentAt - originalTimestamp)`.

use std::time::Duration;

use hearken_sdk::Instant;
use hearken_sdk::json::Value;

use crate::fields::{Fields, number, text};

/// 2000-01-01T00:00:00Z. Nothing that these SDKs report is older; a clock that was never
/// set says 1970.
const OLDEST: Instant = Instant::from_millis(946_684_800_000);

/// How far ahead of ours a time may be, for clocks that run fast where no `sentAt` tells.
const AHEAD: Duration = Duration::from_secs(60 * 60);

/// When something happened, as well as can be known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct When {
    /// On our clock.
    pub(crate) at: Instant,
    /// What the message says, where it cannot be true and the time of receipt stands in.
    pub(crate) disbelieved: Option<String>,
}

/// Reads the times of a message that was received at `received`, perhaps in a batch that
/// was sent at `batch_sent`.
pub(crate) fn when(message: &Fields, batch_sent: Option<&Value>, received: Instant) -> When {
    let field = |name| message.get(name).filter(|value| !value.is_null());
    // What has passed another collector was put right by it already, and its `sentAt` is no
    // longer the moment at which it was sent to us.
    let corrected = field("receivedAt").and(field("timestamp"));
    let original = field("originalTimestamp").or(field("timestamp"));
    let Some(written) = corrected.or(original) else {
        return When {
            at: received,
            disbelieved: None,
        };
    };
    let sent = if corrected.is_some() {
        None
    } else {
        field("sentAt").or(batch_sent).and_then(instant)
    };
    let at = instant(written).and_then(|said| match sent {
        Some(sent) => shifted(said, sent, received),
        None => Some(said),
    });
    match at {
        Some(at) if at >= OLDEST && at <= received.plus(AHEAD) => When { at, disbelieved: None },
        _ => When {
            at: received,
            disbelieved: Some(text(written).unwrap_or_else(|| written.to_string())),
        },
    }
}

/// `received - (sent - said)`; nothing where that lies before 1970.
fn shifted(said: Instant, sent: Instant, received: Instant) -> Option<Instant> {
    let [said, sent, received] = [said, sent, received].map(Instant::as_millis);
    received.checked_add(said)?.checked_sub(sent).map(Instant::from_millis)
}

/// RFC 3339, the same without a zone (then UTC) or without a time, or seconds or
/// milliseconds since 1970.
fn instant(value: &Value) -> Option<Instant> {
    /// More seconds than until the year 5000, and as milliseconds the year 1973.
    const MILLIS: f64 = 1e11;
    if let Some(since_1970) = number(value) {
        return Instant::from_secs(if since_1970 >= MILLIS {
            since_1970 / 1000.0
        } else {
            since_1970
        });
    }
    let text = text(value)?;
    Instant::parse(&text)
        .or_else(|| Instant::parse(&format!("{text}Z")))
        .or_else(|| Instant::parse(&format!("{text}T00:00:00Z")))
}

#[cfg(test)]
mod tests {
    use hearken_sdk::json::json;

    use super::*;

    fn at(text: &str) -> Instant {
        Instant::parse(text).unwrap()
    }

    fn read(message: Value, batch_sent: Option<Value>) -> When {
        when(
            message.as_object().unwrap(),
            batch_sent.as_ref(),
            at("2026-11-22T08:00:00Z"),
        )
    }

    #[test]
    fn a_clock_that_is_an_hour_slow_is_put_right() {
        let message = json!({"timestamp": "2026-11-22T06:59:00Z", "sentAt": "2026-11-22T07:00:00Z"});
        assert_eq!(
            read(message, None),
            When {
                at: at("2026-11-22T07:59:00Z"),
                disbelieved: None
            }
        );
    }

    #[test]
    fn a_clock_in_1970_or_2090_is_put_right_where_it_says_when_it_sent() {
        for year in ["1970", "2090"] {
            let message = json!({"originalTimestamp": format!("{year}-01-01T10:00:00+01:00")});
            let sent = json!(format!("{year}-01-01T09:00:05Z"));
            assert_eq!(read(message, Some(sent)).at, at("2026-11-22T07:59:55Z"), "{year}");
        }
    }

    #[test]
    fn a_time_that_cannot_be_true_is_replaced_by_the_time_of_receipt_and_told() {
        for written in [
            "1970-01-01T00:00:00Z",
            "1969-12-31T23:59:59Z",
            "2090-06-01T00:00:00Z",
            "yesterday",
        ] {
            let when = read(json!({"timestamp": written}), None);
            assert_eq!(when.at, at("2026-11-22T08:00:00Z"));
            assert_eq!(when.disbelieved.as_deref(), Some(written));
        }
        assert_eq!(
            read(json!({"timestamp": "2026-11-22T08:59:59Z"}), None).disbelieved,
            None
        );
        assert_eq!(
            read(json!({"timestamp": null}), None),
            When {
                at: at("2026-11-22T08:00:00Z"),
                disbelieved: None
            }
        );
    }

    #[test]
    fn history_keeps_its_time() {
        let message = json!({"timestamp": "2019-03-01T12:00:00Z", "sentAt": "2026-11-22T08:00:00Z"});
        assert_eq!(read(message, None).at, at("2019-03-01T12:00:00Z"));
    }

    #[test]
    fn what_another_collector_put_right_is_not_shifted_again() {
        let message = json!({
            "originalTimestamp": "2026-11-22T05:00:00Z", "sentAt": "2026-11-22T05:00:01Z",
            "receivedAt": "2026-11-22T07:00:01Z", "timestamp": "2026-11-22T07:00:00Z",
        });
        assert_eq!(read(message, None).at, at("2026-11-22T07:00:00Z"));
    }

    #[test]
    fn times_are_read_as_sdks_write_them() {
        let expected = Some(at("2026-11-22T08:00:00Z"));
        for written in [
            json!("2026-11-22T08:00:00.000Z"),
            json!("2026-11-22T09:00:00+01:00"),
            json!("2026-11-22T08:00:00"),
            json!(1_795_334_400),
            json!(1_795_334_400_000_u64),
        ] {
            assert_eq!(instant(&written), expected, "{written}");
        }
        assert_eq!(instant(&json!("2026-11-22")), Some(at("2026-11-22T00:00:00Z")));
        for wrong in [json!("soon"), json!(-5), json!({}), json!(1e300)] {
            assert_eq!(instant(&wrong), None, "{wrong}");
        }
    }
}
