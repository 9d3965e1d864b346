//! What strangers can do at a site's pages, and what becomes of those who leave: over HTTP,
//! without a browser.

use std::{
    thread,
    time::{Duration, Instant},
};

use hearken_tests::{Answer, Daemon, Folder, SERVER_KEY, WRITE_KEY, eventually, hearken, send};
use serde_json::{Value, json};

/// Asks as a page does.
fn asks(daemon: &Daemon<'_>, what: &str, body: &Value) -> Answer {
    let url = format!("http://{}/site/{what}", daemon.public_address());
    send("POST", &url, &[], body.to_string().as_bytes())
}

fn page(visitor: &str) -> Value {
    json!({ "key": WRITE_KEY, "id": visitor })
}

fn says(visitor: &str, notice: &str, said: &str) -> Value {
    json!({ "key": WRITE_KEY, "id": visitor, "notice": notice, "said": said })
}

/// Somebody looks at pages in a hurry, and has none of them open any more.
fn hurries(daemon: &Daemon<'_>, visitor: &str) {
    let events: Vec<Value> = ["/", "/product", "/features", "/pricing", "/security"]
        .iter()
        .enumerate()
        .map(|(n, path)| {
            json!({ "id": format!("{visitor}-{n}"), "kind": "page.viewed", "at": 1000 * n,
                "properties": { "url": format!("https://www.example.com{path}"), "referrer": "https://www.example.com/" } })
        })
        .collect();
    let body = json!({ "key": WRITE_KEY, "id": visitor, "sent": 5000, "events": events });
    let answer = send("POST", &daemon.intake("pages"), &[], body.to_string().as_bytes());
    assert_eq!(answer.status, 200, "{answer:?}");
}

/// The notice that somebody is given who opens a page.
fn notice(daemon: &Daemon<'_>, visitor: &str) -> Value {
    let answer = asks(daemon, "pages/wait", &page(visitor));
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

#[test]
fn who_has_left_finds_it_on_the_next_page_and_after_a_restart_too() {
    let folder = Folder::with_a_site_of_its_own();
    let daemon = Daemon::start(&folder);
    hurries(&daemon, "visitor-1");
    folder.action_once("anonymous:visitor-1", |action| action["gate"] == "away");
    // Another one is somebody else's affair.
    hurries(&daemon, "visitor-2");
    folder.action_once("anonymous:visitor-2", |action| action["gate"] == "away");
    let begun = Instant::now();
    let shown = notice(&daemon, "visitor-1");
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    assert_eq!(shown["kind"], "invitation");
    assert_eq!(
        asks(
            &daemon,
            "pages/said",
            &says("visitor-1", shown["id"].as_str().expect("an id"), "shown")
        )
        .status,
        204
    );
    folder.action_comes_to("anonymous:visitor-1", "delivered");
    assert_eq!(
        notice(&daemon, "visitor-1")["id"],
        shown["id"],
        "it is current on the next page"
    );
    daemon.stop();
    let daemon = Daemon::start(&folder);
    let begun = Instant::now();
    assert_eq!(notice(&daemon, "visitor-2")["kind"], "invitation");
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    daemon.stop();
}

#[test]
fn the_last_check_holds_for_pages_as_for_all() {
    let folder = Folder::with_a_site_of_its_own();
    let daemon = Daemon::start(&folder);
    hurries(&daemon, "visitor-1");
    folder.action_once("anonymous:visitor-1", |action| action["gate"] == "away");
    hearken(&folder, &["stop", "--channel", "site"]).done();
    let waiting = thread::scope(|scope| {
        let waiting = scope.spawn(|| asks(&daemon, "pages/wait", &page("visitor-1")));
        folder.action_once("anonymous:visitor-1", |action| action["gate"] == "stopped");
        assert!(!waiting.is_finished());
        hearken(&folder, &["go", "--channel", "site"]).done();
        waiting.join().expect("an answer")
    });
    assert_eq!(waiting.json()["kind"], "invitation", "{waiting:?}");
    daemon.stop();
}

#[test]
fn a_page_that_never_says_that_it_shows_it_has_not_shown_it() {
    let folder = Folder::with_a_site_of_its_own();
    let daemon = Daemon::start(&folder);
    hurries(&daemon, "visitor-1");
    notice(&daemon, "visitor-1");
    let action = folder.action_once("anonymous:visitor-1", |action| action["gate"] == "sink");
    assert_eq!(action["state"], "queued", "{action}");
    assert!(
        action["why"]
            .as_str()
            .is_some_and(|why| why.contains("did not say that it shows it")),
        "{action}"
    );
    // It is given to the next page at once.
    let begun = Instant::now();
    notice(&daemon, "visitor-1");
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    daemon.stop();
}

#[test]
fn nobody_says_anything_to_a_notice_of_somebody_elses_or_to_one_that_they_made_up() {
    let folder = Folder::with_a_site_of_its_own();
    let daemon = Daemon::start(&folder);
    hurries(&daemon, "visitor-1");
    let shown = notice(&daemon, "visitor-1");
    let id = shown["id"].as_str().expect("an id");
    let made_up = format!("{}{}", &id[..16], "0123456789abcdef");
    for (visitor, notice) in [
        ("visitor-2", id),
        ("visitor-1", made_up.as_str()),
        ("visitor-1", &id[..16]),
        ("visitor-1", ""),
    ] {
        for said in ["shown", "closed", "talk"] {
            let answer = asks(&daemon, "pages/said", &says(visitor, notice, said));
            assert_eq!(answer.status, 400, "{visitor} {notice} {said}: {answer:?}");
        }
    }
    // Nor what the notice does not ask, nor where nobody can be reached.
    for wrong in [
        json!({ "said": "answer", "option": 0 }),
        json!({ "said": "talk", "reach": "" }),
        json!({ "said": "talk", "reach": "nowhere" }),
        json!({ "said": "else" }),
    ] {
        let mut body = says("visitor-1", id, "");
        body.as_object_mut()
            .expect("an object")
            .extend(wrong.as_object().cloned().expect("an object"));
        assert_eq!(asks(&daemon, "pages/said", &body).status, 400, "{wrong}");
    }
    for kind in ["message.dismissed", "meeting.requested", "question.answered"] {
        assert!(folder.signals("anonymous:visitor-1", kind).is_empty(), "{kind}");
    }
    // Their own they may close, once.
    for _ in 0..2 {
        assert_eq!(
            asks(&daemon, "pages/said", &says("visitor-1", id, "closed")).status,
            204
        );
    }
    assert_eq!(folder.signals("anonymous:visitor-1", "message.dismissed").len(), 1);
    daemon.stop();
}

#[test]
fn whoever_calls_themselves_somebody_else_is_shown_nothing_of_them() {
    let folder = Folder::with_a_site_of_its_own();
    folder.write(
        "stories/talk-to-us.md",
        "+++\ntitle = \"Shall we help you, {{ first_name | default('you there') }}?\"\ninvites = \"sales\"\n+++\n\
         Hello {{ first_name | default(\"there\") }} of {{ company | default(\"your company\") }}.\n",
    );
    let daemon = Daemon::start(&folder);
    let traits = json!({ "email": "ann@example.com", "first_name": "Ann-Generated", "company": "Secret Ltd" });
    let identify = json!({ "messageId": "i-ann", "userId": "ann", "traits": traits });
    assert_eq!(daemon.track("identify", SERVER_KEY, &identify).status, 200);
    let claim = json!({ "key": WRITE_KEY, "id": "visitor-1", "sent": 1, "events": [{ "id": "c-1",
        "kind": "person.identified", "at": 1, "properties": { "user": "ann", "email": "ann@example.com" } }] });
    let claimed = send("POST", &daemon.intake("pages"), &[], claim.to_string().as_bytes());
    assert_eq!(claimed.status, 200);
    hurries(&daemon, "visitor-1");
    let action = folder.action_once("anonymous:visitor-1", |action| action["gate"] == "away");
    assert_eq!(
        folder.action_of("user:ann").expect("the same one")["id"],
        action["id"],
        "they are taken for one"
    );
    let shown = notice(&daemon, "visitor-1").to_string();
    assert!(shown.contains("Hello there of your company"), "{shown}");
    for secret in ["Ann-Generated", "Secret Ltd", "ann@example.com"] {
        assert!(!shown.contains(secret), "{shown}");
    }
    daemon.stop();
}

#[test]
fn without_the_key_nobody_waits_and_what_is_no_page_is_not_there() {
    let folder = Folder::with_a_site_of_its_own();
    let daemon = Daemon::start(&folder);
    for (what, body, status) in [
        ("pages/wait", json!({ "id": "visitor-1" }), 401),
        ("pages/wait", json!({ "key": "guessed", "id": "visitor-1" }), 401),
        ("pages/said", json!({ "key": "guessed", "id": "visitor-1" }), 401),
        ("pages/wait", json!({ "key": WRITE_KEY, "id": "a b c d e f" }), 400),
        ("pages/wait", json!({ "key": WRITE_KEY, "id": "x".repeat(65) }), 400),
        ("pages/wait", json!({ "key": WRITE_KEY }), 400),
        ("pages/else", page("visitor-1"), 404),
        ("site/wait", page("visitor-1"), 404),
        ("none/wait", page("visitor-1"), 404),
    ] {
        let answer = asks(&daemon, what, &body);
        assert_eq!(answer.status, status, "{what} {body}: {answer:?}");
    }
    let script = |name: &str| {
        send(
            "GET",
            &format!("http://{}/site/{name}.js", daemon.public_address()),
            &[],
            b"",
        )
    };
    let served = script("pages");
    assert!(
        served.status == 200 && served.body.len() < 4096,
        "{} bytes",
        served.body.len()
    );
    assert!(
        served
            .header("content-type")
            .is_some_and(|t| t.starts_with("text/javascript"))
    );
    assert_eq!(served.header("x-content-type-options"), Some("nosniff"));
    assert!(served.header("set-cookie").is_none());
    assert_eq!(script("site").status, 404, "no page reports there");
    daemon.stop();
}

#[test]
fn who_stops_the_daemon_waits_for_no_page() {
    let folder = Folder::with_a_site_of_its_own();
    let daemon = Daemon::start(&folder);
    let address = daemon.public_address().to_owned();
    let url = format!("http://{address}/site/pages/wait");
    let waiting = thread::spawn(move || send("POST", &url, &[], page("visitor-1").to_string().as_bytes()));
    eventually("a page is open", || {
        daemon
            .get("/metrics")
            .body
            .contains("hearken_pages_open 1")
            .then_some(())
    });
    let begun = Instant::now();
    daemon.stop();
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    assert_eq!(waiting.join().expect("an answer").status, 204);
}

#[test]
fn a_page_that_cannot_be_one_is_said_where_it_is_written() {
    let signed = "[connectors.signed]\nplugin = \"signed-webhook\"\n\n[channels.site]";
    for (page, why) in [
        ("outbox", Some("'outbox' is no webhook")),
        ("signed", Some("its plugin lets no browser in with a public key")),
        // Segment's protocol is spoken by pages too, and knows them by the same name.
        ("site", None),
    ] {
        let folder = Folder::with_a_site_of_its_own();
        folder.change("page = \"pages\"", &format!("page = \"{page}\""));
        if page == "signed" {
            folder.change("[channels.site]", signed);
        }
        let said = hearken(&folder, &["check", "hearken.toml"]);
        assert_eq!(said.code == 0, why.is_none(), "{said:?}");
        let told = format!("{}{}", said.out, said.err);
        assert!(why.is_none_or(|why| told.contains(why)), "{said:?}");
    }
}
