//! About to leave: hints only, and the confidence says so.
//!
//! Nobody sees the hand go to the close button. What can be seen: pages are read ever
//! shorter; after a long pause one more short look; the prices were seen, nothing was asked
//! and something else was opened briefly.

use std::borrow::Cow;
use std::time::Duration;

use crate::course::{Stay, Visit};
use crate::draft::Draft;
use crate::observation::{Act, Place};
use crate::pace::any;
use crate::sentences::list;

/// A lower score is no hint.
const LEAST: f64 = 0.3;
/// More than hints are never had.
const MOST_CONFIDENCE: f64 = 0.5;
/// A reading that is no reading.
const SHORT_MS: u64 = 15_000;
/// Doing nothing for that long within a visit.
const PAUSE_MS: u64 = 5 * 60_000;

/// Hints of leaving, if the visit has some.
pub(crate) fn leaving<'a>(visit: &'a Visit<'a>, half_life: Duration) -> Option<Draft<'a>> {
    let last = visit.stays.last()?;
    let falling = falls(&visit.stays);
    let paused = visit.stays.windows(2).next_back().is_some_and(|two| {
        let read_until = two[0].seen.at + two[0].dwell_ms.unwrap_or(0);
        two[1].seen.at.saturating_sub(read_until) >= PAUSE_MS && is_short(last)
    });
    let asked = visit.count(|act| matches!(act, Act::FormStarted | Act::FormSubmitted { .. } | Act::Chatted)) > 0;
    let past_asking = !asked && visit.pages_at(Place::Asking) > 0 && last.seen.place != Place::Asking && is_short(last);
    let score = any([
        if falling { 0.4 } else { 0.0 },
        if paused { 0.4 } else { 0.0 },
        if past_asking { 0.3 } else { 0.0 },
    ]);
    (score >= LEAST).then(|| Draft {
        kind: "leaving",
        name: "site",
        value: score,
        confidence: score.min(MOST_CONFIDENCE),
        at: visit.ended_at,
        half_life,
        evidence: Cow::Owned(visit.evidence()),
        numbers_tell: false,
        reason: Box::new(move || {
            let hints = [
                (falling, "reads ever shorter"),
                (paused, "came back from a pause for a short look only"),
                (past_asking, "saw where one asks and asked nothing"),
            ];
            list(
                &hints
                    .iter()
                    .filter(|(so, _)| *so)
                    .map(|(_, why)| (*why).to_owned())
                    .collect::<Vec<_>>(),
            )
        }),
    })
}

/// The last three readings, each shorter than the one before, and the last one short.
fn falls(stays: &[&Stay<'_>]) -> bool {
    let [.., a, b, c] = stays else { return false };
    matches!((a.dwell_ms, b.dwell_ms, c.dwell_ms), (Some(a), Some(b), Some(c)) if a > b && b > c && 2 * c < a && c < SHORT_MS)
}

fn is_short(stay: &Stay<'_>) -> bool {
    stay.dwell_ms.is_some_and(|dwell| dwell < SHORT_MS)
}
