//! A year of a world under a policy.

use std::time::Duration;

use hearken_learn::{Evidence, Knowledge, report, tellings};
use hearken_model::Instant;

use crate::{
    World,
    choice::Chooser,
    person::{Dice, Person},
};

/// How long a world lasts, in weeks.
pub(crate) const WEEKS: u64 = 52;
/// When the last quarter begins.
const LATE: u64 = WEEKS * 3 / 4;
/// How many people come in a week.
const COME: u64 = 120;
/// How often somebody is told something at most, a week apart.
const TOLD: usize = 3;
const WEEK_MS: u64 = 7 * 86_400_000;
const BEGIN: u64 = 1_763_971_200_000;
/// The defaults of `[learn]`.
const HALF_LIFE: Duration = Duration::from_secs(90 * 86_400);
const WINDOW: Duration = Duration::from_secs(90 * 86_400);

/// How stories are chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// The facilitator, given what was learned up to then, anew each week.
    Learning,
    /// The facilitator, given nothing.
    Unlearned,
    /// The same stories in the same order to everybody, one a week. Each seed begins with
    /// another story, so that the order is neither a lucky nor an unlucky one.
    Drip,
}

/// What came of a year.
#[derive(Clone, Debug)]
pub struct Year {
    /// Who came.
    pub people: u64,
    /// How many of them bought.
    pub won: u64,
    /// How many of them were harmed.
    pub harmed: u64,
    /// Of those who came in the last quarter: who came, and who bought.
    pub late: (u64, u64),
    /// By story: how many people heard it first, of those who came in the last quarter.
    pub first_late: Vec<u64>,
    /// How many of those heard first what is worth most to people like them.
    pub best_first_late: u64,
    /// What the report says at the end of each quarter.
    pub reports: Vec<report::Report>,
}

impl Year {
    /// Deals for each person who came.
    #[must_use]
    pub fn deals_a_person(&self) -> f64 {
        self.won as f64 / self.people as f64
    }

    /// Deals for each person who came in the last quarter.
    #[must_use]
    pub fn late_deals_a_person(&self) -> f64 {
        self.late.1 as f64 / self.late.0 as f64
    }

    /// The share of people who were harmed.
    #[must_use]
    pub fn harmed_a_person(&self) -> f64 {
        self.harmed as f64 / self.people as f64
    }

    /// Of what was told first to people in the last quarter, a story's share.
    #[must_use]
    pub fn late_share(&self, story: usize) -> f64 {
        self.first_late[story] as f64 / self.told_late()
    }

    /// The share of those people who heard first what is worth most to people like them.
    #[must_use]
    pub fn best_late_share(&self) -> f64 {
        self.best_first_late as f64 / self.told_late()
    }

    fn told_late(&self) -> f64 {
        self.first_late.iter().sum::<u64>().max(1) as f64
    }
}

/// Lives through a year of a world under a policy.
#[must_use]
pub fn live(world: &World, policy: Policy, seed: u64) -> Year {
    let chooser = Chooser::new(world);
    let mut dice = Dice::new(seed, 0);
    let mut people: Vec<Person> = Vec::new();
    let mut knowledge = Knowledge::new(0, evidence(world, &people, Instant(BEGIN)));
    let mut reports = Vec::new();
    for week in 0..WEEKS {
        let now = Instant(BEGIN + week * WEEK_MS);
        if policy == Policy::Learning {
            knowledge = Knowledge::new(week, evidence(world, &people, now));
        }
        people.extend((0..COME).map(|n| {
            let number = week * COME + n;
            Person::comes(world, week, number, Dice::new(seed, number + 1))
        }));
        for person in people.iter_mut().filter(|person| person.listens(TOLD, now)) {
            // Silence of a week is silence: nobody is asked about again who came long ago.
            if week - person.came >= TOLD as u64 {
                continue;
            }
            let chosen = match policy {
                Policy::Drip => Some((seed as usize + person.history.tellings.len()) % world.stories.len()),
                _ => chooser.choose(world, person, &knowledge, now, &mut dice),
            };
            if let Some(place) = chosen {
                person.hears(world, place, week, now);
            }
        }
        if (week + 1) % (WEEKS / 4) == 0 {
            let end = Instant(now.0 + WEEK_MS);
            reports.push(report::of(&evidence(world, &people, end)));
        }
    }
    sum_up(world, &people, reports)
}

/// As a store would have it at a moment: what came later is not known yet.
fn evidence(world: &World, people: &[Person], now: Instant) -> Evidence {
    let mut evidence = Evidence::new(now, HALF_LIFE);
    for person in people.iter().filter(|person| !person.history.tellings.is_empty()) {
        let mut history = person.history.clone();
        history.signals.retain(|recorded| recorded.signal.at <= now);
        let told = tellings(std::slice::from_ref(&history), WINDOW, |id| world.pressure(id));
        told.iter().for_each(|telling| evidence.count(telling));
    }
    evidence
}

fn sum_up(world: &World, people: &[Person], reports: Vec<report::Report>) -> Year {
    let late: Vec<&Person> = people.iter().filter(|person| person.came >= LATE).collect();
    let count = |people: &mut dyn Iterator<Item = bool>| people.filter(|so| *so).count() as u64;
    let (mut first_late, mut best_first_late) = (vec![0; world.stories.len()], 0);
    for person in &late {
        let first = person.history.tellings.first();
        if let Some(place) = first.and_then(|told| world.place(&told.target)) {
            first_late[place] += 1;
            best_first_late += u64::from(person.would_do_best_by(world, place));
        }
    }
    Year {
        people: people.len() as u64,
        won: count(&mut people.iter().map(|person| person.bought.is_some())),
        harmed: count(&mut people.iter().map(|person| person.harmed)),
        late: (
            late.len() as u64,
            count(&mut late.iter().map(|person| person.bought.is_some())),
        ),
        first_late,
        best_first_late,
        reports,
    }
}
