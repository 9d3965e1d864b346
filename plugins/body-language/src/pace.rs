//! The pace of the latest visit: hurried, in need of help, or browsing.
//!
//! Each is a score 0..1 of its own cues, and the highest is believed where it reaches
//! [`LEAST`]. The same pages read in another manner give another pace.

use std::borrow::Cow;
use std::time::Duration;

use hearken_sdk::Pace;

use crate::course::Visit;
use crate::draft::Draft;
use crate::interest::saturating;
use crate::observation::{Act, Asks, Place};
use crate::sentences::{counted, length, list, times};

/// A lower score is no pace.
const LEAST: f64 = 0.3;
/// Longer readings count as that long.
const LONG_MS: u64 = 3 * 60_000;

/// A pace in numbers.
struct Read {
    pace: Pace,
    score: f64,
    /// Says what of the visit it was read from.
    why: fn(&Visit<'_>) -> String,
}

/// The pace, if the visit shows one.
pub(crate) fn pace<'a>(visit: &'a Visit<'a>, half_life: Duration) -> Option<Draft<'a>> {
    let reads = [
        Read {
            pace: Pace::NeedsHelp,
            score: needs_help(visit),
            why: why_needs_help,
        },
        Read {
            pace: Pace::Hurried,
            score: hurried(visit),
            why: why_hurried,
        },
        Read {
            pace: Pace::Browsing,
            score: browsing(visit),
            why: why_browsing,
        },
    ];
    // The first of equals: help is wanted more urgently than speed, speed than rest.
    let best = reads
        .into_iter()
        .reduce(|best, read| if read.score > best.score { read } else { best })?;
    let others = visit.count(|act| !matches!(act, Act::Viewed | Act::Left { .. }));
    let acts = visit.stays.len() + others;
    (best.score >= LEAST).then(|| Draft {
        kind: "pace",
        name: best.pace.as_str(),
        value: best.score,
        confidence: saturating(acts as f64 / 4.0),
        at: visit.ended_at,
        half_life,
        evidence: Cow::Owned(visit.evidence()),
        numbers_tell: false,
        reason: Box::new(move || (best.why)(visit)),
    })
}

/// Many pages, each a short time; straight to where one asks; a request; no way back.
fn hurried(visit: &Visit<'_>) -> f64 {
    let pages = visit.stays.len();
    let mean = visit.mean_dwell_ms(LONG_MS);
    // Somebody who reads at leisure and then opens the prices is not in a hurry.
    let leisure = mean.map_or(0.0, |mean| ramp(mean, 40_000.0, 90_000.0));
    let straight = if goes_straight(visit) {
        0.35 * (1.0 - leisure)
    } else {
        0.0
    };
    let asked = if requests(visit) > 0 {
        0.35 * (1.0 - 0.5 * leisure)
    } else {
        0.0
    };
    let wandering = if pages > 2 {
        visit.back_tracks() as f64 / (pages - 2) as f64
    } else {
        0.0
    };
    any([quick(visit), straight, asked]) * (1.0 - 0.6 * wandering.min(1.0))
}

fn quick(visit: &Visit<'_>) -> f64 {
    let pages = visit.stays.len();
    match visit.mean_dwell_ms(LONG_MS) {
        Some(mean) if pages >= 3 => ramp(pages as f64, 2.0, 5.0) * ramp(mean, 45_000.0, 12_000.0),
        _ => 0.0,
    }
}

fn goes_straight(visit: &Visit<'_>) -> bool {
    visit.stays.iter().take(3).any(|stay| stay.seen.place == Place::Asking)
}

fn requests(visit: &Visit<'_>) -> usize {
    visit.count(|act| {
        matches!(
            act,
            Act::FormSubmitted {
                asks: Asks::Contact | Asks::Demo | Asks::Quote,
                ..
            }
        )
    })
}

fn why_hurried(visit: &Visit<'_>) -> String {
    let mut why = Vec::new();
    if quick(visit) > 0.0 {
        why.push(format!(
            "{} in {}",
            counted(visit.stays.len(), "page", "pages"),
            length(visit.length_ms())
        ));
    }
    if goes_straight(visit) {
        why.push("went straight to where one asks".to_owned());
    }
    if requests(visit) > 0 {
        why.push("sent a request".to_owned());
    }
    list(&why)
}

/// Back and forth, searching again, finding nothing, correcting, giving up, help pages.
fn needs_help(visit: &Visit<'_>) -> f64 {
    let mass: f64 = troubles(visit)
        .iter()
        .map(|trouble| trouble.count as f64 * trouble.weight)
        .sum();
    saturating(mass / 1.2)
}

/// A sort of trouble.
struct Trouble {
    count: usize,
    /// What one counts.
    weight: f64,
    say: fn(usize) -> String,
}

fn troubles(visit: &Visit<'_>) -> [Trouble; 6] {
    let trouble = |count, weight, say| Trouble { count, weight, say };
    let searches = visit.count(|act| matches!(act, Act::Searched { .. }));
    let in_vain = visit.count(|act| act == Act::Searched { found: Some(false) });
    let given_up = visit.count(|act| matches!(act, Act::FormAbandoned { .. }));
    let corrections = visit.seen.iter().map(|seen| match seen.act {
        Act::FormSubmitted { corrections, .. } | Act::FormAbandoned { corrections } => corrections.into(),
        _ => 0,
    });
    [
        trouble(visit.back_tracks(), 0.45, |n| {
            format!("went back and forth {}", times(n))
        }),
        trouble(searches.saturating_sub(1), 0.35, |again| {
            format!("searched {}", times(again + 1))
        }),
        trouble(in_vain, 0.5, |n| format!("found nothing {}", times(n))),
        trouble(given_up, 0.7, |n| format!("gave up {}", counted(n, "form", "forms"))),
        trouble(corrections.sum(), 0.2, |n| format!("corrected a form {}", times(n))),
        trouble(visit.pages_at(Place::Helping), 0.3, |n| {
            format!("opened {}", counted(n, "help page", "help pages"))
        }),
    ]
}

fn why_needs_help(visit: &Visit<'_>) -> String {
    let troubles = troubles(visit).into_iter().filter(|trouble| trouble.count > 0);
    list(&troubles.map(|trouble| (trouble.say)(trouble.count)).collect::<Vec<_>>())
}

/// Several pages, read for long, few of them twice.
fn browsing(visit: &Visit<'_>) -> f64 {
    let pages = visit.stays.len();
    let Some(mean) = visit.mean_dwell_ms(LONG_MS).filter(|_| pages >= 2) else {
        return 0.0;
    };
    let variety = visit.pages() as f64 / pages as f64;
    ramp(mean, 20_000.0, 75_000.0) * ramp(pages as f64, 1.0, 4.0) * (0.4 + 0.6 * variety)
}

fn why_browsing(visit: &Visit<'_>) -> String {
    let mean = visit.mean_dwell_ms(LONG_MS).unwrap_or(0.0);
    let pages = counted(visit.stays.len(), "page", "pages");
    format!("read {pages} at leisure, about {} each", length(mean as u64))
}

/// 0 at `from`, 1 at `to`, straight between them; either may be the larger.
fn ramp(x: f64, from: f64, to: f64) -> f64 {
    ((x - from) / (to - from)).clamp(0.0, 1.0)
}

/// Cues that each would do: 1 minus what none of them says.
pub(crate) fn any<const N: usize>(cues: [f64; N]) -> f64 {
    1.0 - cues.into_iter().map(|cue| 1.0 - cue).product::<f64>()
}
