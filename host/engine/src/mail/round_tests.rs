use std::collections::BTreeSet;

use hearken_mail::{Address, Direct, Mailbox, RelaySettings, Tls};

use super::*;
use crate::SystemClock;

fn mailbox(address: &str) -> Mailbox {
    Address::parse(address).expect(address).into()
}

/// A round for the actions `a` and `b`, through a relay that nobody listens at.
fn round() -> Round {
    let sender = Sender {
        from: mailbox("hello@example.com"),
        reply_to: None,
        postal_address: String::new(),
        alerts_to: None,
        brand: "Example".into(),
    };
    let relay = RelaySettings {
        name: "main".into(),
        host: "127.0.0.1".into(),
        port: 1,
        tls: Tls::None,
        ca_file: None,
        login: None,
        timeout: Duration::from_secs(5),
        connections: 1,
        hello: "example.com".into(),
    };
    let relay = Relay::new(relay, Arc::new(Direct));
    let envelope = |to: &str| {
        Ok(Envelope {
            to: mailbox(to),
            footer: None,
            unsubscribe: None,
        })
    };
    Round {
        sender,
        relay: Arc::new(relay.expect("a relay without TLS")),
        clock: Arc::new(SystemClock),
        envelopes: BTreeMap::from([
            ("a".to_owned(), envelope("ann@example.com")),
            ("b".to_owned(), envelope("bob@example.com")),
        ]),
        permit: None,
        known: Mutex::default(),
    }
}

fn knowing(known: Known) -> Round {
    let round = round();
    round.known().insert("a".into(), known);
    round
}

fn receipt() -> wire::Receipt {
    wire::Receipt {
        reference: "as the plugin says".into(),
        delivered: true,
        detail: "{}".into(),
        memory: None,
        signals: Vec::new(),
        extra: Vec::new(),
    }
}

fn trapped() -> Fault {
    Fault::AfterSending {
        cause: Box::new(Fault::Trapped { what: "x".into() }),
    }
}

#[test]
fn what_the_relay_took_is_delivered_whatever_the_plugin_says_afterwards() {
    let taken = || Known::Taken {
        id: "1@example.com".into(),
        reply: "250 queued".into(),
    };
    let settled = knowing(taken()).settle("a", Err(trapped())).expect("it is delivered");
    assert_eq!(settled.reference, "1@example.com");
    assert!(settled.detail.contains("trapped"), "{}", settled.detail);
    assert_eq!(knowing(taken()).settle("a", Ok(receipt())), Ok(receipt()));
}

#[test]
fn what_may_have_arrived_stays_unknown_whatever_the_plugin_says() {
    let unknown = || Known::Unknown("no answer after the dot".into());
    for answer in [Ok(receipt()), Err(Fault::NoAnswer)] {
        let fault = knowing(unknown()).settle("a", answer).expect_err("nobody knows");
        assert!(fault.may_have_been_sent() && fault.to_string().contains("after the dot"));
    }
}

#[test]
fn of_what_was_not_sent_the_plugin_has_the_last_word() {
    let failed = || Known::NotSent(failure("transient", "", "451".into()));
    assert_eq!(
        knowing(failed()).settle("a", Err(Fault::NoAnswer)),
        Err(Fault::NoAnswer)
    );
    assert_eq!(round().settle("a", Ok(receipt())), Ok(receipt()));
}

#[test]
fn a_message_is_composed_for_the_envelope_of_its_action_only() {
    let round = round();
    let message = |item: &str| wire::Message {
        item: item.into(),
        subject: "Hello".into(),
        headers: Vec::new(),
        text: "Hello.".into(),
        html: None,
    };
    let composed = round.compose(&message("a")).expect("it is composed");
    let text = String::from_utf8_lossy(composed.bytes()).into_owned();
    let to: BTreeSet<&str> = text.lines().filter(|line| line.starts_with("To:")).collect();
    assert_eq!(to, BTreeSet::from(["To: ann@example.com"]));
    assert_eq!(round.compose(&message("c")).expect_err("a stranger").class, "denied");
}
