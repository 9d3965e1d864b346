//! Simulated sites: people come, are told stories by a policy, and do what the world's hidden
//! parameters make them do. The router is the real facilitator, what is learned is learned by
//! the real code, from the same records that a store would give.

mod people;
mod worlds;

use facilitator::{Config, Facilitator};
use hearken_learn::{Buyer, Evidence, Knowledge, report, tellings};
use hearken_model::{Instant, Lifecycle, Pressure};
use hearken_sdk::{Candidate, Plugin, Router, Situation, Story, TrackRecord, Vocabulary};
use rand_chacha::{
    ChaCha8Rng,
    rand_core::{RngCore, SeedableRng},
};

use people::Person;
pub(crate) use worlds::{ALL, Kind, World};

/// How long a world lasts, in weeks, and how many people come in each.
pub(crate) const WEEKS: u64 = 52;
const COME: usize = 120;
/// How often somebody is told something at most, a week apart.
const TOLD: usize = 3;
const WEEK_MS: u64 = 7 * 86_400_000;
const BEGIN: u64 = 1_763_971_200_000;
const HALF_LIFE: std::time::Duration = std::time::Duration::from_secs(90 * 86_400);

/// How stories are chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Policy {
    /// The facilitator, given what was learned up to the week before.
    Learning,
    /// The facilitator, given nothing.
    Unlearned,
    /// The first story to everybody, a week later the second, and so on.
    Drip,
}

/// What came of a year.
#[derive(Clone, Debug, Default)]
pub(crate) struct Year {
    pub(crate) people: u64,
    pub(crate) won: u64,
    pub(crate) harmed: u64,
    /// Deals won in the last quarter, and people who came in it.
    pub(crate) late: (u64, u64),
    /// Of the last quarter's tellings, by story.
    pub(crate) told_late: Vec<u64>,
    /// What the report says at the end.
    pub(crate) report: Option<report::Report>,
}

impl Year {
    pub(crate) fn deals_a_person(&self) -> f64 {
        self.won as f64 / self.people as f64
    }

    pub(crate) fn late_share(&self, story: usize) -> f64 {
        self.told_late[story] as f64 / self.told_late.iter().sum::<u64>().max(1) as f64
    }
}

pub(crate) struct Dice(ChaCha8Rng);

impl Dice {
    /// 0 ≤ x < 1.
    pub(crate) fn roll(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn picks(&mut self, weights: &[f64]) -> usize {
        let mut left = self.roll() * weights.iter().sum::<f64>();
        let picked = weights.iter().position(|weight| {
            left -= weight;
            left < 0.0
        });
        picked.unwrap_or(weights.len() - 1)
    }
}

/// Lives through a year of a world under a policy.
pub(crate) fn live(world: &World, policy: Policy, seed: u64) -> Year {
    let mut dice = Dice(ChaCha8Rng::seed_from_u64(seed));
    let router = Facilitator::configure(Config::default(), Vocabulary::default()).expect("the defaults are sound");
    let stories: Vec<Story> = world.stories.iter().map(|(id, pressure)| story(id, *pressure)).collect();
    let mut year = Year {
        told_late: vec![0; stories.len()],
        ..Year::default()
    };
    let mut people: Vec<Person> = Vec::new();
    let mut knowledge = Knowledge::new(0, Evidence::new(Instant(BEGIN), HALF_LIFE));
    for week in 0..WEEKS {
        let now = Instant(BEGIN + week * WEEK_MS);
        people.extend((0..COME).map(|n| Person::comes(world, week, week * COME as u64 + n as u64, &mut dice)));
        for person in people.iter_mut().rev().take(COME * TOLD).filter(|p| p.listens(TOLD)) {
            let chosen = match policy {
                Policy::Drip => Some(person.tellings.len() % stories.len()),
                _ => choose(&router, world, &stories, person, &knowledge, now, &mut dice),
            };
            let Some(place) = chosen else { continue };
            person.hears(world, place, week, now, &mut dice);
            if week >= WEEKS * 3 / 4 {
                year.told_late[place] += 1;
            }
        }
        if policy == Policy::Learning {
            knowledge = Knowledge::new(week + 1, evidence(world, &people, now));
        }
    }
    for person in &people {
        let late = u64::from(person.came >= WEEKS * 3 / 4);
        year.people += 1;
        year.won += u64::from(person.won);
        year.harmed += u64::from(person.harmed);
        year.late.0 += late * u64::from(person.won);
        year.late.1 += late;
    }
    year.report = Some(report::of(&evidence(world, &people, Instant(BEGIN + WEEKS * WEEK_MS))));
    year
}

fn evidence(world: &World, people: &[Person], now: Instant) -> Evidence {
    let mut evidence = Evidence::new(now, HALF_LIFE);
    for person in people.iter().filter(|person| !person.tellings.is_empty()) {
        let pressure = |id: &str| world.stories.iter().find(|(story, _)| *story == id).map(|(_, p)| *p);
        tellings(&person.history(), HALF_LIFE, pressure)
            .iter()
            .for_each(|telling| evidence.count(telling));
    }
    evidence
}

fn choose(
    router: &Facilitator,
    world: &World,
    stories: &[Story],
    person: &Person,
    knowledge: &Knowledge,
    now: Instant,
    dice: &mut Dice,
) -> Option<usize> {
    let left: Vec<usize> = (0..stories.len()).filter(|place| !person.heard(*place)).collect();
    let asked: Vec<(&str, Pressure)> = left.iter().map(|place| world.stories[*place]).collect();
    let buyer = Buyer::of(Lifecycle::Lead, person.beliefs().into_iter());
    let fared = knowledge.fared(&buyer, &asked);
    let candidates = left.iter().zip(fared).map(|(story, f)| Candidate {
        story: *story,
        best: f.best,
        fared: TrackRecord {
            told: f.told,
            engaged: f.engaged,
            advanced: f.advanced,
            won: f.won,
            harmed: f.harmed,
            samples: f.samples,
        },
        ..Candidate::default()
    });
    let at = hearken_sdk::Instant::from_millis(now.0);
    let situation = Situation {
        lifecycle: hearken_sdk::Lifecycle::Lead,
        candidates: candidates.collect(),
        beliefs: person
            .beliefs()
            .into_iter()
            .map(|(kind, name, weight)| hearken_sdk::Belief::new(kind, name, weight, 1.0, at))
            .collect(),
        channels: vec!["email".to_owned()],
        trigger: "belief:interest/roi".to_owned(),
        ..Situation::new("simulated", at)
    };
    let choices = router.decide(stories, &situation).expect("any situation is decided");
    let weights: Vec<f64> = choices.iter().map(|choice| choice.weight).collect();
    let drawn = &choices[dice.picks(&weights)];
    stories.iter().position(|story| story.id == drawn.target)
}

fn story(id: &str, pressure: Pressure) -> Story {
    Story {
        id: id.to_owned(),
        topics: vec!["roi".to_owned()],
        pressure: match pressure {
            Pressure::Hard => hearken_sdk::Pressure::Hard,
            Pressure::Soft => hearken_sdk::Pressure::Soft,
        },
        channels: vec!["email".to_owned()],
        ..Story::default()
    }
}
