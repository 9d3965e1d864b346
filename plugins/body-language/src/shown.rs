//! The cues by themselves, beside the beliefs that they move: for tests, and for looking at
//! what is read in somebody's manner.

use hearken_sdk::Dossier;

use crate::course::Course;
use crate::cue::{Cue, Cues};
use crate::draft::Names;
use crate::scorer::BodyLanguage;

/// A cue that somebody showed in their latest visit.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    /// Which.
    pub cue: Cue,
    /// How strong it is, above 0 and up to 1.
    pub strength: f64,
    /// How often it was seen.
    pub count: usize,
    /// The latest signals by which it was found, as far as the dossier names them.
    pub evidence: Vec<String>,
}

impl BodyLanguage {
    /// The cues that an assessment of this dossier rests on, in the order of [`Cue::ALL`].
    #[must_use]
    pub fn cues(&self, dossier: &Dossier) -> Vec<Shown> {
        let observations = self.window(dossier).seen_from(dossier.now.as_millis());
        let course = Course::of(&observations, self.config.visit_gap_ms());
        let Some(visit) = course.visit(self.hours.as_ref()) else {
            return Vec::new();
        };
        let (cues, names) = (Cues::of(&visit), Names::of(dossier));
        let shown = |cue| {
            let found = cues.find(cue)?;
            let ids: Vec<u64> = found.places().map(|place| observations[place].id).collect();
            Some(Shown {
                cue,
                strength: found.strength,
                count: found.count,
                evidence: names.of_evidence(&ids).map(str::to_owned).collect(),
            })
        };
        Cue::ALL.into_iter().filter_map(shown).collect()
    }
}
