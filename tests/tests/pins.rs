//! A plugin that is pinned is that one and no other, and is refused before any of it runs.

use std::fs;

use hearken_tests::{Folder, hearken, target};

fn digest_of(folder: &Folder, plugin: &str) -> String {
    let path = target().join(format!("plugins/{plugin}.wasm"));
    let path = path.display().to_string();
    let said = hearken(folder, &["plugin", "inspect", &path, "--format", "json"]).done();
    said.json()["digest"].as_str().expect("a digest").to_owned()
}

#[test]
fn a_pinned_plugin_is_that_one_and_no_other() {
    let folder = Folder::with_everything();
    let (right, other) = (digest_of(&folder, "body-language"), digest_of(&folder, "segment"));
    let plugin = "plugin = \"body-language\"";
    folder.change(plugin, &format!("{plugin}\ndigest = \"sha256:{right}\""));
    hearken(&folder, &["check", "hearken.toml"]).done();
    folder.change(&right, &other);
    let said = hearken(&folder, &["check", "hearken.toml"]);
    assert_eq!(said.code, 2, "{said:?}");
    assert!(
        said.err.contains(&format!("sha256:{right}")) && said.err.contains(&format!("sha256:{other}")),
        "{said:?}"
    );
    assert!(said.err.contains("hearken plugin diff"), "{said:?}");
    folder.change(&other, "12ab");
    let said = hearken(&folder, &["check", "hearken.toml"]);
    assert!(said.code == 2 && said.err.contains("is no digest"), "{said:?}");
}

#[test]
fn what_an_upgrade_would_newly_need_is_told() {
    let folder = Folder::with_a_site();
    let of = |plugin: &str| target().join(format!("plugins/{plugin}.wasm")).display().to_string();
    let said = hearken(&folder, &["plugin", "diff", &of("csv"), &of("smtp")]).done();
    for line in ["+ role: sink", "- role: source", "+ import: mail", "+ mail: true"] {
        assert!(said.out.lines().any(|l| l == line), "{line} in {}", said.out);
    }
    let same = hearken(&folder, &["plugin", "diff", &of("csv"), &of("csv"), "--format", "json"]).done();
    assert_eq!(same.json()["newly"], serde_json::json!([]), "{same:?}");
    let cut = folder.path().join("cut.wasm");
    fs::write(&cut, &fs::read(of("csv")).expect("a plugin")[..1000]).expect("a file");
    let said = hearken(&folder, &["plugin", "diff", &of("csv"), &cut.display().to_string()]);
    assert!(said.code == 1 && said.err.contains("cut short"), "{said:?}");
}
