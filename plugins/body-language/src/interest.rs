//! Interest in each topic of the vocabulary.
//!
//! Every act that touches a topic has a weight: a page by how long and how far it was read
//! and whether it was come back to, a search or a form more than a page. Weights halve with
//! age, measured from the latest act on that topic. Their sum, the *mass*, makes the value:
//! `1 - exp(-mass / 3)`. Each act counts towards confidence with at most 1, so that one
//! long reading says much but does not make sure: `1 - exp(-pieces / 2)`.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

use crate::course::{Again, Course, Stay};
use crate::draft::{Draft, SETTLED, Support, evidence};
use crate::lexicon::Lexicon;
use crate::observation::{Act, Asks};
use crate::sentences::{deed, reading};

/// With more topics than that, only the strongest are believed.
const MOST_INTERESTS: usize = 64;

/// Deeds that have faded to less than that are no reason any more.
const LEAST_DEED: f64 = 0.01;

/// Interest in one topic.
pub(crate) struct Interest {
    /// Its place in the lexicon.
    pub(crate) topic: usize,
    pub(crate) value: f64,
    pub(crate) confidence: f64,
    /// When it was last shown.
    pub(crate) at: u64,
    /// Fingerprints of signals, the strongest first.
    pub(crate) evidence: Vec<u64>,
}

/// Something that speaks for a topic.
struct Touch {
    topic: usize,
    /// What it adds to the mass, and when; 0 for what is evidence of what is added already.
    mass: f64,
    at: u64,
    /// Where it is evidence itself.
    support: Option<Support>,
}

/// Interests, by topic.
pub(crate) fn interests(course: &Course<'_>, lexicon: &Lexicon, half_life: Duration) -> Vec<Interest> {
    let mut touches = touches(course, lexicon);
    // Stable: within a topic they stay in an order that only the observations determine.
    touches.sort_by_key(|touch| touch.topic);
    let mut interests: Vec<Interest> = touches
        .chunk_by(|a, b| a.topic == b.topic)
        .filter_map(|touches| interest(touches, course, half_life))
        .collect();
    if interests.len() > MOST_INTERESTS {
        interests.sort_by(|a, b| b.weight().total_cmp(&a.weight()).then(a.topic.cmp(&b.topic)));
        interests.truncate(MOST_INTERESTS);
        interests.sort_by_key(|interest| interest.topic);
    }
    interests
}

fn touches(course: &Course<'_>, lexicon: &Lexicon) -> Vec<Touch> {
    let mut touches = Vec::with_capacity(course.observations.len());
    for stay in &course.stays {
        let weight = stay_weight(stay);
        for mark in stay.marks.iter() {
            // What only the leaving showed counts here and has its evidence there.
            let own = stay.seen.marks.contains(mark);
            touches.extend(lexicon.topic(mark).map(|topic| Touch {
                topic,
                mass: weight,
                at: stay.seen.at,
                support: own.then_some(Support {
                    place: stay.place,
                    weight,
                }),
            }));
        }
    }
    for (place, stay) in &course.joined {
        let left = &course.observations[*place];
        for topic in left.marks.iter().filter_map(|mark| lexicon.topic(mark)) {
            let weight = stay_weight(&course.stays[*stay]);
            let support = Some(Support { place: *place, weight });
            touches.push(Touch {
                topic,
                mass: 0.0,
                at: left.at,
                support,
            });
        }
    }
    for (place, seen) in course.observations.iter().enumerate() {
        let weight = act_weight(seen.act);
        if weight > 0.0 {
            let support = Some(Support { place, weight });
            let topics = seen.marks.iter().filter_map(|mark| lexicon.topic(mark));
            touches.extend(topics.map(|topic| Touch {
                topic,
                mass: weight,
                at: seen.at,
                support,
            }));
        }
    }
    touches
}

fn interest(touches: &[Touch], course: &Course<'_>, half_life: Duration) -> Option<Interest> {
    let topic = touches.first()?.topic;
    let support: Vec<Support> = touches.iter().filter_map(|touch| touch.support).collect();
    let at = support
        .iter()
        .map(|support| course.observations[support.place].at)
        .max()?;
    let (mut mass, mut pieces) = (0.0, 0.0);
    for touch in touches.iter().filter(|touch| touch.mass > 0.0) {
        let fresh = fading(at.saturating_sub(touch.at), half_life);
        mass += touch.mass * fresh;
        pieces += touch.mass.min(1.0) * fresh;
    }
    Some(Interest {
        topic,
        value: saturating(mass / 3.0),
        confidence: saturating(pieces / 2.0),
        at,
        evidence: evidence(course.observations, support),
    })
}

impl Interest {
    pub(crate) fn weight(&self) -> f64 {
        self.value * self.confidence
    }

    pub(crate) fn draft<'a>(&'a self, course: &'a Course<'a>, lexicon: &'a Lexicon, half_life: Duration) -> Draft<'a> {
        Draft {
            kind: "interest",
            name: &lexicon.topics[self.topic].name,
            value: self.value,
            confidence: self.confidence,
            at: self.at,
            half_life,
            evidence: Cow::Borrowed(&self.evidence),
            numbers_tell: self.value.max(self.confidence) < SETTLED,
            reason: Box::new(move || self.reason(course, lexicon, half_life)),
        }
    }

    /// The two weightiest deeds, as they have faded.
    fn reason(&self, course: &Course<'_>, lexicon: &Lexicon, half_life: Duration) -> String {
        let about = |mark: u32| lexicon.topic(mark) == Some(self.topic);
        let fresh = |at: u64| fading(self.at.saturating_sub(at), half_life);
        let mut pages: BTreeMap<u32, (f64, Vec<&Stay<'_>>)> = BTreeMap::new();
        for stay in course.stays.iter().filter(|stay| stay.marks.iter().any(about)) {
            let (weight, stays) = pages.entry(stay.seen.page).or_default();
            *weight += stay_weight(stay) * fresh(stay.seen.at);
            stays.push(stay);
        }
        let pages = pages.into_values().map(|(weight, stays)| (weight, reading(&stays)));
        let others = course.observations.iter().filter(|seen| seen.marks.iter().any(about));
        let others =
            others.filter_map(|seen| Some((act_weight(seen.act) * fresh(seen.at), deed(seen.act, &seen.label)?)));
        let mut deeds: Vec<(f64, String)> = pages
            .chain(others)
            .filter(|(weight, _)| *weight >= LEAST_DEED)
            .collect();
        deeds.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        let mut said: Vec<String> = Vec::new();
        for (_, deed) in deeds {
            if said.len() < 2 && !said.contains(&deed) {
                said.push(deed);
            }
        }
        said.join("; ")
    }
}

/// `2^(-age / half-life)`.
pub(crate) fn fading(age_ms: u64, half_life: Duration) -> f64 {
    (-(age_ms as f64) / half_life.as_millis() as f64).exp2()
}

/// `1 - e^-x`: 0 for nothing, 0.63 for 1, and never quite 1.
pub(crate) fn saturating(x: f64) -> f64 {
    -(-x).exp_m1()
}

/// About 0.4 for a glance, 1 for a minute, 2 and a half for a page studied to its end, and
/// more for coming back. Length counts by its logarithm: the fifth minute says less than
/// the first.
fn stay_weight(stay: &Stay<'_>) -> f64 {
    const UNKNOWN_MS: u64 = 10_000;
    let seconds = stay.dwell_ms.unwrap_or(UNKNOWN_MS) as f64 / 1000.0;
    let length = 0.25 + 0.75 * (seconds / 15.0).ln_1p() / 5.0_f64.ln();
    let depth = stay
        .scroll
        .map_or(1.0, |percent| 0.75 + 0.5 * f64::from(percent) / 100.0);
    let again = match stay.again {
        Again::First => 1.0,
        Again::Reload => 0.25,
        Again::SameVisit => 1.2,
        Again::Return => 1.5,
    };
    length * depth * again
}

/// What acts weigh that are no reading of a page.
fn act_weight(act: Act) -> f64 {
    match act {
        Act::FormSubmitted {
            asks: Asks::Contact | Asks::Demo | Asks::Quote,
            ..
        }
        | Act::Answered => 4.0,
        Act::FormSubmitted { .. } => 3.0,
        Act::Searched { .. } | Act::Downloaded | Act::Replied => 2.0,
        Act::Chatted => 1.5,
        Act::FormStarted | Act::FormAbandoned { .. } | Act::Clicked | Act::Used => 1.0,
        Act::Opened => 0.2,
        Act::Viewed | Act::Left { .. } | Act::Met | Act::Named | Act::Refused => 0.0,
    }
}
