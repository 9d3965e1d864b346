//! Evidence: how often each story was told to each kind of person, and what came of it.
//!
//! Every telling weighs `2^(-age / half-life)` with its own age, in what it counts for and in
//! what it is credited with, so that old tellings go and no share moves by ageing alone.

use std::{collections::BTreeMap, time::Duration};

use hearken_model::Instant;
use serde::{Deserialize, Serialize};

use crate::{Cell, Credit, MEASURES, Measure, Rule};

/// How many kinds of credit are kept apart.
const RULES: usize = Rule::ALL.len();

/// One story told to one person, and what it is credited with by each rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Telling {
    /// What, to whom.
    pub cell: Cell,
    /// Which variant of the story's text. What is learned is by story; a report tells them apart.
    pub variant: String,
    /// When.
    pub at: Instant,
    /// In the order of [`Rule::ALL`].
    pub credit: [Credit; RULES],
}

/// What was counted in a cell, or in several.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Counts {
    /// How many tellings, each counted once.
    pub samples: u64,
    /// How many after decay.
    pub told: f64,
    /// What they are credited with after decay, by rule and measure; never more than `told`.
    pub credit: [[f64; MEASURES]; RULES],
}

impl Counts {
    /// Adds what another cell has.
    pub fn add(&mut self, other: &Self) {
        self.samples += other.samples;
        self.told += other.told;
        for (mine, theirs) in self.credit.iter_mut().flatten().zip(other.credit.iter().flatten()) {
            *mine += theirs;
        }
    }

    /// What they are credited with by one rule.
    #[must_use]
    pub fn of(&self, rule: Rule, measure: Measure) -> f64 {
        self.credit[rule as usize][measure.index()]
    }
}

/// Everything that was counted, as of a moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "Written", into = "Written")]
pub struct Evidence {
    /// The moment that ages are reckoned to.
    pub at: Instant,
    /// After which a telling counts half.
    pub half_life: Duration,
    /// By cell.
    pub cells: BTreeMap<Cell, Counts>,
}

/// Evidence in JSON, where a key cannot be a cell.
#[derive(Clone, Serialize, Deserialize)]
struct Written {
    at: Instant,
    half_life_ms: u64,
    cells: Vec<(Cell, Counts)>,
}

impl From<Written> for Evidence {
    fn from(written: Written) -> Self {
        Self {
            at: written.at,
            half_life: Duration::from_millis(written.half_life_ms),
            cells: written.cells.into_iter().collect(),
        }
    }
}

impl From<Evidence> for Written {
    fn from(evidence: Evidence) -> Self {
        Self {
            at: evidence.at,
            half_life_ms: u64::try_from(evidence.half_life.as_millis()).unwrap_or(u64::MAX),
            cells: evidence.cells.into_iter().collect(),
        }
    }
}

impl Evidence {
    /// None yet.
    #[must_use]
    pub fn new(at: Instant, half_life: Duration) -> Self {
        Self {
            at,
            half_life,
            cells: BTreeMap::new(),
        }
    }

    /// Counts a telling. A credit is held between 0 and 1: one telling wins once.
    pub fn count(&mut self, telling: &Telling) {
        let weight = self.weight(telling.at);
        let counts = self.cells.entry(telling.cell.clone()).or_default();
        counts.samples += 1;
        counts.told += weight;
        for (sum, credit) in counts.credit.iter_mut().flatten().zip(telling.credit.iter().flatten()) {
            *sum += weight * credit.clamp(0.0, 1.0);
        }
    }

    /// How much a telling of `then` counts: 0..1; 1 for one of the future.
    #[must_use]
    pub fn weight(&self, then: Instant) -> f64 {
        self.fading(self.at.since(then))
    }

    /// What is left of what this counted, at a later moment: 0..1.
    #[must_use]
    pub fn left_at(&self, later: Instant) -> f64 {
        self.fading(later.since(self.at))
    }

    fn fading(&self, age: Duration) -> f64 {
        if self.half_life.is_zero() {
            return 1.0;
        }
        (-age.as_secs_f64() / self.half_life.as_secs_f64()).exp2()
    }

    /// The sum of all cells.
    #[must_use]
    pub fn total(&self) -> Counts {
        let mut total = Counts::default();
        self.cells.values().for_each(|counts| total.add(counts));
        total
    }
}
