//! What we can say.

use std::{collections::BTreeMap, fmt::Write as _, time::Duration};

use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::{Instant, Lifecycle, StoryId};

/// How hard a story presses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pressure {
    /// For those who browse.
    #[default]
    Soft,
    /// For those in a hurry or about to leave.
    Hard,
}

impl Pressure {
    /// Its word in TOML and WIT.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Soft => "soft",
            Self::Hard => "hard",
        }
    }
}

/// What a story is for; consents are by purpose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StoryKind {
    /// Needs the consent for `marketing`.
    #[default]
    Marketing,
    /// Owed to the person; needs none.
    Service,
    /// From a person of sales; needs the consent for `sales`.
    Sales,
}

impl StoryKind {
    /// Its word in TOML, and the purpose of the consent that it needs.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Marketing => "marketing",
            Self::Service => "service",
            Self::Sales => "sales",
        }
    }
}

/// Something we can say, from one Markdown file with TOML front matter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Story {
    /// The file's name without its ending.
    pub id: StoryId,
    /// For people; the subject where none is given.
    pub title: String,
    /// Topics of the vocabulary that it speaks about.
    pub topics: Vec<String>,
    /// Personas that it is for; none: for all.
    pub personas: Vec<String>,
    /// Stages that it is for; none: all before customer.
    pub lifecycles: Vec<Lifecycle>,
    /// Languages (BCP 47) of its text; none: any.
    pub languages: Vec<String>,
    /// How hard it presses.
    pub pressure: Pressure,
    /// Channels that can carry it.
    pub channels: Vec<String>,
    /// What it is for.
    pub kind: StoryKind,
    /// Answer options, where it is a question: (topic or persona it speaks for, text).
    pub answers: Vec<(String, String)>,
    /// The subject line, where a channel has one: a template.
    pub subject: String,
    /// Markdown with values to fill in: a template.
    pub text: String,
    /// The purpose whose consent it asks to confirm (double opt-in). Such a story is told when
    /// a consent waits to be confirmed, and no router is offered it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirms: Option<String>,
    /// The team that it invites its reader to talk with. Such a story is told only while that
    /// team is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invites: Option<String>,
    /// By a value's name, what is said where it is not known.
    #[serde(default)]
    pub fallbacks: BTreeMap<String, String>,
    /// Which of the texts that are tried out against each other its text is.
    #[serde(default = "first_variant")]
    pub variant: String,
    /// Its other texts, in other languages or other words. Each is a story like this one, with
    /// its file's name as its id, its own texts and no others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<Story>,
    /// The language of the text that is told to whoever reads none of its languages; none
    /// where nothing is told to them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language_fallback: Option<String>,
    /// From when on it is told to nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Instant>,
    /// How long before it may be told again to one person; none: as the policy says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub again: Option<Duration>,
}

/// The variant of the text that stands in a story's own file.
pub const FIRST_VARIANT: &str = "a";

fn first_variant() -> String {
    FIRST_VARIANT.into()
}

impl Story {
    /// Whether somebody at this stage may be told it.
    #[must_use]
    pub fn is_for_stage(&self, stage: Lifecycle) -> bool {
        self.lifecycles.is_empty() && stage < Lifecycle::Customer || self.lifecycles.contains(&stage)
    }

    /// Whether it is for such a persona at this stage.
    #[must_use]
    pub fn is_for(&self, persona: &str, stage: Lifecycle) -> bool {
        let persona = self.personas.is_empty() || self.personas.iter().any(|p| p == persona);
        persona && self.is_for_stage(stage)
    }

    /// SHA-256 over everything of it that a reader sees, in hex: another text has another
    /// digest, and approving a text approves no other.
    #[must_use]
    pub fn digest(&self) -> String {
        let seen = json!([
            "text 1",
            self.title,
            self.subject,
            self.text,
            self.answers,
            self.languages,
            self.fallbacks,
        ]);
        // A JSON array has one reading, whatever its parts contain.
        let bytes = Sha256::digest(seen.to_string());
        bytes.iter().fold(String::with_capacity(64), |mut hex, b| {
            // Writing to a string cannot fail.
            let _ = write!(hex, "{b:02x}");
            hex
        })
    }
}
