//! The pace of the latest visit: hurried, in need of help, or browsing.
//!
//! Each is a score 0..1 of its own cues, and the highest is believed where it reaches
//! [`LEAST`]. The same pages read in another manner show other cues and so another pace.

use std::borrow::Cow;
use std::time::Duration;

use hearken_sdk::Pace;

use crate::cue::{Cue, Cues};
use crate::draft::Draft;
use crate::observation::Act;
use crate::scale::{any, ramp, saturating};
use crate::visit::Visit;

/// A lower score is no pace.
const LEAST: f64 = 0.3;
/// Longer readings count as that long.
const LONG_MS: u64 = 3 * 60_000;

/// What hurry is read from.
const HURRY: [Cue; 5] = [
    Cue::Skims,
    Cue::ScrollsThrough,
    Cue::GoesStraight,
    Cue::Asked,
    Cue::BuyingQuestion,
];

/// What need of help is read from, and how much once of it counts.
const TROUBLES: [(Cue, f64); 8] = [
    (Cue::BackTracks, 0.45),
    (Cue::PogoSticks, 0.45),
    (Cue::SearchesAgain, 0.35),
    (Cue::LostSearch, 0.5),
    (Cue::FormAbandoned, 0.7),
    (Cue::FormCorrected, 0.2),
    (Cue::SeeksHelp, 0.3),
    (Cue::Hesitates, 0.3),
];
const TROUBLE: [Cue; 8] = {
    let mut cues = [Cue::Asked; 8];
    let mut place = 0;
    while place < cues.len() {
        cues[place] = TROUBLES[place].0;
        place += 1;
    }
    cues
};

/// What browsing is read from.
const LEISURE: [Cue; 3] = [Cue::Dwells, Cue::ReadsDeep, Cue::OutOfHours];

/// The pace, if the visit shows one.
pub(crate) fn pace<'a>(visit: &'a Visit<'a>, cues: &'a Cues<'a>, half_life: Duration) -> Option<Draft<'a>> {
    let reads: [(Pace, f64, &'static [Cue]); 3] = [
        (Pace::NeedsHelp, needs_help(cues), &TROUBLE),
        (Pace::Hurried, hurried(visit, cues), &HURRY),
        (Pace::Browsing, browsing(cues), &LEISURE),
    ];
    // The first of equals: help is wanted more urgently than speed, speed than rest.
    let (pace, score, from) = reads
        .into_iter()
        .reduce(|best, read| if read.1 > best.1 { read } else { best })?;
    let others = visit.acts(|act| !matches!(act, Act::Viewed | Act::Left { .. })).count();
    let acts = visit.stays.len() + others;
    (score >= LEAST).then(|| Draft {
        kind: "pace",
        name: pace.as_str(),
        value: score,
        confidence: saturating(acts as f64 / 4.0),
        at: visit.ended_at,
        half_life,
        evidence: Cow::Owned(cues.evidence(from)),
        numbers_tell: false,
        reason: Box::new(move || cues.tell(from)),
    })
}

/// Many pages, each a short time; straight to where one asks; a request; no way back.
fn hurried(visit: &Visit<'_>, cues: &Cues<'_>) -> f64 {
    let mean = visit.mean_dwell_ms(LONG_MS);
    // Somebody who reads at leisure and then opens the prices is not in a hurry.
    let leisure = mean.map_or(0.0, |mean| ramp(mean, 40_000.0, 90_000.0));
    let score = any([
        cues.strength(Cue::Skims),
        0.3 * cues.strength(Cue::ScrollsThrough),
        0.35 * cues.strength(Cue::GoesStraight) * (1.0 - leisure),
        0.35 * cues.strength(Cue::Asked) * (1.0 - 0.5 * leisure),
        0.25 * cues.strength(Cue::BuyingQuestion),
    ]);
    let in_the_evening = 1.0 - 0.15 * cues.strength(Cue::OutOfHours);
    score * (1.0 - 0.6 * wandering(visit, cues)) * in_the_evening
}

/// How much of the way led back, 0..1.
fn wandering(visit: &Visit<'_>, cues: &Cues<'_>) -> f64 {
    let back = [Cue::BackTracks, Cue::PogoSticks, Cue::Compares].map(|cue| cues.count(cue));
    let back: usize = back.iter().sum();
    if back == 0 {
        0.0
    } else {
        (back as f64 / (visit.stays.len() - 2) as f64).min(1.0)
    }
}

/// Back and forth, searching again, finding nothing, correcting, giving up, hesitating.
fn needs_help(cues: &Cues<'_>) -> f64 {
    let mass: f64 = TROUBLES.iter().map(|(cue, once)| cues.count(*cue) as f64 * once).sum();
    saturating(mass / 1.2)
}

/// Several pages, read for long; more so when offices are closed. Who compares does not
/// just look around.
fn browsing(cues: &Cues<'_>) -> f64 {
    let score = any([cues.strength(Cue::Dwells), 0.2 * cues.strength(Cue::ReadsDeep)]);
    let in_the_evening = 1.0 + 0.2 * cues.strength(Cue::OutOfHours);
    (score * in_the_evening * (1.0 - 0.5 * cues.strength(Cue::Compares))).min(1.0)
}
