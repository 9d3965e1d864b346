//! What ops may set. Everything has a default.

use std::time::Duration;

use hearken_sdk::{Problem, Vocabulary};
use schemars::JsonSchema;
use serde::Deserialize;

/// The connector's configuration. "Weight" is a belief's value times its confidence.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct Config {
    /// The score that a story needs to be told at all. Interest in its topics is where a
    /// score begins; role, stage, pressure and track record raise or lower it.
    #[schemars(range(min = 0.0, max = 10.0))]
    pub floor: f64,
    /// How much better scores are preferred: near 0 the best story is nearly always told,
    /// with larger numbers all that reach the floor are told more alike.
    #[schemars(range(min = 0.01, max = 10.0))]
    pub temperature: f64,
    /// The least probability of every story that reaches the floor, so that it stays known
    /// how it fares. All stories together are given at most half in this way.
    #[schemars(range(min = 0.0, max = 0.2))]
    pub explore: f64,
    /// The weight from which a pace, leaving or a persona is taken for so.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub sure: f64,
    /// Who browses with less weight of engagement than this is left alone.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub leave_alone: f64,
    /// The weight of fit from which a hurried person with buying signs is handed over
    /// before being qualified.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub hand_over_fit: f64,
    /// Topics in which strong interest is a buying sign.
    pub buying_topics: Vec<String>,
    /// The weight from which such interest, or engagement, is a buying sign.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub buying_weight: f64,
    /// Kinds of signals by which people ask for a person: they are handed over whatever
    /// their pace.
    pub requests: Vec<String>,
    /// The team that people in need of help are handed over to. Without it they are given
    /// the stories that help.
    pub help_team: Option<String>,
    /// After how many hours a hard story makes no sense any more.
    #[schemars(range(min = 1, max = 8760))]
    pub hard_expires_hours: u32,
    /// After how many hours a soft story makes no sense any more.
    #[schemars(range(min = 1, max = 8760))]
    pub soft_expires_hours: u32,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            floor: 0.15,
            temperature: 0.15,
            explore: 0.02,
            sure: 0.3,
            leave_alone: 0.3,
            hand_over_fit: 0.6,
            buying_topics: vec!["pricing".to_owned()],
            buying_weight: 0.4,
            requests: ["form.submitted", "meeting.requested", "message.replied"]
                .map(String::from)
                .into(),
            help_team: None,
            hard_expires_hours: 6,
            soft_expires_hours: 72,
        }
    }
}

impl Config {
    pub(crate) fn hard_expires(&self) -> Duration {
        Duration::from_secs(3600) * self.hard_expires_hours
    }

    pub(crate) fn soft_expires(&self) -> Duration {
        Duration::from_secs(3600) * self.soft_expires_hours
    }
}

/// What the schema cannot say. A topic of the default that an operator does not have is no
/// mistake of theirs.
pub(crate) fn check(config: &Config, vocabulary: &Vocabulary) -> Vec<Problem> {
    let known =
        |topic: &String| vocabulary.topics().contains_key(topic) || Config::default().buying_topics.contains(topic);
    let names: Vec<&str> = vocabulary.topics().keys().map(String::as_str).collect();
    let unknown = config
        .buying_topics
        .iter()
        .enumerate()
        .filter(|(_, topic)| !known(topic));
    unknown
        .map(|(place, topic)| {
            let message = format!(
                "'{topic}' is no topic of the vocabulary, which has {}",
                names.join(", ")
            );
            Problem::new(format!("/buying-topics/{place}"), message)
        })
        .collect()
}
