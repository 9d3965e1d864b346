//! Variants of a story against each other.
//!
//! Which variant is told is drawn, each with the same probability, whoever the reader is; so
//! what came of them can be compared as it is. They are counted apart from what is learned,
//! which is by story: a router chooses among stories.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use hearken_model::Instant;

use super::{Row, rows};
use crate::{Evidence, Measure, Pooled, Telling, knowledge::RULE};

/// What was counted of each variant of each story.
pub(super) struct Variants {
    /// A story's evidence, with the variants in the place of stories: so each is drawn to the
    /// mean of its own story, and not to that of others.
    stories: BTreeMap<String, Evidence>,
    now: Instant,
    half_life: Duration,
}

impl Variants {
    pub(super) const fn new(now: Instant, half_life: Duration) -> Self {
        Self {
            stories: BTreeMap::new(),
            now,
            half_life,
        }
    }

    pub(super) fn count(&mut self, mut telling: Telling) {
        let story = std::mem::replace(&mut telling.cell.story, telling.variant.clone());
        let of_story = self.stories.entry(story);
        let evidence = of_story.or_insert_with(|| Evidence::new(self.now, self.half_life));
        evidence.count(&telling);
    }

    /// A row for each variant of the stories that were told in several.
    pub(super) fn rows(&self) -> Vec<Row> {
        let of_story = |(story, evidence): (&String, &Evidence)| {
            let pooled = Measure::ALL.map(|measure| Pooled::of(evidence, RULE, measure));
            rows(
                evidence,
                |cell| (Some(story.clone()), cell.story.clone()),
                |_, variant| Measure::ALL.map(|m| pooled[m.index()].story(variant)),
            )
        };
        let several = self.stories.iter().filter(|(_, evidence)| {
            let variants: BTreeSet<&String> = evidence.cells.keys().map(|cell| &cell.story).collect();
            variants.len() > 1
        });
        several.flat_map(of_story).collect()
    }
}

#[cfg(test)]
mod tests {
    use hearken_model::{Lifecycle, Pressure};

    use super::*;
    use crate::{Buyer, Cell, Credit, report::Verdict};

    fn telling(story: &str, variant: &str, won: bool) -> Telling {
        let buyer = Buyer::of(Lifecycle::Lead, std::iter::empty());
        let mut credit: [Credit; 3] = Default::default();
        for rule in &mut credit {
            rule[Measure::Won.index()] = f64::from(u8::from(won));
        }
        Telling {
            cell: Cell {
                buyer,
                story: story.into(),
                pressure: Pressure::Soft,
            },
            variant: variant.into(),
            at: Instant(1),
            credit,
        }
    }

    #[test]
    fn variants_of_one_story_are_compared_and_stories_without_are_left_out() {
        let mut variants = Variants::new(Instant(1), Duration::from_secs(86_400));
        for n in 0..200 {
            variants.count(telling("roi", "a", n % 20 == 0));
            variants.count(telling("roi", "b", n % 2 == 0));
            variants.count(telling("security", "a", true));
        }
        let rows = variants.rows();
        let shown: Vec<_> = rows
            .iter()
            .map(|row| (row.whom.as_deref(), row.story.as_str(), row.counts.samples))
            .collect();
        assert_eq!(shown, [(Some("roi"), "a", 200), (Some("roi"), "b", 200)]);
        let share = |row: &Row| row.posteriors[Measure::Won.index()].mean();
        assert!(share(&rows[0]) < 0.2 && share(&rows[1]) > 0.4, "{rows:?}");
        assert_eq!(rows[1].verdict, Verdict::Better);
    }
}
