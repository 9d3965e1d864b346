//! What is wrong with a story's text before anybody is told it.

use std::{fmt, ops::Range};

/// Something that is wrong with a story, at its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Which text of the story.
    pub part: Part,
    /// Where in it, in bytes.
    pub range: Range<usize>,
    /// Whether the story can be told all the same.
    pub severity: Severity,
    /// A word for programs.
    pub code: &'static str,
    /// What is wrong, in lower case and without a full stop.
    pub message: String,
    /// What would be right.
    pub help: String,
}

/// A text of a story.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// The subject line.
    Subject,
    /// The text below the front matter.
    Text,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Subject => "subject",
            Self::Text => "text",
        })
    }
}

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The story cannot be told.
    Error,
    /// It probably does not say what was meant, or not to everybody.
    Warning,
}
