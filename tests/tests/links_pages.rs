//! The pages in a browser, on a phone and on a desk, without a script: somebody comes by a
//! link, reads, presses, and it holds. Pictures of all of it are left in
//! `target/link-pages`, to be looked at.

use std::{fs, path::PathBuf};

use hearken_tests::{Browser, Daemon, Folder, SERVER_KEY, Window, target};
use serde_json::Value;

const QUESTION: &str = r#"+++
title = "What do you want to know first?"
topics = ["roi", "security"]
channels = ["email"]
answers = [{ name = "roi", text = "What it returns, and after how long" }, { name = "security", text = "Who can read our data" }]
+++
Tell us, and you get an answer to that and nothing else.
"#;

/// Somebody who was asked, with a sales story beside it so that there is something to choose.
fn asked() -> Folder {
    let folder = Folder::with_links();
    folder.write("stories/what-first.md", QUESTION);
    folder.write(
        "stories/a-call.md",
        "+++\ntitle = \"A call\"\ntopics = [\"roi\"]\nkind = \"sales\"\n+++\nShall we talk?\n",
    );
    folder.change("brand = \"Example\"", "brand = \"Example Back Office\"");
    folder.change("tell:roi-in-numbers", "ask:what-first");
    folder.change(
        "[vocabulary.topics.roi]",
        "[vocabulary.topics.security]\nwords = [\"security\"]\n\n[vocabulary.topics.roi]",
    );
    folder
}

/// A walk through the pages, with a picture of each.
struct Walk<'d> {
    browser: Browser,
    daemon: &'d Daemon<'d>,
    pictures: PathBuf,
}

impl<'d> Walk<'d> {
    fn begin(daemon: &'d Daemon<'d>, window: Window) -> Self {
        let pictures = target().join("link-pages");
        fs::create_dir_all(&pictures).expect("a folder for pictures");
        Self {
            browser: Browser::without_scripts(window),
            daemon,
            pictures,
        }
    }

    fn open(&mut self, link: &Value) {
        self.browser.open(&self.daemon.at_link(link));
    }

    /// The page fits its window, can be pressed with a thumb, and a screen reader has a name
    /// for all that can be pressed.
    fn looked_at(&mut self, name: &str) -> String {
        let window = self.browser.window().word();
        self.browser
            .picture(&self.pictures.join(format!("{window}-{name}.png")));
        let (content, view) = self.browser.widths();
        assert!(content <= view, "{name} on a {window} is {content} wide in {view}");
        for (role, said) in self.browser.spoken() {
            let pressed = ["button", "checkbox", "radio", "link", "RootWebArea", "heading"].contains(&role.as_str());
            assert!(!pressed || !said.is_empty(), "a {role} of {name} has no name");
        }
        let html = self.browser.html();
        assert!(html.contains("<html lang=\"en\""), "{html}");
        for pressed in ["button", "label"]
            .into_iter()
            .filter(|p| html.contains(&format!("<{p}")))
        {
            let height = self.browser.height(pressed);
            assert!(height >= 44.0, "a {pressed} of {name} is {height} pixels high");
        }
        html
    }
}

fn walk(window: Window) {
    let folder = asked();
    let daemon = Daemon::start(&folder);
    daemon.identify("ann");
    let sent = folder.sent(1).remove(0);
    let mut walk = Walk::begin(&daemon, window);

    walk.open(&sent["answers"][1]["url"]);
    assert!(walk.looked_at("1-question").contains("What do you want to know first?"));
    walk.browser.press("label:first-of-type input");
    walk.browser.press_and_go("button");
    assert!(walk.looked_at("2-answered").contains("Your answer has arrived"));
    let answered = folder.signals("user:ann", "question.answered");
    assert_eq!(
        answered[0]["properties"]["answer"], "roi",
        "the other one was pressed: {answered:?}"
    );

    walk.open(&sent["unsubscribe"]);
    assert!(walk.looked_at("3-unsubscribe").contains("Unsubscribe?"));
    assert!(folder.signals("user:ann", "message.unsubscribed").is_empty());
    walk.browser.press_and_go("button");
    assert!(walk.looked_at("4-unsubscribed").contains("You are unsubscribed"));
    folder.consent_comes_to("user:ann", "marketing", "email", "withdrawn");

    walk.browser.press_and_go("main a");
    let page = walk.looked_at("5-preferences");
    assert!(!page.contains("value=\"marketing/email\" checked"), "{page}");
    walk.browser.press("label:has([value='marketing/email'])");
    walk.browser.press_and_go("button[value=save]");
    let page = walk.looked_at("6-saved");
    assert!(
        page.contains("Your choice is saved") && page.contains("value=\"marketing/email\" checked"),
        "{page}"
    );
    folder.consent_comes_to("user:ann", "marketing", "email", "granted");
    walk.browser.prefer_dark(true);
    walk.open(&sent["preferences"]);
    walk.looked_at("7-dark");
    walk.browser.prefer_dark(false);
    walk.browser.press_and_go("button[value=nothing]");
    assert!(walk.looked_at("8-nothing").contains("You get nothing from us"));
    folder.consent_comes_to("user:ann", "*", "*", "withdrawn");

    walk.open(&Value::from("https://links.example.com/l/u/none"));
    assert!(walk.looked_at("9-invalid").contains("This link is not valid"));
    daemon.stop();
}

#[test]
fn somebody_with_a_phone_walks_through_the_pages() {
    walk(Window::Phone);
}

#[test]
fn somebody_at_a_desk_walks_through_the_pages() {
    walk(Window::Desktop);
}

#[test]
fn somebody_confirms_with_a_press_what_they_asked_for() {
    let folder = Folder::with_a_form();
    let daemon = Daemon::start(&folder);
    daemon.identify("ann");
    assert_eq!(daemon.asks_for_the_letter(SERVER_KEY, "ann", "n-1"), 200);
    let sent = folder.sent(1).remove(0);
    let mut walk = Walk::begin(&daemon, Window::Phone);
    walk.open(&sent["confirm"]);
    assert!(walk.looked_at("10-confirm").contains("<button>"));
    folder.consent_comes_to("user:ann", "marketing", "email", "pending");
    walk.browser.press_and_go("button");
    walk.looked_at("11-confirmed");
    folder.consent_comes_to("user:ann", "marketing", "email", "granted");
    daemon.stop();
}

#[test]
fn the_keyboard_is_enough() {
    let folder = asked();
    let daemon = Daemon::start(&folder);
    daemon.identify("ann");
    let sent = folder.sent(1).remove(0);
    let mut browser = Browser::without_scripts(Window::Desktop);
    browser.open(&daemon.at_link(&sent["unsubscribe"]));
    // The first thing that can be reached is what the page is for.
    browser.go_by_keyboard(1);
    assert!(browser.html().contains("You are unsubscribed"), "{}", browser.html());
    folder.consent_comes_to("user:ann", "marketing", "email", "withdrawn");
    daemon.stop();
}
