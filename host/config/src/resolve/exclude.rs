//! To whom nothing is said for its own sake.

use hearken_model::{Exclusion, ExclusionTest, FitTest};

use super::Resolver;
use crate::{
    authored::{At, ExcludeTable, Listed, PolicyTable, Text},
    source::Span,
};

impl Resolver<'_> {
    pub(super) fn exclusions(&mut self, written: &PolicyTable) -> Vec<Exclusion> {
        let all = written.exclude.iter().flat_map(|list| &list.value.0);
        all.filter_map(|at| self.exclusion(&at.value, at.span)).collect()
    }

    fn exclusion(&mut self, written: &ExcludeTable, span: Span) -> Option<Exclusion> {
        let help = "give exactly one of domains, trait and interest";
        let test = match (&written.domains, &written.r#trait, &written.interest) {
            (Some(domains), None, None) => ExclusionTest::Domains(self.domains(domains)),
            (None, Some(name), None) => {
                let test = written
                    .one_of
                    .as_ref()
                    .map_or(FitTest::Present, |list| FitTest::OneOf(texts(list)));
                ExclusionTest::Trait(name.value.0.clone(), test)
            }
            (None, None, Some(topic)) => {
                self.is_topic(topic);
                ExclusionTest::Interest(topic.value.0.clone())
            }
            _ => {
                let message = "it is not clear to whom the exclusion applies".to_owned();
                self.problems.error("exclude", span, message, help);
                return None;
            }
        };
        if let Some(at) = written.one_of.as_ref().filter(|_| written.r#trait.is_none()) {
            let message = "one-of is about a trait, and there is none".to_owned();
            self.problems
                .error("exclude", at.key, message, "name it beside: trait = \"role\"");
        }
        Some(Exclusion {
            name: written.name.as_ref()?.value.0.clone(),
            test,
        })
    }

    fn domains(&mut self, written: &At<Listed<Text>>) -> Vec<String> {
        let mut domains = Vec::new();
        for at in &written.value.0 {
            let domain = at.value.0.trim().trim_start_matches("*.").to_ascii_lowercase();
            if domain.contains(['@', '/', '*', ' ']) || !domain.contains('.') {
                let message = format!("'{}' is no domain", crate::quote(&at.value.0));
                self.problems
                    .error("domain", at.span, message, "such as \"example.com\"");
            }
            domains.push(domain);
        }
        domains
    }

    fn is_topic(&mut self, topic: &At<crate::authored::Name>) {
        let vocabulary = self.file.vocabulary.as_ref().map(|at| &at.value);
        let topics = vocabulary.and_then(|v| v.topics.as_ref()).map(|t| &t.value.0);
        let name = &topic.value.0;
        if !topics.is_some_and(|topics| topics.contains_key(name)) {
            let known = topics.into_iter().flatten().map(|(name, _)| name.as_str());
            self.problems.unknown(
                "unknown-topic",
                "topic",
                topic.span,
                name,
                known,
                "there are no topics yet",
            );
        }
    }
}

fn texts(list: &At<Listed<Text>>) -> Vec<String> {
    list.value.0.iter().map(|at| at.value.0.clone()).collect()
}
