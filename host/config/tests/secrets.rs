//! Secrets: read from where they are, and never seen.

#![allow(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod loaded;

use std::fs;

use hearken_config::{Look, Severity, load_with, load_without_secrets, render, to_json};

use loaded::{configuration, load};

#[test]
fn a_later_file_can_read_a_secret_from_elsewhere() {
    let first = "[connectors.site]\nplugin = 'segment'\nsecrets.a = { file = 'nowhere' }\n";
    let later = "[connectors.site.secrets]\na = { env = 'KEY' }\n";
    let (_folder, loaded) = load(&[("first.toml", first), ("later.toml", later)]);
    let secrets = &configuration(loaded).wiring.connectors["site"].secrets;
    assert_eq!(secrets["a"].expose(), "generated-secret");
}

#[test]
fn a_secret_is_read_and_never_seen() {
    let text = "[connectors.site]\nplugin = 'segment'\n\
        secrets = { a = { env = 'KEY' }, b = { file = 'key' } }\n";
    let (folder, loaded) = load(&[("hearken.toml", text), ("key", "generated-in-a-file\r\n")]);
    let warned: Vec<_> = loaded.diagnostics.iter().map(|d| (d.severity, d.code)).collect();
    if cfg!(unix) {
        assert_eq!(
            warned,
            [(Severity::Warning, "secret-readable")],
            "the file was made without a care"
        );
    }
    let wiring = loaded.configuration.unwrap().wiring;
    let secrets = &wiring.connectors["site"].secrets;
    assert_eq!(
        (secrets["a"].expose(), secrets["b"].expose()),
        ("generated-secret", "generated-in-a-file")
    );
    assert!(!format!("{wiring:?}").contains("generated-"), "{wiring:?}");

    fs::write(folder.path().join("key"), "\n").unwrap();
    let again = load_with(&[folder.path().join("hearken.toml")], &|_| Some(String::new()));
    let empty = again
        .diagnostics
        .iter()
        .filter(|d| d.message.ends_with("is empty"))
        .count();
    assert_eq!(empty, 2, "{:?}", again.diagnostics);
}

#[test]
fn looking_things_up_needs_no_secrets() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hearken.toml");
    let text = "[connectors.site]\nplugin = 'segment'\nsecrets.a = { file = 'nowhere' }\n";
    fs::write(&path, text).unwrap();
    let wiring = configuration(load_without_secrets(std::slice::from_ref(&path))).wiring;
    assert!(wiring.connectors["site"].secrets.is_empty());
    assert!(load_with(&[path], &|_| None).configuration.is_none());
}

#[test]
fn a_secret_that_was_written_out_is_not_repeated() {
    let text = "[connectors.site]\nplugin = 'segment'\n\
        secrets.a = 'generated-secret'\nsecrets.b = { value = 'generated-secret' }\nunknown = 1\n";
    let (_folder, loaded) = load(&[("hearken.toml", text)]);
    let shown = format!(
        "{}{}{:?}",
        render(&loaded.diagnostics, Look::Plain),
        to_json(&loaded.diagnostics),
        loaded.diagnostics
    );
    assert!(loaded.configuration.is_none());
    assert!(
        shown.contains("secret-written-out") && shown.contains("secrets.a = ***"),
        "{shown}"
    );
    assert!(!shown.contains("generated-secret"), "{shown}");
}
