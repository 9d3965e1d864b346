//! What was learned, as a router's situations are filled from it: a numbered snapshot.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use hearken_model::Pressure;
use sha2::{Digest, Sha256};

use crate::{
    Buyer, Cell, Evidence, MEASURES, Measure, Pooled, Posterior, Rule,
    best::{self, DRAWS},
};

/// The rule whose credits a router's track records are made from.
pub(crate) const RULE: Rule = Rule::Last;
/// How many cells' draws are kept: 2 KiB each.
const KEPT: usize = 4_096;

/// How a story fared with people like one, as far as is believed.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Fared {
    /// How many tellings the numbers rest on, decayed and pooled.
    pub told: f64,
    /// How many of those were clicked or answered.
    pub engaged: f64,
    /// How many moved on in their lifecycle.
    pub advanced: f64,
    /// How many bought.
    pub won: f64,
    /// How many were harmed.
    pub harmed: f64,
    /// How many tellings of the story were counted, decayed: with all kinds of people.
    pub samples: f64,
    /// How likely it is the best of those asked about.
    pub best: f64,
}

impl Fared {
    /// Of `count` stories of which nothing is known: each as likely the best as any other.
    #[must_use]
    pub fn unknown(count: usize) -> Vec<Self> {
        let nothing = Self {
            best: 1.0 / count as f64,
            ..Self::default()
        };
        vec![nothing; count]
    }
}

/// A numbered snapshot, made ready for questions. Number 0 knows nothing.
#[derive(Debug)]
pub struct Knowledge {
    /// The snapshot's number.
    pub number: u64,
    evidence: Evidence,
    pooled: Vec<Pooled>,
    told: HashMap<String, f64>,
    draws: Mutex<HashMap<Cell, Arc<Vec<f64>>>>,
}

impl Knowledge {
    /// Of a snapshot.
    #[must_use]
    pub fn new(number: u64, evidence: Evidence) -> Self {
        let mut told = HashMap::new();
        for (cell, counts) in &evidence.cells {
            *told.entry(cell.story.clone()).or_insert(0.0) += counts.told;
        }
        Self {
            number,
            pooled: Measure::ALL
                .iter()
                .map(|measure| Pooled::of(&evidence, RULE, *measure))
                .collect(),
            evidence,
            told,
            draws: Mutex::default(),
        }
    }

    /// What it was made from.
    #[must_use]
    pub fn evidence(&self) -> &Evidence {
        &self.evidence
    }

    /// How stories fared with people like `buyer`, in their order; as if nothing was ever
    /// told where this is no snapshot, or an empty one. A function of the snapshot, its
    /// number and what is asked: the draws begin from a digest of those.
    #[must_use]
    pub fn fared(&self, buyer: &Buyer, stories: &[(&str, Pressure)]) -> Vec<Fared> {
        if self.number == 0 || self.told.is_empty() {
            return Fared::unknown(stories.len());
        }
        let cells: Vec<Cell> = stories
            .iter()
            .map(|(story, pressure)| Cell {
                buyer: buyer.clone(),
                story: (*story).to_owned(),
                pressure: *pressure,
            })
            .collect();
        let draws: Vec<_> = cells.iter().map(|cell| self.draws(cell)).collect();
        let shown: Vec<&[f64]> = draws.iter().map(|d| d.as_slice()).collect();
        let best = best::best(&shown);
        cells
            .iter()
            .zip(best)
            .map(|(cell, best)| Fared {
                best,
                ..self.record(cell)
            })
            .collect()
    }

    /// Draws of what telling a cell's story to such people is worth, in deals won.
    pub(crate) fn draws(&self, cell: &Cell) -> Arc<Vec<f64>> {
        let mut kept = self.draws.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(draws) = kept.get(cell) {
            return Arc::clone(draws);
        }
        if kept.len() >= KEPT {
            kept.clear();
        }
        let draws = Arc::new(best::draws(self.seed(cell), &self.posteriors(cell)));
        debug_assert_eq!(draws.len(), DRAWS);
        kept.insert(cell.clone(), Arc::clone(&draws));
        draws
    }

    fn posteriors(&self, cell: &Cell) -> [Posterior; MEASURES] {
        Measure::ALL.map(|measure| self.pooled[measure.index()].cell(cell))
    }

    fn record(&self, cell: &Cell) -> Fared {
        let posteriors = self.posteriors(cell);
        let told = posteriors[Measure::Won.index()].weight();
        let people = |measure: Measure| told * posteriors[measure.index()].mean();
        Fared {
            told,
            engaged: people(Measure::Engaged),
            advanced: people(Measure::Advanced),
            won: people(Measure::Won),
            harmed: people(Measure::Harmed),
            samples: self.told.get(&cell.story).copied().unwrap_or(0.0),
            best: 0.0,
        }
    }

    fn seed(&self, cell: &Cell) -> u64 {
        let Cell { buyer, story, pressure } = cell;
        let mut hash = Sha256::new();
        hash.update(self.number.to_be_bytes());
        for part in [
            &buyer.persona,
            buyer.lifecycle.word(),
            &buyer.pace,
            story,
            pressure.word(),
        ] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
        hash.finalize().iter().take(8).fold(0, |n, b| n << 8 | u64::from(*b))
    }
}
