//! What is wrong with a story's templates, found before anybody is told it: all of it at
//! once, each at its place.

use std::{collections::BTreeSet, ops::Range};

use hearken_model::Story;
use minijinja::{
    machinery::ast::{self, Stmt},
    syntax::SyntaxConfig,
};

use crate::{
    MAX_SOURCE_BYTES, Part, Problem, Severity,
    expression::{Lookup, Reader, Refused, Said, Sure, bytes},
    marks::{Marked, is_mark},
    markup,
    names::{DERIVED, USUAL},
};

/// Finds what is wrong with a story's subject, text and fallbacks. `traits` are names that
/// are known beside the usual ones.
#[must_use]
pub fn check(story: &Story, traits: &BTreeSet<String>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (part, source) in [(Part::Subject, &story.subject), (Part::Text, &story.text)] {
        let reading = Reading::of(part, source, story);
        problems.extend(reading.doubts(part, story, traits));
        problems.extend(reading.problems);
    }
    problems
}

/// The names of all values that a story looks up.
#[must_use]
pub fn names(story: &Story) -> BTreeSet<String> {
    let read = [(Part::Subject, &story.subject), (Part::Text, &story.text)];
    read.into_iter()
        .flat_map(|(part, source)| Reading::of(part, source, story).lookups)
        .map(|lookup| lookup.name)
        .collect()
}

/// A template, read.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    pub(crate) problems: Vec<Problem>,
    pub(crate) said: Vec<Said>,
    lookups: Vec<Lookup>,
    /// Values without a fallback, each at the first place where it is shown.
    unsure: Vec<Lookup>,
}

impl Reading {
    /// Reads a template of a story.
    pub(crate) fn of(part: Part, source: &str, story: &Story) -> Self {
        let mut reading = Self::default();
        if source.len() > MAX_SOURCE_BYTES {
            let message = format!("the {part} is longer than {MAX_SOURCE_BYTES} bytes");
            reading.error(part, 0..0, "too-long", message, "shorten it, or make two stories of it");
            return reading;
        }
        if let Some(at) = source.find(is_mark) {
            let message = format!("the {part} holds a character that has no meaning");
            let help = "leave it out; it is of a plane for private use";
            reading.error(part, at..at + 4, "character", message, help);
            return reading;
        }
        match minijinja::machinery::parse(source, "story", SyntaxConfig::default()) {
            Ok(parsed) => reading.walk(part, source, story, &parsed),
            Err(error) => {
                let range = error.range().unwrap_or_default();
                let message = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
                let help = "a value is written {{ name }}, a condition {% if name %} … {% endif %}; braces that are meant as such are written {{ \"{{\" }}";
                reading.error(part, range, "template", message, help);
            }
        }
        reading
    }

    fn walk(&mut self, part: Part, source: &str, story: &Story, parsed: &Stmt<'_>) {
        let mut walk = Walk {
            reader: Reader {
                fallbacks: story.fallbacks.clone(),
                ..Reader::default()
            },
            source,
            flat: Marked::default(),
            places: Vec::new(),
            said: Vec::new(),
            unsure: Vec::new(),
        };
        walk.statement(parsed);
        let Walk {
            reader,
            flat,
            places,
            said,
            unsure,
            ..
        } = walk;
        for Refused { range, what, help } in reader.refused {
            self.error(part, range, "template", what, &help);
        }
        if part == Part::Text {
            for fault in markup::faults(&flat) {
                let at = source_place(&places, fault.at);
                self.error(part, at..at + 1, fault.code, fault.what, fault.help);
            }
        }
        (self.said, self.lookups, self.unsure) = (said, reader.lookups, unsure);
    }

    fn error(&mut self, part: Part, range: Range<usize>, code: &'static str, message: String, help: &str) {
        self.problems.push(Problem {
            part,
            range,
            severity: Severity::Error,
            code,
            message,
            help: help.into(),
        });
    }

    /// Names that are probably misspelt, and values that keep the story from those of whom
    /// they are not known.
    fn doubts(&self, part: Part, story: &Story, traits: &BTreeSet<String>) -> Vec<Problem> {
        let warning = |range: &Range<usize>, code, message, help| Problem {
            part,
            range: range.clone(),
            severity: Severity::Warning,
            code,
            message,
            help,
        };
        let known: Vec<&str> = DERIVED
            .into_iter()
            .chain(USUAL)
            .chain(traits.iter().map(String::as_str))
            .collect();
        let declared = |name: &str| known.contains(&name) || story.fallbacks.contains_key(name);
        let mut doubted = BTreeSet::new();
        let mut doubts = Vec::new();
        for Lookup { range, name } in self.lookups.iter().filter(|lookup| !declared(&lookup.name)) {
            if let Some(near) = nearest(name, &known).filter(|_| doubted.insert(name)) {
                let message = format!("no value is usually called '{name}'");
                let help =
                    format!("did you mean '{near}'? a trait of that name is declared by a line under [fallbacks]");
                doubts.push(warning(range, "unknown-value", message, help));
            }
        }
        for Lookup { range, name: value } in self.unsure.iter().filter(|it| !doubted.contains(&it.name)) {
            let message = format!("whoever has no '{value}' is not told this story");
            let help = match value.contains('.') {
                true => format!("write {{{{ {value} | default(\"…\") }}}}, unless that is meant"),
                false => format!(
                    "write {{{{ {value} | default(\"…\") }}}}, or {value} = \"…\" under [fallbacks], unless that is meant"
                ),
            };
            doubts.push(warning(range, "no-fallback", message, help));
        }
        doubts
    }
}

/// Goes through a template's statements.
struct Walk<'s> {
    reader: Reader,
    source: &'s str,
    /// The text of all branches, one behind the other, with marks for the values.
    flat: Marked,
    /// Where pieces of the flat text stand in the source.
    places: Vec<(usize, usize)>,
    said: Vec<Said>,
    unsure: Vec<Lookup>,
}

impl Walk<'_> {
    fn statement(&mut self, statement: &Stmt<'_>) {
        match statement {
            Stmt::Template(it) => self.all(&it.children),
            Stmt::EmitRaw(it) => self.raw(it.raw),
            Stmt::EmitExpr(it) => self.shown(it),
            Stmt::IfCond(it) => self.condition(it),
            Stmt::ForLoop(it) => self.no(bytes(it.span()), "for"),
            Stmt::WithBlock(it) => self.no(bytes(it.span()), "with"),
            Stmt::Set(it) => self.no(bytes(it.span()), "set"),
            Stmt::SetBlock(it) => self.no(bytes(it.span()), "set"),
            Stmt::AutoEscape(it) => self.no(bytes(it.span()), "autoescape"),
            Stmt::FilterBlock(it) => self.no(bytes(it.span()), "filter"),
            Stmt::Do(it) => self.no(bytes(it.span()), "do"),
        }
    }

    fn all(&mut self, statements: &[Stmt<'_>]) {
        statements.iter().for_each(|statement| self.statement(statement));
    }

    fn raw(&mut self, raw: &str) {
        // What is written as it is, is a piece of the source.
        let at = (raw.as_ptr() as usize).saturating_sub(self.source.as_ptr() as usize);
        self.places.push((self.flat.text.len(), at));
        self.flat.text.push_str(raw);
    }

    fn shown(&mut self, shown: &ast::EmitExpr<'_>) {
        let first = self.reader.lookups.len();
        let sure = self.reader.read(&shown.expr);
        // A filter's place is its own name, and a choice's begins with the braces; what is
        // shown begins with a value, where there is one.
        let own = bytes(shown.expr.span());
        let lookups = self.reader.lookups[first..].iter().map(|lookup| lookup.range.start);
        let range = lookups.min().unwrap_or(own.start)..own.end;
        self.places.push((self.flat.text.len(), range.start));
        self.flat.push(String::from("x"));
        let values = match sure {
            Sure::Without(values) => {
                for value in &values {
                    if !self.unsure.iter().any(|it| it.name == *value) {
                        self.unsure.push(Lookup {
                            range: range.clone(),
                            name: value.clone(),
                        });
                    }
                }
                values
            }
            Sure::Yes => self.reader.lookups[first..]
                .iter()
                .take(1)
                .map(|it| it.name.clone())
                .collect(),
        };
        self.said.push(Said { range, values });
    }

    fn condition(&mut self, condition: &ast::IfCond<'_>) {
        self.reader.read(&condition.expr);
        let before = self.reader.known.len();
        self.reader.known.extend(Reader::asserted(&condition.expr));
        self.all(&condition.true_body);
        self.reader.known.truncate(before);
        self.reader.known.extend(Reader::denied(&condition.expr));
        self.all(&condition.false_body);
        self.reader.known.truncate(before);
    }

    fn no(&mut self, range: Range<usize>, word: &str) {
        self.reader.refused.push(Refused {
            range,
            what: format!("a story has no '{word}'"),
            help: "show a value with {{ name }}, and choose with {% if name %} … {% else %} … {% endif %}".into(),
        });
    }
}

/// The place in the source of a place in the flat text.
fn source_place(places: &[(usize, usize)], at: usize) -> usize {
    let before = places.iter().take_while(|(flat, _)| *flat <= at).last();
    before.map_or(0, |(flat, source)| source + (at - flat))
}

/// The name that was probably meant: at most a third of its letters away.
fn nearest<'n>(name: &str, names: &[&'n str]) -> Option<&'n str> {
    let distance = |known: &&'n str| (strsim::damerau_levenshtein(name, known), *known);
    names
        .iter()
        .map(distance)
        .filter(|(distance, known)| *distance <= (known.chars().count() / 3).max(1))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known)
}

#[cfg(test)]
#[path = "check_tests.rs"]
mod tests;
