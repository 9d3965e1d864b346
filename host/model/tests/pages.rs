//! What is shown on pages: to whom, when not, and what closing it means.

use std::{collections::BTreeMap, time::Duration};

use hearken_model::{
    Act, Choice, Instant, StoryId,
    decide::{Address, Facts, ToldBefore, gates},
};

const NOW: Instant = Instant(1_800_000_000_000);

fn page() -> Address {
    Address {
        channel: "site".into(),
        sink: "pages".into(),
        value: "visitor-1".into(),
        verified: false,
        unusable: None,
        on_page: true,
    }
}

/// Somebody at a page, of whom nothing is known, while sales are there.
fn facts() -> Facts {
    Facts {
        signals: 4,
        addresses: vec![page()],
        purposes: BTreeMap::from([
            (StoryId("talk".into()), "service".into()),
            (StoryId("roi".into()), "marketing".into()),
            (StoryId("help".into()), "service".into()),
        ]),
        invites: BTreeMap::from([(StoryId("talk".into()), "sales".into())]),
        teams: vec!["sales".into()],
        ..Facts::of_nobody(NOW)
    }
}

/// By what a choice is forbidden.
fn forbidden(act: Act, target: &str, facts: &Facts) -> Vec<String> {
    let choice = Choice {
        act,
        target: target.into(),
        channel: if act == Act::HandOver { "" } else { "site" }.into(),
        weight: 1.0,
        reason: String::new(),
        expires_in_ms: None,
    };
    gates(&choice, facts).into_iter().map(|found| found.gate).collect()
}

#[test]
fn whoever_is_at_a_page_may_be_spoken_to_there_though_nobody_vouches_for_them() {
    let here = facts();
    assert!(forbidden(Act::Tell, "talk", &here).is_empty());
    assert_eq!(
        forbidden(Act::Tell, "roi", &here),
        ["consent"],
        "marketing needs its consent here too"
    );
    let mut elsewhere = facts();
    elsewhere.addresses[0].on_page = false;
    assert_eq!(forbidden(Act::Tell, "talk", &elsewhere), ["verified"]);
    let mut only_us = facts();
    only_us.policy.only_to = vec!["*@example.com".into()];
    assert_eq!(forbidden(Act::Tell, "talk", &only_us), ["only-to"]);
}

#[test]
fn nobody_is_handed_over_who_could_only_be_reached_at_a_page() {
    assert_eq!(forbidden(Act::HandOver, "sales", &facts()), ["address"]);
    let mut known = facts();
    known.addresses.push(Address {
        channel: "email".into(),
        on_page: false,
        value: "ann@example.com".into(),
        ..page()
    });
    assert!(forbidden(Act::HandOver, "sales", &known).is_empty());
}

#[test]
fn nobody_is_invited_whom_sales_would_not_get() {
    let with = |change: fn(&mut Facts)| {
        let mut facts = facts();
        change(&mut facts);
        facts
    };
    for (changed, gate) in [
        (with(|f| f.teams.clear()), "team"),
        (
            with(|f| f.not_handed_over_before = Some(NOW.after(Duration::from_secs(60)))),
            "sales",
        ),
        (with(|f| f.excluded = Some("a colleague".into())), "excluded"),
    ] {
        assert_eq!(forbidden(Act::Tell, "talk", &changed), [gate]);
        assert!(
            forbidden(Act::Tell, "help", &changed).is_empty(),
            "{gate}: help is owed to them all the same"
        );
    }
}

#[test]
fn who_closes_something_is_left_alone_there_for_a_while_and_not_elsewhere() {
    let closed = |ago: Duration, channel: &str| {
        let mut facts = facts();
        facts.told.push(ToldBefore {
            at: NOW.before(ago),
            story: StoryId("roi".into()),
            channel: channel.into(),
            shadow: false,
            dismissed: true,
        });
        forbidden(Act::Tell, "help", &facts)
    };
    let day = Duration::from_secs(86_400);
    assert_eq!(closed(day, "site"), ["dismissed"]);
    assert!(closed(day, "email").is_empty());
    assert!(closed(6 * day, "site").is_empty(), "await-reply is five days");
}
