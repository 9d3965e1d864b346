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
    let files: [(&str, &[u8], &str); 4] = [
        ("text.wasm", b"a text", "not WebAssembly"),
        ("module.wasm", b"\0asm\x01\0\0\0", "hearken plugin build"),
        ("cut.wasm", &whole[..whole.len() / 2], "damaged"),
        ("empty.wasm", b"", "not WebAssembly"),
    ];
    for (name, bytes, told) in files {
        fs::write(folder.path().join(name), bytes).expect("a file");
        let said = hearken(&folder, &["plugin", "inspect", name]);
        assert_eq!(said.code, 1, "{name}: {said:?}");
        assert!(said.err.contains(told), "{name}: {said:?}");
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
