//! About to leave: hints only, and the confidence says so.

use std::borrow::Cow;
use std::time::Duration;

use crate::cue::{Cue, Cues};
use crate::draft::Draft;
use crate::scale::any;
use crate::visit::Visit;

/// A lower score is no hint.
const LEAST: f64 = 0.3;
/// More than hints are never had.
const MOST_CONFIDENCE: f64 = 0.5;

/// What hints at leaving.
const HINTS: [Cue; 4] = [Cue::ReadsShorter, Cue::ShortLook, Cue::TurnsAway, Cue::TabHidden];
/// How much each of them does alone.
const WEIGHTS: [f64; 4] = [0.4, 0.4, 0.3, 0.2];

/// Hints of leaving, if the visit has some.
pub(crate) fn leaving<'a>(visit: &'a Visit<'a>, cues: &'a Cues<'a>, half_life: Duration) -> Option<Draft<'a>> {
    let mut weights = WEIGHTS;
    for (weight, cue) in weights.iter_mut().zip(HINTS) {
        *weight *= cues.strength(cue);
    }
    let score = any(weights);
    (score >= LEAST).then(|| Draft {
        kind: "leaving",
        name: "site",
        value: score,
        confidence: score.min(MOST_CONFIDENCE),
        at: visit.ended_at,
        half_life,
        evidence: Cow::Owned(cues.evidence(&HINTS)),
        numbers_tell: false,
        reason: Box::new(move || cues.tell(&HINTS)),
    })
}
