//! What is shipped in `config/` must be right: people copy it.

#![allow(clippy::unwrap_used, reason = "in a test a panic is the report")]

use std::{
    fs,
    path::{Path, PathBuf},
};

use hearken_config::{Loaded, Look, load_with, render, schema};
use hearken_model::{Mode, Scope};

fn shipped() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config")
}

fn environment(name: &str) -> Option<String> {
    (name.starts_with("SITE_") || name == "RELAY_PASSWORD").then(|| format!("generated-{name}"))
}

/// A copy of `config/` in which the demo's keys exist.
fn copied(file: &str) -> (tempfile::TempDir, Loaded) {
    let copy = tempfile::tempdir().unwrap();
    for folder in ["", "stories"] {
        fs::create_dir_all(copy.path().join(folder)).unwrap();
        for entry in fs::read_dir(shipped().join(folder)).unwrap() {
            let entry = entry.unwrap();
            if entry.file_type().unwrap().is_file() {
                fs::copy(entry.path(), copy.path().join(folder).join(entry.file_name())).unwrap();
            }
        }
    }
    fs::create_dir(copy.path().join("demo")).unwrap();
    for key in ["site.key", "server.key"] {
        let path = copy.path().join("demo").join(key);
        fs::write(&path, format!("generated-{key}\n")).unwrap();
        for_the_owner_alone(&path);
    }
    let loaded = load_with(&[copy.path().join(file)], &environment);
    (copy, loaded)
}

#[cfg(unix)]
fn for_the_owner_alone(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}

#[cfg(not(unix))]
fn for_the_owner_alone(_: &Path) {}

#[test]
fn the_demo_loads_without_a_single_problem() {
    let (copy, loaded) = copied("demo.toml");
    assert!(
        loaded.diagnostics.is_empty(),
        "{}",
        render(&loaded.diagnostics, Look::Plain)
    );
    let wiring = loaded.configuration.unwrap().wiring;
    assert_eq!(wiring.policy.mode, Mode::Live);
    assert_eq!(wiring.store.path, copy.path().join("data/demo.sqlite"));
    assert_eq!(
        wiring.connectors["outbox"].grants.folder,
        Some(copy.path().join("data/outbox"))
    );
    assert_eq!(
        wiring.connectors["site"].secrets["write-key"].expose(),
        "generated-site.key"
    );
    assert_eq!(wiring.channels["email"].address, "email");
    assert_eq!(wiring.stories.len(), 10);
    assert!(
        wiring
            .stories
            .iter()
            .all(|s| s.channels == ["email"] && !s.text.is_empty())
    );
    for persona in ["cio", "it-manager", "sysadmin"] {
        let own = wiring.stories.iter().filter(|s| s.personas == [persona]).count();
        assert_eq!(own, 2, "{persona} has a soft story and a hard one");
    }
}

#[test]
fn the_example_loads_without_a_single_problem() {
    let (_copy, loaded) = copied("example.toml");
    assert!(
        loaded.diagnostics.is_empty(),
        "{}",
        render(&loaded.diagnostics, Look::Plain)
    );
    let policy = loaded.configuration.unwrap().wiring.policy;
    let story = Scope::Story("roi-one-page".into());
    assert_eq!(policy.mode_for(&[story]), Mode::Shadow);
    assert_eq!(policy.mode_for(&[Scope::Channel("email".into())]), Mode::Approve);
}

#[test]
fn the_shipped_files_satisfy_the_shipped_schema() {
    let validator = jsonschema::validator_for(&schema()).unwrap();
    for file in ["demo.toml", "example.toml"] {
        let text = fs::read_to_string(shipped().join(file)).unwrap();
        let value: toml::Value = toml::from_str(&text).unwrap();
        let errors: Vec<String> = validator
            .iter_errors(&serde_json::to_value(value).unwrap())
            .map(|e| format!("{}: {e}", e.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{file}: {errors:#?}");
    }
    let wrong = serde_json::json!({ "policy": { "awaitreply": "5d" }, "connectors": { "site": {} } });
    assert_eq!(
        validator.iter_errors(&wrong).count(),
        2,
        "an unknown key and a missing one"
    );
}

/// Run with `UPDATE_GOLDEN=1` after changing what can be written.
#[test]
fn the_schema_for_editors_is_up_to_date() {
    let path = shipped().join("hearken.schema.json");
    let current = format!("{}\n", serde_json::to_string_pretty(&schema()).unwrap());
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, &current).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == current,
        "config/hearken.schema.json has drifted: run the test with UPDATE_GOLDEN=1"
    );
}
