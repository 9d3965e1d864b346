//! What ops may set. Everything has a default.

use std::time::Duration;

use hearken_sdk::{Problem, Vocabulary};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::hours::Hours;

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(86_400);

/// The connector's configuration.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct Config {
    /// Pages of people who want something now, as globs over the path: `*` stands for any
    /// text, slashes included. Coming straight to one is a sign of hurry.
    pub asking: Vec<String>,
    /// Words, or phrases, of searches and chat messages by which people ask for a price or a
    /// person, in the languages of the site. Whole words, without case.
    pub asking_words: Vec<String>,
    /// Pages of people who look for help, as globs over the path.
    pub helping: Vec<String>,
    /// Silence after which the next page begins another visit, in minutes.
    #[schemars(range(min = 1, max = 1440))]
    pub visit_gap_minutes: u32,
    /// By how much the best fitting persona must stand before the second, as a share of the
    /// best one's score, 0..1. With less, no persona is believed.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub persona_margin: f64,
    /// Whether it is evidence that a message was opened. Mail readers and scanners load what is
    /// in messages by themselves, so it is none by default.
    pub opens: bool,
    /// When offices are open where the people are whom you sell to. Without it the hour of a
    /// visit says nothing.
    pub office_hours: Option<OfficeHours>,
    /// How fast beliefs fade.
    pub half_lives: HalfLives,
}

/// When offices are open, Mondays to Fridays.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct OfficeHours {
    /// The time zone, such as `Europe/Berlin`.
    pub zone: String,
    /// The hour in which they open.
    #[serde(default = "opening")]
    #[schemars(range(min = 0, max = 23))]
    pub from: u8,
    /// The hour at which they close.
    #[serde(default = "closing")]
    #[schemars(range(min = 1, max = 24))]
    pub to: u8,
}

const fn opening() -> u8 {
    8
}

const fn closing() -> u8 {
    18
}

/// How long it takes until a belief's confidence has halved.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct HalfLives {
    /// Interest in a topic, in days. Older evidence counts less by the same measure.
    #[schemars(range(min = 1, max = 3650))]
    pub interest_days: u32,
    /// The role in the buying process, in days.
    #[schemars(range(min = 1, max = 3650))]
    pub persona_days: u32,
    /// Engagement, in days. Older evidence counts less by the same measure.
    #[schemars(range(min = 1, max = 3650))]
    pub engagement_days: u32,
    /// The pace, in minutes.
    #[schemars(range(min = 1, max = 1440))]
    pub pace_minutes: u32,
    /// Being about to leave, in minutes.
    #[schemars(range(min = 1, max = 1440))]
    pub leaving_minutes: u32,
}

impl Default for Config {
    fn default() -> Self {
        let globs = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        Self {
            asking: globs(&["*/pricing*", "*/contact*", "*/demo*", "*/quote*", "*/trial*"]),
            asking_words: globs(&[
                "price", "prices", "pricing", "cost", "costs", "quote", "offer", "discount", "contract", "trial",
                "demo", "buy",
            ]),
            helping: globs(&["*/help*", "*/faq*"]),
            visit_gap_minutes: 30,
            opens: false,
            persona_margin: 0.2,
            office_hours: None,
            half_lives: HalfLives::default(),
        }
    }
}

impl Default for HalfLives {
    fn default() -> Self {
        Self {
            interest_days: 14,
            persona_days: 90,
            engagement_days: 14,
            pace_minutes: 30,
            leaving_minutes: 15,
        }
    }
}

impl Config {
    pub(crate) fn visit_gap_ms(&self) -> u64 {
        u64::from(self.visit_gap_minutes) * 60_000
    }
}

impl HalfLives {
    pub(crate) fn interest(&self) -> Duration {
        DAY * self.interest_days
    }

    pub(crate) fn persona(&self) -> Duration {
        DAY * self.persona_days
    }

    pub(crate) fn engagement(&self) -> Duration {
        DAY * self.engagement_days
    }

    pub(crate) fn pace(&self) -> Duration {
        MINUTE * self.pace_minutes
    }

    pub(crate) fn leaving(&self) -> Duration {
        MINUTE * self.leaving_minutes
    }
}

/// What the schema cannot say.
pub(crate) fn check(config: &Config, vocabulary: &Vocabulary) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (name, globs) in [("asking", &config.asking), ("helping", &config.helping)] {
        for (place, glob) in globs.iter().enumerate() {
            if !glob.starts_with(['/', '*']) {
                problems.push(Problem::new(
                    format!("/{name}/{place}"),
                    format!("'{glob}' matches no path: a path begins with a slash, so write '/{glob}' or '*{glob}'"),
                ));
            }
        }
    }
    if let Some((key, message)) = config.office_hours.as_ref().and_then(|hours| Hours::of(hours).err()) {
        problems.push(Problem::new(format!("/office-hours/{key}"), message));
    }
    if vocabulary.topics().is_empty() && vocabulary.personas().is_empty() {
        problems.push(Problem::new(
            "",
            "the vocabulary has no topics and no personas: nothing could be read in anything",
        ));
    }
    problems
}
