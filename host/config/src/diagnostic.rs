//! Problems for people: what is wrong, where, and what would be right.

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
};

use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, NamedSource, SourceCode};
use serde_json::{Value, json};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The configuration cannot be used.
    Error,
    /// It can, but is probably not what was meant.
    Warning,
}

impl Severity {
    /// Its word in the JSON form.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// Where something is written.
#[derive(Clone, PartialEq, Eq)]
pub struct Place {
    /// The file, as it was named when loading.
    pub file: PathBuf,
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    /// In bytes, from 0.
    pub offset: usize,
    /// In bytes, at most to the end of the line; 0 for a point.
    pub length: usize,
    /// The file's text without its secrets, as it was when it was loaded.
    pub(crate) excerpt: Option<Arc<str>>,
}

impl Place {
    /// A file as such, where no place in it can be named.
    #[must_use]
    pub fn of_file(file: &Path) -> Self {
        Self {
            file: file.into(),
            line: 1,
            column: 1,
            offset: 0,
            length: 0,
            excerpt: None,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file.display(), self.line, self.column)
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Place({self})")
    }
}

/// One problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// A stable name in kebab case, for scripts.
    pub code: &'static str,
    /// What is wrong; lower case, no full stop.
    pub message: String,
    /// What would be right.
    pub help: Option<String>,
    /// Where.
    pub place: Place,
}

impl Diagnostic {
    /// Something that keeps the configuration from being used.
    #[must_use]
    pub const fn error(code: &'static str, message: String, place: Place) -> Self {
        Self {
            severity: Severity::Error,
            code,
            message,
            help: None,
            place,
        }
    }

    /// Something that is probably not what was meant.
    #[must_use]
    pub const fn warning(code: &'static str, message: String, place: Place) -> Self {
        Self {
            severity: Severity::Warning,
            code,
            message,
            help: None,
            place,
        }
    }

    /// The same, with what would be right.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// Where [`render`]ed text goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// A terminal: colours.
    Terminal,
    /// A file, a pipe, a log: none.
    Plain,
}

/// Shows problems with an excerpt of the file, the place marked.
#[must_use]
pub fn render(diagnostics: &[Diagnostic], look: Look) -> String {
    let theme = match look {
        Look::Terminal => GraphicalTheme::unicode(),
        Look::Plain => GraphicalTheme::unicode_nocolor(),
    };
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_width(100)
        .with_links(false);
    let mut text = String::new();
    for diagnostic in diagnostics {
        // The handler fails only where the span does not fit the excerpt; the plain line
        // says the same without one.
        let mut report = String::new();
        match handler.render_report(&mut report, &Report::new(diagnostic)) {
            Ok(()) => text.push_str(&report),
            Err(fmt::Error) => text.push_str(&line(diagnostic)),
        }
        text.push('\n');
    }
    text
}

/// One problem in one or two lines.
fn line(diagnostic: &Diagnostic) -> String {
    let Diagnostic {
        severity,
        code,
        message,
        help,
        place,
    } = diagnostic;
    let mut text = format!("{place}: {} {code}: {message}\n", severity.word());
    if let Some(help) = help {
        text.push_str(&format!("  help: {help}\n"));
    }
    text
}

/// Problems as a JSON array of objects, for scripts and editors. `help` is null where there
/// is none; `line` and `column` count from 1, `offset` and `length` are bytes.
#[must_use]
pub fn to_json(diagnostics: &[Diagnostic]) -> Value {
    diagnostics
        .iter()
        .map(|d| {
            json!({
                "severity": d.severity.word(),
                "code": d.code,
                "message": d.message,
                "help": d.help,
                "file": d.place.file.display().to_string(),
                "line": d.place.line,
                "column": d.place.column,
                "offset": d.place.offset,
                "length": d.place.length,
            })
        })
        .collect()
}

/// What miette is given.
#[derive(Debug)]
struct Report<'a> {
    diagnostic: &'a Diagnostic,
    source: Option<NamedSource<Arc<str>>>,
}

impl<'a> Report<'a> {
    fn new(diagnostic: &'a Diagnostic) -> Self {
        let name = diagnostic.place.file.display().to_string();
        let source = diagnostic
            .place
            .excerpt
            .clone()
            .map(|text| NamedSource::new(name, text));
        Self { diagnostic, source }
    }
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.diagnostic.message)?;
        match self.source {
            Some(_) => Ok(()),
            None => write!(f, " ({})", self.diagnostic.place.file.display()),
        }
    }
}

impl std::error::Error for Report<'_> {}

impl miette::Diagnostic for Report<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(self.diagnostic.code))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.diagnostic.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.diagnostic
            .help
            .as_ref()
            .map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.source.as_ref().map(|source| source as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let place = &self.diagnostic.place;
        let label = LabeledSpan::new(Some("here".into()), place.offset, place.length);
        self.source
            .as_ref()
            .map(|_| Box::new(std::iter::once(label)) as Box<dyn Iterator<Item = LabeledSpan>>)
    }
}
