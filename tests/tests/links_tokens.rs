//! Links that are none: changed, cut, for something else, made up. They change nothing, and
//! nobody learns why. And links whose key is not the latest any more.

use hearken_tests::{Answer, Daemon, Folder, eventually, hearken, send};
use serde_json::{Value, json};

fn told(folder: &Folder, daemon: &Daemon<'_>, who: &str, nth: usize) -> Value {
    daemon.identify(who);
    let address = format!("{who}@example.com");
    let sent = folder.sent(nth).into_iter();
    sent.into_iter()
        .find(|s| s["to"][0]["value"] == address)
        .expect("it was sent to them")
}

/// What tells nobody anything: the same for every link that is none.
fn like(answer: &Answer) -> (u16, String) {
    (answer.status, answer.body.clone())
}

#[test]
fn a_link_that_is_none_changes_nothing_and_says_nothing() {
    let folder = Folder::with_links();
    let daemon = Daemon::start(&folder);
    let first = told(&folder, &daemon, "ann", 1);
    let good = daemon.at_link(&first["unsubscribe"]);
    let (base, token) = good.rsplit_once('/').expect("a path");
    let root = base.strip_suffix("/u").expect("a letter");
    let preferences = daemon.at_link(&first["preferences"]);
    let foreign = preferences.rsplit_once('/').expect("a path").1;
    let mut bad = vec![
        format!("{base}/"),
        format!("{base}/x"),
        format!("{base}/{}", &token[..token.len() - 1]),
        format!("{base}/{token}A"),
        format!("{base}/{token}/"),
        format!("{base}/{}", "A".repeat(4000)),
        format!("{base}/%00{token}"),
        format!("{base}/{foreign}"),
        format!("{root}/c/{token}"),
        format!("{root}/p/{token}"),
        format!("{root}/a/{token}"),
        format!("{root}/t/{token}"),
        format!("{root}/x/{token}"),
        format!("{root}/"),
    ];
    // Another letter at places all over the token.
    for at in (0..token.len()).step_by(7) {
        let other = if &token[at..=at] == "A" { "B" } else { "A" };
        bad.push(format!("{base}/{}{other}{}", &token[..at], &token[at + 1..]));
    }
    let known = like(&send("GET", &bad[0], &[], b""));
    assert!(
        known.0 == 404 && known.1.contains("This link is not valid"),
        "{known:?}"
    );
    for url in &bad {
        for method in ["GET", "POST"] {
            let body: &[u8] = if method == "POST" {
                b"List-Unsubscribe=One-Click"
            } else {
                b""
            };
            assert_eq!(like(&send(method, url, &[], body)), known, "{method} {url}");
        }
    }
    let shown = folder.shown("user:ann").expect("she is known");
    assert!(shown["consents"].as_array().is_some_and(Vec::is_empty), "{shown}");
    assert_eq!(send("POST", &good, &[], b"x").status, 200, "the good one is good still");
    daemon.stop();
}

#[test]
fn pages_are_kept_by_nobody_and_lead_nobody_back() {
    let folder = Folder::with_links();
    let daemon = Daemon::start(&folder);
    let first = told(&folder, &daemon, "ann", 1);
    let none = json!("https://links.example.com/l/u/none");
    for answer in [
        daemon.open(&first["unsubscribe"]),
        daemon.submit(&first["unsubscribe"], ""),
        daemon.open(&none),
    ] {
        for (name, value) in [
            ("referrer-policy", "no-referrer"),
            ("cache-control", "no-store"),
            ("x-content-type-options", "nosniff"),
            ("x-robots-tag", "noindex, nofollow"),
            ("content-type", "text/html; charset=utf-8"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{answer:?}");
        }
        let policy = answer.header("content-security-policy").unwrap_or_default();
        assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
        assert!(answer.header("set-cookie").is_none());
    }
    daemon.stop();
}

#[test]
fn links_made_with_an_older_key_work_after_it_was_rotated() {
    let folder = Folder::with_links();
    let daemon = Daemon::start(&folder);
    let old = told(&folder, &daemon, "ann", 1);
    let said = hearken(&folder, &["links", "rotate-key"]).done();
    assert!(said.out.contains("key 2"), "{said:?}");
    eventually("the daemon has the new key", || {
        daemon.log().contains("were read again").then_some(())
    });
    let new = told(&folder, &daemon, "bob", 2);
    // The key's number stands in the first sixteen bits.
    let number = |link: &Value| daemon.at_link(link).rsplit_once('/').expect("a path").1[..3].to_owned();
    assert_ne!(number(&new["unsubscribe"]), number(&old["unsubscribe"]));
    daemon.stop();
    let daemon = Daemon::start(&folder);
    assert_eq!(daemon.submit(&old["unsubscribe"], "").status, 200);
    assert_eq!(daemon.submit(&new["unsubscribe"], "").status, 200);
    folder.consent_comes_to("user:ann", "marketing", "email", "withdrawn");
    folder.consent_comes_to("user:bob", "marketing", "email", "withdrawn");
    daemon.stop();
}

#[test]
fn without_links_there_are_none_and_their_keys_cannot_be_rotated() {
    let folder = Folder::that_always_tells();
    let daemon = Daemon::start(&folder);
    let first = told(&folder, &daemon, "ann", 1);
    assert!(
        first.get("unsubscribe").is_none() && first.get("preferences").is_none(),
        "{first}"
    );
    let url = format!("http://{}/l/u/AAAA", daemon.public_address());
    assert_eq!(send("GET", &url, &[], b"").status, 404);
    let said = hearken(&folder, &["links", "rotate-key"]);
    assert!(said.code == 2 && said.err.contains("[links]"), "{said:?}");
    daemon.stop();
}
