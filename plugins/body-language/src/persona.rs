//! The role in the buying process.
//!
//! A persona's score is the sum over its topics of the vocabulary's weight times interest
//! (value × confidence, whatever is looked for now). A job title that has one of its words, and an answer that names
//! it, add 2: what people say of themselves counts more than what they read. The best is
//! believed only where it stands before the second by the configured margin.

use std::borrow::Cow;
use std::time::Duration;

use crate::course::Course;
use crate::draft::{Draft, MOST_EVIDENCE};
use crate::interest::Interest;
use crate::lexicon::Lexicon;
use crate::observation::{Act, Observation, label};
use crate::scale::saturating;
use crate::sentences::list;

/// What a person's own word adds to a score.
const OWN_WORD: f64 = 2.0;
/// A lower score is too little to name anybody by.
const LEAST_SCORE: f64 = 0.05;

/// The believed persona, if any. `title` is the job title, where known.
pub(crate) fn persona<'a>(
    course: &'a Course<'a>,
    lexicon: &'a Lexicon,
    interests: &'a [Interest],
    title: Option<&'a str>,
    margin: f64,
    half_life: Duration,
) -> Option<Draft<'a>> {
    let by_title = title.map(|title| lexicon.personas_in(title)).unwrap_or_default();
    let score = |mark: u32, name: &str, topics: &[(usize, f64)]| {
        let read: f64 = shown(topics, interests)
            .map(|(interest, weight)| interest.standing_weight() * weight)
            .sum();
        let titled = if by_title.contains(&name) { OWN_WORD } else { 0.0 };
        read + titled + OWN_WORD * answers(course, mark).count() as f64
    };
    let mut best: Option<(f64, usize)> = None;
    let mut second = 0.0;
    for (place, persona) in lexicon.personas.iter().enumerate() {
        let score = score(persona.mark, &persona.name, &persona.topics);
        match best {
            Some((highest, _)) if score <= highest => second = score.max(second),
            _ => {
                second = best.map_or(0.0, |(highest, _)| highest);
                best = Some((score, place));
            }
        }
    }
    let (score, place) = best.filter(|(score, _)| *score >= LEAST_SCORE && score - second > margin * score)?;
    let persona = &lexicon.personas[place];
    let titled = title.filter(|_| by_title.contains(&persona.name.as_str()));
    let said: Vec<&Observation> = said(course, titled.is_some(), persona.mark).collect();
    let speaking: Vec<(&Interest, f64)> = strongest_first(shown(&persona.topics, interests).collect());
    let latest = said
        .iter()
        .map(|seen| seen.at)
        .chain(speaking.iter().map(|(interest, _)| interest.at))
        .max();
    Some(Draft {
        kind: "persona",
        name: &persona.name,
        value: score / (score + second),
        confidence: saturating(1.5 * score),
        at: latest.or(course.last_at()).unwrap_or(u64::MAX),
        half_life,
        evidence: Cow::Owned(evidence(course, &said, &speaking)),
        numbers_tell: false,
        reason: Box::new(move || {
            let mut why = Vec::new();
            why.extend(titled.map(|title| format!("has the job title '{}'", label(title))));
            if answers(course, persona.mark).next().is_some() {
                why.push("said so in answer to a question".to_owned());
            }
            let titles: Vec<String> = speaking
                .iter()
                .take(3)
                .map(|(interest, _)| lexicon.topics[interest.topic].title.clone())
                .collect();
            if !titles.is_empty() {
                why.push(format!("is interested in {}", list(&titles)));
            }
            format!("{}: {}", persona.title, list(&why))
        }),
    })
}

/// Interests in a persona's topics, each with the topic's weight.
fn shown<'a>(topics: &'a [(usize, f64)], interests: &'a [Interest]) -> impl Iterator<Item = (&'a Interest, f64)> {
    topics.iter().filter_map(|(topic, weight)| {
        let place = interests.binary_search_by_key(topic, |interest| interest.topic).ok()?;
        Some((&interests[place], *weight))
    })
}

fn strongest_first(mut shown: Vec<(&Interest, f64)>) -> Vec<(&Interest, f64)> {
    shown.sort_by(|(a, x), (b, y)| {
        (b.standing_weight() * y)
            .total_cmp(&(a.standing_weight() * x))
            .then(a.topic.cmp(&b.topic))
    });
    shown
}

/// Answers that named this persona.
fn answers<'a>(course: &'a Course<'a>, mark: u32) -> impl Iterator<Item = &'a Observation> {
    course
        .observations
        .iter()
        .filter(move |seen| seen.act == Act::Answered && seen.marks.contains(mark))
}

/// Where somebody said what they are, the latest first.
fn said<'a>(course: &'a Course<'a>, titled: bool, mark: u32) -> impl Iterator<Item = &'a Observation> {
    course.observations.iter().rev().filter(move |seen| match seen.act {
        Act::Named => titled,
        Act::Answered => seen.marks.contains(mark),
        _ => false,
    })
}

/// What was said first, then the evidence of the interests, the weightiest first. Only what
/// other beliefs name at all times is taken, so that it can be named whenever it is needed:
/// the evidence of interests, and the latest observations, on which engagement rests.
fn evidence(course: &Course<'_>, said: &[&Observation], speaking: &[(&Interest, f64)]) -> Vec<u64> {
    let latest = &course.observations[course.observations.len().saturating_sub(MOST_EVIDENCE)..];
    let lately = said.iter().filter(|seen| latest.contains(seen)).map(|seen| seen.id);
    let mut evidence: Vec<u64> = Vec::new();
    for id in lately.chain(
        speaking
            .iter()
            .flat_map(|(interest, _)| interest.evidence.iter().copied()),
    ) {
        if evidence.len() < MOST_EVIDENCE && !evidence.contains(&id) {
            evidence.push(id);
        }
    }
    evidence
}
