//! The catalogue of metrics against the code that counts and the page that explains.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use hearken_console::metrics::{CATALOGUE, page};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder of the repository").flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

/// Names in quotes that begin as metrics do.
fn names_in(text: &str) -> BTreeSet<String> {
    text.split('"')
        .filter(|part| part.starts_with("hearken_"))
        .filter(|part| part.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'))
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_metric_that_is_counted_is_in_the_catalogue_and_every_other_way_round() {
    let mut files = Vec::new();
    sources(&root().join("host"), &mut files);
    let counted: BTreeSet<String> = files
        .iter()
        .filter(|f| !f.ends_with("console/src/metrics.rs") && f.components().any(|c| c.as_os_str() == "src"))
        .chain([&root().join("host/console/src/metrics.rs")])
        .flat_map(|f| {
            let text = fs::read_to_string(f).expect("a source file");
            let own = f.ends_with("console/src/metrics.rs");
            // In the catalogue's own file only what stands behind it is counted.
            names_in(if own {
                text.split("pub(crate) fn request").nth(1).unwrap_or_default()
            } else {
                &text
            })
        })
        .collect();
    let listed: BTreeSet<String> = CATALOGUE.iter().map(|m| m.name.to_owned()).collect();
    assert_eq!(counted, listed);
}

#[test]
fn the_page_says_what_the_catalogue_says() {
    let path = root().join("docs/metrics.md");
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, page()).expect("the page can be written");
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        written,
        page(),
        "run this test with UPDATE=1 to write docs/metrics.md anew"
    );
}
