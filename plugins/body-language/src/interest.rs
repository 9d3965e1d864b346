//! Interest in each topic of the vocabulary.
//!
//! Every act that touches a topic has a weight: a page by how long and how far it was read,
//! whether it was come back to or compared, a search or a form more than a page. Weights
//! halve with age, measured from the latest act on that topic. Their sum, the *mass*, makes
//! the value: `1 - exp(-mass / 3)`. Each act counts towards confidence with at most 1, so
//! that one long reading says much but does not make sure: `1 - exp(-pieces / 2)`.
//!
//! What is looked for *now*, in the latest visit, goes before what was looked for earlier:
//! a week of one topic and then three pages of another, and the other one is what to speak
//! about. So what earlier visits showed of a topic counts less by how many steps of this
//! visit another topic leads. The factor has three values only: a belief then changes when
//! the search does, and not with every page.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

use crate::course::{Again, Course, Stay};
use crate::draft::{Draft, SETTLED, Support, evidence};
use crate::lexicon::Lexicon;
use crate::observation::{Act, Asks};
use crate::scale::{any, fading, saturating};
use crate::sentences::{deed, reading};

/// With more topics than that, only the strongest are believed.
const MOST_INTERESTS: usize = 64;

/// Deeds that have faded to less than that are no reason any more.
const LEAST_DEED: f64 = 0.01;

/// Interest in one topic.
pub(crate) struct Interest {
    /// Its place in the lexicon.
    pub(crate) topic: usize,
    /// What the latest visit and earlier ones show, each 0..1.
    now: f64,
    before: f64,
    /// How many steps of the latest visit went towards it.
    steps: u32,
    /// What of `before` counts beside what is looked for now.
    counts: f64,
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
    /// How many steps it is of a visit that looks for it.
    steps: u32,
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
    let most = interests.iter().map(|interest| interest.steps).max().unwrap_or(0);
    for interest in &mut interests {
        interest.counts = beside(most - interest.steps);
    }
    if interests.len() > MOST_INTERESTS {
        interests.sort_by(|a, b| b.weight().total_cmp(&a.weight()).then(a.topic.cmp(&b.topic)));
        interests.truncate(MOST_INTERESTS);
        interests.sort_by_key(|interest| interest.topic);
    }
    interests
}

/// What earlier visits count where another topic leads by so many steps.
fn beside(lead: u32) -> f64 {
    match lead {
        0 | 1 => 1.0,
        2 => 0.5,
        _ => 0.25,
    }
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
                steps: u32::from(stay.again != Again::Reload),
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
                steps: 0,
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
                steps: act_steps(weight),
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
    let (mut now, mut before, mut pieces, mut steps) = (0.0, 0.0, 0.0, 0);
    for touch in touches.iter().filter(|touch| touch.mass > 0.0) {
        let fresh = fading(at.saturating_sub(touch.at), half_life);
        pieces += touch.mass.min(1.0) * fresh;
        if course.visit_began().is_some_and(|began| touch.at >= began) {
            now += touch.mass * fresh;
            steps += touch.steps;
        } else {
            before += touch.mass * fresh;
        }
    }
    Some(Interest {
        topic,
        now: saturating(now / 3.0),
        before: saturating(before / 3.0),
        steps,
        counts: 1.0,
        confidence: saturating(pieces / 2.0),
        at,
        evidence: evidence(course.observations, support),
    })
}

impl Interest {
    /// How much there is of it now.
    fn value(&self) -> f64 {
        any([self.now, self.counts * self.before])
    }

    fn weight(&self) -> f64 {
        self.value() * self.confidence
    }

    /// Value by confidence, whatever is looked for now: a role does not change with it.
    pub(crate) fn standing_weight(&self) -> f64 {
        any([self.now, self.before]) * self.confidence
    }

    /// Whether it is less than it was, because something else is looked for.
    fn stands_back(&self) -> bool {
        // By more than what numbers are told apart by, so that they show it.
        any([self.now, self.before]) - self.value() > 1e-6
    }

    pub(crate) fn draft<'a>(&'a self, course: &'a Course<'a>, lexicon: &'a Lexicon, half_life: Duration) -> Draft<'a> {
        Draft {
            kind: "interest",
            name: &lexicon.topics[self.topic].name,
            value: self.value(),
            confidence: self.confidence,
            at: self.at,
            half_life,
            evidence: Cow::Borrowed(&self.evidence),
            numbers_tell: any([self.now, self.before]).max(self.confidence) < SETTLED,
            reason: Box::new(move || self.reason(course, lexicon, half_life)),
        }
    }

    /// The two weightiest deeds, as they have faded, and whether something else is looked
    /// for now.
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
        if self.stands_back() {
            said.push("now looks for something else".to_owned());
        }
        said.join("; ")
    }
}

/// About 0.4 for a glance, 1 for a minute, 2 and a half for a page studied to its end, and
/// more for coming back and for comparing. Length counts by its logarithm: the fifth minute says less than
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
        // To go back at once is to have missed it: as good as to return.
        Again::SameVisit if stay.back.is_none() => 1.2,
        Again::SameVisit | Again::Return => 1.5,
    };
    let compared = if stay.compared { 1.25 } else { 1.0 };
    length * depth * again * compared
}

/// A search or a download is two pages of looking for it, an opened message none.
fn act_steps(weight: f64) -> u32 {
    match weight {
        2.0.. => 2,
        0.5.. => 1,
        _ => 0,
    }
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
        Act::FormStarted | Act::FormAbandoned { .. } | Act::Used => 1.0,
        Act::Clicked { human } => f64::from(human) / 100.0,
        Act::Opened => 0.2,
        Act::Viewed | Act::Left { .. } | Act::Met | Act::Named | Act::Refused => 0.0,
    }
}
