//! `hearken plugin`: what a component is, and what is no component.

use std::fs;

use hearken_tests::{Folder, hearken, target};

#[test]
fn a_plugin_says_what_it_is_and_how_to_connect_it() {
    let folder = Folder::with_a_site();
    let plugin = target().join("plugins/segment.wasm").display().to_string();
    let json = hearken(&folder, &["plugin", "inspect", &plugin, "--format", "json"])
        .done()
        .json();
    assert_eq!(json["name"], "segment");
    assert_eq!(json["roles"], serde_json::json!(["webhook"]));
    assert_eq!(json["digest"].as_str().map(str::len), Some(64));
    assert!(json["imports"].as_array().is_some_and(|all| {
        all.iter()
            .all(|i| i.as_str().is_some_and(|i| i.starts_with("hearken:plugin/")))
    }));
    let text = hearken(&folder, &["plugin", "inspect", &plugin]).done().out;
    for part in [
        "[connectors.segment]",
        "plugin = \"segment\"",
        "secrets.write-key = { env = \"SEGMENT_WRITE_KEY\" }",
    ] {
        assert!(text.contains(part), "'{part}' is not in:\n{text}");
    }
}

#[test]
fn the_block_to_paste_passes_the_check() {
    let folder = Folder::with_a_site();
    let plugin = target().join("plugins/outbox-dir.wasm").display().to_string();
    let text = hearken(&folder, &["plugin", "inspect", &plugin]).done().out;
    let block = text.split("to connect it:").nth(1).expect("a block");
    let plugins = target().join("plugins");
    folder.write(
        "pasted.toml",
        &format!("[plugins]\nfolders = [{:?}]\n{block}", plugins.display().to_string()),
    );
    hearken(&folder, &["check", "pasted.toml"]).done();
}

#[test]
fn what_is_no_plugin_is_told_with_what_to_do() {
    let folder = Folder::with_a_site();
    let whole = fs::read(target().join("plugins/segment.wasm")).expect("a built plugin");
    let component = |wat: &str| wat::parse_str(wat).expect("a component");
    let wasi = component(r#"(component (import "wasi:cli/environment@0.2.0" (instance)))"#);
    let strange = component(r#"(component (import "example:other/thing" (instance)))"#);
    let nothing = component("(component)");
    let files: [(&str, &[u8], &[&str]); 8] = [
        ("text.wasm", b"a text", &["not WebAssembly"]),
        ("module.wasm", b"\0asm\x01\0\0\0", &["hearken plugin build"]),
        ("cut.wasm", &whole[..whole.len() / 2], &["damaged"]),
        ("head.wasm", &whole[..6], &["damaged"]),
        ("empty.wasm", b"", &["not WebAssembly"]),
        ("wasi.wasm", &wasi, &["wasi:cli/environment@0.2.0", "without WASI"]),
        ("strange.wasm", &strange, &["example:other/thing", "nothing else"]),
        ("nothing.wasm", &nothing, &["hearken:plugin"]),
    ];
    for (name, bytes, told) in files {
        fs::write(folder.path().join(name), bytes).expect("a file");
        let said = hearken(&folder, &["plugin", "inspect", name]);
        assert_eq!(said.code, 1, "{name}: {said:?}");
        for part in told {
            assert!(said.err.contains(part), "'{part}' is not said of {name}: {said:?}");
        }
    }
    // The same files, wired: all of them are reported at once, each at its own line.
    let wired = files.map(|(name, ..)| {
        format!(
            "[connectors.{}]\nplugin = \"./{name}\"\n",
            name.trim_end_matches(".wasm")
        )
    });
    let toml = format!("[plugins]\ndata-folder = \"data\"\n{}", wired.concat());
    folder.write("all.toml", &toml);
    let said = hearken(&folder, &["check", "all.toml", "--format", "json"]);
    assert_eq!(said.code, 2, "{said:?}");
    let found = said.json()["diagnostics"].as_array().cloned().unwrap_or_default();
    for (n, (name, _, told)) in files.iter().enumerate() {
        let problem = found.iter().find(|d| d["line"] == 4 + 2 * n);
        let text = problem.map(ToString::to_string).unwrap_or_default();
        for part in *told {
            assert!(
                text.contains(part),
                "'{part}' is not said of {name} in its line: {found:?}"
            );
        }
    }
    let said = hearken(&folder, &["plugin", "inspect", "nowhere.wasm"]);
    assert_eq!(said.code, 1, "{said:?}");
}

#[test]
fn only_a_core_module_of_ours_becomes_a_component() {
    let folder = Folder::with_a_site();
    let component = target().join("plugins/segment.wasm").display().to_string();
    let said = hearken(&folder, &["plugin", "build", &component, "--out", "again.wasm"]);
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.err.contains("component already"), "{said:?}");
    fs::write(folder.path().join("module.wasm"), b"\0asm\x01\0\0\0").expect("a file");
    let said = hearken(&folder, &["plugin", "build", "module.wasm"]);
    assert!(said.code == 1 && said.err.contains("export!"), "{said:?}");
    let said = hearken(&folder, &["plugin", "build", "."]);
    assert!(said.code == 2 && said.err.contains("Cargo.toml"), "{said:?}");
    assert!(!folder.path().join("again.wasm").exists());
}
