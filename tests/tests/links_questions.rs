//! Questions: a link for each answer shows the question with that answer marked, and what
//! is sent from there becomes a signal that answers the action.

use hearken_tests::{Daemon, Folder, eventually};
use serde_json::Value;

const QUESTION: &str = r#"+++
title = "What do you want to know first?"
topics = ["roi", "security"]
channels = ["email"]
answers = [{ name = "roi", text = "What it <returns>" }, { name = "security", text = "Who can read it" }]
+++
Tell us, and you get an answer to that and nothing else.
"#;

fn asking() -> Folder {
    let folder = Folder::with_links();
    folder.write("stories/what-first.md", QUESTION);
    folder.change("tell:roi-in-numbers", "ask:what-first");
    folder.change(
        "[vocabulary.topics.roi]",
        "[vocabulary.topics.security]\nwords = [\"security\"]\n\n[vocabulary.topics.roi]",
    );
    // Asked once, whatever is said.
    folder.change("story-again = \"1ms\"", "story-again = \"180d\"");
    folder
}

#[test]
fn an_answer_is_recorded_as_it_is_sent_and_counts_as_one() {
    let folder = asking();
    let daemon = Daemon::start(&folder);
    daemon.identify("ann");
    let asked = folder.sent(1).remove(0);
    let links: Vec<Value> = asked["answers"]
        .as_array()
        .expect("answers")
        .iter()
        .map(|a| a["url"].clone())
        .collect();
    assert_eq!(links.len(), 2);
    let floor = |expected: &str| {
        eventually(&format!("the floor is {expected}"), || {
            (folder.shown("user:ann")?["floor"] == expected).then_some(())
        });
    };
    floor("awaiting-reply");

    let page = daemon.open(&links[1]);
    assert!(page.body.contains("What do you want to know first?"), "{page:?}");
    assert!(page.body.contains("What it &lt;returns&gt;"), "{page:?}");
    assert!(
        page.body.contains("value=\"1\" checked"),
        "the link's own answer is marked: {page:?}"
    );
    floor("awaiting-reply");
    assert!(
        folder.signals("user:ann", "question.answered").is_empty(),
        "looking is not answering"
    );

    // Sent as marked, then sent again, then changed.
    for (option, count) in [(1, 1), (1, 1), (0, 2)] {
        let page = daemon.submit(&links[1], &format!("option={option}"));
        assert!(
            page.status == 200 && page.body.contains("Your answer has arrived"),
            "{page:?}"
        );
        assert!(page.body.contains(&format!("value=\"{option}\" checked")), "{page:?}");
        assert_eq!(folder.signals("user:ann", "question.answered").len(), count);
    }
    let said = folder.signals("user:ann", "question.answered");
    assert_eq!(said[0]["properties"]["question"], "what-first");
    assert_eq!(said[0]["properties"]["answer"], "security");
    assert_eq!(said[1]["properties"]["answer"], "roi");
    floor("listening");
    for none in ["option=2", "option=x", "", "option="] {
        let answer = daemon.submit(&links[0], none);
        assert!(answer.status == 400 || answer.status == 404, "{none}: {answer:?}");
    }
    assert_eq!(folder.signals("user:ann", "question.answered").len(), 2);
    daemon.stop();
}
