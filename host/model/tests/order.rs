//! Whatever the order in which a person's signals arrive, the same is known in the end; a
//! merge can be taken back; a decision made again from its record is the same.

use std::{collections::BTreeMap, time::Duration};

use hearken_model::{
    Act, Assessment, Belief, BeliefKind, Choice, ConsentStatus, Entry, Floor, Identity, Instant, Policy, ProfileId,
    Prospect, ProspectId, Recorded, Seq, Signal, SignalId, StoryId, View, Vocabulary,
    decide::{self, Address, Facts, ToldBefore},
};
use proptest::prelude::*;
use serde_json::{Value, json};

const START: u64 = 1_790_000_000_000;

fn names() -> [Identity; 4] {
    [
        ("anonymous", "a-1"),
        ("anonymous", "a-2"),
        ("user", "17"),
        ("email", "someone@example.com"),
    ]
    .map(|(scheme, value)| Identity::new(scheme, value).expect("a valid identity"))
}

/// Any signal that the model reads something from.
fn signal() -> impl Strategy<Value = (usize, Signal)> {
    let kinds = prop_oneof![
        Just(("page.viewed", json!({ "path": "/roi" }))),
        Just(("message.replied", json!({ "channel": "email" }))),
        Just(("meeting.requested", json!({}))),
        ("[ab]", 0..3_i64).prop_map(|(name, value)| ("person.described", json!({ "traits": { name: value } }))),
        "[ab]".prop_map(|name| ("person.identified", json!({ "traits": { name: null } }))),
        prop_oneof![Just("email"), Just("*")]
            .prop_map(|c| ("consent.granted", json!({ "purpose": "marketing", "channel": c }))),
        prop_oneof![Just("email"), Just("*")]
            .prop_map(|c| ("consent.withdrawn", json!({ "purpose": "marketing", "channel": c }))),
        Just((
            "message.bounced",
            json!({ "permanent": true, "detail": "no such user" })
        )),
        prop_oneof![Just("lead"), Just("customer")].prop_map(|to| ("lifecycle.changed", json!({ "to": to }))),
        Just(("deal.lost", json!({}))),
        (any::<bool>(), any::<bool>()).prop_map(|(role, concern)| (
            "handover.rejected",
            json!({ "role": "cio", "right_role": role, "concern": "roi", "right_concern": concern })
        )),
        Just(("handover.recycled", json!({ "right_moment": false }))),
    ];
    // Few moments, so that many signals share one.
    (0..4_usize, 0..6_u64, kinds).prop_map(|(who, at, (kind, properties))| {
        let signal = Signal {
            id: SignalId(String::new()),
            kind: kind.into(),
            at: Instant(START + at * 1000),
            identities: vec![names()[who].clone()],
            company: None,
            session: None,
            about: None,
            answers: None,
            properties,
        };
        (who, signal)
    })
}

fn recorded(signal: &Signal) -> Recorded {
    let primary = signal.primary().expect("every signal has an identity");
    Recorded {
        profile: ProfileId::of(primary),
        with: signal
            .identities
            .iter()
            .filter(|i| *i != primary)
            .map(ProfileId::of)
            .collect(),
        signal: signal.clone(),
        connector: "site".into(),
        received: Instant(START + 60_000),
        live: true,
        verified: false,
    }
}

/// A scorer as the contract has it: a function of the signals that it has been given.
fn assess(seen: &[&Signal]) -> Assessment {
    let mut evidence: Vec<&Signal> = seen.iter().copied().filter(|s| s.kind == "page.viewed").collect();
    evidence.sort_by(|x, y| (x.at, &x.id).cmp(&(y.at, &y.id)));
    let confidence = 1.0 - 0.5_f64.powi(i32::try_from(evidence.len()).expect("few signals"));
    Assessment {
        scorer: "language".into(),
        version: "1".into(),
        saw_after: Seq::default(),
        saw_to: Seq::default(),
        beliefs: vec![Belief {
            kind: BeliefKind::Interest,
            name: "roi".into(),
            value: 1.0,
            confidence,
            at: evidence.last().map_or(Instant(START), |s| s.at),
            evidence: evidence.iter().map(|s| s.id.clone()).collect(),
            half_life_ms: Some(1_000_000),
            reason: format!("looked {} times", evidence.len()),
        }],
        cue: None,
        memory: None,
    }
}

fn live_through(order: &[Signal]) -> Prospect {
    let mut prospect = Prospect::new(ProspectId::beginning_with(ProfileId::of(&names()[0])));
    let mut seen = Vec::new();
    for (signal, seq) in order.iter().zip(1..) {
        let at = Instant(START + 60_000 + seq);
        prospect.apply(Seq { seq, step: 0 }, at, &Entry::Signal(Box::new(recorded(signal))));
        seen.push(signal);
        prospect.apply(Seq { seq, step: 1 }, at, &Entry::Assessed(assess(&seen)));
    }
    prospect
}

fn view(prospect: &Prospect) -> View {
    View::of(
        prospect,
        Instant(START + 120_000),
        &Policy::default(),
        &Vocabulary::default(),
        &BTreeMap::new(),
    )
}

/// What must not depend on the order of arrival.
fn known(prospect: &Prospect) -> (Value, Value) {
    let View {
        identities,
        traits,
        beliefs,
        lifecycle,
        signals,
        first_seen,
        last_seen,
        floor,
        ..
    } = view(prospect);
    let consents: Vec<_> = prospect
        .part
        .profiles
        .values()
        .flat_map(|p| p.consents.iter().map(|(k, c)| (k.to_string(), c.clone())))
        .collect();
    let turns: Vec<_> = prospect.turns().into_iter().cloned().collect();
    let sales: Vec<_> = prospect
        .part
        .profiles
        .values()
        .map(|p| (&p.sales, &p.corrections))
        .collect();
    let sales = json!([sales, prospect.not_handed_over_before()]);
    let unusable: Vec<_> = prospect.part.profiles.values().map(|p| p.unusable.clone()).collect();
    (
        json!([
            identities, traits, beliefs, lifecycle, signals, first_seen, last_seen, floor
        ]),
        json!([consents, turns, unusable, sales]),
    )
}

fn with_ids(drawn: Vec<(usize, Signal)>) -> Vec<Signal> {
    let numbered = drawn.into_iter().zip(0..);
    numbered
        .map(|((_, s), n): (_, u32)| Signal {
            id: SignalId(format!("site:{n:03}")),
            ..s
        })
        .collect()
}

fn shuffled() -> impl Strategy<Value = (Vec<Signal>, Vec<Signal>)> {
    prop::collection::vec(signal(), 1..40)
        .prop_map(with_ids)
        .prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle()))
}

fn facts() -> impl Strategy<Value = Facts> {
    let floor = prop_oneof![
        Just(Floor::Listening),
        Just(Floor::Listening),
        Just(Floor::AwaitingReply),
        Just(Floor::WithSales),
        Just(Floor::Closed)
    ];
    let consent = prop_oneof![
        Just(ConsentStatus::Granted),
        Just(ConsentStatus::Withdrawn),
        Just(ConsentStatus::Pending)
    ];
    (floor, 0..6_u64, any::<bool>(), prop::option::of(consent), 0..4_u64).prop_map(
        |(floor, signals, verified, consent, told)| Facts {
            floor: (floor, "as drawn".into()),
            signals,
            addresses: vec![Address {
                channel: "email".into(),
                sink: "outbox".into(),
                value: "someone@example.com".into(),
                verified,
                unusable: None,
                on_page: false,
            }],
            consents: consent
                .map(|c| ("marketing/email".into(), (c, Instant(START))))
                .into_iter()
                .collect(),
            told: (0..told)
                .map(|n| ToldBefore {
                    at: Instant(START).before(Duration::from_secs(3600 * (n + 1))),
                    story: StoryId(format!("s{n}")),
                    channel: "email".into(),
                    shadow: false,
                    dismissed: false,
                })
                .collect(),
            purposes: (0..4)
                .map(|n| (StoryId(format!("s{n}")), "marketing".to_owned()))
                .collect(),
            teams: vec!["sales".into()],
            team_sinks: BTreeMap::from([("sales".into(), "outbox".into())]),
            ..Facts::of_nobody(Instant(START))
        },
    )
}

fn choices() -> impl Strategy<Value = Vec<Choice>> {
    let one = (
        0..3_usize,
        0..5_usize,
        prop_oneof![Just(0.0), 1e-300..1e300_f64, 0.1..10.0_f64],
    )
        .prop_map(|(act, n, weight)| {
            let (act, target, channel) = match act {
                0 => (Act::Hold, String::new(), String::new()),
                1 => (Act::Tell, format!("s{n}"), "email".to_owned()),
                _ => (
                    Act::HandOver,
                    if n == 0 {
                        "nobody".to_owned()
                    } else {
                        "sales".to_owned()
                    },
                    String::new(),
                ),
            };
            Choice {
                act,
                target,
                channel,
                weight,
                reason: "as drawn".into(),
                expires_in_ms: None,
            }
        });
    prop::collection::vec(one, 0..12)
}

proptest! {
    #[test]
    fn any_permutation_of_the_signals_gives_the_same_person((all, shuffled) in shuffled()) {
        prop_assert_eq!(known(&live_through(&all)), known(&live_through(&shuffled)));
    }

    #[test]
    fn a_merge_that_is_taken_back_leaves_both_as_they_were(
        ours in prop::collection::vec(signal(), 0..20).prop_map(with_ids),
        theirs in prop::collection::vec(signal(), 1..20).prop_map(with_ids),
    ) {
        let only = |all: Vec<Signal>, who: [usize; 2]| -> Vec<Signal> {
            all.into_iter().filter(|s| who.iter().any(|w| s.identities[0] == names()[*w])).collect()
        };
        let (ours, theirs) = (live_through(&only(ours, [0, 1])), live_through(&only(theirs, [2, 3])));
        let mut merged = ours.clone();
        let join = Entry::Join { from: theirs.id, part: Box::new(theirs.part.clone()), live: true };
        merged.apply(Seq { seq: 1000, step: 0 }, Instant(START), &join);
        prop_assert_eq!(merged.part.profiles.len(), ours.part.profiles.len() + theirs.part.profiles.len());
        // What is thought about the two together goes with the merge.
        merged.apply(Seq { seq: 1000, step: 1 }, Instant(START), &Entry::Assessed(assess(&[])));
        let leave = Entry::Leave { profiles: theirs.part.profiles.keys().copied().collect(), to: theirs.id, live: true };
        let left = merged.apply(Seq { seq: 1001, step: 0 }, Instant(START), &leave);
        let (to, part) = left.expect("something leaves");
        prop_assert_eq!(to, theirs.id);
        if !theirs.part.profiles.is_empty() && !ours.part.profiles.is_empty() {
            prop_assert_eq!(part, theirs.part);
            prop_assert_eq!(merged.part, ours.part);
        }
    }

    #[test]
    fn a_state_survives_being_written_down((all, _) in shuffled()) {
        let prospect = live_through(&all);
        let text = serde_json::to_string(&prospect).expect("a prospect can be written");
        prop_assert_eq!(serde_json::from_str::<Prospect>(&text).expect("and read"), prospect);
    }

    #[test]
    fn a_decision_made_again_from_its_record_is_the_same(facts in facts(), choices in choices(), seed: u64) {
        let first = decide::decide(choices.clone(), &facts, seed);
        let record = serde_json::to_string(&(&choices, &facts)).expect("the record can be written");
        let (choices, facts): (Vec<Choice>, Facts) = serde_json::from_str(&record).expect("and read");
        prop_assert_eq!(decide::decide(choices, &facts, seed), first);
    }

    #[test]
    fn what_is_drawn_is_never_forbidden_and_propensities_add_up(facts in facts(), choices in choices(), seed: u64) {
        let chosen = decide::decide(choices, &facts, seed);
        let sum: f64 = chosen.alternatives.iter().map(|a| a.propensity).sum();
        prop_assert!(chosen.alternatives.iter().all(|a| a.forbidden.is_empty() || a.propensity == 0.0));
        match chosen.alternative() {
            Some(a) => {
                prop_assert!(a.forbidden.is_empty() && a.propensity > 0.0);
                prop_assert!((sum - 1.0).abs() < 1e-9);
            }
            None => prop_assert_eq!(sum, 0.0),
        }
    }
}

#[test]
fn draws_follow_the_weights() {
    let choice = |target: &str, weight| Choice {
        act: Act::HandOver,
        target: target.into(),
        channel: String::new(),
        weight,
        reason: String::new(),
        expires_in_ms: None,
    };
    let facts = Facts {
        signals: 9,
        addresses: vec![Address {
            channel: "email".into(),
            sink: "outbox".into(),
            value: "someone@example.com".into(),
            verified: true,
            unusable: None,
            on_page: false,
        }],
        teams: vec!["a".into(), "b".into()],
        ..Facts::of_nobody(Instant(START))
    };
    let drawn_b = (0..10_000)
        .filter(|seed| decide::decide(vec![choice("a", 3.0), choice("b", 1.0)], &facts, *seed).index == Some(1))
        .count();
    assert!(
        (2300..2700).contains(&drawn_b),
        "a quarter of 10,000, and not {drawn_b}"
    );
}
