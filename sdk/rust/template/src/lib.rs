//! Believes that people care for the topics of the files that they download.
//!
//! A file's name is compared with the words of the operator's topics; the more of the
//! files are about a topic, the surer the belief.

use std::collections::BTreeMap;
use std::time::Duration;

use hearken_sdk::kinds::FileDownloaded;
use hearken_sdk::{
    Assessment, Belief, Dossier, Failure, Manifest, Plugin, Problem, Scorer, Vocabulary,
};

/// What ops write below the connector.
#[derive(serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// How much interest a download shows, 0..1.
    #[serde(default = "half")]
    weight: f64,
}

fn half() -> f64 {
    0.5
}

/// The configured plugin.
pub struct Downloads {
    weight: f64,
    vocabulary: Vocabulary,
}

impl Plugin for Downloads {
    type Config = Config;

    fn manifest() -> Manifest {
        hearken_sdk::manifest!()
            .vocabulary()
            .reads(["file.downloaded"])
            .recent(20)
    }

    fn check(config: &Config, _: &Vocabulary) -> Vec<Problem> {
        if (0.0..=1.0).contains(&config.weight) {
            return Vec::new();
        }
        vec![Problem::new(
            "/weight",
            format!("{} is not from 0 to 1; 0.5 is usual", config.weight),
        )]
    }

    fn configure(config: Config, vocabulary: Vocabulary) -> Result<Self, Failure> {
        Ok(Self {
            weight: config.weight,
            vocabulary,
        })
    }
}

impl Scorer for Downloads {
    fn assess(&self, dossier: &Dossier) -> Result<Assessment, Failure> {
        let mut evidence: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for signal in dossier.signals() {
            // A download that is not as the catalogue says tells nothing: skip it.
            let Some(Ok(file)) = signal.read::<FileDownloaded>() else {
                continue;
            };
            for topic in self.vocabulary.words_in(&file.name) {
                evidence.entry(topic).or_default().push(&signal.id);
            }
        }
        let beliefs = evidence.into_iter().map(|(topic, ids)| {
            let files = ids.len() as f64;
            Belief::interest(topic, self.weight, files / (files + 1.0), dossier.now)
                .half_life(Duration::from_secs(14 * 24 * 60 * 60))
                .reason(format!("downloaded {} about {topic}", count(ids.len())))
                .evidence(ids)
        });
        Ok(beliefs.collect())
    }
}

fn count(files: usize) -> String {
    if files == 1 {
        "a file".to_owned()
    } else {
        format!("{files} files")
    }
}

hearken_sdk::export!(Downloads: Scorer);
