//! The page with everything that somebody wants to hear: what is chosen holds, "nothing at
//! all" closes the conversation, and whoever chooses something again is spoken to again.

use hearken_tests::{Daemon, Folder, eventually};

const NOTHING: &str = "act=nothing";
const YES: &str = "shown=marketing%2Femail&on=marketing%2Femail&act=save";
const NO: &str = "shown=marketing%2Femail&act=save";

fn checked(page: &str) -> bool {
    page.contains("value=\"marketing/email\" checked")
}

#[test]
fn what_is_chosen_holds_until_it_is_chosen_otherwise() {
    let folder = Folder::with_links();
    let daemon = Daemon::start(&folder);
    daemon.identify("ann");
    let link = folder.sent(1).remove(0)["preferences"].clone();
    let page = daemon.open(&link);
    assert!(
        page.status == 200 && checked(&page.body),
        "allowed as long as nobody says no: {page:?}"
    );
    assert!(
        page.body.contains("a•••@example.com") && !page.body.contains("ann@example.com"),
        "{page:?}"
    );
    assert!(page.body.contains("href=\"https://www.example.com/privacy\""));

    let page = daemon.submit(&link, NO);
    assert!(
        page.status == 200 && !checked(&page.body) && page.body.contains("Your choice is saved"),
        "{page:?}"
    );
    folder.consent_comes_to("user:ann", "marketing", "email", "withdrawn");
    let page = daemon.submit(&link, YES);
    assert!(checked(&page.body), "{page:?}");
    folder.consent_comes_to("user:ann", "marketing", "email", "granted");

    // What changes nothing is no news.
    assert_eq!(daemon.submit(&link, YES).status, 200);
    assert_eq!(folder.signals("user:ann", "consent.granted").len(), 1);
    assert_eq!(folder.signals("user:ann", "consent.withdrawn").len(), 1);
    for nothing_of_ours in ["", "act=delete-all", "List-Unsubscribe=One-Click"] {
        assert_eq!(daemon.submit(&link, nothing_of_ours).status, 400, "{nothing_of_ours}");
    }
    // A row that the page does not have cannot be chosen.
    let foreign = daemon.submit(&link, "shown=observing%2Fweb&on=observing%2Fweb&act=save");
    assert_eq!(foreign.status, 200);
    assert_eq!(folder.signals("user:ann", "consent.granted").len(), 1);
    daemon.stop();
}

#[test]
fn nothing_at_all_closes_the_conversation_until_something_is_chosen_again() {
    let folder = Folder::with_links();
    let daemon = Daemon::start(&folder);
    daemon.identify("ann");
    let link = folder.sent(1).remove(0)["preferences"].clone();
    let page = daemon.submit(&link, NOTHING);
    assert!(
        page.body.contains("You get nothing from us") && !checked(&page.body),
        "{page:?}"
    );
    let floor = |expected: &str| {
        eventually(&format!("the floor is {expected}"), || {
            (folder.shown("user:ann")?["floor"] == expected).then_some(())
        });
    };
    floor("closed");
    daemon.looks("ann", "p-1");
    eventually("she was heard", || {
        (folder.shown("user:ann")?["decisions"][0]["act"] == "hold").then_some(())
    });
    let page = daemon.submit(&link, YES);
    assert!(
        checked(&page.body) && !page.body.contains("You get nothing"),
        "{page:?}"
    );
    floor("awaiting-reply");
    daemon.asks("ann", "f-2");
    assert_eq!(folder.sent(2).len(), 2, "she is spoken to again");
    daemon.stop();
}

#[test]
fn a_page_speaks_its_readers_language() {
    let folder = Folder::with_links();
    let daemon = Daemon::start(&folder);
    daemon.identify("ann");
    let link = folder.sent(1).remove(0)["preferences"].clone();
    assert!(daemon.open(&link).body.contains("<html lang=\"en\""));
    let url = daemon.at_link(&link);
    let german = hearken_tests::send("GET", &url, &[("accept-language", "de-DE,de;q=0.9,en;q=0.8")], b"");
    assert!(
        german.body.contains("<html lang=\"de\"") && german.body.contains("Speichern"),
        "{german:?}"
    );
    // What is known of the person counts more than what the browser asks for.
    let known = serde_json::json!({ "messageId": "l", "userId": "ann", "traits": { "language": "de-AT" } });
    assert_eq!(daemon.track("identify", hearken_tests::SERVER_KEY, &known).status, 200);
    eventually("her language is known", || {
        daemon.open(&link).body.contains("<html lang=\"de\"").then_some(())
    });
    daemon.stop();
}
