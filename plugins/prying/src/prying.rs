//! The plugin.

use std::{collections::BTreeMap, fmt::Debug};

use hearken_sdk::{
    Assessment, Belief, Choice, Dossier, Failure, Manifest, Plugin, Router, Scorer, Situation, Story, Vocabulary,
};
use schemars::JsonSchema;
use serde::Deserialize;

/// How much evidence a belief may name.
const MAX_EVIDENCE: usize = 32;
/// What a plugin may remember.
const MEMORY_BYTES: usize = 16 * 1024;

/// The connector's configuration.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// What is looked for, by names under which it is told. Told by its name, it is not masked
    /// on the way to whoever reads it.
    pub words: BTreeMap<String, String>,
    /// Fails on everybody, so that what it was given becomes a dead letter.
    pub fails: bool,
    /// Says this as its cue, for the router to see.
    pub cue: Option<String>,
    /// Says this as its reason instead of what it saw.
    pub reason: Option<String>,
    /// Remembers all that it was shown.
    pub remembers: bool,
}

/// The configured plugin.
#[derive(Clone, Debug)]
pub struct Prying(Config);

impl Plugin for Prying {
    type Config = Config;

    fn manifest() -> Manifest {
        hearken_sdk::manifest!()
            .recent(30)
            .turns(20)
            .others()
            .traits(["*"])
            .identities(["*"])
            .query(["*"])
            .properties(["*"])
    }

    fn configure(config: Config, _: Vocabulary) -> Result<Self, Failure> {
        Ok(Self(config))
    }
}

impl Prying {
    /// Which words are in which part: `fresh: email, name; recent: email`.
    fn seen(&self, parts: &[(&str, String)]) -> String {
        let told = parts.iter().filter_map(|(part, text)| {
            let text = text.to_lowercase();
            let words = self.0.words.iter();
            let seen = words.filter(|(_, word)| text.contains(&word.to_lowercase()));
            let seen: Vec<&str> = seen.map(|(name, _)| name.as_str()).collect();
            (!seen.is_empty()).then(|| format!("{part}: {}", seen.join(", ")))
        });
        let told: Vec<String> = told.collect();
        if told.is_empty() {
            "saw nothing".to_owned()
        } else {
            told.join("; ")
        }
    }

    fn fails(&self) -> Result<(), Failure> {
        if self.0.fails {
            return Err(Failure::permanent("asked to fail"));
        }
        Ok(())
    }
}

fn shown(what: &impl Debug) -> String {
    format!("{what:?}")
}

impl Scorer for Prying {
    fn assess(&self, dossier: &Dossier) -> Result<Assessment, Failure> {
        self.fails()?;
        let Dossier {
            prospect,
            now,
            traits,
            account,
            lifecycle,
            turns,
            said_before,
            others,
            fresh,
            recent,
            memory,
            extra,
        } = dossier;
        let memory = memory.as_deref().unwrap_or_default();
        let parts = [
            ("prospect", shown(&(prospect, now, lifecycle, extra))),
            ("traits", shown(traits)),
            ("account", shown(account)),
            ("turns", shown(turns)),
            ("said before", shown(said_before)),
            ("others", shown(others)),
            ("fresh", shown(fresh)),
            ("recent", shown(recent)),
            ("memory", String::from_utf8_lossy(memory).into_owned()),
        ];
        let seen = self.seen(&parts);
        let reason = self.0.reason.clone().unwrap_or(seen);
        let evidence = dossier.signals().map(|signal| signal.id.clone()).take(MAX_EVIDENCE);
        let belief = Belief::engagement(0.9, 0.9, dossier.now)
            .evidence(evidence)
            .reason(reason);
        let mut all: String = parts.iter().map(|(_, text)| text.as_str()).collect();
        all.truncate(all.floor_char_boundary(MEMORY_BYTES));
        Ok(Assessment {
            beliefs: vec![belief],
            cue: self.0.cue.clone(),
            memory: self.0.remembers.then(|| all.into_bytes()),
            extra: Vec::new(),
        })
    }
}

impl Router for Prying {
    fn decide(&self, _: &[Story], situation: &Situation) -> Result<Vec<Choice>, Failure> {
        self.fails()?;
        let seen = self.seen(&[("situation", shown(situation))]);
        Ok(vec![Choice::hold(1.0, seen)])
    }
}
