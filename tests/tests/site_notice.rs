//! The notice on a page: closed by mouse and by keyboard and remembered, read out by a screen
//! reader, and taken up. Pictures of it are left in `target/site-notice`, to be looked at.

use std::{fs, path::PathBuf};

use hearken_tests::{Daemon, Folder, Site, Surfer, Window, eventually, target};
use serde_json::Value;

const GRANTED: &str = "data-consent=\"granted\"";
const PATHS: [&str; 6] = ["/", "/product", "/features", "/pricing", "/security", "/features"];

fn pictures() -> PathBuf {
    let folder = target().join("site-notice");
    fs::create_dir_all(&folder).expect("a folder for pictures");
    folder
}

/// Somebody who was invited.
fn invited(site: &Site, window: Window) -> Surfer {
    let mut surfer = Surfer::at(site, window);
    surfer.rushes(&PATHS);
    surfer.sees_a_notice();
    surfer
}

fn is_gone(surfer: &mut Surfer) {
    eventually("the notice is gone", || surfer.notice().is_none().then_some(()));
}

#[test]
fn who_closes_it_is_left_alone_on_this_page_after_a_reload_and_on_the_next() {
    let folder = Folder::with_a_site_of_its_own();
    let daemon = Daemon::start(&folder);
    let site = Site::serve(&daemon, GRANTED);
    for by_keyboard in [false, true] {
        let mut surfer = invited(&site, Window::Desktop);
        // Who goes on without a word finds it on the next page.
        surfer.opens("/security");
        surfer.sees_a_notice();
        if by_keyboard {
            surfer.browser.press_key("Escape", 27);
        } else {
            surfer.presses("button.x");
        }
        is_gone(&mut surfer);
        let visitor = surfer.visitor();
        eventually("it is known that it was closed", || {
            (!folder.signals(&visitor, "message.dismissed").is_empty()).then_some(())
        });
        for path in ["/security", "/pricing", "/", "/features", "/product"] {
            surfer.opens(path);
            surfer.browser.run("new Promise((done) => setTimeout(done, 300))");
            assert_eq!(surfer.notice(), None, "{path}");
        }
        assert_eq!(surfer.visitor(), visitor, "they are still the same");
    }
    daemon.stop();
}

#[test]
fn it_is_read_out_takes_no_focus_and_can_be_reached_by_keyboard() {
    let folder = Folder::with_a_site_of_its_own();
    let daemon = Daemon::start(&folder);
    let site = Site::serve(&daemon, GRANTED);
    let mut surfer = invited(&site, Window::Desktop);
    let focused = surfer.browser.run("document.activeElement.tagName");
    assert_eq!(focused, "BODY", "nobody's focus is moved");
    let spoken = surfer.browser.spoken();
    for (role, name) in [
        ("region", "A word from Example"),
        ("heading", "Shall we help you find it?"),
        ("textbox", "Where do we reach you? E-mail or phone"),
        ("button", "Talk to us"),
        ("button", "Close"),
    ] {
        assert!(
            spoken.contains(&(role.into(), name.into())),
            "{role} '{name}' is not said: {spoken:?}"
        );
    }
    let inside = "document.querySelector('hearken-notice').shadowRoot.activeElement?.ariaLabel";
    let mut presses = 0;
    while surfer.browser.run(inside) != "Close" {
        surfer.browser.press_key("Tab", 9);
        presses += 1;
        assert!(presses < 30, "the close button is never reached");
    }
    for button in ["button.x", "button.do", "input"] {
        let height = format!(
            "document.querySelector('hearken-notice').shadowRoot.querySelector('{button}').getBoundingClientRect().height"
        );
        let height = surfer.browser.run(&height).as_f64().expect("a height");
        assert!(height >= 44.0, "{button} is {height} pixels high");
    }
    daemon.stop();
}

#[test]
fn who_wants_to_talk_says_where_and_is_handed_over() {
    let folder = Folder::with_a_site_of_its_own();
    let daemon = Daemon::start(&folder);
    let site = Site::serve(&daemon, GRANTED);
    let mut surfer = invited(&site, Window::Desktop);
    surfer.presses("input");
    surfer.browser.types("ann@example.com");
    surfer.presses("button.do");
    eventually("they are thanked", || {
        surfer.notice()?.contains("Thank you. It has arrived.").then_some(())
    });
    surfer.browser.picture_of_window(&pictures().join("desktop-thanks.png"));
    let sent = folder.sent(1).remove(0);
    assert_eq!(sent["act"], "hand-over", "{sent}");
    assert!(sent.to_string().contains("ann@example.com"), "{sent}");
    let visitor = surfer.visitor();
    let asked = folder.signals(&visitor, "meeting.requested");
    assert_eq!(asked.len(), 1, "{asked:?}");
    daemon.stop();
}

#[test]
fn it_looks_right_on_a_phone_and_a_desk_in_the_light_and_in_the_dark() {
    let folder = Folder::with_a_site_of_its_own();
    folder.change(
        "[channels.email]",
        "[links]\npublic-url = \"https://links.example.com\"\ncolour = \"#0b6e4f\"\n\n[channels.email]",
    );
    let daemon = Daemon::start(&folder);
    let site = Site::serve(&daemon, GRANTED);
    for window in [Window::Phone, Window::Desktop] {
        let mut surfer = invited(&site, window);
        for (dark, name) in [(false, "light"), (true, "dark")] {
            surfer.browser.prefer_dark(dark);
            let picture = pictures().join(format!("{}-{name}.png", window.word()));
            surfer.browser.picture_of_window(&picture);
        }
        let (content, view) = surfer.browser.widths();
        assert!(content <= view, "on a {} it is {content} wide in {view}", window.word());
        let shown = "(() => { const at = document.querySelector('hearken-notice').shadowRoot.querySelector('section').getBoundingClientRect(); \
                     return [at.left, at.top, innerWidth - at.right, innerHeight - at.bottom, at.height / innerHeight]; })()";
        let place: Vec<f64> = serde_json::from_value(surfer.browser.run(shown)).expect("numbers");
        assert!(place.iter().all(|n| *n >= 0.0) && place[4] < 0.7, "{place:?}");
    }
    daemon.stop();
}

#[test]
fn a_question_is_answered_where_it_is_asked() {
    let folder = Folder::with_a_site_of_its_own();
    folder.change("marketing = \"opt-in\"", "marketing = \"opt-out\"");
    fs::remove_file(folder.path().join("stories/talk-to-us.md")).expect("a story");
    folder.write(
        "stories/what-first.md",
        "+++\ntitle = \"What do you want to know first?\"\nchannels = [\"site\"]\nkind = \"service\"\n\
         answers = [{ name = \"roi\", text = \"What it <returns>\" }, { name = \"security\", text = \"Who can read it\" }]\n+++\n\
         Tell us, and you see that and nothing else.\n",
    );
    folder.change(
        "[vocabulary.topics.roi]",
        "[vocabulary.topics.security]\nwords = [\"security\"]\n\n[vocabulary.topics.roi]",
    );
    let daemon = Daemon::start(&folder);
    let site = Site::serve(&daemon, GRANTED);
    let mut surfer = invited(&site, Window::Phone);
    let text = surfer.notice().expect("a question");
    assert!(text.contains("What it <returns>"), "{text}");
    surfer.browser.picture_of_window(&pictures().join("phone-question.png"));
    surfer.presses("button.do");
    eventually("they are thanked", || {
        surfer.notice()?.contains("Thank you").then_some(())
    });
    let answered: Vec<Value> = folder.signals(&surfer.visitor(), "question.answered");
    assert_eq!(answered[0]["properties"]["answer"], "roi", "{answered:?}");
    daemon.stop();
}
