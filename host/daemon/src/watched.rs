//! The files that a running daemon was made from, as they are at a moment.

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use hearken_config::Wiring;

use crate::wire_up::plugins;

/// What tells a file from another under the same name; none where there is no file.
pub(crate) type Mark = Option<(u64, u64, i64, i64, u32)>;

/// The files of a configuration, its stories, its plugins and its secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Watched(BTreeMap<PathBuf, Mark>);

impl Watched {
    /// Files are followed through links, which is how they are exchanged as a whole where
    /// they are mounted.
    pub(crate) fn look(files: &[PathBuf], wiring: &Wiring) -> Self {
        let stories = fs::read_dir(&wiring.stories_dir).into_iter().flatten().flatten();
        let stories = stories
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|e| e.eq_ignore_ascii_case("md")));
        let named = files.iter().chain(&wiring.secret_files).cloned();
        let all = named.chain(stories).chain(plugins::files(wiring));
        Self(all.map(|path| (path.clone(), mark(&path))).collect())
    }

    /// The same files, each as it was in an earlier look where that had it.
    pub(crate) fn or_as_in(mut self, earlier: &Self) -> Self {
        for (path, mark) in &mut self.0 {
            if let Some(before) = earlier.0.get(path) {
                *mark = *before;
            }
        }
        self
    }
}

/// The mark of a file as it is now.
pub(crate) fn mark(path: &Path) -> Mark {
    let m = fs::metadata(path).ok()?;
    Some((m.ino(), m.size(), m.mtime(), m.mtime_nsec(), m.mode()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_written_or_exchanged_or_gone_is_another() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a");
        fs::write(&file, "1").unwrap();
        let first = mark(&file);
        assert!(first.is_some() && first == mark(&file));
        fs::write(&file, "12").unwrap();
        let second = mark(&file);
        assert_ne!(first, second);
        fs::write(folder.path().join("b"), "12").unwrap();
        fs::rename(folder.path().join("b"), &file).unwrap();
        assert_ne!(second, mark(&file));
        fs::remove_file(&file).unwrap();
        assert_eq!(mark(&file), None);
    }
}
