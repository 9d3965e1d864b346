//! Collects problems while files are read, and knows how to word the common ones.

use crate::{
    Diagnostic, Severity,
    node::Node,
    quote,
    source::{Sources, Span},
};

/// What was found so far, and the files that it was found in.
#[derive(Debug, Default)]
pub(crate) struct Problems {
    pub(crate) sources: Sources,
    found: Vec<Problem>,
}

#[derive(Debug, PartialEq, Eq)]
struct Problem {
    span: Span,
    severity: Severity,
    code: &'static str,
    message: String,
    help: Option<String>,
}

impl Problems {
    /// Notes what keeps the configuration from being used.
    pub(crate) fn error(&mut self, code: &'static str, span: Span, message: String, help: impl Into<String>) {
        self.note(Severity::Error, code, span, message, help.into());
    }

    /// Notes what is probably not what was meant.
    pub(crate) fn warning(&mut self, code: &'static str, span: Span, message: String, help: impl Into<String>) {
        self.note(Severity::Warning, code, span, message, help.into());
    }

    /// A value of another type than the place wants.
    pub(crate) fn wrong_type(&mut self, node: &Node, (expected, example): &(String, String)) {
        let message = format!("expected {expected}, found {}", node.value.describe());
        self.error("wrong-type", node.span, message, format!("such as {example}"));
    }

    /// A word that is not among those that the place knows. `none` helps where it knows none.
    pub(crate) fn unknown<'a>(
        &mut self,
        code: &'static str,
        what: &str,
        span: Span,
        word: &str,
        known: impl IntoIterator<Item = &'a str>,
        none: &str,
    ) {
        let help = suggestion(word, known, none);
        self.error(code, span, format!("unknown {what} '{}'", quote(word)), help);
    }

    /// Whether something was found that keeps the configuration from being used.
    pub(crate) fn any_error(&self) -> bool {
        self.found.iter().any(|p| p.severity == Severity::Error)
    }

    /// Everything found, by file and place, and the files.
    pub(crate) fn finish(self) -> (Vec<Diagnostic>, Sources) {
        let Self { mut sources, mut found } = self;
        sources.finish();
        found.sort_by_key(|p| p.span);
        found.dedup();
        let diagnostics = found
            .into_iter()
            .map(
                |Problem {
                     span,
                     severity,
                     code,
                     message,
                     help,
                 }| Diagnostic {
                    severity,
                    code,
                    message,
                    help,
                    place: sources.place(span),
                },
            )
            .collect();
        (diagnostics, sources)
    }

    fn note(&mut self, severity: Severity, code: &'static str, span: Span, message: String, help: String) {
        let help = Some(help).filter(|h| !h.is_empty());
        self.found.push(Problem {
            span,
            severity,
            code,
            message,
            help,
        });
    }
}

/// What could be written in place of a word that nobody knows.
pub(crate) fn suggestion<'a>(word: &str, known: impl IntoIterator<Item = &'a str>, none: &str) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    match (nearest(word, &known), known.as_slice()) {
        (Some(near), _) => format!("did you mean '{near}'?"),
        (None, []) => none.to_owned(),
        (None, [only]) => format!("the only one there is: {only}"),
        (None, _) => format!("one of: {}", known.join(", ")),
    }
}

/// The word that was probably meant: at most a third of its letters away.
fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let plain = |text: &str| text.to_lowercase().replace(['_', ' '], "-");
    let word = plain(word);
    known
        .iter()
        .map(|candidate| (strsim::damerau_levenshtein(&word, &plain(candidate)), *candidate))
        .filter(|(distance, candidate)| *distance <= (candidate.chars().count() / 3).max(1))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn the_nearest_word_is_suggested_only_where_it_is_near() {
        let known = ["await-reply", "listen-first", "mode", "roi"];
        assert_eq!(nearest("await_reply", &known), Some("await-reply"));
        assert_eq!(nearest("awiat-reply", &known), Some("await-reply"));
        assert_eq!(nearest("listen", &known), None);
        assert_eq!(nearest("Mode", &known), Some("mode"));
        assert_eq!(nearest("roj", &known), Some("roi"));
        assert_eq!(nearest("it", &known), None);
    }
}
