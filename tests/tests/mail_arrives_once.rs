//! Mail by a real server: a story arrives as a well-formed message, also when the server
//! cannot take it at once; what may have arrived is said to be unknown and not sent again.

use std::time::Instant;

use hearken_tests::{Daemon, Folder, Mail, Relay, SERVER_KEY, eventually, hearken};
use serde_json::{Value, json};

const SMTP: &str = "plugin = \"smtp\"";
const PLAIN: &str = "tls = \"none\"\ntimeout = \"2s\"";

fn tell(daemon: &Daemon<'_>, who: &str, traits: Value) {
    let mut traits = traits;
    traits["email"] = format!("{who}@example.org").into();
    let identify = json!({ "messageId": format!("i-{who}"), "userId": who, "traits": traits });
    assert_eq!(daemon.track("identify", SERVER_KEY, &identify).status, 200);
}

fn is(state: &'static str) -> impl Fn(&Value) -> bool {
    move |action| action["state"] == state
}

fn header<'m>(mail: &'m Value, name: &str) -> Option<&'m str> {
    let headers = mail["headers"].as_array().expect("headers");
    let found = headers
        .iter()
        .find(|h| h[0].as_str().is_some_and(|n| n.eq_ignore_ascii_case(name)))?;
    found[1].as_str()
}

fn well_formed(mail: &Mail) -> Value {
    let read = mail.read();
    assert_eq!(read["defects"], json!([]), "{read:#}");
    read
}

#[test]
fn a_story_arrives_as_a_well_formed_message() {
    let relay = Relay::start();
    let folder = Folder::that_mails(SMTP, relay.port(), PLAIN);
    let daemon = Daemon::start(&folder);
    tell(
        &daemon,
        "ann",
        json!({ "name": "Änne \"A\" Example\r\nBcc: eve@example.com" }),
    );
    let mail = relay.wait_for(1).remove(0);
    assert_eq!(
        (&mail.about["from"], &mail.about["to"]),
        (&json!("hello@example.com"), &json!(["ann@example.org"]))
    );
    let read = well_formed(&mail);
    assert_eq!(read["from"], json!([["Example Books", "hello@example.com"]]));
    assert_eq!(read["to"][0][1], "ann@example.org");
    assert_eq!(header(&read, "Subject"), Some("What it returns, in numbers"));
    assert_eq!(header(&read, "Reply-To"), Some("answers@example.com"));
    assert_eq!(header(&read, "Auto-Submitted"), Some("auto-generated"));
    assert_eq!(header(&read, "Bcc"), None);
    let text = read["text"].as_str().expect("a text");
    let words: Vec<&str> = text.split_whitespace().collect();
    assert!(words.join(" ").contains("after nine months"), "{read:#}");
    let action = folder.action_once("user:ann", is("delivered"));
    let id = header(&read, "Message-ID").expect("an id");
    let own = action["id"].as_str().expect("an id");
    assert!(
        id.starts_with(&format!("<hearken.{own}")) && id.ends_with("@example.com>"),
        "{id}"
    );
    assert_eq!(action["attempts"], 1, "{action}");
    assert!(
        daemon
            .get("/metrics")
            .body
            .contains("hearken_mails_total{relay=\"main\",outcome=\"taken\"} 1")
    );
    daemon.stop();
    assert_eq!(relay.mails().len(), 1);
}

#[test]
fn a_connection_is_used_for_many_messages() {
    let relay = Relay::start();
    let folder = Folder::that_mails(SMTP, relay.port(), &format!("{PLAIN}\nconnections = 1"));
    let daemon = Daemon::start(&folder);
    for n in 0..8 {
        tell(&daemon, &format!("p{n}"), json!({}));
    }
    let mails = relay.wait_for(8);
    daemon.stop();
    let connections = relay.commands().iter().filter(|line| *line == "CONNECT").count();
    assert!(
        connections <= 2,
        "{connections} connections for {} messages",
        mails.len()
    );
}

#[test]
fn what_the_relay_cannot_take_now_is_sent_later_and_once() {
    for (at, reply) in [
        ("RCPT", "451 4.3.0 try again"),
        ("RCPT", "421 4.3.2 shutting down"),
        ("MAIL", "450 4.7.1 greylisted"),
        ("DATA", "drop"),
        ("RCPT", "drop"),
        ("END", "451 4.3.0 try again"),
        ("RCPT", "hang"),
    ] {
        let relay = Relay::start();
        relay.rules(json!([{ "at": at, "do": reply, "times": 1 }]));
        let folder = Folder::that_mails(SMTP, relay.port(), PLAIN);
        let daemon = Daemon::start(&folder);
        tell(&daemon, "ann", json!({}));
        let action = folder.action_once("user:ann", is("delivered"));
        assert!(action["attempts"] == 2 || reply == "drop", "{at} {reply}: {action}");
        well_formed(&relay.wait_for(1)[0]);
        daemon.stop();
        assert_eq!(relay.mails().len(), 1, "{at} {reply}");
    }
}

#[test]
fn a_relay_that_is_away_costs_no_attempt_and_is_used_when_it_is_back() {
    let mut relay = Relay::start();
    relay.away();
    let folder = Folder::that_mails(SMTP, relay.port(), PLAIN);
    let daemon = Daemon::start(&folder);
    tell(&daemon, "ann", json!({}));
    let waiting = folder.action_once("user:ann", |a| {
        a["state"] == "queued" && a["why"].to_string().contains("relay")
    });
    assert_eq!(waiting["attempts"], 0, "{waiting}");
    assert!(waiting["why"].to_string().contains("'main'"), "{waiting}");
    relay.back();
    let delivered = folder.action_once("user:ann", is("delivered"));
    assert_eq!(delivered["attempts"], 1, "{delivered}");
    daemon.stop();
    assert_eq!(relay.mails().len(), 1);
}

#[test]
fn a_relay_that_accepts_and_hangs_costs_no_attempt() {
    let relay = Relay::start();
    relay.rules(json!([{ "at": "EHLO", "do": "hang", "times": 1 }]));
    let folder = Folder::that_mails(SMTP, relay.port(), PLAIN);
    let daemon = Daemon::start(&folder);
    tell(&daemon, "ann", json!({}));
    let waiting = folder.action_once("user:ann", |a| {
        a["why"].to_string().contains("did not answer within 2s")
    });
    assert_eq!(waiting["attempts"], 0, "{waiting}");
    assert_eq!(folder.action_once("user:ann", is("delivered"))["attempts"], 1);
    daemon.stop();
    assert_eq!(relay.mails().len(), 1);
}

#[test]
fn what_was_handed_over_and_never_answered_is_unknown_and_not_sent_again() {
    for how in ["drop", "hang"] {
        let relay = Relay::start();
        relay.rules(json!([{ "at": "END", "do": how }]));
        let folder = Folder::that_mails(SMTP, relay.port(), "tls = \"none\"\ntimeout = \"500ms\"");
        let daemon = Daemon::start(&folder);
        tell(&daemon, "ann", json!({}));
        let held = folder.action_once("user:ann", is("held"));
        assert_eq!(held["attempts"], 1, "{how}: {held}");
        assert!(held["why"].to_string().contains("may have arrived"), "{how}: {held}");
        assert!(
            held["why"].to_string().contains("after the message was sent"),
            "{how}: {held}"
        );
        let letters = hearken(
            &folder,
            &["dead-letter", "list", "--stage", "deliver", "--format", "json"],
        );
        assert_eq!(letters.json().as_array().map(Vec::len), Some(1), "{how}");
        daemon.stop();
        assert_eq!(relay.mails().len(), 1, "{how}: it did arrive, once");
    }
}

#[test]
fn what_may_have_arrived_is_sent_again_under_the_same_id_where_the_operator_says_so() {
    let relay = Relay::start();
    relay.rules(json!([{ "at": "END", "do": "drop", "times": 1 }]));
    let folder = Folder::that_mails(&format!("{SMTP}\non-unknown = \"retry\""), relay.port(), PLAIN);
    let daemon = Daemon::start(&folder);
    tell(&daemon, "ann", json!({}));
    folder.action_once("user:ann", is("delivered"));
    let ids: Vec<String> = relay
        .wait_for(2)
        .iter()
        .map(|mail| header(&mail.read(), "Message-ID").expect("an id").to_owned())
        .collect();
    assert_eq!(ids[0], ids[1], "whoever reads it can tell that it is the same");
    daemon.stop();
}

#[test]
fn a_plugin_that_crashes_or_errs_does_not_make_a_message_leave_twice() {
    for (mode, expected) in [
        ("trap-after:*", "delivered"),
        ("deny-it", "delivered"),
        ("twice", "delivered"),
        ("trap-before:*", "rejected"),
        ("stranger:0000000000000000", "rejected"),
        ("header:Bcc", "rejected"),
    ] {
        let relay = Relay::start();
        let plugin = format!("plugin = \"misdelivering\"\nconfig = {{ mode = \"{mode}\" }}");
        let folder = Folder::that_mails(&plugin, relay.port(), PLAIN);
        let daemon = Daemon::start(&folder);
        tell(&daemon, "ann", json!({}));
        let action = folder.action_once("user:ann", |a| a["state"] == "delivered" || a["state"] == "rejected");
        assert_eq!(action["state"], expected, "{mode}: {action}");
        assert_eq!(action["attempts"], 1, "{mode}: {action}");
        daemon.stop();
        assert_eq!(relay.mails().len(), usize::from(expected == "delivered"), "{mode}");
    }
}

#[test]
fn a_plugin_that_claims_a_delivery_does_not_make_it_certain() {
    let relay = Relay::start();
    relay.rules(json!([{ "at": "END", "do": "drop" }]));
    let folder = Folder::that_mails(
        "plugin = \"misdelivering\"\nconfig = { mode = \"claim-it\" }",
        relay.port(),
        PLAIN,
    );
    let daemon = Daemon::start(&folder);
    tell(&daemon, "ann", json!({}));
    let held = folder.action_once("user:ann", is("held"));
    assert!(held["why"].to_string().contains("may have arrived"), "{held}");
    daemon.stop();
}

#[test]
fn a_stop_is_not_held_up_for_ever_by_a_relay_that_hangs() {
    let relay = Relay::start();
    relay.rules(json!([{ "at": "RCPT", "do": "hang" }]));
    let folder = Folder::that_mails(SMTP, relay.port(), PLAIN);
    let daemon = Daemon::start(&folder);
    tell(&daemon, "ann", json!({}));
    eventually("the relay hangs", || {
        relay
            .commands()
            .iter()
            .any(|line| line.starts_with("RCPT"))
            .then_some(())
    });
    let begun = Instant::now();
    daemon.stop();
    assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
    assert!(relay.mails().is_empty());
}

#[test]
fn a_marketing_story_says_who_sent_it_and_one_click_ends_it() {
    let relay = Relay::start();
    let folder = Folder::that_mails(SMTP, relay.port(), PLAIN);
    folder.write("stories/roi-in-numbers.md", MARKETING);
    let without = hearken(&folder, &["check", "hearken.toml"]);
    assert!(without.code != 0 && without.err.contains("[links]"), "{without:?}");
    folder.change(
        "[mail]",
        "[links]\npublic-url = \"https://links.example.com\"\n\n[mail]",
    );
    let daemon = Daemon::start(&folder);
    tell(&daemon, "ann", json!({}));
    let mail = relay.wait_for(1).remove(0);
    let read = well_formed(&mail);
    let raw = String::from_utf8(mail.bytes.clone()).expect("everything is encoded");
    let link = raw
        .lines()
        .find_map(|line| line.strip_prefix("List-Unsubscribe: <")?.strip_suffix('>'))
        .expect("on one line");
    assert!(link.starts_with("https://links.example.com/l/"), "{link}");
    assert_eq!(
        header(&read, "List-Unsubscribe-Post"),
        Some("List-Unsubscribe=One-Click")
    );
    let text = read["text"].as_str().expect("a text");
    assert!(text.lines().any(|line| line == "Example"), "{text}");
    for part in ["Example Street 1, 12345 Example City", link] {
        assert!(text.contains(part), "{part} in {text}");
    }
    let answer = daemon.submit(&json!(link), "List-Unsubscribe=One-Click");
    assert_eq!(answer.status, 200, "{answer:?}");
    folder.consent_comes_to("user:ann", "marketing", "email", "withdrawn");
    daemon.stop();
}

const MARKETING: &str = "+++\ntitle = \"What it returns, in numbers\"\ntopics = [\"roi\"]\nchannels = [\"email\"]\n+++\n\
                         An example company, generated for these tests, had its money back after nine months.\n";
