//! Pooling: fifteen wins a month say nothing about four hundred cells one by one, and
//! something about all of them together.
//!
//! A level's mean is the prior of the level below it:
//!
//! ```text
//! all ← story ← story × persona ← cell
//! all ← pace × pressure ┄┄┄┄┄┄┄┄┄┄┘
//! ```
//!
//! A cell's prior takes both branches: their distances from what is true of all are added on
//! the scale of log-odds, as if who it is and how much time they have spoke independently.
//! So what pressure does to people who browse is learned over all stories.
//!
//! How much a prior weighs, in tellings, is estimated from how much more its children differ
//! than chance would make them: by moments of the beta-binomial distribution (J. C. Kleinman,
//! "Proportions with extraneous variance", *JASA* 68, 1973, with weights by size). Where they
//! differ no more than by chance they are taken for one.

use std::collections::BTreeMap;

use hearken_model::Pressure;

use crate::{Cell, Evidence, Measure, Posterior, Rule};

/// What a usual share weighs where nothing was counted, in tellings.
const USUAL_TELLINGS: f64 = 10.0;
/// A prior weighs at least so many tellings …
const WEAKEST: f64 = 10.0;
/// … and at most so many.
const STRONGEST: f64 = 500.0;
/// What it weighs where there is nothing to estimate it from.
const UNKNOWN: f64 = 50.0;

/// Trials and successes.
type Pair = (f64, f64);

/// The posteriors of one measure, at all levels.
#[derive(Clone, Debug)]
pub struct Pooled {
    all: Posterior,
    stories: BTreeMap<String, Posterior>,
    personas: BTreeMap<(String, String), Posterior>,
    paces: BTreeMap<(String, Pressure), Posterior>,
    cells: BTreeMap<Cell, Posterior>,
    /// What a prior weighs: of a story, a story × persona, a pace × pressure, a cell.
    strengths: [f64; 4],
}

impl Pooled {
    /// The posteriors of a measure, credited by a rule.
    #[must_use]
    pub fn of(evidence: &Evidence, rule: Rule, measure: Measure) -> Self {
        let counted = || {
            evidence
                .cells
                .iter()
                .map(|(cell, counts)| (cell, (counts.told, counts.of(rule, measure))))
        };
        let total = counted().fold((0.0, 0.0), |sum, (_, pair)| add(sum, pair));
        let all = Posterior::after(measure.usual(), USUAL_TELLINGS, total.0, total.1);

        let by_story = group(counted(), |cell| cell.story.clone());
        let by_persona = group(counted(), |cell| (cell.story.clone(), cell.buyer.persona.clone()));
        let by_pace = group(counted(), |cell| (cell.buyer.pace.clone(), cell.pressure));
        // A mean is known as well as it was counted, and weighs no more than that.
        let known = total.0.max(WEAKEST);
        let strengths = [
            strength([by_story.values().copied().collect()]),
            strength(families(&by_persona, |(story, _)| story.clone())),
            strength([by_pace.values().copied().collect()]),
            strength(families_of_cells(counted())),
        ]
        .map(|strength| strength.min(known));
        let stories = posteriors(by_story, |_| all.mean(), strengths[0]);
        let of_story = |story: &str| stories.get(story).map_or(all.mean(), Posterior::mean);
        let personas = posteriors(by_persona, |(story, _)| of_story(story), strengths[1]);
        let paces = posteriors(by_pace, |_| all.mean(), strengths[2]);
        let mut pooled = Self {
            all,
            stories,
            personas,
            paces,
            cells: BTreeMap::new(),
            strengths,
        };
        let cells = counted().map(|(cell, (n, k))| {
            let posterior = Posterior::after(pooled.prior(cell), strengths[3], n, k);
            (cell.clone(), posterior)
        });
        pooled.cells = cells.collect();
        pooled
    }

    /// What is believed of a cell, whether anything was ever counted in it or not.
    #[must_use]
    pub fn cell(&self, cell: &Cell) -> Posterior {
        let counted = self.cells.get(cell).copied();
        counted.unwrap_or_else(|| Posterior::after(self.prior(cell), self.strengths[3], 0.0, 0.0))
    }

    /// What is believed of all tellings.
    #[must_use]
    pub fn all(&self) -> Posterior {
        self.all
    }

    /// What is believed of a story.
    #[must_use]
    pub fn story(&self, story: &str) -> Posterior {
        let counted = self.stories.get(story).copied();
        counted.unwrap_or_else(|| Posterior::after(self.all.mean(), self.strengths[0], 0.0, 0.0))
    }

    /// What is believed of a story with a persona.
    #[must_use]
    pub fn persona(&self, story: &str, persona: &str) -> Posterior {
        let counted = self.personas.get(&(story.to_owned(), persona.to_owned())).copied();
        counted.unwrap_or_else(|| Posterior::after(self.story(story).mean(), self.strengths[1], 0.0, 0.0))
    }

    /// What is believed of a pressure on people of a pace.
    #[must_use]
    pub fn pace(&self, pace: &str, pressure: Pressure) -> Posterior {
        let counted = self.paces.get(&(pace.to_owned(), pressure)).copied();
        counted.unwrap_or_else(|| Posterior::after(self.all.mean(), self.strengths[2], 0.0, 0.0))
    }

    /// What is expected of a cell before anything is counted in it.
    #[must_use]
    pub fn prior(&self, cell: &Cell) -> f64 {
        let who = self.persona(&cell.story, &cell.buyer.persona).mean();
        let how = self.pace(&cell.buyer.pace, cell.pressure).mean();
        logistic(logit(who) + logit(how) - logit(self.all.mean()))
    }
}

fn add(x: Pair, y: Pair) -> Pair {
    (x.0 + y.0, x.1 + y.1)
}

fn group<'a, K: Ord>(counted: impl Iterator<Item = (&'a Cell, Pair)>, key: impl Fn(&Cell) -> K) -> BTreeMap<K, Pair> {
    let mut groups = BTreeMap::new();
    for (cell, pair) in counted {
        let sum = groups.entry(key(cell)).or_insert((0.0, 0.0));
        *sum = add(*sum, pair);
    }
    groups
}

fn families<K, P: Ord>(groups: &BTreeMap<K, Pair>, parent: impl Fn(&K) -> P) -> Vec<Vec<Pair>> {
    let mut families: BTreeMap<P, Vec<Pair>> = BTreeMap::new();
    for (key, pair) in groups {
        families.entry(parent(key)).or_default().push(*pair);
    }
    families.into_values().collect()
}

fn families_of_cells<'a>(counted: impl Iterator<Item = (&'a Cell, Pair)>) -> Vec<Vec<Pair>> {
    let mut families: BTreeMap<_, Vec<Pair>> = BTreeMap::new();
    for (cell, pair) in counted {
        let parent = (&cell.story, &cell.buyer.persona, &cell.buyer.pace, cell.pressure);
        families.entry(parent).or_default().push(pair);
    }
    families.into_values().collect()
}

fn posteriors<K: Ord>(groups: BTreeMap<K, Pair>, mean: impl Fn(&K) -> f64, strength: f64) -> BTreeMap<K, Posterior> {
    let of = |(key, (n, k)): (K, Pair)| {
        let posterior = Posterior::after(mean(&key), strength, n, k);
        (key, posterior)
    };
    groups.into_iter().map(of).collect()
}

/// What the mean of a family weighs for its members, in tellings: `1 / ρ - 1`, where ρ is how
/// alike two tellings of one member are. With `q = p (1 - p)` and the family's share `p`,
/// `ρ = Σ (S - q (G - 1)) / Σ q (N - Σ n² / N - (G - 1))`, `S = Σ n (k / n - p)²`, over
/// families of `G` members with `n` tellings each, `N` together.
fn strength(families: impl IntoIterator<Item = Vec<Pair>>) -> f64 {
    let (mut differ, mut able) = (0.0, 0.0);
    for mut family in families {
        family.retain(|(n, _)| *n > 0.0);
        let (n, k) = family.iter().copied().fold((0.0, 0.0), add);
        if family.len() < 2 || n <= 0.0 {
            continue;
        }
        let p = k / n;
        let q = p * (1.0 - p);
        let free = family.len() as f64 - 1.0;
        let spread: f64 = family.iter().map(|(n, k)| n * (k / n - p).powi(2)).sum();
        let squares: f64 = family.iter().map(|(n, _)| n * n).sum();
        differ += spread - q * free;
        able += q * (n - squares / n - free);
    }
    if able <= 0.0 || !differ.is_finite() || !able.is_finite() {
        return UNKNOWN;
    }
    let alike = differ / able;
    if alike <= 0.0 {
        return STRONGEST;
    }
    (1.0 / alike - 1.0).clamp(WEAKEST, STRONGEST)
}

/// The natural logarithm of the odds; shares of 0 and 1 are taken for nearly so.
fn logit(share: f64) -> f64 {
    let share = share.clamp(1e-9, 1.0 - 1e-9);
    (share / (1.0 - share)).ln()
}

fn logistic(odds: f64) -> f64 {
    1.0 / (1.0 + (-odds).exp())
}
