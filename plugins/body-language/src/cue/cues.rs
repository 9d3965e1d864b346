//! The cues of one visit together: what beliefs ask of them.

use super::{Cue, Finding};
use crate::draft::MOST_EVIDENCE;
use crate::sentences::list;
use crate::visit::Visit;

/// The cues of a visit.
pub(crate) struct Cues<'a> {
    visit: &'a Visit<'a>,
    found: [Option<Finding>; Cue::ALL.len()],
}

impl<'a> Cues<'a> {
    /// All that are found in a visit.
    pub(crate) fn of(visit: &'a Visit<'a>) -> Self {
        Self {
            visit,
            found: Cue::ALL.map(|cue| cue.find(visit)),
        }
    }

    pub(crate) fn find(&self, cue: Cue) -> Option<&Finding> {
        self.found[cue as usize].as_ref()
    }

    /// How strong it is, 0 where it was not found.
    pub(crate) fn strength(&self, cue: Cue) -> f64 {
        self.find(cue).map_or(0.0, |found| found.strength)
    }

    /// How often it was seen.
    pub(crate) fn count(&self, cue: Cue) -> usize {
        self.find(cue).map_or(0, |found| found.count)
    }

    /// Fingerprints of the signals by which these were found, the latest first, as far as
    /// they can be named; where none can, those of the visit.
    pub(crate) fn evidence(&self, cues: &[Cue]) -> Vec<u64> {
        let found = cues.iter().filter_map(|cue| self.find(*cue));
        let mut places: Vec<usize> = found
            .flat_map(Finding::places)
            .filter(|place| self.visit.can_name(*place))
            .collect();
        if places.is_empty() {
            return self.visit.latest();
        }
        places.sort_unstable_by(|a, b| b.cmp(a));
        places.dedup();
        places.truncate(MOST_EVIDENCE);
        places
            .into_iter()
            .map(|place| self.visit.observations[place].id)
            .collect()
    }

    /// What was seen of these, in one sentence that ends with their names: `found nothing
    /// twice and gave up 1 form (lost-search, form-abandoned)`.
    pub(crate) fn tell(&self, cues: &[Cue]) -> String {
        let told = cues
            .iter()
            .filter_map(|cue| Some(cue.tell(self.find(*cue)?, self.visit)));
        list(&told.collect::<Vec<_>>()) + &self.names(cues)
    }

    /// ` (comes-back, compares)`: those of these that were found; empty where none was.
    pub(crate) fn names(&self, cues: &[Cue]) -> String {
        let found = cues.iter().filter(|cue| self.find(**cue).is_some());
        let names: Vec<&str> = found.map(|cue| cue.name()).collect();
        if names.is_empty() {
            String::new()
        } else {
            format!(" ({})", names.join(", "))
        }
    }

    /// The most urgent one that calls for a decision, by something that happened just now.
    pub(crate) fn call(&self, is_fresh: impl Fn(u64) -> bool) -> Option<Cue> {
        Cue::ALL.into_iter().find(|cue| {
            self.find(*cue)
                .filter(|found| cue.calls(found))
                .and_then(|found| found.places().last())
                .is_some_and(|latest| is_fresh(self.visit.observations[latest].id))
        })
    }
}
