//! `hearken summary`: what people in shadow mode read every morning.

use hearken_tests::{Daemon, Folder, SERVER_KEY, eventually, hearken};
use serde_json::{Value, json};

fn looks(daemon: &Daemon<'_>, who: &str) {
    let page = json!({ "messageId": format!("p-{who}"), "userId": who, "properties": { "path": "/roi" } });
    assert_eq!(daemon.track("page", SERVER_KEY, &page).status, 200);
}

fn summary(folder: &Folder) -> Value {
    hearken(folder, &["summary", "--since", "1d", "--format", "json"])
        .done()
        .json()
}

fn once_decided(folder: &Folder, decisions: u64) -> Value {
    eventually("everything is decided", || {
        Some(summary(folder)).filter(|s| s["decisions"] == decisions)
    })
}

#[test]
fn in_shadow_it_says_what_would_have_been_said_and_why_not_more() {
    let folder = Folder::that_always_tells();
    folder.change("mode = \"live\"", "mode = \"shadow\"\nstory-again = \"1ms\"");
    folder.change("caps = [\"100/1d\"]", "caps = [\"1/1d\"]");
    let daemon = Daemon::start(&folder);
    for n in 0..3 {
        daemon.identify(&format!("person-{n}"));
    }
    once_decided(&folder, 3);
    looks(&daemon, "person-0");
    let said = once_decided(&folder, 4);
    assert_eq!(
        (&said["people"], &said["told"], &said["would_be_told"]),
        (&json!(3), &json!(0), &json!(3)),
        "{said}"
    );
    let would = &said["would_have_been_said"][0];
    assert_eq!(
        (&would["target"], &would["people"]),
        (&json!("roi-in-numbers"), &json!(3)),
        "{said}"
    );
    assert_eq!(said["said"], json!([]), "{said}");
    assert_eq!(said["silences"], 1, "{said}");
    assert_eq!(said["silence_reasons"][0]["gate"], "cap", "{said}");
    let text = hearken(&folder, &["summary"]).done().out;
    for needed in [
        "4 decisions about 3 people",
        "0 people were told something, 3 people would have been (shadow)",
        "Would have been said (shadow: nobody was told)",
        "roi-in-numbers",
        "Silence, and its commonest reasons",
        "told 1 of at most 1 in 1 days, as caps in [policy] say",
    ] {
        assert!(text.contains(needed), "no '{needed}' in\n{text}");
    }
    daemon.stop();
}

#[test]
fn it_says_what_was_told_what_waits_and_what_lets_it_go() {
    let folder = Folder::that_always_tells();
    folder.change(
        "mode = \"live\"",
        "mode = \"live\"\nnew-people-per-hour = 2\nseeds = [\"boss@example.com\"]",
    );
    let daemon = Daemon::start(&folder);
    for n in 0..5 {
        daemon.identify(&format!("person-{n}"));
    }
    let said = eventually("two are told and three wait", || {
        let said = summary(&folder);
        (said["told"] == 2 && said["kept"][0]["actions"] == 3).then_some(said)
    });
    let told = &said["said"][0];
    assert_eq!(
        (&told["people"], &told["delivered"], &told["waiting"]),
        (&json!(5), &json!(2), &json!(3)),
        "{said}"
    );
    let kept = &said["kept"][0];
    assert_eq!(
        (&kept["gate"], &kept["state"]),
        (&json!("new-people"), &json!("queued")),
        "{said}"
    );
    let text = hearken(&folder, &["summary", "--since", "2h"]).done().out;
    assert!(
        text.contains("2 people were told something"),
        "colleagues are not among them:\n{text}"
    );
    assert!(text.contains("a larger new-people-per-hour in [policy]"), "{text}");
    daemon.stop();
}

#[test]
fn decisions_that_could_have_been_others_are_named_with_what_they_were_drawn_against() {
    let folder = Folder::that_always_tells();
    folder.change("mode = \"tell:roi-in-numbers\"", "mode = \"weights:2,1\"");
    let daemon = Daemon::start(&folder);
    daemon.identify("ann");
    let said = once_decided(&folder, 1);
    let unsure = &said["least_sure"][0];
    let margin = unsure["margin"].as_f64().expect("a number");
    assert!((margin - 1.0 / 3.0).abs() < 1e-9, "{said}");
    assert_eq!(unsure["among"].as_array().map(Vec::len), Some(2), "{said}");
    let text = hearken(&folder, &["summary"]).done().out;
    assert!(text.contains("67 % hold, 33 % hold"), "{text}");
    let id = unsure["id"].as_str().expect("an id");
    hearken(&folder, &["decision", "show", id]).done();
    daemon.stop();
}

#[test]
fn of_a_time_without_decisions_it_says_so() {
    let folder = Folder::that_always_tells();
    hearken(&folder, &["run", "--once"]).done();
    let text = hearken(&folder, &["summary", "--since", "1h"]).done().out;
    assert!(text.contains("nothing was decided in this time"), "{text}");
    let wrong = hearken(&folder, &["summary", "--since", "soon"]);
    assert_eq!(wrong.code, 2, "{wrong:?}");
}
