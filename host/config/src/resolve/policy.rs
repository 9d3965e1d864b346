//! What the gates check: the policy, with the modes and caps of channels, teams and stories.

use std::collections::BTreeMap;

use hearken_model::{CapRule, Identity, Mode, OBSERVING, Policy, Scope};

use super::{Resolver, length, stories::Stories, text};
use crate::{
    authored::{At, Choice, Listed, PolicyTable, Rate},
    source::Span,
};

impl Resolver<'_> {
    pub(super) fn policy(&mut self, stories: &Stories) -> Policy {
        let file = self.file;
        let empty = PolicyTable::default();
        let written = file.policy.as_ref().map_or(&empty, |at| &at.value);
        let default = Policy::default();
        let mode = written.mode.as_ref().map_or(default.mode, |at| at.value.0);
        let consent = written.consent.as_ref().map(|at| &at.value);
        let purposes = [
            ("marketing", consent.and_then(|c| c.marketing.as_ref())),
            ("sales", consent.and_then(|c| c.sales.as_ref())),
            (OBSERVING, consent.and_then(|c| c.observing.as_ref())),
        ];
        let qualify = written.qualify.as_ref().map(|at| &at.value);
        let fraction = |at: Option<&At<crate::authored::Fraction>>, default| at.map_or(default, |at| at.value.0);
        Policy {
            brand: text(&file.brand, "default"),
            mode,
            modes: self.modes(mode, stories),
            only_to: self.only_to(written),
            caps: written.caps.as_ref().map_or(default.caps, rates),
            account_caps: written.account_caps.as_ref().map_or(default.account_caps, rates),
            channel_caps: file
                .channels
                .iter()
                .flat_map(|channels| &channels.value.0)
                .filter_map(|(name, channel)| Some((name.clone(), rates(channel.value.caps.as_ref()?))))
                .collect(),
            listen_first: written
                .listen_first
                .as_ref()
                .map_or(default.listen_first, |at| at.value),
            await_reply: length(written.await_reply.as_ref(), default.await_reply),
            story_again: length(written.story_again.as_ref(), default.story_again),
            consent: purposes
                .into_iter()
                .filter_map(|(purpose, rule)| Some((purpose.to_owned(), rule?.value.0)))
                .collect(),
            speak_to_claimed: written
                .speak_to_claimed
                .as_ref()
                .map_or(default.speak_to_claimed, |at| at.value),
            qualify_fit: fraction(qualify.and_then(|q| q.fit.as_ref()), default.qualify_fit),
            qualify_engagement: fraction(qualify.and_then(|q| q.engagement.as_ref()), default.qualify_engagement),
            expires: self.lasting(written.expires.as_ref(), default.expires),
            new_people_per_hour: written.new_people_per_hour.as_ref().map(|at| at.value.0),
            approve_texts: file
                .stories
                .as_ref()
                .and_then(|s| s.value.approve.as_ref())
                .is_some_and(|at| at.value),
            exclude: self.exclusions(written),
            seeds: self.seeds(written),
        }
    }

    /// The modes that are narrower than the policy's, by their scope.
    fn modes(&mut self, overall: Mode, stories: &Stories) -> BTreeMap<String, Mode> {
        let file = self.file;
        let mut modes: Vec<(Scope, Span, Mode)> = Vec::new();
        let mut add = |scope, mode: &At<Choice<Mode>>| modes.push((scope, mode.span, mode.value.0));
        for (name, channel) in file.channels.iter().flat_map(|c| &c.value.0) {
            channel
                .value
                .mode
                .iter()
                .for_each(|mode| add(Scope::Channel(name.clone()), mode));
        }
        for (name, team) in file.teams.iter().flat_map(|t| &t.value.0) {
            team.value
                .mode
                .iter()
                .for_each(|mode| add(Scope::Team(name.clone()), mode));
        }
        let by_story = file.stories.as_ref().and_then(|s| s.value.mode.as_ref());
        for (name, mode) in by_story.iter().flat_map(|m| &m.value.0) {
            if !stories.names.contains(name) {
                let known = stories.names.iter().map(String::as_str);
                let none = "there are no stories yet";
                self.problems
                    .unknown("unknown-story", "story", mode.key, name, known, none);
            }
            add(Scope::Story(name.clone()), mode);
        }
        // After an error the policy's mode may be a stand-in.
        let certain = !self.problems.any_error();
        for (scope, span, mode) in &modes {
            if *mode > overall && certain {
                let message = format!(
                    "{scope} is {}, but the policy is {}, and the more careful one holds",
                    mode.word(),
                    overall.word()
                );
                let help = format!(
                    "write mode = \"{}\" in [policy], and narrower modes where they are needed",
                    mode.word()
                );
                self.problems.warning("mode-without-effect", *span, message, help);
            }
        }
        modes
            .into_iter()
            .map(|(scope, _, mode)| (Policy::mode_key(&scope), mode))
            .collect()
    }

    fn only_to(&mut self, written: &PolicyTable) -> Vec<String> {
        let mut addresses = Vec::new();
        for at in written.only_to.iter().flat_map(|list| &list.value.0) {
            let address = at.value.0.trim();
            // `ann@*` or `@example.com` would look as if it worked and reach nobody.
            let rest = address.strip_prefix('*').unwrap_or(address);
            if rest.contains('*') || address.starts_with('@') {
                let message = format!("'{}' matches no address", crate::quote(address));
                let help =
                    "write a whole address, such as \"ann@example.com\", or begin with a star: \"*@example.com\"";
                self.problems.error("only-to", at.span, message, help);
            }
            addresses.push(address.to_owned());
        }
        addresses
    }

    /// Colleagues' addresses.
    fn seeds(&mut self, written: &PolicyTable) -> Vec<Identity> {
        let mut seeds: Vec<Identity> = Vec::new();
        for at in written.seeds.iter().flat_map(|list| &list.value.0) {
            let text = at.value.0.trim();
            match seed_of(text) {
                Some(seed) if seeds.contains(&seed) => {}
                Some(seed) => seeds.push(seed),
                None => {
                    let message = format!("'{}' is no address", crate::quote(text));
                    let help = "write one such as \"me@example.com\" or \"phone:+49301234567\"";
                    self.problems.error("seeds", at.span, message, help);
                }
            }
        }
        seeds
    }
}

/// `me@example.com`, or another scheme's: `phone:+49301234567`.
pub(super) fn seed_of(text: &str) -> Option<Identity> {
    let text = text.trim();
    let (scheme, value) = text.split_once(':').unwrap_or(("email", text));
    Identity::new(scheme, value)
}

fn rates(list: &At<Listed<Rate>>) -> Vec<CapRule> {
    list.value.0.iter().map(|at| at.value.0).collect()
}
