//! The configurations that READMEs show.

use std::{fs, path::Path, process::Command};

use hearken_tests::{Folder, binary, hearken};

/// A README's first block of TOML.
fn shown(readme: &str) -> String {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(readme);
    let readme = fs::read_to_string(readme).expect("the README");
    let block = readme
        .split("```toml\n")
        .nth(1)
        .expect("the README shows a configuration");
    block.split("```").next().expect("the block ends").to_owned()
}

#[test]
fn the_configuration_in_the_readme_has_ten_lines_and_passes_the_check() {
    let toml = shown("README.md");
    assert_eq!(toml.lines().count(), 10, "{toml}");
    assert!(
        toml.contains("\"target/plugins\""),
        "the plugins are where `cargo xtask plugins` puts them"
    );
    let folder = Folder::with_configuration(&toml.replace("target/plugins", "PLUGINS"));
    let checked = Command::new(binary())
        .current_dir(folder.path())
        .args(["check", "hearken.toml"])
        .env("SITE_WRITE_KEY", "generated-write-key")
        .output()
        .expect("the binary runs");
    let said = String::from_utf8_lossy(&checked.stderr);
    assert!(checked.status.success(), "{said}");
    assert!(!said.contains("warning"), "{said}");
}

#[test]
fn the_configuration_in_the_readme_of_smtp_and_in_the_page_about_mail_pass_the_check() {
    for (readme, lacking) in [("plugins/smtp/README.md", ""), ("docs/mail.md", "RELAY_PASSWORD")] {
        let plugins = "[plugins]\nfolders = [\"PLUGINS\"]\n";
        let folder = Folder::with_configuration(&format!("{plugins}{}", shown(readme)));
        let checked = hearken(&folder, &["check", "hearken.toml"]);
        let errors: Vec<&str> = checked.err.lines().filter(|l| l.contains("error")).collect();
        assert!(
            errors.iter().all(|e| !lacking.is_empty() && e.contains(lacking)) || checked.code == 0,
            "{readme}: {}",
            checked.err
        );
        assert!(
            lacking.is_empty() || checked.err.contains(lacking),
            "{readme}: {}",
            checked.err
        );
    }
}
