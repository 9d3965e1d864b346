//! Mail that a relay refuses: an address that does not exist is not written to again, and
//! what is refused for another reason says nothing about the address.

use hearken_tests::{Daemon, Folder, Relay, SERVER_KEY, eventually};
use rusqlite::{Connection, OpenFlags};
use serde_json::json;

const SMTP: &str = "plugin = \"smtp\"";
const PLAIN: &str = "tls = \"none\"\ntimeout = \"2s\"";

fn identify(daemon: &Daemon<'_>, who: &str, email: &str) {
    let identify = json!({ "messageId": format!("i-{who}"), "userId": who, "traits": { "email": email } });
    assert_eq!(daemon.track("identify", SERVER_KEY, &identify).status, 200);
}

fn suppressed(folder: &Folder) -> Vec<(String, String)> {
    let store = Connection::open_with_flags(
        folder.path().join("data/state.sqlite"),
        OpenFlags::SQLITE_OPEN_READ_ONLY,
    );
    let store = store.expect("the store opens");
    let mut asked = store.prepare("SELECT value, why FROM suppression").expect("a query");
    let rows = asked.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).expect("rows");
    rows.map(|row| row.expect("a row")).collect()
}

#[test]
fn an_address_that_does_not_exist_is_not_written_to_again() {
    for reply in [
        "550 5.1.1 no such user",
        "550 No such user here",
        "550 5.1.10 takes no mail",
    ] {
        let relay = Relay::start();
        relay.rules(json!([{ "at": "RCPT", "to": "ann", "do": reply }]));
        let folder = Folder::that_mails(SMTP, relay.port(), PLAIN);
        folder.change(
            "listen-first = 1",
            "listen-first = 1\nstory-again = \"1ms\"\nawait-reply = \"1ms\"",
        );
        let daemon = Daemon::start(&folder);
        identify(&daemon, "ann", "ann@example.org");
        let rejected = folder.action_comes_to("user:ann", "rejected");
        assert_eq!(rejected["attempts"], 1, "{reply}: {rejected}");
        let suppressed = suppressed(&folder);
        assert_eq!(suppressed.len(), 1, "{reply}: {suppressed:?}");
        assert_eq!(suppressed[0].0, "ann@example.org");
        assert!(suppressed[0].1.contains(reply), "{suppressed:?}");
        let bounced = eventually("the bounce is in the log", || {
            let signals = folder.shown("user:ann")?["signals"].clone();
            signals.to_string().contains("message.bounced").then_some(signals)
        });
        assert!(bounced.to_string().contains("bounced"), "{bounced}");
        // The next story: somebody asks for it again, and is not written to.
        let page = json!({ "messageId": "p", "userId": "ann", "properties": { "path": "/roi" } });
        assert_eq!(daemon.track("page", SERVER_KEY, &page).status, 200);
        let decided = eventually("it is decided again", || {
            let decisions = folder.shown("user:ann")?["decisions"].as_array()?.clone();
            (decisions.len() > 1).then(|| decisions[0].clone())
        });
        assert_eq!(decided["act"], "hold", "{reply}: {decided}");
        daemon.stop();
        let tries = relay.commands().iter().filter(|c| c.starts_with("RCPT")).count();
        assert_eq!(tries, 1, "{reply}: {:?}", relay.commands());
        assert!(relay.mails().is_empty());
    }
}

#[test]
fn a_refusal_that_is_not_about_the_address_does_not_suppress_it() {
    for (at, reply) in [
        ("END", "550 5.7.1 looks like spam"),
        ("END", "554 5.6.0 malformed"),
        ("RCPT", "552 5.2.2 mailbox full"),
        ("RCPT", "550 5.7.1 not welcome"),
    ] {
        let relay = Relay::start();
        relay.rules(json!([{ "at": at, "to": "ann", "do": reply }]));
        let folder = Folder::that_mails(SMTP, relay.port(), PLAIN);
        let daemon = Daemon::start(&folder);
        identify(&daemon, "ann", "ann@example.org");
        let rejected = folder.action_comes_to("user:ann", "rejected");
        assert!(rejected["why"].to_string().contains(reply), "{rejected}");
        assert_eq!(rejected["attempts"], 1, "{reply}: {rejected}");
        assert!(suppressed(&folder).is_empty(), "{reply}");
        // The connection is good for the next one.
        identify(&daemon, "bob", "bob@example.org");
        folder.action_comes_to("user:bob", "delivered");
        daemon.stop();
        assert_eq!(relay.mails().len(), 1);
    }
}

#[test]
fn addresses_of_every_kind_are_written_to_or_refused_in_words() {
    let relay = Relay::start();
    let folder = Folder::that_mails(SMTP, relay.port(), PLAIN);
    let daemon = Daemon::start(&folder);
    identify(&daemon, "idn", "ann@bücher.example");
    folder.action_comes_to("user:idn", "delivered");
    assert_eq!(relay.mails()[0].about["to"], json!(["ann@xn--bcher-kva.example"]));
    identify(&daemon, "utf8", "änne@example.org");
    folder.action_comes_to("user:utf8", "delivered");
    let mail = relay.mails().remove(1);
    assert_eq!(mail.about["to"], json!(["änne@example.org"]));
    assert!(mail.about["options"].to_string().contains("SMTPUTF8"), "{}", mail.about);
    identify(&daemon, "wrong", "ann..x@example.org");
    let rejected = folder.action_comes_to("user:wrong", "rejected");
    assert!(rejected["why"].to_string().contains("not an address"), "{rejected}");
    assert_eq!(suppressed(&folder)[0].0, "ann..x@example.org");
    daemon.stop();
    assert_eq!(relay.mails().len(), 2);
}

#[test]
fn an_address_beyond_ascii_needs_a_relay_that_takes_it() {
    let relay = Relay::with(json!({ "utf8": false }));
    let folder = Folder::that_mails(SMTP, relay.port(), PLAIN);
    let daemon = Daemon::start(&folder);
    identify(&daemon, "utf8", "änne@example.org");
    let rejected = folder.action_comes_to("user:utf8", "rejected");
    assert!(rejected["why"].to_string().contains("SMTPUTF8"), "{rejected}");
    assert!(suppressed(&folder).is_empty(), "the address may be right");
    daemon.stop();
}

#[test]
fn a_relay_that_refuses_the_sender_charges_no_address() {
    let relay = Relay::start();
    relay.rules(json!([{ "at": "MAIL", "do": "550 5.7.1 not your address", "times": 1 }]));
    let folder = Folder::that_mails(SMTP, relay.port(), PLAIN);
    let daemon = Daemon::start(&folder);
    identify(&daemon, "ann", "ann@example.org");
    folder.action_comes_to("user:ann", "delivered");
    assert!(suppressed(&folder).is_empty());
    daemon.stop();
}
