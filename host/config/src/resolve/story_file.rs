//! The files of stories: Markdown with TOML front matter between lines of `+++`.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// A story's file, taken apart.
pub(super) struct Parts<'t> {
    /// TOML.
    pub(super) front: &'t str,
    /// Bytes before the front matter.
    pub(super) front_at: usize,
    /// Markdown.
    pub(super) body: &'t str,
}

/// Splits a story at its lines of `+++`.
pub(super) fn split(whole: &str) -> Option<Parts<'_>> {
    let is_mark = |line: &str| line.trim_end() == "+++";
    let mut at = whole.len() - whole.trim_start_matches('\u{feff}').len();
    let mut lines = whole.get(at..)?.split_inclusive('\n');
    let mark = lines.next().filter(|line| is_mark(line))?;
    at += mark.len();
    let front_at = at;
    for line in lines {
        if is_mark(line) {
            return Some(Parts {
                front: whole.get(front_at..at)?,
                front_at,
                body: whole.get(at + line.len()..)?,
            });
        }
        at += line.len();
    }
    None
}

/// Why a story has no front matter, and what would be one.
pub(super) fn lacking(whole: &str) -> (&'static str, &'static str) {
    let begins = |mark| whole.trim_start_matches('\u{feff}').starts_with(mark);
    if begins("+++") {
        (
            "the front matter does not end",
            "write a line +++ between it and the text",
        )
    } else if begins("---") {
        (
            "the front matter is not TOML",
            "write it in TOML between two lines of +++, not in YAML between lines of ---",
        )
    } else {
        (
            "the story has no front matter",
            "begin with a line +++, then title = \"…\", then a line +++, then the text",
        )
    }
}

/// The stories of a folder. A README is about them, and names that begin with a dot belong
/// to editors.
pub(super) fn markdown_files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let is_markdown = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("md"));
        if is_markdown && !name.starts_with('.') && !name.eq_ignore_ascii_case("readme.md") && path.is_file() {
            files.push(path);
        }
    }
    Ok(files)
}
