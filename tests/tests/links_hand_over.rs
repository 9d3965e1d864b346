//! A hand-over has a link: behind it sales take it, turn it down or give it back, and say
//! whether we were right. What they say there counts for more than any scorer.

use std::fs;

use hearken_tests::{Browser, Daemon, Folder, SERVER_KEY, WRITE_KEY, Window, eventually, target};
use serde_json::{Value, json};

fn with_a_team() -> Folder {
    let folder = Folder::with_everything();
    folder.change(
        "[channels.email]",
        "[links]\npublic-url = \"https://links.example.com\"\n\n[channels.email]",
    );
    folder.change(
        "[vocabulary.topics.roi]",
        "[vocabulary.personas.cio]\nwords = [\"cio\"]\n\n[vocabulary.topics.roi]",
    );
    folder
}

/// Ann reads about the return and asks for somebody: what her hand-over says.
fn handed_over(folder: &Folder, daemon: &Daemon<'_>) -> Value {
    let traits = json!({ "email": "ann@example.com", "title": "CIO" });
    let identify = json!({ "messageId": "i", "userId": "ann", "traits": traits });
    assert_eq!(daemon.track("identify", SERVER_KEY, &identify).status, 200);
    daemon.looks("ann", "page");
    eventually("she is taken for a CIO who wants to know what it returns", || {
        believed(folder, "persona").and(believed(folder, "interest"))
    });
    daemon.asks("ann", "asks");
    let handed = |all: Vec<Value>| all.into_iter().find(|a| a["act"] == "hand-over");
    eventually("she is handed over", || {
        let read = |path| serde_json::from_str(&fs::read_to_string(path).ok()?).ok();
        handed(folder.outbox().into_iter().filter_map(read).collect())
    })
}

fn believed(folder: &Folder, kind: &str) -> Option<Value> {
    let shown = folder.shown("user:ann")?;
    let beliefs = shown["beliefs"].as_array()?.clone();
    beliefs.into_iter().find(|b| b["kind"] == kind)
}

fn comes_to(folder: &Folder, who: &str, what: &str, expected: &str) {
    eventually(&format!("the {what} is {expected}"), || {
        (folder.shown(who)?[what] == expected).then_some(())
    });
}

#[test]
fn a_team_answers_at_the_link_and_may_change_its_mind() {
    let folder = with_a_team();
    let daemon = Daemon::start(&folder);
    let handed = handed_over(&folder, &daemon);
    let link = &handed["respond"];
    assert_eq!((&handed["role"], &handed["concern"]), (&json!("cio"), &json!("roi")));
    assert!(
        handed.get("subject").is_none(),
        "whom it is about is told by the grants: {handed}"
    );
    comes_to(&folder, "user:ann", "floor", "with-sales");

    // Looking, and what scans a mailbox, answers nothing.
    for _ in 0..2 {
        let page = daemon.open(link);
        assert!(page.status == 200 && page.body.contains("cio"), "{page:?}");
    }
    for none in [
        "",
        "act=perhaps",
        "act=accepted&role=maybe",
        "act=recycled&until=tomorrow",
    ] {
        let answer = daemon.submit(link, none);
        assert_eq!(answer.status, 400, "{none}: {answer:?}");
    }
    comes_to(&folder, "user:ann", "lifecycle", "lead");

    // Turned down: the role was wrong, the concern real.
    let answer = "act=rejected&role=no&concern=yes&why=a+student&by=Bo";
    for _ in 0..2 {
        let page = daemon.submit(link, answer);
        assert!(page.status == 200 && page.body.contains("Turned down"), "{page:?}");
    }
    let said = folder.signals("user:ann", "handover.rejected");
    assert_eq!(said.len(), 1, "what is said twice is one signal: {said:?}");
    assert_eq!(
        said[0]["properties"],
        json!({ "role": "cio", "right_role": false, "concern": "roi", "right_concern": true,
            "why": "a student", "by": "Bo" })
    );
    comes_to(&folder, "user:ann", "floor", "listening");
    assert_eq!(believed(&folder, "persona"), None);
    let interest = believed(&folder, "interest").expect("an interest");
    assert_eq!(
        (&interest["name"], &interest["reason"]),
        (&json!("roi"), &json!("sales say so"))
    );

    // Taken after all.
    let page = daemon.submit(link, "act=accepted&role=yes");
    assert!(page.body.contains("Taken."), "{page:?}");
    comes_to(&folder, "user:ann", "floor", "with-sales");
    comes_to(&folder, "user:ann", "lifecycle", "accepted");
    assert_eq!(believed(&folder, "persona").expect("a persona")["name"], "cio");
    daemon.stop();
    folder.simulates_the_same();
}

#[test]
fn what_is_no_link_to_a_hand_over_answers_none() {
    let folder = with_a_team();
    let daemon = Daemon::start(&folder);
    let handed = handed_over(&folder, &daemon);
    let link = handed["respond"].as_str().expect("a link");
    let (start, token) = link.rsplit_once('/').expect("a token");
    let mut changed = token.to_owned();
    let last = if changed.pop() == Some('A') { 'B' } else { 'A' };
    changed.push(last);
    let another_purpose = link.replace("/l/h/", "/l/a/");
    for none in [format!("{start}/{changed}"), another_purpose] {
        let answer = daemon.submit(&json!(none), "act=accepted");
        assert_eq!(answer.status, 404, "{none}: {answer:?}");
    }
    assert!(folder.signals("user:ann", "handover.accepted").is_empty());
    daemon.stop();
}

#[test]
fn the_page_is_made_for_a_thumb_and_for_a_desk() {
    let pictures = target().join("link-pages");
    fs::create_dir_all(&pictures).expect("a folder for pictures");
    for window in [Window::Phone, Window::Desktop] {
        let folder = with_a_team();
        let daemon = Daemon::start(&folder);
        let handed = handed_over(&folder, &daemon);
        let mut browser = Browser::without_scripts(window);
        browser.open(&daemon.at_link(&handed["respond"]));
        let word = browser.window().word();
        browser.picture(&pictures.join(format!("{word}-hand-over.png")));
        let (content, view) = browser.widths();
        assert!(content <= view, "it is {content} wide in {view}");
        for (role, said) in browser.spoken() {
            let pressed = ["button", "radio", "textbox", "RootWebArea", "heading"].contains(&role.as_str());
            assert!(!pressed || !said.is_empty(), "a {role} has no name");
        }
        browser.press("input[name=role][value=yes]");
        browser.press_and_go("button[value=accepted]");
        assert!(browser.html().contains("Taken."), "{}", browser.html());
        browser.picture(&pictures.join(format!("{word}-hand-over-taken.png")));
        comes_to(&folder, "user:ann", "floor", "with-sales");
        let said = folder.signals("user:ann", "handover.accepted");
        assert_eq!(said[0]["properties"], json!({ "role": "cio", "right_role": true }));
        daemon.stop();
    }
}

#[test]
fn somebody_whose_team_is_asked_for_is_not_vouched_for_by_its_answer() {
    let folder = with_a_team();
    let daemon = Daemon::start(&folder);
    let identify = json!({ "messageId": "i", "userId": "bob", "traits": { "email": "bob@example.com" } });
    assert_eq!(daemon.track("identify", WRITE_KEY, &identify).status, 200);
    daemon.asks("bob", "asks");
    let handed = folder.sent(1).remove(0);
    let verified = || {
        let shown = folder.shown("email:bob@example.com").expect("somebody");
        let all = shown["identities"].as_array().expect("identities").clone();
        all.into_iter().find(|i| i["scheme"] == "email").expect("an address")["verified"].clone()
    };
    let before = verified();
    assert_eq!(daemon.submit(&handed["respond"], "act=accepted").status, 200);
    comes_to(&folder, "user:bob", "lifecycle", "accepted");
    assert_eq!(verified(), before);
    daemon.stop();
}
