//! Configurations of the tests, loaded.

use std::fs;

use hearken_config::{Configuration, Loaded, Look, load_with, render};

/// Loads files of a new folder: (name, text).
pub(crate) fn load(files: &[(&str, &str)]) -> (tempfile::TempDir, Loaded) {
    let folder = tempfile::tempdir().unwrap();
    let mut configurations = Vec::new();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        if name.ends_with(".toml") {
            configurations.push(path);
        }
    }
    let loaded = load_with(&configurations, &|name| {
        (name == "KEY").then(|| "generated-secret".to_owned())
    });
    (folder, loaded)
}

pub(crate) fn configuration(loaded: Loaded) -> Configuration {
    assert!(
        loaded.diagnostics.is_empty(),
        "{}",
        render(&loaded.diagnostics, Look::Plain)
    );
    loaded.configuration.unwrap()
}
