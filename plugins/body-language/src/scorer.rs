//! The plugin: from a dossier to an assessment.

use hearken_sdk::kinds::{Ask, FormSubmitted};
use hearken_sdk::{Assessment, Dossier, Failure, Manifest, Pace, Plugin, Problem, Scorer, Signal, Vocabulary};

use crate::config::{self, Config};
use crate::course::Course;
use crate::draft::changes;
use crate::engagement::engagement;
use crate::interest::interests;
use crate::leaving::leaving;
use crate::lexicon::Lexicon;
use crate::observe::{TITLE_TRAITS, job_title, observe};
use crate::pace::pace;
use crate::persona::persona;
use crate::window::Window;

/// Said with an assessment that saw somebody ask for a person, a demo or a quote.
const ASKED: &str = "asked";

/// How many earlier signals are needed to begin anew without a memory: as many observations
/// as are remembered, and those signals among them that are none.
const RECENT: u32 = 500;

/// The scorer, configured.
pub struct BodyLanguage {
    config: Config,
    lexicon: Lexicon,
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
        Ok(Self { config, lexicon })
    }
}

impl Scorer for BodyLanguage {
    fn assess(&self, dossier: &Dossier) -> Result<Assessment, Failure> {
        let mut window = Window::recall(dossier);
        window.extend(dossier.signals().filter_map(|signal| observe(signal, &self.lexicon)));
        let (config, lexicon, fades) = (&self.config, &self.lexicon, &self.config.half_lives);
        let memory = window.pack()?;
        let observations = window.seen_from(dossier.now.as_millis());
        let course = Course::of(&observations, config.visit_gap_ms());
        let interests = interests(&course, lexicon, fades.interest());
        let title = job_title(&dossier.traits);
        let visit = course.visit();
        let visit = visit.as_ref();

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
        drafts.extend(visit.and_then(|visit| pace(visit, fades.pace())));
        drafts.extend(visit.and_then(|visit| leaving(visit, fades.leaving())));
        drafts.extend(engagement(&course, fades.engagement()));

        let mut assessment: Assessment = changes(drafts, dossier, |kind, name| self.is_known(kind, name))
            .into_iter()
            .collect();
        assessment.cue = dossier.fresh.iter().any(asks).then(|| ASKED.to_owned());
        assessment.memory = Some(memory);
        Ok(assessment)
    }
}

impl BodyLanguage {
    /// Whether this scorer could say something about it.
    fn is_known(&self, kind: &str, name: &str) -> bool {
        match kind {
            "interest" => self.lexicon.topics.iter().any(|topic| topic.name == name),
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

fn asks(signal: &Signal) -> bool {
    signal.kind == "meeting.requested"
        || matches!(
            signal.read::<FormSubmitted>(),
            Some(Ok(FormSubmitted {
                asks: Some(Ask::Contact | Ask::Demo | Ask::Quote),
                ..
            }))
        )
}
