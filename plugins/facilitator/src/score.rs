//! How well a story fits: interest × persona × stage × pressure × help × track record.

use hearken_sdk::{Candidate, Pace, Pressure, Story, StoryKind, TrackRecord};

use crate::reading::Reading;

/// What a story without topics has in place of interest: enough for somebody of whom
/// nothing else is known, less than any real interest.
const GENERAL: f64 = 0.2;
/// After how many tellings half of what the host has learned of a story is believed.
const HALF_BELIEVED: f64 = 10.0;
/// What was learned makes a story at most so much better, or worse.
const MOST: f64 = 4.0;

/// 0 for a story that does not fit at all; its place among others counts, not its size.
pub(crate) fn score(reading: &Reading<'_>, candidate: &Candidate, story: &Story) -> f64 {
    let rivals = reading.situation.candidates.len() as f64;
    interest(reading, story)
        * persona(reading, story)
        * stage(reading, story)
        * pressure(reading, story)
        * help(reading, story)
        * learned(candidate, rivals)
        * harmless(&candidate.fared)
}

fn interest(reading: &Reading<'_>, story: &Story) -> f64 {
    if story.topics.is_empty() {
        GENERAL
    } else {
        story.topics.iter().map(|topic| reading.interest(topic)).sum()
    }
}

/// Twice for whom it was written, a fifth for somebody else's; between them where it is not
/// known who it is.
fn persona(reading: &Reading<'_>, story: &Story) -> f64 {
    match reading.persona {
        _ if story.personas.is_empty() => 1.0,
        Some((persona, _)) if story.personas.iter().any(|name| name == persona) => 2.0,
        Some(_) => 0.2,
        None => 0.6,
    }
}

fn stage(reading: &Reading<'_>, story: &Story) -> f64 {
    if story.lifecycles.is_empty() || story.lifecycles.contains(&reading.situation.lifecycle) {
        1.0
    } else {
        0.0
    }
}

/// Hard overtakes soft where urgency is taken for so: at a weight of about a third.
fn pressure(reading: &Reading<'_>, story: &Story) -> f64 {
    let urgency = reading.urgency();
    match story.pressure {
        Pressure::Hard => 0.4 + 1.2 * urgency - 0.3 * reading.going(Pace::Browsing),
        _ => 1.0 - 0.5 * urgency + 0.3 * reading.going(Pace::Browsing),
    }
}

/// Who is lost wants to be helped or asked, not to be pressed.
fn help(reading: &Reading<'_>, story: &Story) -> f64 {
    let lost = reading.going(Pace::NeedsHelp);
    let helps = story.question || story.kind == StoryKind::Service;
    match story.pressure {
        _ if helps => 1.0 + 2.0 * lost,
        Pressure::Hard => 1.0 - 0.7 * lost,
        _ => 1.0,
    }
}

/// How likely the host's posterior says it is the best, against the same chance for all. That
/// is about deals, and what leads to them; how often a story is clicked would say less. Few
/// tellings change little, and nothing brings a story to 0: what is not told any more is not
/// learned about.
fn learned(candidate: &Candidate, rivals: f64) -> f64 {
    let samples = number(candidate.fared.samples);
    let believed = samples / (samples + HALF_BELIEVED);
    between(candidate.best * rivals, 1.0 / MOST, MOST).powf(believed)
}

/// Harm counts once more: one in five who is harmed is too much, whatever else it brings.
fn harmless(record: &TrackRecord) -> f64 {
    let told = number(record.told) + HALF_BELIEVED;
    (1.0 - 5.0 * number(record.harmed) / told).max(0.05)
}

fn number(number: f64) -> f64 {
    if number.is_finite() {
        number.clamp(0.0, 1e12)
    } else {
        0.0
    }
}

fn between(number: f64, least: f64, most: f64) -> f64 {
    if number.is_finite() {
        number.clamp(least, most)
    } else {
        1.0
    }
}
