//! `hearken prospect`: one person under each of its names.

use hearken_tests::{Daemon, Folder, SERVER_KEY, WRITE_KEY, eventually, hearken};
use serde_json::json;

#[test]
fn one_person_is_found_under_every_name_with_all_its_history() {
    let folder = Folder::with_everything();
    let daemon = Daemon::start(&folder);
    let page = json!({ "messageId": "p", "anonymousId": "device", "properties": { "path": "/roi", "title": "ROI" } });
    assert_eq!(daemon.track("page", WRITE_KEY, &page).status, 200);
    let identify = json!({
        "messageId": "i", "anonymousId": "device", "userId": "17",
        "traits": { "email": "Ann@Example.com", "title": "CIO \u{1b}]0;x\u{7}" },
    });
    assert_eq!(daemon.track("identify", SERVER_KEY, &identify).status, 200);
    let shown = eventually("both histories are one", || {
        let said = hearken(&folder, &["prospect", "show", "ann@example.com", "--format", "json"]);
        (said.code == 0 && said.json()["identities"].as_array().is_some_and(|all| all.len() == 3)).then(|| said.json())
    });
    let id = shown["id"].as_str().expect("an id").to_owned();
    let kinds: Vec<&str> = shown["signals"]["recent"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|s| s["kind"].as_str())
        .collect();
    assert!(kinds.contains(&"page.viewed"), "what was anonymous is there: {kinds:?}");
    for name in ["user:17", "anonymous:device", "email:ANN@example.com", &id] {
        let found = hearken(&folder, &["prospect", "show", name, "--format", "json"])
            .done()
            .json();
        assert_eq!(found["id"], id.as_str(), "{name}");
    }
    let text = hearken(&folder, &["prospect", "show", "user:17"]).done().out;
    assert!(
        text.contains("ann@example.com (verified)") && text.contains("anonymous:device"),
        "{text}"
    );
    assert!(
        !text.contains('\u{1b}') && !text.contains('\u{7}'),
        "a title commands no terminal: {text:?}"
    );
    let listed = hearken(&folder, &["prospect", "list", "--search", "ann@", "--format", "json"])
        .done()
        .json();
    assert_eq!(listed.as_array().map(Vec::len), Some(1), "{listed}");
    daemon.stop();
}

#[test]
fn nobody_and_nonsense_are_told_apart() {
    let folder = Folder::with_a_site();
    let said = hearken(&folder, &["prospect", "list"]);
    assert!(said.code == 1 && said.err.contains("no store"), "{said:?}");
    let daemon = Daemon::start(&folder);
    assert_eq!(hearken(&folder, &["prospect", "show", "nobody@example.com"]).code, 1);
    assert_eq!(hearken(&folder, &["prospect", "show", "nonsense"]).code, 2);
    assert_eq!(hearken(&folder, &["prospect", "list"]).done().out, "nobody\n");
    daemon.stop();
}

#[test]
fn looking_things_up_needs_no_secrets_of_the_daemon() {
    let folder = Folder::with_a_site();
    let daemon = Daemon::start(&folder);
    let toml = std::fs::read_to_string(folder.configuration()).expect("the configuration");
    folder.write(
        "hearken.toml",
        &toml.replace("{ file = \"secrets/write-key\" }", "{ env = \"NOT_SET_IN_TESTS\" }"),
    );
    assert_eq!(hearken(&folder, &["prospect", "list"]).done().out, "nobody\n");
    assert_eq!(
        hearken(&folder, &["check", "hearken.toml"]).code,
        2,
        "the daemon itself needs them"
    );
    daemon.stop();
}
