//! Seeds: colleagues get each text of each story once, when it is first sent, and it counts
//! for nothing.

use std::fs;

use hearken_tests::{Daemon, Folder, eventually, hearken};
use serde_json::Value;

const SEEDS: &str = "seeds = [\"Boss@example.com\", \"writer@example.com\", \"phone:+49 30 1234567\"]";

/// What was sent, and to whom, in the order of the addresses.
fn sent(folder: &Folder) -> Vec<(String, String)> {
    let read = |path| serde_json::from_slice::<Value>(&fs::read(path).expect("a file")).expect("JSON");
    let said = |file: Value| {
        let (to, text) = (file["to"][0]["value"].as_str(), file["text"].as_str());
        (to.unwrap_or_default().to_owned(), text.unwrap_or_default().to_owned())
    };
    let mut all: Vec<_> = folder.outbox().into_iter().map(read).map(said).collect();
    all.sort();
    all
}

fn addresses(folder: &Folder) -> Vec<String> {
    sent(folder).into_iter().map(|(to, _)| to).collect()
}

#[test]
fn a_text_goes_to_colleagues_once_with_its_first_sending() {
    let folder = Folder::that_always_tells();
    folder.change(
        "mode = \"live\"",
        &format!("mode = \"live\"\nnew-people-per-hour = 9\n{SEEDS}"),
    );
    let daemon = Daemon::start(&folder);
    daemon.identify("ann");
    eventually("she and two colleagues have it", || {
        (addresses(&folder) == ["ann@example.com", "boss@example.com", "writer@example.com"]).then_some(())
    });
    let texts: Vec<String> = sent(&folder).into_iter().map(|(_, text)| text).collect();
    assert!(
        texts.iter().all(|t| *t == texts[0]),
        "they see what she sees: {texts:?}"
    );
    daemon.identify("bob");
    eventually("he has it", || (addresses(&folder).len() == 4).then_some(()));
    daemon.stop();
    // Not once more after a restart, and once more with another text.
    let daemon = Daemon::start(&folder);
    daemon.identify("cy");
    eventually("she has it", || (addresses(&folder).len() == 5).then_some(()));
    daemon.stop();
    let story = fs::read_to_string(folder.path().join("stories/roi-in-numbers.md")).expect("the story");
    folder.write(
        "stories/roi-in-numbers.md",
        &story.replace("nine months", "eight months"),
    );
    let daemon = Daemon::start(&folder);
    daemon.identify("di");
    eventually("she and the colleagues have the new text", || {
        (sent(&folder).iter().filter(|(_, t)| t.contains("eight months")).count() == 3).then_some(())
    });
    daemon.stop();
    assert_eq!(addresses(&folder).len(), 8, "{:?}", sent(&folder));
}

#[test]
fn a_copy_counts_for_nothing_and_is_marked() {
    let folder = Folder::that_always_tells();
    folder.change(
        "mode = \"live\"",
        &format!(
            "mode = \"live\"\nonly-to = [\"ann@example.com\", \"boss@example.com\"]\nstory-again = \"0s\"\n{SEEDS}"
        ),
    );
    folder.change("caps = [\"100/1d\"]", "caps = [\"1/1d\"]");
    let daemon = Daemon::start(&folder);
    daemon.identify("ann");
    eventually("all have it", || (addresses(&folder).len() == 3).then_some(()));
    // The colleague turns up as a prospect: nothing was told to him yet.
    daemon.identify("boss");
    let boss = eventually("he is told as everybody is", || {
        let said = hearken(&folder, &["prospect", "show", "user:boss", "--format", "json"]);
        let shown = (said.code == 0).then(|| said.json())?;
        let own = shown["actions"]
            .as_array()?
            .iter()
            .any(|a| a["seed"] == false && a["state"] == "delivered");
        own.then_some(shown)
    });
    let told: Vec<&Value> = boss["turns"]
        .as_array()
        .expect("turns")
        .iter()
        .filter(|t| t["speaker"] == "us")
        .collect();
    assert_eq!(told.len(), 1, "{boss}");
    daemon.stop();
}

#[test]
fn nothing_goes_to_colleagues_where_nothing_is_sent() {
    let folder = Folder::that_always_tells();
    folder.change("mode = \"live\"", &format!("mode = \"shadow\"\n{SEEDS}"));
    let daemon = Daemon::start(&folder);
    daemon.identify("ann");
    eventually("it is decided", || {
        let said = hearken(&folder, &["prospect", "show", "user:ann", "--format", "json"]);
        (said.code == 0 && said.json()["actions"][0]["state"] == "held").then_some(())
    });
    daemon.stop();
    assert!(sent(&folder).is_empty(), "{:?}", sent(&folder));
}
