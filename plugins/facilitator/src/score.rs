//! How well a story fits: interest × persona × stage × pressure × help × track record.

use hearken_sdk::{Candidate, Pace, Pressure, Story, StoryKind, TrackRecord};

use crate::reading::Reading;

/// What a story without topics has in place of interest: enough for somebody of whom
/// nothing else is known, less than any real interest.
const GENERAL: f64 = 0.2;
/// The share of people who engage with a story, as long as nothing is known of it.
const USUAL: f64 = 0.2;
/// How many tellings that expectation is worth.
const USUAL_TELLINGS: f64 = 10.0;

/// 0 for a story that does not fit at all; its place among others counts, not its size.
pub(crate) fn score(reading: &Reading<'_>, candidate: &Candidate, story: &Story) -> f64 {
    let rivals = reading.situation.candidates.len() as f64;
    interest(reading, story)
        * persona(reading, story)
        * stage(reading, story)
        * pressure(reading, story)
        * help(reading, story)
        * fared(&candidate.fared)
        * between(candidate.best * rivals, 0.25, 4.0)
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

/// How it fared, against what is usual; few tellings change little, harm counts most.
fn fared(record: &TrackRecord) -> f64 {
    let number = |number: f64| {
        if number.is_finite() { number.max(0.0) } else { 0.0 }
    };
    let told = number(record.told) + USUAL_TELLINGS;
    let good = number(record.engaged) + number(record.advanced) + 2.0 * number(record.won) + USUAL * USUAL_TELLINGS;
    let harm = 5.0 * number(record.harmed) / told;
    between(good / told / USUAL, 0.25, 4.0) * (1.0 - harm).max(0.05)
}

fn between(number: f64, least: f64, most: f64) -> f64 {
    if number.is_finite() {
        number.clamp(least, most)
    } else {
        1.0
    }
}
