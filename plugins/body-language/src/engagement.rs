//! Engagement: how much somebody deals with us, by volume, depth and recency.
//!
//! Every act has points, which halve with age measured from the latest act; coming on
//! several days raises them, and so do cues of the latest visit. The value is
//! `1 - exp(-points / 10)`, the confidence `1 - exp(-acts / 4)`. Refusing (unsubscribing,
//! complaining) takes points away.

use std::borrow::Cow;
use std::time::Duration;

use crate::course::Course;
use crate::cue::{Cue, Cues};
use crate::draft::{Draft, MOST_EVIDENCE, SETTLED, Support, evidence};
use crate::observation::{Act, Asks, Observation};
use crate::scale::{fading, saturating};
use crate::sentences::{counted, list};

const DAY_MS: u64 = 86_400_000;

/// What shows of the latest visit that somebody means it. Not reading to the end: the time
/// that it takes has its points already, and who just looks around reads so as well.
const EARNEST: [Cue; 3] = [Cue::BuyingQuestion, Cue::ComesBack, Cue::Compares];
/// Points of each of them at its strongest.
const EARNEST_POINTS: [f64; 3] = [2.0, 2.0, 1.5];

/// Engagement; none where nothing has been observed.
pub(crate) fn engagement<'a>(
    course: &'a Course<'a>,
    cues: Option<&'a Cues<'a>>,
    half_life: Duration,
) -> Option<Draft<'a>> {
    let at = course.last_at()?;
    let observations = course.observations;
    // By time, so that a day ends where the next one begins.
    let days = observations.chunk_by(|a, b| a.at / DAY_MS == b.at / DAY_MS).count();
    let faded = |seen: &Observation| act_points(seen.act) * fading(at - seen.at, half_life);
    let mut points: f64 = observations.iter().map(faded).sum();
    if let (Some(cues), Some(began)) = (cues, course.visit_began()) {
        let earnest = EARNEST.iter().zip(EARNEST_POINTS);
        let shown: f64 = earnest.map(|(cue, points)| points * cues.strength(*cue)).sum();
        points += shown * fading(at.saturating_sub(began), half_life);
    }
    let steady = 1.0 + 0.15 * (days.min(5) - 1) as f64;
    let confidence = saturating(observations.len() as f64 / 4.0);
    let latest = observations.len().saturating_sub(MOST_EVIDENCE)..observations.len();
    let support = latest.map(|place| Support {
        place,
        weight: faded(&observations[place]).abs(),
    });
    Some(Draft {
        kind: "engagement",
        name: "overall",
        value: saturating(points.max(0.0) * steady / 10.0),
        confidence,
        at,
        half_life,
        evidence: Cow::Owned(evidence(observations, support.collect())),
        numbers_tell: confidence < SETTLED,
        reason: Box::new(move || reason(course, days) + &cues.map_or(String::new(), |cues| cues.names(&EARNEST))),
    })
}

fn act_points(act: Act) -> f64 {
    match act {
        Act::FormSubmitted {
            asks: Asks::Contact | Asks::Demo | Asks::Quote,
            ..
        }
        | Act::Met => 6.0,
        Act::FormSubmitted { .. } | Act::Replied => 4.0,
        Act::Answered => 3.0,
        Act::Downloaded | Act::Chatted => 2.0,
        Act::Clicked { human } => f64::from(human) / 50.0,
        Act::Searched { .. } | Act::Used => 1.0,
        Act::Viewed | Act::FormStarted => 0.5,
        Act::Left { dwell_ms, .. } => (f64::from(dwell_ms) / 120_000.0).min(1.0),
        Act::Opened | Act::FormAbandoned { .. } | Act::Named => 0.25,
        Act::Refused => -5.0,
    }
}

fn reason(course: &Course<'_>, days: usize) -> String {
    let count = |such: fn(Act) -> bool| course.observations.iter().filter(|seen| such(seen.act)).count();
    let parts = [
        (course.stays.len(), "page", "pages"),
        (count(|act| matches!(act, Act::Searched { .. })), "search", "searches"),
        (count(|act| matches!(act, Act::FormSubmitted { .. })), "form", "forms"),
        (
            count(|act| act == Act::Used),
            "use of the product",
            "uses of the product",
        ),
        (count(|act| act == Act::Downloaded), "download", "downloads"),
        (count(|act| act == Act::Chatted), "chat message", "chat messages"),
        (
            count(|act| matches!(act, Act::Clicked { .. } | Act::Opened)),
            "opening of a message",
            "openings of messages",
        ),
        (
            count(|act| matches!(act, Act::Replied | Act::Answered)),
            "answer",
            "answers",
        ),
        (
            count(|act| act == Act::Met),
            "step towards a meeting",
            "steps towards meetings",
        ),
        (count(|act| act == Act::Refused), "refusal", "refusals"),
    ];
    let parts: Vec<String> = parts
        .iter()
        .filter(|(n, ..)| *n > 0)
        .map(|(n, one, many)| counted(*n, one, many))
        .collect();
    let what = if parts.is_empty() {
        "known by name only".to_owned()
    } else {
        list(&parts)
    };
    format!("{what} on {}", counted(days, "day", "days"))
}
