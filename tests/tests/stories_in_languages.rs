//! A story with several texts: who is told which, and what is said of it afterwards.

use std::fs;

use hearken_tests::{Daemon, Folder, SERVER_KEY, eventually, hearken};
use serde_json::{Value, json};

const FRONT: &str =
    "title = \"Generated for this test\"\ntopics = [\"roi\"]\nchannels = [\"email\"]\nlanguage = \"en\"\n";

/// `more` stands in the front matter of the story itself.
fn in_two_languages(more: &str) -> Folder {
    let folder = Folder::that_always_tells();
    folder.write(
        "stories/roi-in-numbers.md",
        &format!("+++\n{FRONT}{more}\n+++\nHello.\n"),
    );
    folder.write(
        "stories/roi-in-numbers.de.md",
        "+++\nsubject = \"In Zahlen\"\n+++\nGuten Tag.\n",
    );
    folder
}

fn reads(daemon: &Daemon<'_>, who: &str, language: &str) {
    let traits = json!({ "email": format!("{who}@example.com"), "language": language });
    let identify = json!({ "messageId": format!("i-{who}"), "userId": who, "traits": traits });
    assert_eq!(daemon.track("identify", SERVER_KEY, &identify).status, 200);
}

fn sent(folder: &Folder) -> Value {
    let files = folder.outbox();
    assert_eq!(files.len(), 1, "{files:?}");
    serde_json::from_str(&fs::read_to_string(&files[0]).expect("a file")).expect("JSON")
}

fn shown(folder: &Folder, action: &Value) -> Value {
    let decision = action["decision"].as_str().expect("a decision");
    let shown = hearken(folder, &["decision", "show", decision, "--replay", "--format", "json"]).done();
    serde_json::from_str(&shown.out).expect("JSON")
}

#[test]
fn a_reader_is_told_the_text_in_their_language() {
    let folder = in_two_languages("");
    let daemon = Daemon::start(&folder);
    reads(&daemon, "dora", "de-AT");
    let action = folder.action_comes_to("user:dora", "delivered");
    let told = sent(&folder);
    assert_eq!(
        (&told["title"], &told["language"]),
        (&json!("In Zahlen"), &json!("de")),
        "{told}"
    );
    let record = shown(&folder, &action);
    assert_eq!(
        record["wording"],
        json!({ "variant": "a", "language": "de", "propensity": 1.0 })
    );
    daemon.stop();
}

#[test]
fn who_reads_another_language_is_told_it_by_choice_alone() {
    let folder = in_two_languages("language-fallback = \"en\"");
    let preview = ["story", "preview", "roi-in-numbers", "--worst", "--language", "fr"];
    let chosen = hearken(&folder, &preview).done().out;
    assert!(
        chosen.contains("Hello.") && !chosen.contains("would not be told"),
        "{chosen}"
    );
    let folder = in_two_languages("");
    let refused = hearken(&folder, &preview).done().out;
    assert!(
        refused.contains("the story's en, de: it would not be told to them"),
        "{refused}"
    );
    let daemon = Daemon::start(&folder);
    reads(&daemon, "fleur", "fr");
    reads(&daemon, "erin", "en");
    folder.action_comes_to("user:erin", "delivered");
    assert_eq!(sent(&folder)["language"], "en");
    daemon.stop();
}

#[test]
fn a_variant_is_drawn_and_recorded() {
    let folder = in_two_languages("");
    folder.write("stories/roi-in-numbers+b.md", "+++\n+++\nGood day.\n");
    let checked = hearken(&folder, &["check", "hearken.toml"]).done();
    assert!(checked.err.contains("variant 'b' has no text in 'de'"), "{checked:?}");
    let daemon = Daemon::start(&folder);
    reads(&daemon, "erin", "en");
    let action = folder.action_comes_to("user:erin", "delivered");
    let record = shown(&folder, &action);
    let variant = record["wording"]["variant"].as_str().expect("a variant");
    let text = if variant == "a" { "Hello.\n" } else { "Good day.\n" };
    assert_eq!(sent(&folder)["plain"], text, "{record}");
    assert_eq!(record["wording"]["propensity"], 0.5, "{record}");
    assert_eq!(record["replay"]["same"], true, "{record}");
    daemon.stop();
}

#[test]
fn a_story_is_told_until_its_time_is_over() {
    let folder = in_two_languages("until = 2999-12-24");
    let daemon = Daemon::start(&folder);
    reads(&daemon, "erin", "en");
    folder.action_comes_to("user:erin", "delivered");
    daemon.stop();
    let folder = in_two_languages("until = 2020-12-24");
    let daemon = Daemon::start(&folder);
    reads(&daemon, "erin", "en");
    // This router says one story, whatever it is offered.
    eventually("the decision that the story is not offered", || {
        let listed = hearken(&folder, &["decision", "list", "--format", "json"]).done().out;
        listed.contains("not among the candidates").then_some(())
    });
    daemon.stop();
}
