//! Topics, personas and fit rules.

use std::collections::BTreeMap;

use hearken_model::{FitRule, FitTest, Persona, Topic, Vocabulary};

use super::{Reference, Resolver, text, texts};
use crate::{
    authored::{At, FitTable, Listed, Text},
    source::Span,
};

impl Resolver<'_> {
    pub(super) fn vocabulary(&mut self) -> Vocabulary {
        let Some(written) = self.file.vocabulary.as_ref().map(|at| &at.value) else {
            return Vocabulary::default();
        };
        let mut vocabulary = Vocabulary::default();
        for (name, topic) in written.topics.iter().flat_map(|t| &t.value.0) {
            let topic = &topic.value;
            self.urls(topic.urls.as_ref());
            let title = text(&topic.title, name);
            vocabulary.topics.insert(
                name.clone(),
                Topic {
                    title,
                    urls: texts(&topic.urls),
                    words: lower(&topic.words),
                },
            );
        }
        for (name, persona) in written.personas.iter().flat_map(|p| &p.value.0) {
            let persona = &persona.value;
            let mut topics = BTreeMap::new();
            for (topic, share) in persona.topics.iter().flat_map(|t| &t.value.0) {
                self.refer(
                    Reference::Topic,
                    topic,
                    share.key,
                    vocabulary.topics.keys().map(String::as_str),
                );
                topics.insert(topic.clone(), share.value.0);
            }
            let title = text(&persona.title, name);
            vocabulary.personas.insert(
                name.clone(),
                Persona {
                    title,
                    topics,
                    words: lower(&persona.words),
                },
            );
        }
        let rules = written.fit.iter().flat_map(|rules| &rules.value.0);
        vocabulary.fit = rules.filter_map(|rule| self.fit(&rule.value, rule.span)).collect();
        vocabulary
    }

    fn urls(&mut self, urls: Option<&At<Listed<Text>>>) {
        for at in urls.iter().flat_map(|list| &list.value.0) {
            let url = at.value.0.as_str();
            if !url.starts_with(['/', '*']) {
                let message = format!("'{}' is not the path of a page", crate::quote(url));
                self.problems.error(
                    "url",
                    at.span,
                    message,
                    "begin with a slash or a star, such as \"/pricing*\" or \"*/docs/*\"",
                );
            }
        }
    }

    fn fit(&mut self, rule: &FitTable, span: Span) -> Option<FitRule> {
        let tests = [
            rule.at_least.as_ref().map(|at| FitTest::AtLeast(at.value.0)),
            rule.at_most.as_ref().map(|at| FitTest::AtMost(at.value.0)),
            rule.one_of
                .as_ref()
                .map(|at| FitTest::OneOf(at.value.0.iter().map(|at| at.value.0.clone()).collect())),
            rule.present.as_ref().map(|_| FitTest::Present),
        ];
        let written: Vec<FitTest> = tests.into_iter().flatten().collect();
        let help = "give exactly one of at-least, at-most, one-of and present = true";
        let test = match <[FitTest; 1]>::try_from(written) {
            Ok([test]) => test,
            Err(tests) => {
                let message = match tests.len() {
                    0 => "the fit rule has no test".to_owned(),
                    n => format!("the fit rule has {n} tests"),
                };
                self.problems.error("fit-test", span, message, help);
                return None;
            }
        };
        if let Some(at) = rule.present.as_ref().filter(|at| !at.value) {
            let help = "write present = true, and a negative weight where its presence speaks against";
            self.problems
                .error("fit-test", at.span, "present = false tests nothing".into(), help);
        }
        if matches!(&test, FitTest::OneOf(words) if words.is_empty()) {
            self.problems.error(
                "fit-test",
                span,
                "one-of has no words, so it never matches".into(),
                "such as one-of = [\"retail\"]",
            );
        }
        Some(FitRule {
            r#trait: rule.r#trait.as_ref()?.value.0.clone(),
            test,
            weight: rule.weight.as_ref().map_or(1.0, |at| at.value.0),
        })
    }
}

/// Words as plugins get them: in lower case.
fn lower(written: &Option<At<Listed<Text>>>) -> Vec<String> {
    texts(written)
        .into_iter()
        .map(|word| word.trim().to_lowercase())
        .collect()
}
