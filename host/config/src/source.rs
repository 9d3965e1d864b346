//! The texts that were read, so that a range of bytes can be told as file, line and column.

use std::{
    ops::Range,
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::Place;

/// A range of bytes in one of the [`Sources`]; ordered by file, then by where it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Span {
    file: usize,
    start: usize,
    end: usize,
}

impl Span {
    /// A range of a file.
    pub(crate) fn new(file: usize, range: Range<usize>) -> Self {
        Self {
            file,
            start: range.start,
            end: range.end.max(range.start),
        }
    }

    /// The beginning of a file.
    pub(crate) const fn beginning(file: usize) -> Self {
        Self { file, start: 0, end: 0 }
    }

    /// A part of it that begins `at` bytes after it does.
    pub(crate) const fn part(self, at: usize, length: usize) -> Self {
        Self {
            file: self.file,
            start: self.start + at,
            end: self.start + at + length,
        }
    }

    /// Where it is in its file.
    pub(crate) const fn range(self) -> Range<usize> {
        self.start..self.end
    }

    /// The number of its file.
    pub(crate) const fn file(self) -> usize {
        self.file
    }
}

/// The files, in the order in which they were read.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    files: Vec<Source>,
}

#[derive(Debug)]
struct Source {
    path: PathBuf,
    text: String,
    /// What an excerpt may show: the text without secrets and control characters, byte for
    /// byte as long. `None` until somebody asks for it.
    shown: Option<Arc<str>>,
    masked: Vec<Range<usize>>,
}

impl Sources {
    /// Adds a file and gives its number. The text of one that cannot be read is empty.
    pub(crate) fn add(&mut self, path: PathBuf, text: String) -> usize {
        self.files.push(Source {
            path,
            text,
            shown: None,
            masked: Vec::new(),
        });
        self.files.len() - 1
    }

    /// The folder of a file, to which its relative paths are joined.
    pub(crate) fn folder(&self, file: usize) -> &Path {
        self.files
            .get(file)
            .and_then(|f| f.path.parent())
            .unwrap_or_else(|| Path::new(""))
    }

    /// The text of a span as it was written; empty where it does not fit the file.
    pub(crate) fn written(&self, span: Span) -> &str {
        self.files
            .get(span.file)
            .and_then(|f| f.text.get(span.start..span.end))
            .unwrap_or_default()
    }

    /// Keeps a span out of every excerpt.
    pub(crate) fn mask(&mut self, span: Span) {
        if let Some(source) = self.files.get_mut(span.file) {
            source.masked.push(span.start..span.end);
            source.shown = None;
        }
    }

    /// Prepares the excerpts of all files, after which [`Sources::place`] can be asked.
    pub(crate) fn finish(&mut self) {
        for source in &mut self.files {
            source.shown = Some(presentable(&source.text, &source.masked).into());
        }
    }

    /// Where a span is, for people. Long spans are cut at the end of their first line, so
    /// that an excerpt shows where something begins and not a whole table.
    pub(crate) fn place(&self, span: Span) -> Place {
        let Some(source) = self.files.get(span.file) else {
            return Place::of_file(Path::new(""));
        };
        let before = source.text.get(..span.start).unwrap_or_default();
        let spanned = source.text.get(span.start..span.end).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |n| n + 1);
        let column = before
            .get(line_start..)
            .unwrap_or_default()
            .trim_start_matches('\u{feff}')
            .chars()
            .count()
            + 1;
        Place {
            file: source.path.clone(),
            line: before.matches('\n').count() + 1,
            column,
            offset: before.len(),
            length: spanned.lines().next().unwrap_or_default().len(),
            excerpt: source.shown.clone().filter(|shown| !shown.is_empty()),
        }
    }
}

fn presentable(text: &str, masked: &[Range<usize>]) -> String {
    let mut shown = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        let secret = c != '\n' && masked.iter().any(|range| range.contains(&at));
        if secret {
            shown.extend(std::iter::repeat_n('*', c.len_utf8()));
        } else if c.is_control() && c != '\n' && c != '\t' {
            shown.extend(std::iter::repeat_n(' ', c.len_utf8()));
        } else {
            shown.push(c);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::{Sources, Span};

    #[test]
    fn a_span_is_told_as_line_and_column_in_characters() {
        let mut sources = Sources::default();
        let file = sources.add("a/b.toml".into(), "ä = 1\nöö = \"x\ny\"\n".into());
        sources.finish();
        let start = "ä = 1\nöö = ".len();
        let place = sources.place(Span::new(file, start..start + 5));
        assert_eq!((place.line, place.column, place.offset, place.length), (2, 6, start, 2));
        assert_eq!(place.to_string(), "a/b.toml:2:6");
        assert_eq!(sources.folder(file), std::path::Path::new("a"));
    }

    #[test]
    fn an_excerpt_shows_neither_secrets_nor_control_characters() {
        let mut sources = Sources::default();
        let file = sources.add("a.toml".into(), "k = 'sécret'\u{1b}\n".into());
        sources.mask(Span::new(file, 4..13));
        sources.finish();
        assert_eq!(
            sources.place(Span::beginning(file)).excerpt.as_deref(),
            Some("k = ********* \n")
        );
    }
}
