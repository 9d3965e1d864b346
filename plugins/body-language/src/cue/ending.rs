//! Signs of leaving. Nobody sees the hand go to the close button; what can be seen are
//! pages that are read ever shorter, a pause, and a way that leads past where one asks.

use super::Finding;
use crate::course::Stay;
use crate::observation::{Act, Place};
use crate::visit::Visit;

/// A reading that is no reading.
const SHORT_MS: u64 = 15_000;
/// Doing nothing for that long within a visit.
const PAUSE_MS: u64 = 5 * 60_000;

/// The last three readings, each shorter than the one before, and the last one short and
/// less than half of the first.
pub(super) fn reads_shorter(visit: &Visit<'_>) -> Option<Finding> {
    let [.., a, b, c] = visit.stays.as_slice() else {
        return None;
    };
    let (first, second, last) = (a.dwell_ms?, b.dwell_ms?, c.dwell_ms?);
    let falls = first > second && second > last && 2 * last < first && last < SHORT_MS;
    falls.then(|| Finding::new(1.0, 1, [a, b, c].map(|stay| stay.told_at())))
}

/// The last page came five minutes or more after the one before had been read, and was read
/// for a short time.
pub(super) fn short_look(visit: &Visit<'_>) -> Option<Finding> {
    let [.., before, last] = visit.stays.as_slice() else {
        return None;
    };
    let read_until = before.seen.at + before.dwell_ms.unwrap_or(0);
    let paused = last.seen.at.saturating_sub(read_until) >= PAUSE_MS;
    (paused && is_short(last)).then(|| Finding::new(1.0, 1, [last.told_at()]))
}

/// A page where one asks was seen, no form was begun and no chat, and the last page is
/// another one and was read for a short time.
pub(super) fn turns_away(visit: &Visit<'_>) -> Option<Finding> {
    let last = visit.stays.last()?;
    let turned_to_us = |act| matches!(act, Act::FormStarted | Act::FormSubmitted { .. } | Act::Chatted);
    let past = last.seen.place != Place::Asking && is_short(last) && visit.stays_at(Place::Asking).next().is_some();
    (past && !visit.has(turned_to_us)).then(|| Finding::new(1.0, 1, [last.told_at()]))
}

fn is_short(stay: &Stay<'_>) -> bool {
    stay.dwell_ms.is_some_and(|dwell| dwell < SHORT_MS)
}
