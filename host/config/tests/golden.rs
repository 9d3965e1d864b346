//! Every folder of `golden/` is a configuration (`hearken.toml`, perhaps more files and
//! stories) beside the problems that it has (`diagnostics.txt`). Run with `UPDATE_GOLDEN=1`
//! to write the latter anew, then read the difference.

#![allow(clippy::unwrap_used, reason = "in a test a panic is the report")]

use std::{
    fmt::Write,
    fs,
    path::{Path, PathBuf},
};

use hearken_config::{Diagnostic, load_with};

fn environment(name: &str) -> Option<String> {
    match name {
        "SITE_WRITE_KEY" => Some("generated-write-key".into()),
        "EMPTY" => Some(String::new()),
        _ => None,
    }
}

#[test]
fn every_problem_is_found_at_once_and_in_its_place() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut cases: Vec<PathBuf> = fs::read_dir(&golden)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    cases.sort();
    assert!(cases.len() > 5, "the golden files are gone");
    let mut differing = Vec::new();
    for case in cases {
        let mut files = vec![case.join("hearken.toml")];
        files.extend(Some(case.join("local.toml")).filter(|file| file.exists()));
        let loaded = load_with(&files, &environment);
        let found = listed(&loaded.diagnostics, &case);
        let errors = loaded
            .diagnostics
            .iter()
            .any(|d| d.severity == hearken_config::Severity::Error);
        assert_eq!(loaded.configuration.is_none(), errors, "{}", case.display());
        let expected = case.join("diagnostics.txt");
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs::write(&expected, &found).unwrap();
        }
        if fs::read_to_string(&expected).unwrap_or_default() != found {
            differing.push(format!("{}:\n{found}", case.display()));
        }
    }
    assert!(
        differing.is_empty(),
        "found other problems than expected in\n{}",
        differing.join("\n")
    );
}

fn listed(diagnostics: &[Diagnostic], case: &Path) -> String {
    let relative = |text: &str| text.replace(&format!("{}/", case.display()), "");
    let mut text = String::new();
    for d in diagnostics {
        let place = relative(&d.place.to_string());
        writeln!(
            text,
            "{place} {} {}: {}",
            d.severity.word(),
            d.code,
            relative(&d.message)
        )
        .unwrap();
        if let Some(help) = &d.help {
            writeln!(text, "    help: {}", relative(help)).unwrap();
        }
    }
    text
}
