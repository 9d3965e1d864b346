//! What the script sends at once, and when each of it happened.

use std::time::Duration;

use hearken_sdk::json::{self, Map, Value};
use hearken_sdk::{Failure, Instant, Reject, Signal};
use serde::Deserialize;

use crate::events::{Event, Visitor};

/// The most events of a batch. The script keeps no more while it is offline.
const MOST: usize = 100;
/// A page that was open for longer sends what it has kept as if it were that old.
const OLDEST: Duration = Duration::from_secs(24 * 3600);

/// What the script sends at once.
#[derive(Debug, Deserialize)]
pub(crate) struct Batch {
    /// The visitor: an id that the script made up.
    id: String,
    /// What the visitor's clock said when it was sent, in milliseconds since 1970.
    #[serde(default)]
    sent: u64,
    /// Whether the page says that its visitor allowed being observed.
    #[serde(default)]
    granted: bool,
    /// The language of the page.
    #[serde(default)]
    lang: String,
    #[serde(default)]
    events: Vec<Map<String, Value>>,
}

impl Batch {
    /// Reads all events. One that makes no sense is a reject and hurts no other.
    pub(crate) fn read(self, received: Instant) -> Result<(Vec<Signal>, Vec<Reject>), Failure> {
        let visitor = Visitor {
            id: &self.id,
            language: &self.lang,
            granted: self.granted,
        };
        let (mut signals, mut rejects) = (Vec::new(), Vec::new());
        for (place, event) in self.events.iter().enumerate().take(MOST) {
            let read = Event::read(event).and_then(|event| {
                let at = self.happened(event.at, received);
                event.signals(&visitor, at)
            });
            match read {
                Ok(read) => signals.extend(read),
                Err(why) => rejects.push(Reject::new(format!("/events/{place}"), why, json::to_string(event)?)),
            }
        }
        let more = self.events.len().saturating_sub(MOST);
        if more > 0 {
            let why = format!("{more} more events, where a batch has at most {MOST}");
            rejects.push(Reject::new(format!("/events/{MOST}"), why, ""));
        }
        Ok((signals, rejects))
    }

    /// A clock that is wrong is wrong in both times, so their difference is right: it happened
    /// that long before it was received.
    fn happened(&self, at: u64, received: Instant) -> Instant {
        let before = Duration::from_millis(self.sent.saturating_sub(at)).min(OLDEST);
        let before = u64::try_from(before.as_millis()).unwrap_or_default();
        Instant::from_millis(received.as_millis().saturating_sub(before))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(batch: Value) -> (Vec<Signal>, Vec<Reject>) {
        let batch: Batch = json::from_str("the body", &batch.to_string()).unwrap();
        batch.read(Instant::from_millis(1_800_000_000_000)).unwrap()
    }

    #[test]
    fn it_happened_as_long_ago_as_the_visitors_clock_says_whatever_it_shows() {
        for clock in [5_000, 1_700_000_000_000_u64, 4_000_000_000_000] {
            let (signals, _) = read(json::json!({ "id": "visitor-1", "sent": clock, "events": [
                { "id": "l-0", "kind": "page.left", "at": clock - 1500, "properties": { "path": "/" } },
                { "id": "l-1", "kind": "page.left", "at": clock + 900, "properties": { "path": "/" } },
            ] }));
            let at: Vec<u64> = signals.iter().map(|s| s.at.as_millis()).collect();
            assert_eq!(at, [1_799_999_998_500, 1_800_000_000_000], "{clock}");
        }
    }

    #[test]
    fn one_event_that_makes_no_sense_hurts_no_other() {
        let (signals, rejects) = read(json::json!({ "id": "visitor-1", "events": [
            { "id": "l-0", "kind": "deal.won", "properties": { "deal": "d" } },
            { "kind": "page.viewed" },
            { "id": "l-2", "kind": "page.viewed", "properties": 7 },
            { "id": "l-3", "kind": "page.viewed", "properties": { "path": "/" } },
        ] }));
        assert_eq!(signals.iter().map(|s| s.id.as_str()).collect::<Vec<_>>(), ["l-3"]);
        let places: Vec<&str> = rejects.iter().map(|r| r.at.as_str()).collect();
        assert_eq!(places, ["/events/0", "/events/1", "/events/2"]);
    }

    #[test]
    fn a_batch_is_bounded_and_says_so() {
        let events: Vec<Value> = (0..MOST + 5)
            .map(|n| json::json!({ "id": format!("l-{n}"), "kind": "page.left", "properties": {} }))
            .collect();
        let (signals, rejects) = read(json::json!({ "id": "visitor-1", "events": events }));
        assert_eq!((signals.len(), rejects.len()), (MOST, 1));
        assert!(rejects[0].why.starts_with("5 more"), "{}", rejects[0].why);
    }
}
