//! Values of its reader in a story: to whom they are said, and what becomes of a story that
//! needs one that is not known.

use std::fs;

use hearken_tests::{Daemon, Folder, SERVER_KEY, WRITE_KEY, hearken};
use serde_json::{Value, json};

fn with_text(text: &str) -> Folder {
    let folder = Folder::that_always_tells();
    let front = "+++\ntitle = \"Generated for this test\"\ntopics = [\"roi\"]\nchannels = [\"email\"]\n+++\n";
    folder.write("stories/roi-in-numbers.md", &format!("{front}{text}\n"));
    folder
}

fn identify(daemon: &Daemon<'_>, key: &str, who: &str, name: &str) {
    let traits = json!({ "email": format!("{who}@example.com"), "firstName": name });
    let identify = json!({ "messageId": format!("i-{who}-{name}"), "userId": who, "traits": traits });
    assert_eq!(daemon.track("identify", key, &identify).status, 200);
}

fn plain_of(folder: &Folder) -> String {
    let files = folder.outbox();
    assert_eq!(files.len(), 1, "{files:?}");
    let action: Value = serde_json::from_str(&fs::read_to_string(&files[0]).expect("a file")).expect("JSON");
    action["plain"].as_str().expect("plain text").to_owned()
}

#[test]
fn a_story_calls_its_reader_by_name() {
    let folder = with_text("Hello {{ first_name | default(\"there\") }}, says {{ brand }}.");
    let daemon = Daemon::start(&folder);
    identify(&daemon, SERVER_KEY, "ann", "Ann");
    folder.action_comes_to("user:ann", "delivered");
    assert_eq!(plain_of(&folder), "Hello Ann, says Example.\n");
    daemon.stop();
}

#[test]
fn nothing_personal_is_said_to_an_address_that_nobody_vouches_for() {
    let folder = with_text("Hello {{ first_name | default(\"there\") }}, says {{ brand }}.");
    folder.change("listen-first = 1", "listen-first = 1\nspeak-to-claimed = true");
    let daemon = Daemon::start(&folder);
    identify(&daemon, WRITE_KEY, "bob", "Bob");
    folder.action_comes_to("user:bob", "delivered");
    assert_eq!(plain_of(&folder), "Hello there, says Example.\n");
    let preview = hearken(
        &folder,
        &["story", "preview", "roi-in-numbers", "--prospect", "user:bob"],
    )
    .done()
    .out;
    for needed in ["what is personal is withheld", "Hello there, says Example."] {
        assert!(preview.contains(needed), "{preview}");
    }
    daemon.stop();
}

#[test]
fn a_story_that_needs_what_is_not_known_is_held_and_says_so_everywhere() {
    let folder = with_text("Hello {{ first_name }}.");
    let checked = hearken(&folder, &["check", "hearken.toml"]).done();
    assert!(
        checked
            .err
            .contains("whoever has no 'first_name' is not told this story"),
        "{checked:?}"
    );
    let daemon = Daemon::start(&folder);
    identify(&daemon, SERVER_KEY, "carl", " ");
    let held = folder.action_comes_to("user:carl", "held");
    assert_eq!(held["gate"], "text", "{held}");
    let why = held["why"].as_str().expect("why");
    for needed in ["story 'roi-in-numbers'", "'first_name'", "default(", "[fallbacks]"] {
        assert!(why.contains(needed), "{why}");
    }
    let decision = held["decision"].as_str().expect("a decision");
    let shown = hearken(&folder, &["decision", "show", decision]).done().out;
    assert!(shown.contains("needs the value 'first_name'"), "{shown}");
    let preview = hearken(
        &folder,
        &["story", "preview", "roi-in-numbers", "--prospect", "user:carl"],
    )
    .done()
    .out;
    assert!(
        preview.contains("held: the text of story 'roi-in-numbers' (line 1, column 10)"),
        "{preview}"
    );
    // Nobody can say yes to a text that there is not.
    let yes = hearken(&folder, &["approve", "yes", held["id"].as_str().expect("an id")]);
    assert_ne!(yes.code, 0, "{yes:?}");
    identify(&daemon, SERVER_KEY, "dora", "Dora");
    folder.action_comes_to("user:dora", "delivered");
    assert_eq!(plain_of(&folder), "Hello Dora.\n");
    daemon.stop();
    let daemon = Daemon::start(&folder);
    folder.action_comes_to("user:carl", "held");
    daemon.stop();
}

#[test]
fn the_worst_people_are_previewed_without_a_store() {
    let folder = with_text(
        "# Hello {{ first_name }}\n\nof [{{ company | default(\"your company\") }}](https://example.com/?c={{ company | default(\"\") | default(\"none\") }})",
    );
    let preview = hearken(&folder, &["story", "preview", "roi-in-numbers", "--worst"])
        .done()
        .out;
    for needed in [
        "somebody of whom nothing is known",
        "held: the text of story",
        "Hello {{ 7*7 }}",
        "held for ",
    ] {
        assert!(preview.contains(needed), "{preview}");
    }
    let json = hearken(
        &folder,
        &["story", "preview", "roi-in-numbers", "--worst", "--format", "json"],
    )
    .done()
    .json();
    let all = json.as_array().expect("an array");
    assert!(all.len() >= 15, "{json}");
    for one in all {
        let (held, title) = (one["held"].is_string(), one["html"].is_string());
        assert_ne!(held, title, "{one}");
    }
    let page = hearken(
        &folder,
        &["story", "preview", "roi-in-numbers", "--worst", "--format", "html"],
    )
    .done()
    .out;
    assert!(
        page.starts_with("<!doctype html>") && !page.contains("<script"),
        "{page}"
    );
    assert_eq!(page.matches("<section>").count(), all.len());
    for wrong in [
        &["story", "preview", "roi-in-numbers"][..],
        &["story", "preview", "roi", "--worst"][..],
    ] {
        assert_eq!(hearken(&folder, wrong).code, 2);
    }
}
