//! `hearken check`: everything that is wrong, at once, each with its place.

use std::collections::BTreeSet;

use hearken_tests::{Folder, Said, hearken};
use serde_json::Value;

fn check(folder: &Folder) -> Said {
    hearken(folder, &["check", "hearken.toml", "--format", "json"])
}

/// `line: code` of each problem.
fn found(said: &Said) -> BTreeSet<String> {
    let answer = said.json();
    let all = answer["diagnostics"].as_array().expect("a list").iter();
    all.map(|d| format!("{}: {}", d["line"], d["code"].as_str().expect("a code")))
        .collect()
}

/// The number of the line that begins with `text`.
fn line(toml: &str, text: &str) -> usize {
    1 + toml
        .lines()
        .position(|l| l.starts_with(text))
        .unwrap_or_else(|| panic!("no line begins with {text}"))
}

#[test]
fn a_good_configuration_has_no_problem() {
    let folder = Folder::with_everything();
    let said = check(&folder).done();
    assert_eq!(said.json()["errors"], 0, "{said:?}");
    assert_eq!(
        hearken(&folder, &["check", "hearken.toml"]).done().out,
        "0 errors, 0 warnings in hearken.toml\n"
    );
    assert!(
        !folder.path().join("outbox").exists(),
        "checking makes no folder for a plugin"
    );
}

#[test]
fn ten_mistakes_in_a_file_are_ten_problems() {
    let toml = r#"
brant = "Example"

[policy]
mode = "loud"
caps = ["two a week"]
await-reply = "5 fortnights"

[vocabulary.personas.cio]
title = "CIO"
topics = { roj = 1.0 }

[vocabulary.topics.roi]
title = 7

[connectors.site]
plugin = "segment"
secrets.write-key = "written out"

[channels.email]
sink = "outbux"

[listen]
admin = "0.0.0.0:7701"

[teams.sales]
sink = "site"
hours = "Mon-Fry 09:00-17:00 Europe/Berlin"

[flow]
router = "nobody"
"#;
    let folder = Folder::with_configuration(toml);
    let said = check(&folder);
    assert_eq!(said.code, 2, "{said:?}");
    let lines: BTreeSet<u64> = said.json()["diagnostics"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|d| d["line"].as_u64())
        .collect();
    let wrong = [
        "brant",
        "mode",
        "caps",
        "await-reply",
        "topics =",
        "title = 7",
        "secrets",
        "sink = \"outbux\"",
        "admin",
        "hours",
        "router",
    ];
    for beginning in wrong {
        let line = line(toml, beginning) as u64;
        assert!(
            lines.contains(&line),
            "nothing is said about line {line}, '{beginning}': {}",
            said.out
        );
    }
}

#[test]
fn what_only_plugins_know_is_reported_all_at_once() {
    let toml = r#"
[plugins]
folders = ["PLUGINS"]
data-folder = "data"

[connectors.site]
plugin = "segment"
config = { evnts = {} }
secrets.server-kee = { file = "secrets/server-key" }
grants.may-say = ["page.*", "weather.changed"]

[connectors.missing]
plugin = "segmant"

[connectors.language]
plugin = "body-language"

[connectors.facilitator]
plugin = "facilitator"

[connectors.second]
plugin = "facilitator"

[connectors.outbox]
plugin = "outbox-dir"

[channels.email]
sink = "language"
"#;
    let folder = Folder::with_configuration(toml);
    let said = check(&folder);
    assert_eq!(said.code, 2, "{said:?}");
    let found = found(&said);
    let expected = [
        ("config =", "config"),
        ("secrets.server-kee", "secret"),
        ("[connectors.site]", "secret"),
        ("grants.may-say", "grant"),
        ("plugin = \"segmant\"", "unknown-plugin"),
        ("sink = \"language\"", "role"),
    ];
    for (beginning, code) in expected {
        let problem = format!("{}: {code}", line(toml, beginning));
        assert!(found.contains(&problem), "'{problem}' is not among {found:?}");
    }
    let codes: BTreeSet<&str> = found.iter().filter_map(|f| f.split(": ").nth(1)).collect();
    assert!(codes.contains("router"), "of two routers one must be chosen: {found:?}");
    let text = hearken(&folder, &["check", "hearken.toml"]);
    assert!(text.err.contains("did you mean 'segment'?"), "{}", text.err);
    assert!(text.err.contains("did you mean 'events'?"), "{}", text.err);
}

#[test]
fn a_secret_is_never_shown() {
    let toml = "[connectors.site]\nplugin = \"segment\"\nsecrets.write-key = \"generated-and-secret\"\n";
    let folder = Folder::with_configuration(toml);
    for format in ["text", "json"] {
        let said = hearken(&folder, &["check", "hearken.toml", "--format", format]);
        assert_eq!(said.code, 2);
        assert!(!format!("{said:?}").contains("generated-and-secret"), "{said:?}");
    }
}

#[test]
fn a_file_that_is_no_plugin_is_told_with_what_to_do() {
    let folder = Folder::with_configuration(
        "[plugins]\ndata-folder = \"data\"\n[connectors.a]\nplugin = \"./text.wasm\"\n[connectors.b]\nplugin = \"./module.wasm\"\n",
    );
    folder.write("text.wasm", "this is a text");
    std::fs::write(folder.path().join("module.wasm"), b"\0asm\x01\0\0\0").expect("a file");
    let said = check(&folder);
    let messages: Vec<String> = said.json()["diagnostics"]
        .as_array()
        .map(|all| {
            all.iter()
                .filter_map(|d| d["message"].as_str())
                .map(str::to_owned)
                .collect()
        })
        .unwrap_or_default();
    assert!(messages.iter().any(|m| m.contains("not WebAssembly")), "{messages:?}");
    assert!(
        messages.iter().any(|m| m.contains("hearken plugin build")),
        "{messages:?}"
    );
}

#[test]
fn a_missing_file_is_a_problem_and_no_crash() {
    let folder = Folder::with_a_site();
    let said = hearken(&folder, &["check", "nowhere.toml", "--format", "json"]);
    assert_eq!(said.code, 2);
    assert_eq!(said.json()["errors"], Value::from(1));
}

#[test]
fn a_plugin_that_is_given_less_than_it_asks_for_is_told() {
    let toml = "[plugins]\nfolders = [\"PLUGINS\"]\ndata-folder = \"data\"\n\n[connectors.facilitator]\nplugin = \"facilitator\"\n\n\
                [connectors.w]\nplugin = \"witness\"\n\
                grants = { folder = \".\", mail = \"main\" }\nlimits = { cpu = \"1s\", memory = \"64MiB\", log-bytes = \"1KiB\" }\n\n\
                [mail]\nfrom = \"a@example.com\"\npostal-address = \"Example Street 1\"\n[relays.main]\nhost = \"relay.example.com\"\n";
    let said = check(&Folder::with_configuration(toml));
    assert!(
        said.out.contains("asks for 2000 ms of CPU time and is given 1000"),
        "{said:?}"
    );
    assert!(!said.out.contains("bytes of memory"), "{said:?}");
}
