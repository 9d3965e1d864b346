//! Reading files: all of them, to the end, whatever is wrong on the way.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::{
    Diagnostic, Places, Wiring,
    authored::{Authored, FileTable},
    interpolate::interpolate,
    node::Node,
    outside::Outside,
    permissions::is_open_to,
    problems::Problems,
    resolve::{Secrets, resolve},
    source::Span,
};

/// What came of loading.
#[derive(Debug)]
pub struct Loaded {
    /// Every problem, by file and place.
    pub diagnostics: Vec<Diagnostic>,
    /// None where one of the problems is an error.
    pub configuration: Option<Configuration>,
}

/// A configuration without errors.
#[derive(Debug)]
pub struct Configuration {
    /// What it means.
    pub wiring: Wiring,
    /// Where it is written.
    pub places: Places,
}

/// Loads a configuration from files, of which later ones extend and override earlier ones:
/// tables are joined key by key, anything else is replaced (and where a secret is read from). Relative paths belong to the
/// folder of the file that they are written in, default paths to that of the first file.
/// Variables and secrets come from the environment of this process; no program is run.
#[must_use]
pub fn load(files: &[PathBuf]) -> Loaded {
    load_with(files, &|name| std::env::var(name).ok())
}

/// As [`load`], with an environment of the caller's.
#[must_use]
pub fn load_with(files: &[PathBuf], environment: &dyn Fn(&str) -> Option<String>) -> Loaded {
    let outside = Outside {
        variable: environment,
        program: None,
    };
    load_from(files, &outside)
}

/// As [`load`], with everything from outside as the caller gives it.
#[must_use]
pub fn load_from(files: &[PathBuf], outside: &Outside<'_>) -> Loaded {
    load_as(files, outside, Secrets::Read)
}

/// As [`load`], for commands that use no connector, such as looking up a prospect: secrets
/// are left where they are, so that it works where they cannot be read. In the wiring no
/// connector has any.
#[must_use]
pub fn load_without_secrets(files: &[PathBuf]) -> Loaded {
    let outside = Outside {
        variable: &|name| std::env::var(name).ok(),
        program: None,
    };
    load_as(files, &outside, Secrets::Leave)
}

fn load_as(files: &[PathBuf], outside: &Outside<'_>, secrets: Secrets) -> Loaded {
    let mut problems = Problems::default();
    let (mut tree, complete) = parse_all(files, &mut problems);
    interpolate(&mut tree, outside.variable, &mut problems);
    let authored = FileTable::read(&tree, &mut problems);
    // With a file missing, most of what would be found from here on is only its absence.
    let resolved = authored
        .filter(|_| complete)
        .map(|file| resolve(&file, *outside, secrets, &mut problems));
    let failed = problems.any_error();
    let (diagnostics, sources) = problems.finish();
    let configuration = resolved.filter(|_| !failed).map(|(wiring, stories)| Configuration {
        wiring,
        places: Places::new(tree, stories, sources),
    });
    Loaded {
        diagnostics,
        configuration,
    }
}

/// All files as one tree, and whether none of them is missing from it.
fn parse_all(files: &[PathBuf], problems: &mut Problems) -> (Node, bool) {
    let mut tree = Node::empty(0);
    let mut complete = true;
    for path in files {
        let parsed = read_text(path, problems).and_then(|(file, text)| Node::parse(&text, file, 0, problems));
        match parsed {
            Some(node) => tree.overlay(node),
            None => complete = false,
        }
    }
    (tree, complete)
}

/// A file's number and text; `None` once it was noted why there is none.
pub(crate) fn read_text(path: &Path, problems: &mut Problems) -> Option<(usize, String)> {
    match fs::read(path).map(String::from_utf8) {
        Ok(Ok(text)) => {
            let file = problems.sources.add(path.into(), text.clone());
            if fs::metadata(path).is_ok_and(|metadata| is_open_to(&metadata, 0o002)) {
                let message = "anybody on this machine can change this file, and with it what is said to whom".into();
                let help = format!("chmod o-w {}", path.display());
                problems.error("writable-by-others", Span::beginning(file), message, help);
            }
            Some((file, text))
        }
        Ok(Err(error)) => {
            let at = error.utf8_error().valid_up_to();
            // Up to there the offsets are those of the file, which is all that is shown.
            let file = problems
                .sources
                .add(path.into(), String::from_utf8_lossy(error.as_bytes()).into_owned());
            problems.error(
                "encoding",
                Span::new(file, at..at),
                "the file is not UTF-8".into(),
                "save it as UTF-8",
            );
            None
        }
        Err(error) => {
            let file = problems.sources.add(path.into(), String::new());
            let help = match error.kind() {
                io::ErrorKind::NotFound => "check the path; it is relative to the folder in which the command is run",
                _ => "",
            };
            problems.error(
                "unreadable",
                Span::beginning(file),
                format!("the file cannot be read: {error}"),
                help,
            );
            None
        }
    }
}
