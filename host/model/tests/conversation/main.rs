//! Who has the floor, to whom a signal belongs, what a merge keeps, and what becomes of
//! hand-overs.

mod hand_overs;

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use hearken_model::{
    Act, ActionId, ActionState, AnswersTo, ConsentKey, DecisionId, Delivery, Entry, Floor, Identity, Instant,
    Lifecycle, Policy, ProfileId, Prospect, ProspectId, Recorded, Seq, Signal, SignalId, Telling, View, Vocabulary,
};
use serde_json::{Value, json};

const START: Instant = Instant(1_790_000_000_000);
const DAY: Duration = Duration::from_secs(86_400);

fn id(scheme: &str, value: &str) -> Identity {
    Identity::new(scheme, value).expect("a valid identity")
}

fn signal(kind: &str, at: Instant, identities: Vec<Identity>, properties: Value) -> Signal {
    Signal {
        id: SignalId(format!("site:{kind}-{}", at.0)),
        kind: kind.into(),
        at,
        identities,
        company: None,
        session: None,
        about: None,
        answers: None,
        properties,
    }
}

/// Somebody who can be fed with one entry after the other.
struct Somebody {
    prospect: Prospect,
    seq: u64,
}

impl Somebody {
    fn new(identity: &Identity) -> Self {
        let mut new = Self {
            prospect: Prospect::new(ProspectId::beginning_with(ProfileId::of(identity))),
            seq: 0,
        };
        new.gives(signal("page.viewed", START, vec![identity.clone()], json!({})));
        new
    }

    fn apply(&mut self, at: Instant, entry: &Entry) {
        self.seq += 1;
        self.prospect.apply(Seq { seq: self.seq, step: 0 }, at, entry);
    }

    fn gives(&mut self, signal: Signal) {
        self.gives_by("site", signal);
    }

    fn gives_by(&mut self, connector: &str, signal: Signal) {
        let primary = signal.primary().expect("it has an identity");
        let recorded = Recorded {
            profile: ProfileId::of(primary),
            with: Vec::new(),
            connector: connector.into(),
            received: signal.at,
            live: true,
            verified: true,
            signal: signal.clone(),
        };
        self.apply(signal.at, &Entry::Signal(Box::new(recorded)));
    }

    fn is_told(&mut self, act: Act, state: ActionState) {
        let telling = Telling {
            action: ActionId::from_u64(1),
            profile: *self.prospect.part.profiles.keys().next().expect("there is a profile"),
            at: START,
            act,
            target: "roi".into(),
            channel: "email".into(),
            sink: "outbox".into(),
            state,
            reference: String::new(),
            shadow: false,
            answered: None,
            dismissed: false,
            answer_by: None,
        };
        let decision = DecisionId::from_u64(1);
        self.apply(
            START,
            &Entry::Decided {
                saw_after: None,
                decision,
                standing: BTreeSet::new(),
                telling: Some(telling),
            },
        );
    }

    fn view(&self, now: Instant) -> View {
        let (policy, vocabulary) = (Policy::default(), Vocabulary::default());
        View::of(&self.prospect, now, &policy, &vocabulary, &BTreeMap::new())
    }

    fn floor(&self, now: Instant) -> Floor {
        self.view(now).floor
    }
}

fn ann() -> Identity {
    id("email", "ann@example.com")
}

fn no_to(brand: &str, at: Instant) -> Signal {
    signal(
        "consent.withdrawn",
        at,
        vec![ann()],
        json!({ "brand": brand, "purpose": "*", "channel": "*" }),
    )
}

#[test]
fn a_no_to_another_brand_does_not_close_the_conversation_with_this_one() {
    let mut somebody = Somebody::new(&ann());
    somebody.gives(no_to("another", START.after(DAY)));
    assert_eq!(somebody.floor(START.after(DAY * 2)), Floor::Listening);
    somebody.gives(no_to("default", START.after(DAY)));
    assert_eq!(somebody.floor(START.after(DAY * 2)), Floor::Closed);
}

#[test]
fn who_said_no_opens_the_conversation_again_by_a_consent_or_a_word() {
    let granted = json!({ "brand": "default", "purpose": "marketing", "channel": "email" });
    for opens in [
        signal("consent.granted", START.after(DAY * 2), vec![ann()], granted),
        signal("meeting.requested", START.after(DAY * 2), vec![ann()], json!({})),
    ] {
        let mut somebody = Somebody::new(&ann());
        somebody.gives(no_to("*", START.after(DAY)));
        assert_eq!(somebody.floor(START.after(DAY * 3)), Floor::Closed);
        somebody.gives(opens);
        assert_eq!(somebody.floor(START.after(DAY * 3)), Floor::Listening);
    }
}

fn message(by: &str, at: Instant) -> Signal {
    signal("message.sent", at, vec![ann()], json!({ "channel": "email", "by": by }))
}

#[test]
fn what_sales_do_unasked_takes_the_floor_for_as_long_as_a_reply_is_awaited() {
    let wait = Policy::default().await_reply;
    for kind in ["call.held", "meeting.held", "meeting.booked"] {
        let mut somebody = Somebody::new(&ann());
        somebody.gives(signal(kind, START.after(DAY), vec![ann()], json!({})));
        assert_eq!(somebody.floor(START.after(2 * DAY)), Floor::WithSales, "{kind}");
        assert_eq!(somebody.floor(START.after(DAY + wait)), Floor::Listening, "{kind}");
    }
    let mut somebody = Somebody::new(&ann());
    somebody.gives(message("sales", START.after(DAY)));
    assert_eq!(somebody.floor(START.after(2 * DAY)), Floor::WithSales);
}

#[test]
fn another_tools_message_awaits_its_reply_and_an_echo_of_ours_does_not() {
    let mut somebody = Somebody::new(&ann());
    somebody.gives(message("us", START.after(DAY)));
    assert_eq!(somebody.floor(START.after(2 * DAY)), Floor::Listening);
    somebody.gives(message("other", START.after(DAY)));
    assert_eq!(somebody.floor(START.after(2 * DAY)), Floor::AwaitingReply);
    somebody.gives(signal("message.replied", START.after(3 * DAY), vec![ann()], json!({})));
    assert_eq!(somebody.floor(START.after(3 * DAY)), Floor::Listening);
}

#[test]
fn a_machine_that_says_that_somebody_is_away_is_no_reply() {
    let mut somebody = Somebody::new(&ann());
    somebody.gives(message("other", START.after(DAY)));
    let away = json!({ "automatic": true });
    somebody.gives(signal("message.replied", START.after(2 * DAY), vec![ann()], away));
    assert_eq!(somebody.floor(START.after(2 * DAY)), Floor::AwaitingReply);
}

#[test]
fn what_is_held_and_nobody_lets_go_gives_the_floor_back_when_it_expires() {
    for (act, meanwhile) in [(Act::Tell, Floor::Ours), (Act::HandOver, Floor::WithSales)] {
        let mut somebody = Somebody::new(&ann());
        somebody.is_told(act, ActionState::Held);
        assert_eq!(somebody.floor(START.after(DAY)), meanwhile);
        assert_eq!(somebody.floor(START.after(Policy::default().expires)), Floor::Listening);
    }
}

#[test]
fn what_is_queued_for_a_sink_that_is_gone_does_not_keep_the_floor_for_ever() {
    let mut somebody = Somebody::new(&ann());
    somebody.is_told(Act::Tell, ActionState::Queued);
    assert_eq!(somebody.floor(START.after(DAY * 13)), Floor::Ours);
    assert_eq!(somebody.floor(START.after(DAY * 14)), Floor::Listening);
}

#[test]
fn what_says_that_an_address_may_not_be_used_belongs_to_the_address() {
    let both = || vec![id("user", "17"), ann()];
    for kind in [
        "message.unsubscribed",
        "message.complained",
        "message.bounced",
        "consent.withdrawn",
        "consent.granted",
    ] {
        assert_eq!(signal(kind, START, both(), json!({})).primary(), Some(&ann()), "{kind}");
    }
    for kind in ["page.viewed", "person.identified", "message.replied"] {
        assert_eq!(
            signal(kind, START, both(), json!({})).primary(),
            Some(&id("user", "17")),
            "{kind}"
        );
    }
}

#[test]
fn a_consent_for_names_with_slashes_is_read_again_as_it_was_written() {
    for brand in ["acme/eu", "50% off", "a%2Fb", "*"] {
        let key = ConsentKey {
            brand: brand.into(),
            purpose: "marketing".into(),
            channel: "a/b".into(),
        };
        assert_eq!(ConsentKey::try_from(key.to_string()), Ok(key));
    }
}

#[test]
fn a_lead_who_is_joined_by_a_device_stays_a_lead() {
    let mut lead = Somebody::new(&ann());
    lead.apply(
        START,
        &Entry::Stage {
            from: Lifecycle::Visitor,
            to: Lifecycle::Lead,
            cause: String::new(),
        },
    );
    let device = Somebody::new(&id("anonymous", "d-1"));
    lead.apply(
        START,
        &Entry::Join {
            from: device.prospect.id,
            part: Box::new(device.prospect.part),
            live: true,
        },
    );
    assert_eq!(lead.prospect.part.announced(), Lifecycle::Lead);
    assert_eq!(lead.prospect.part.current().map(|g| g.stage), Some(Lifecycle::Lead));
}

#[test]
fn a_person_with_hundreds_of_devices_stays_small() {
    let mut somebody = Somebody::new(&ann());
    for n in 0..200 {
        let mut device = Somebody::new(&id("anonymous", &format!("d-{n}")));
        device.apply(
            START,
            &Entry::Stage {
                from: Lifecycle::Visitor,
                to: Lifecycle::Lead,
                cause: String::new(),
            },
        );
        somebody.apply(
            START,
            &Entry::Join {
                from: device.prospect.id,
                part: Box::new(device.prospect.part),
                live: true,
            },
        );
    }
    assert_eq!(somebody.prospect.part.profiles.len(), 201);
    assert!(
        somebody.prospect.part.assessed.len() <= 12,
        "{} groups",
        somebody.prospect.part.assessed.len()
    );
    assert!(
        somebody.prospect.part.current().is_some(),
        "what is known of all of them is among what is kept"
    );
}

#[test]
fn an_answer_may_name_the_vendors_reference_and_counts_only_from_who_delivered() {
    let mut someone = Somebody::new(&ann());
    someone.is_told(Act::Tell, ActionState::Queued);
    let delivery = Delivery {
        action: ActionId::from_u64(1),
        state: ActionState::Delivered,
        why: String::new(),
        reference: "vendor-17".into(),
        memory: None,
    };
    someone.apply(START, &Entry::Delivery(delivery));
    assert!(someone.prospect.unanswered().is_some());
    for (connector, reference, answered) in [
        ("outbox", "vendor-18", false),
        ("site", "vendor-17", false),
        ("outbox", "vendor-17", true),
    ] {
        let answers = AnswersTo {
            action: None,
            reference: Some(reference.into()),
        };
        let clicked = signal("message.clicked", START.after(DAY), vec![ann()], json!({}));
        someone.gives_by(
            connector,
            Signal {
                answers: Some(answers),
                ..clicked
            },
        );
        let open = someone.prospect.tellings()[0].answered.is_none();
        assert_eq!(open, !answered, "{connector} {reference}");
    }
}

#[test]
fn what_was_decided_in_shadow_and_ended_is_as_old_as_its_decision() {
    let mut somebody = Somebody::new(&ann());
    somebody.is_told(Act::Tell, ActionState::Held);
    let ended = |state| {
        Entry::Delivery(Delivery {
            action: ActionId::from_u64(1),
            state,
            why: String::new(),
            reference: String::new(),
            memory: None,
        })
    };
    somebody.apply(START.after(2 * DAY), &ended(ActionState::Expired));
    assert_eq!(somebody.prospect.tellings()[0].at, START);
    assert_eq!(somebody.prospect.tellings()[0].state, ActionState::Expired);
    assert_eq!(
        somebody.floor(START.after(2 * DAY)),
        Floor::Listening,
        "nothing is on its way any more"
    );
}

#[test]
fn somebody_is_new_until_something_of_ours_may_have_arrived() {
    for (state, told) in [
        (ActionState::Queued, false),
        (ActionState::Held, false),
        (ActionState::Rejected, false),
        (ActionState::Unknown, true),
        (ActionState::Delivered, true),
    ] {
        let mut somebody = Somebody::new(&ann());
        somebody.is_told(Act::Tell, state);
        assert_eq!(somebody.prospect.was_told(ActionId::from_u64(2)), told, "{state}");
        assert!(
            !somebody.prospect.was_told(ActionId::from_u64(1)),
            "an action is not before itself"
        );
    }
    let mut somebody = Somebody::new(&ann());
    let by_another = json!({ "channel": "email" });
    somebody.gives(signal("message.sent", START, vec![ann()], by_another));
    assert!(
        somebody.prospect.was_told(ActionId::from_u64(2)),
        "another tool's message is a word of ours"
    );
}
