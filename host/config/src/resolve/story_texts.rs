//! What stories say: their templates are read by `hearken-texts`, and what is wrong with
//! them is told at its place in the story's file.

use std::{collections::BTreeSet, ops::Range};

use hearken_model::Story;
use hearken_texts::{Part, Problem, Severity};

use super::Resolver;
use crate::{
    authored::{AnswerTable, At, Listed, Mapped, Text},
    source::Span,
};

/// A story's file as it was read.
#[derive(Clone, Copy)]
pub(super) struct Written<'t> {
    pub(super) file: usize,
    pub(super) whole: &'t str,
    /// The text behind the front matter: the end of `whole`.
    pub(super) body: &'t str,
    pub(super) title: Option<&'t At<Text>>,
    /// Where it is not here, it is another text's, and read there.
    pub(super) subject: Option<&'t At<Text>>,
    pub(super) answers: Option<&'t At<Listed<AnswerTable>>>,
    pub(super) fallbacks: Option<&'t At<Mapped<Text>>>,
}

impl Resolver<'_> {
    /// Notes what is wrong with a story's texts.
    pub(super) fn story_texts(&mut self, story: &Story, written: Written<'_>) {
        let elsewhere = written.subject.or(written.title).is_none();
        for problem in hearken_texts::check(story, &self.fit_traits()) {
            if elsewhere && problem.part == Part::Subject {
                continue;
            }
            let Problem {
                severity,
                code,
                message,
                help,
                ..
            } = &problem;
            let span = written.span(&problem);
            match severity {
                Severity::Error => self.problems.error(code, span, message.clone(), help.as_str()),
                Severity::Warning => self.problems.warning(code, span, message.clone(), help.as_str()),
            }
        }
        self.answers_are_plain(written.answers);
        self.fallbacks_are_used(story, written.fallbacks);
    }

    /// Traits that the fit rules read: somebody knows of them.
    fn fit_traits(&self) -> BTreeSet<String> {
        let vocabulary = self.file.vocabulary.iter();
        let rules = vocabulary.flat_map(|it| &it.value.fit).flat_map(|rules| &rules.value.0);
        rules
            .filter_map(|rule| rule.value.r#trait.as_ref())
            .map(|at| at.value.0.trim().to_owned())
            .collect()
    }

    /// Answers are compared with what comes back, so they are the same for everybody.
    fn answers_are_plain(&mut self, answers: Option<&At<Listed<AnswerTable>>>) {
        let answers = answers.iter().flat_map(|list| &list.value.0);
        for text in answers.filter_map(|answer| answer.value.text.as_ref()) {
            if text.value.0.contains("{{") || text.value.0.contains("{%") {
                let message = "an answer holds a value".into();
                let help = "write the same answer for everybody; values go into the subject and the text";
                self.problems.error("template", text.span, message, help);
            }
        }
    }

    fn fallbacks_are_used(&mut self, story: &Story, fallbacks: Option<&At<Mapped<Text>>>) {
        for (name, at) in fallbacks.iter().flat_map(|table| &table.value.0) {
            if !story.subject.contains(name) && !story.text.contains(name) {
                let message = format!("the story does not show '{}'", crate::quote(name));
                let help = format!("write {{{{ {name} }}}} in its text, or leave the fallback out");
                self.problems.warning("unused", at.key, message, help);
            }
        }
    }
}

impl Written<'_> {
    fn span(&self, problem: &Problem) -> Span {
        match problem.part {
            Part::Text => self.in_text(&problem.range),
            Part::Subject => self.in_subject(&problem.range),
        }
    }

    /// A place in the story's text, which is the file's without white space around it and
    /// with line feeds alone.
    fn in_text(&self, range: &Range<usize>) -> Span {
        let text = self.body.trim_start();
        let begins = self.whole.len() - text.len();
        let place = |at| begins + with_carriage_returns(text, at);
        Span::new(self.file, place(range.start)..place(range.end))
    }

    /// A place in the subject, or the whole of it where it is not written as it reads.
    fn in_subject(&self, range: &Range<usize>) -> Span {
        let Some(at) = self.subject.or(self.title) else {
            return Span::beginning(self.file);
        };
        self.in_string(at, range).unwrap_or(at.span)
    }

    fn in_string(&self, at: &At<Text>, range: &Range<usize>) -> Option<Span> {
        let value = &at.value.0;
        let literal = self.whole.get(at.span.range())?;
        let inside = literal.strip_prefix(['"', '\''])?.strip_suffix(['"', '\''])?;
        let indent = value.len() - value.trim_start().len();
        (inside == value).then(|| at.span.part(1 + indent + range.start, range.len()))
    }
}

/// The place in a text with carriage returns of a place in the same text without those
/// before line feeds.
fn with_carriage_returns(text: &str, at: usize) -> usize {
    let mut without = 0;
    for (place, c) in text.char_indices() {
        if without >= at && !text[place..].starts_with("\r\n") {
            return place;
        }
        if !text[place..].starts_with("\r\n") {
            without += c.len_utf8();
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::with_carriage_returns;

    #[test]
    fn a_place_is_found_again_among_carriage_returns() {
        let text = "ä\r\nb\rc\r\n";
        let place = |at| with_carriage_returns(text, at);
        assert_eq!([0, 2, 3, 4, 5, 6, 7].map(place), [0, 3, 4, 5, 6, 8, 9]);
        assert_eq!(place(100), text.len());
    }
}
