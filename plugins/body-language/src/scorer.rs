//! The plugin: from a dossier to an assessment.

use hearken_sdk::{Assessment, Dossier, Failure, Manifest, Pace, Plugin, Problem, Scorer, Vocabulary};

use crate::config::{self, Config};
use crate::course::Course;
use crate::cue::{Cue, Cues};
use crate::draft::changes;
use crate::engagement::engagement;
use crate::fingerprint::of_id;
use crate::hours::Hours;
use crate::interest::interests;
use crate::leaving::leaving;
use crate::lexicon::Lexicon;
use crate::observe::{TITLE_TRAITS, job_title, observe};
use crate::pace::pace;
use crate::persona::persona;
use crate::window::Window;

/// How many earlier signals are needed to begin anew without a memory: as many observations
/// as are remembered, and those signals among them that are none.
const RECENT: u32 = 500;

/// The scorer, configured.
pub struct BodyLanguage {
    pub(crate) config: Config,
    lexicon: Lexicon,
    pub(crate) hours: Option<Hours>,
}

impl Plugin for BodyLanguage {
    type Config = Config;

    fn manifest() -> Manifest {
        hearken_sdk::manifest!()
            .vocabulary()
            .reads([
                "page.*",
                "screen.*",
                "search.*",
                "form.*",
                "product.*",
                "file.*",
                "chat.*",
                "meeting.*",
                "message.*",
                "question.*",
                "person.*",
            ])
            .recent_without_memory(RECENT)
            .traits(TITLE_TRAITS)
    }

    fn check(config: &Config, vocabulary: &Vocabulary) -> Vec<Problem> {
        config::check(config, vocabulary)
    }

    fn configure(config: Config, vocabulary: Vocabulary) -> Result<Self, Failure> {
        let lexicon = Lexicon::new(vocabulary, &config);
        let hours = config.office_hours.as_ref().map(Hours::of).transpose();
        let hours = hours.map_err(|(key, why)| Failure::config(format!("office-hours.{key}: {why}")))?;
        Ok(Self { config, lexicon, hours })
    }
}

impl Scorer for BodyLanguage {
    fn assess(&self, dossier: &Dossier) -> Result<Assessment, Failure> {
        let window = self.window(dossier);
        let (config, lexicon, fades) = (&self.config, &self.lexicon, &self.config.half_lives);
        let memory = window.pack()?;
        let observations = window.seen_from(dossier.now.as_millis());
        let course = Course::of(&observations, config.visit_gap_ms());
        let interests = interests(&course, lexicon, fades.interest());
        let title = job_title(&dossier.traits);
        let visit = course.visit(self.hours.as_ref());
        let cues = visit.as_ref().map(Cues::of);
        let shown = visit.as_ref().zip(cues.as_ref());

        let mut drafts: Vec<_> = interests
            .iter()
            .map(|interest| interest.draft(&course, lexicon, fades.interest()))
            .collect();
        drafts.extend(persona(
            &course,
            lexicon,
            &interests,
            title,
            config.persona_margin,
            fades.persona(),
        ));
        drafts.extend(shown.and_then(|(visit, cues)| pace(visit, cues, fades.pace())));
        drafts.extend(shown.and_then(|(visit, cues)| leaving(visit, cues, fades.leaving())));
        drafts.extend(engagement(&course, cues.as_ref(), fades.engagement()));

        let mut assessment: Assessment = changes(drafts, dossier, |kind, name| self.is_known(kind, name))
            .into_iter()
            .collect();
        assessment.cue = call(dossier, cues.as_ref()).map(|cue| cue.name().to_owned());
        assessment.memory = Some(memory);
        Ok(assessment)
    }
}

impl BodyLanguage {
    /// What is remembered of somebody, and what is new.
    pub(crate) fn window(&self, dossier: &Dossier) -> Window {
        let mut window = Window::recall(dossier);
        window.extend(dossier.signals().filter_map(|signal| observe(signal, &self.lexicon)));
        window
    }

    /// Whether this scorer could say something about it.
    fn is_known(&self, kind: &str, name: &str) -> bool {
        match kind {
            "interest" => self.lexicon.has_topic(name),
            "persona" => self.lexicon.personas.iter().any(|persona| persona.name == name),
            "pace" => [Pace::Hurried, Pace::NeedsHelp, Pace::Browsing]
                .iter()
                .any(|pace| pace.as_str() == name),
            "leaving" => name == "site",
            "engagement" => name == "overall",
            _ => false,
        }
    }
}

/// The cue for a decision now: a meeting that was asked for, or what of the visit was shown by
/// these very signals.
fn call(dossier: &Dossier, cues: Option<&Cues<'_>>) -> Option<Cue> {
    let asked = dossier.fresh.iter().any(|signal| signal.kind == "meeting.requested");
    let is_fresh = |id| dossier.fresh.iter().any(|signal| of_id(&signal.id) == id);
    if asked {
        return Some(Cue::Asked);
    }
    cues?.call(is_fresh)
}
