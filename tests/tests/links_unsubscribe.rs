//! A link to unsubscribe: it shows on GET, acts on POST, and what it says holds for what is
//! queued already.

use hearken_tests::{Daemon, Folder, eventually, hearken, send};
use serde_json::Value;

const PREFETCH: (&str, &str) = ("sec-purpose", "prefetch;prerender");
const SCANNER: (&str, &str) = ("user-agent", "Mozilla/5.0 (compatible; generated mailbox scanner)");

/// Ann was told a story, and a second one waits for `hearken go`.
fn told_once_with_another_queued(folder: &Folder, daemon: &Daemon<'_>) -> Value {
    daemon.identify("ann");
    let first = folder.sent(1).remove(0);
    folder.action_comes_to("user:ann", "delivered");
    hearken(folder, &["stop"]).done();
    daemon.asks("ann", "f-2");
    eventually("a second story is queued", || {
        let shown = folder.shown("user:ann")?;
        let actions = shown["actions"].as_array()?;
        (actions.len() == 2 && actions[0]["state"] == "queued").then_some(())
    });
    first
}

#[test]
fn a_story_that_is_queued_is_not_sent_after_an_unsubscribe() {
    let folder = Folder::with_links();
    let daemon = Daemon::start(&folder);
    let first = told_once_with_another_queued(&folder, &daemon);
    let answer = daemon.submit(&first["unsubscribe"], "List-Unsubscribe=One-Click");
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(answer.body.contains("You are unsubscribed"), "{answer:?}");
    hearken(&folder, &["go"]).done();
    let rejected = folder.action_comes_to("user:ann", "rejected");
    assert!(
        rejected["why"].to_string().contains("withdrawn") && rejected["attempts"] == 0,
        "{rejected}"
    );
    let said = folder.signals("user:ann", "message.unsubscribed");
    assert_eq!(said.len(), 1, "{said:?}");
    assert_eq!(said[0]["connector"], "hearken");
    assert_eq!(said[0]["verified"], true);
    assert_eq!(said[0]["properties"]["how"], "one-click");
    assert_eq!(said[0]["properties"]["purpose"], "marketing");
    assert_eq!(said[0]["properties"]["brand"], "Example");
    daemon.stop();
    assert_eq!(folder.outbox().len(), 1, "{:?}", folder.outbox());
}

#[test]
fn what_scans_a_mailbox_or_fetches_ahead_changes_nothing() {
    let folder = Folder::with_links();
    let daemon = Daemon::start(&folder);
    let first = told_once_with_another_queued(&folder, &daemon);
    for name in ["unsubscribe", "preferences"] {
        let url = daemon.at_link(&first[name]);
        for headers in [&[][..], &[PREFETCH], &[SCANNER], &[PREFETCH, SCANNER]] {
            assert_eq!(send("GET", &url, headers, b"").status, 200);
            let head = send("HEAD", &url, headers, b"");
            assert_eq!((head.status, head.body.as_str()), (200, ""));
        }
        for method in ["PUT", "DELETE", "OPTIONS", "PATCH"] {
            let answer = send(method, &url, &[SCANNER], b"");
            assert_eq!(answer.status, 405, "{method}");
            assert_eq!(answer.header("allow"), Some("GET, HEAD, POST"));
        }
    }
    let shown = folder.shown("user:ann").expect("she is known");
    assert!(shown["consents"].as_array().is_some_and(Vec::is_empty), "{shown}");
    hearken(&folder, &["go"]).done();
    folder.action_comes_to("user:ann", "delivered");
    assert_eq!(folder.sent(2).len(), 2);
    daemon.stop();
}

#[test]
fn one_click_comes_as_a_form_or_in_parts_and_once_is_enough() {
    let folder = Folder::with_links();
    let daemon = Daemon::start(&folder);
    daemon.identify("ann");
    let first = folder.sent(1).remove(0);
    let parts = "--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--b--\r\n";
    let url = daemon.at_link(&first["unsubscribe"]);
    let multipart = ("content-type", "multipart/form-data; boundary=b");
    assert_eq!(send("POST", &url, &[multipart], parts.as_bytes()).status, 200);
    folder.consent_comes_to("user:ann", "marketing", "email", "withdrawn");
    // Mail programs repeat what they are not sure of, and people press twice.
    for _ in 0..3 {
        assert_eq!(
            daemon
                .submit(&first["unsubscribe"], "List-Unsubscribe=One-Click")
                .status,
            200
        );
    }
    let said = folder.signals("user:ann", "message.unsubscribed");
    assert_eq!(said.len(), 1, "{said:?}");
    daemon.stop();
}

#[test]
fn somebody_who_leaves_comes_back_and_leaves_again_is_heard_each_time() {
    let folder = Folder::with_links();
    let daemon = Daemon::start(&folder);
    daemon.identify("ann");
    let first = folder.sent(1).remove(0);
    let back = "shown=marketing%2Femail&on=marketing%2Femail&act=save";
    for _ in 0..2 {
        assert_eq!(daemon.submit(&first["unsubscribe"], "").status, 200);
        let page = daemon.open(&first["unsubscribe"]);
        assert!(page.body.contains("You are unsubscribed"), "{page:?}");
        // Without waiting until anything of it is applied.
        assert_eq!(daemon.submit(&first["preferences"], back).status, 200);
        let page = daemon.open(&first["unsubscribe"]);
        assert!(page.body.contains("<button>Unsubscribe</button>"), "{page:?}");
    }
    assert_eq!(daemon.submit(&first["unsubscribe"], "").status, 200);
    folder.consent_comes_to("user:ann", "marketing", "email", "withdrawn");
    assert_eq!(folder.signals("user:ann", "message.unsubscribed").len(), 3);
    let granted = folder.signals("user:ann", "consent.granted");
    assert_eq!(granted.len(), 2);
    let proof = granted[0]["properties"]["proof"].to_string();
    assert!(proof.contains("preferences page") && proof.contains("20"), "{proof}");
    daemon.stop();
}

#[test]
fn an_unsubscribe_works_when_nothing_is_known_of_the_action_any_more() {
    let folder = Folder::with_links();
    let daemon = Daemon::start(&folder);
    daemon.identify("ann");
    let first = folder.sent(1).remove(0);
    daemon.stop();
    for file in ["state.sqlite", "state.sqlite-wal", "state.sqlite-shm"] {
        // Not all of them are there after a clean stop.
        let _ = std::fs::remove_file(folder.data().join(file));
    }
    let daemon = Daemon::start(&folder);
    assert_eq!(daemon.submit(&first["unsubscribe"], "").status, 200);
    folder.consent_comes_to("ann@example.com", "marketing", "email", "withdrawn");
    daemon.stop();
}
