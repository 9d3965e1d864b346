//! Warnings of what is probably missing. They are given only for a configuration without
//! errors: a misspelt topic would otherwise bring a second complaint, that nothing uses the
//! topic which was meant.

use std::collections::{BTreeMap, BTreeSet};

use super::{Resolver, policy::seed_of, stories::Stories};
use crate::Channel;

impl Resolver<'_> {
    pub(super) fn absent(&mut self, stories: &Stories, channels: &BTreeMap<String, Channel>) {
        if self.problems.any_error() {
            return;
        }
        self.unused_topics(stories);
        self.unreached_seeds(channels);
        if !stories.names.is_empty() {
            self.personas_without_story(stories);
        } else if let Some(channels) = &self.file.channels {
            let message = "there are channels but no stories, so nothing can be told".into();
            let help = "put a Markdown file into the folder that [stories] names, such as stories/roi.md";
            self.problems.warning("no-stories", channels.key, message, help);
        }
    }

    fn unreached_seeds(&mut self, channels: &BTreeMap<String, Channel>) {
        let policy = self.file.policy.as_ref();
        for at in policy
            .iter()
            .filter_map(|p| p.value.seeds.as_ref())
            .flat_map(|s| &s.value.0)
        {
            let Some(seed) = seed_of(&at.value.0) else { continue };
            if !channels.values().any(|c| c.address == seed.scheme) {
                let message = format!(
                    "no channel reaches '{}', so it gets no copies",
                    crate::quote(&at.value.0)
                );
                let help = format!(
                    "add a channel with address = \"{}\", or leave it out",
                    crate::quote(&seed.scheme)
                );
                self.problems.warning("seeds", at.span, message, help);
            }
        }
    }

    fn unused_topics(&mut self, stories: &Stories) {
        let Some(written) = self.file.vocabulary.as_ref().map(|at| &at.value) else {
            return;
        };
        let personas = written.personas.iter().flat_map(|p| p.value.0.values());
        let of_personas = personas.flat_map(|p| &p.value.topics).flat_map(|t| t.value.0.keys());
        let excluded = self.file.policy.iter().filter_map(|p| p.value.exclude.as_ref());
        let excluded = excluded
            .flat_map(|list| &list.value.0)
            .filter_map(|at| at.value.interest.as_ref());
        let of_exclusions = excluded.map(|at| &at.value.0);
        let used: BTreeSet<&String> = of_personas.chain(of_exclusions).chain(&stories.topics).collect();
        for (name, topic) in written.topics.iter().flat_map(|t| &t.value.0) {
            if !used.contains(name) {
                let message = format!("no story and no persona uses the topic '{name}'");
                let help = "write a story about it, or leave it out";
                self.problems.warning("unused-topic", topic.key, message, help);
            }
        }
    }

    fn personas_without_story(&mut self, stories: &Stories) {
        if stories.some_for_everybody {
            return;
        }
        let vocabulary = self.file.vocabulary.iter().flat_map(|v| &v.value.personas);
        for (name, persona) in vocabulary.flat_map(|p| &p.value.0) {
            if !stories.personas.contains(name) {
                let message = format!("no story is for the persona '{name}'");
                let help = "write one, or leave the persona out";
                self.problems
                    .warning("persona-without-story", persona.key, message, help);
            }
        }
    }
}
