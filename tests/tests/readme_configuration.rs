//! The configuration that the README shows.

use std::{fs, path::Path, process::Command};

use hearken_tests::{Folder, target};

/// The README's first block of TOML.
fn shown() -> String {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md");
    let readme = fs::read_to_string(readme).expect("the README");
    let block = readme
        .split("```toml\n")
        .nth(1)
        .expect("the README shows a configuration");
    block.split("```").next().expect("the block ends").to_owned()
}

#[test]
fn the_configuration_in_the_readme_has_ten_lines_and_passes_the_check() {
    let toml = shown();
    assert_eq!(toml.lines().count(), 10, "{toml}");
    assert!(
        toml.contains("\"target/plugins\""),
        "the plugins are where `cargo xtask plugins` puts them"
    );
    let folder = Folder::with_configuration(&toml.replace("target/plugins", "PLUGINS"));
    let binary = std::env::var_os("HEARKEN_BIN").map_or_else(|| target().join("debug/hearken"), Into::into);
    let checked = Command::new(binary)
        .current_dir(folder.path())
        .args(["check", "hearken.toml"])
        .env("SITE_WRITE_KEY", "generated-write-key")
        .output()
        .expect("the binary runs");
    let said = String::from_utf8_lossy(&checked.stderr);
    assert!(checked.status.success(), "{said}");
    assert!(!said.contains("warning"), "{said}");
}
