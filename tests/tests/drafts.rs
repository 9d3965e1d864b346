//! A story's text is approved as it is; a changed one is a draft again.

use std::fs;

use hearken_tests::{Daemon, Folder, hearken};
use serde_json::{Value, json};

fn that_approves_texts() -> Folder {
    let folder = Folder::that_always_tells();
    folder.change("[channels.email]", "[stories]\napprove = true\n\n[channels.email]");
    folder
}

fn drafts(folder: &Folder) -> Value {
    hearken(folder, &["approve", "list", "--format", "json"]).done().json()["drafts"].clone()
}

fn rewrite(folder: &Folder, from: &str, to: &str) {
    let story = fs::read_to_string(folder.path().join("stories/roi-in-numbers.md")).expect("the story");
    assert!(story.contains(from), "{story}");
    folder.write("stories/roi-in-numbers.md", &story.replace(from, to));
}

#[test]
fn a_draft_is_held_with_its_reason_and_goes_when_it_is_approved() {
    let folder = that_approves_texts();
    let daemon = Daemon::start(&folder);
    assert!(daemon.log().contains("draft"), "the start says so:\n{}", daemon.log());
    daemon.identify("ann");
    let held = folder.action_comes_to("user:ann", "held");
    assert_eq!(held["gate"], "draft", "{held}");
    for needed in ["approve in [stories]", "hearken approve story roi-in-numbers"] {
        assert!(held["why"].to_string().contains(needed), "{held}");
    }
    let listed = drafts(&folder);
    assert_eq!(
        (&listed[0]["story"], &listed[0]["waiting"]),
        (&json!("roi-in-numbers"), &json!(1)),
        "{listed}"
    );
    let text = hearken(&folder, &["approve", "list"]).done().out;
    assert!(text.contains("never approved; 1 action waits for it"), "{text}");
    let said = hearken(&folder, &["approve", "story", "roi-in-numbers"]).done();
    assert!(said.out.contains("is approved"), "{said:?}");
    folder.action_comes_to("user:ann", "delivered");
    daemon.identify("bob");
    folder.action_comes_to("user:bob", "delivered");
    assert_eq!(drafts(&folder), json!([]));
    let said = hearken(&folder, &["approve", "story", "--all"]).done();
    assert!(said.out.contains("approved already"), "{said:?}");
    daemon.stop();
}

#[test]
fn a_changed_text_is_a_draft_again_and_the_old_one_is_approved_still() {
    let folder = that_approves_texts();
    hearken(&folder, &["run", "--once"]).done();
    hearken(&folder, &["approve", "story", "roi-in-numbers"]).done();
    let daemon = Daemon::start(&folder);
    hearken(&folder, &["stop"]).done();
    daemon.identify("ann");
    folder.action_comes_to("user:ann", "queued");
    daemon.stop();
    for (from, to) in [("nine months", "eight months"), ("in numbers\"", "in figures\"")] {
        rewrite(&folder, from, to);
        let listed = drafts(&folder);
        assert_eq!(listed[0]["story"], "roi-in-numbers", "{to}: {listed}");
        assert!(listed[0]["approved_before"]["by"].is_string(), "{listed}");
    }
    let daemon = Daemon::start(&folder);
    hearken(&folder, &["go"]).done();
    // What she was to be told is the text that was approved.
    folder.action_comes_to("user:ann", "delivered");
    daemon.identify("bob");
    folder.action_comes_to("user:bob", "held");
    let sent = folder.outbox();
    assert_eq!(sent.len(), 1, "{sent:?}");
    assert!(fs::read_to_string(&sent[0]).expect("a file").contains("nine months"));
    rewrite(&folder, "eight months", "nine months");
    rewrite(&folder, "in figures\"", "in numbers\"");
    assert_eq!(drafts(&folder), json!([]), "it is as it was approved");
    daemon.stop();
}

#[test]
fn without_the_rule_again_drafts_go_after_a_restart() {
    let folder = that_approves_texts();
    let daemon = Daemon::start(&folder);
    daemon.identify("ann");
    folder.action_comes_to("user:ann", "held");
    daemon.stop();
    folder.change("approve = true", "approve = false");
    let daemon = Daemon::start(&folder);
    folder.action_comes_to("user:ann", "delivered");
    daemon.stop();
}
