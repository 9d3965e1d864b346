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
use crate::draft::{Draft, Support, evidence};
use crate::lexicon::Lexicon;
use crate::observation::{Act, Asks};
use crate::sentences::{deed, reading};

/// With more topics than that, only the strongest are believed.
const MOST_INTERESTS: usize = 64;

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

impl Interest {
    pub(crate) fn weight(&self) -> f64 {
        self.value * self.confidence
    }

    pub(crate) fn draft<'a>(
        &'a self,
        course: &'a Course<'a>,
        lexicon: &'a Lexicon,
        half_life: Duration,
    ) -> Draft<'a> {
        Draft {
            kind: "interest",
            name: Cow::Borrowed(&lexicon.topics[self.topic].name),
            value: self.value,
            confidence: self.confidence,
            at: self.at,
            half_life,
            evidence: self.evidence.clone(),
            reason: Box::new(move || reason(self.topic, course, lexicon)),
        }
    }
}

/// What speaks for one topic.
#[derive(Default)]
struct Tally {
    /// (when, weight) of every act.
    masses: Vec<(u64, f64)>,
    support: Vec<Support>,
}

/// Interests, by topic.
pub(crate) fn interests(
    course: &Course<'_>,
    lexicon: &Lexicon,
    half_life: Duration,
) -> Vec<Interest> {
    let mut tallies: BTreeMap<usize, Tally> = BTreeMap::new();
    for stay in &course.stays {
        let weight = stay_weight(stay);
        for topic in stay.marks.iter().filter_map(|mark| lexicon.topic(mark)) {
            tallies
                .entry(topic)
                .or_default()
                .masses
                .push((stay.seen.at, weight));
        }
        for topic in stay
            .seen
            .marks
            .iter()
            .filter_map(|mark| lexicon.topic(mark))
        {
            tallies.entry(topic).or_default().support.push(Support {
                place: stay.place,
                weight,
            });
        }
    }
    for (place, stay) in &course.joined {
        let weight = stay_weight(&course.stays[*stay]);
        for topic in course.observations[*place]
            .marks
            .iter()
            .filter_map(|mark| lexicon.topic(mark))
        {
            tallies.entry(topic).or_default().support.push(Support {
                place: *place,
                weight,
            });
        }
    }
    for (place, seen) in course.observations.iter().enumerate() {
        let weight = act_weight(seen.act);
        for topic in seen
            .marks
            .iter()
            .filter_map(|mark| lexicon.topic(mark))
            .filter(|_| weight > 0.0)
        {
            let tally = tallies.entry(topic).or_default();
            tally.masses.push((seen.at, weight));
            tally.support.push(Support { place, weight });
        }
    }
    let mut interests: Vec<Interest> = tallies
        .into_iter()
        .map(|(topic, tally)| tally.interest(topic, course, half_life))
        .collect();
    if interests.len() > MOST_INTERESTS {
        interests.sort_by(|a, b| {
            b.weight()
                .total_cmp(&a.weight())
                .then(a.topic.cmp(&b.topic))
        });
        interests.truncate(MOST_INTERESTS);
        interests.sort_by_key(|interest| interest.topic);
    }
    interests
}

impl Tally {
    fn interest(self, topic: usize, course: &Course<'_>, half_life: Duration) -> Interest {
        let at = self
            .support
            .iter()
            .map(|support| course.observations[support.place].at)
            .max()
            .unwrap_or(0);
        let (mut mass, mut pieces) = (0.0, 0.0);
        for (when, weight) in self.masses {
            let fresh = fading(at.saturating_sub(when), half_life);
            mass += weight * fresh;
            pieces += weight.min(1.0) * fresh;
        }
        Interest {
            topic,
            value: saturating(mass / 3.0),
            confidence: saturating(pieces / 2.0),
            at,
            evidence: evidence(course.observations, self.support),
        }
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
    let length = (0.25 + 0.75 * (seconds / 15.0).ln_1p() / 5.0_f64.ln()).min(2.0);
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

/// The two weightiest deeds.
fn reason(topic: usize, course: &Course<'_>, lexicon: &Lexicon) -> String {
    let about = |mark: u32| lexicon.topic(mark) == Some(topic);
    let mut pages: BTreeMap<u32, (f64, Vec<&Stay<'_>>)> = BTreeMap::new();
    for stay in course
        .stays
        .iter()
        .filter(|stay| stay.marks.iter().any(about))
    {
        let (weight, stays) = pages.entry(stay.seen.page).or_default();
        *weight += stay_weight(stay);
        stays.push(stay);
    }
    let mut deeds: Vec<(f64, String)> = pages
        .into_values()
        .map(|(weight, stays)| (weight, reading(&stays)))
        .collect();
    let others = course
        .observations
        .iter()
        .filter(|seen| seen.marks.iter().any(about));
    deeds.extend(
        others.filter_map(|seen| Some((act_weight(seen.act), deed(seen.act, &seen.label)?))),
    );
    deeds.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    let mut said: Vec<String> = Vec::new();
    for (_, deed) in deeds {
        if said.len() < 2 && !said.contains(&deed) {
            said.push(deed);
        }
    }
    said.join("; ")
}
