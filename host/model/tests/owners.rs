//! Whose customer somebody is, and who of a team gets them: never anybody but the owner, and
//! evenly where there is none.

use hearken_model::{
    Act, Choice, Entry, Identity, Instant, Load, Member, Owner, ProfileId, Prospect, ProspectId, Recorded, Roster, Seq,
    Signal, SignalId,
    decide::{self, Address, Facts},
    least_loaded,
};
use proptest::prelude::*;
use serde_json::{Value, json};

fn member(team: &str, name: &str) -> Member {
    Member {
        team: team.into(),
        member: name.into(),
        ids: vec![format!("{name}@ourselves.example"), format!("id-{name}")],
        title: format!("{name} Example"),
    }
}

fn roster() -> Roster {
    Roster(vec![
        member("sales", "alex"),
        member("sales", "robin"),
        member("strategic", "kim"),
    ])
}

fn ann() -> Identity {
    Identity {
        scheme: "email".into(),
        value: "ann@customer.example".into(),
    }
}

/// A prospect who gave these signals, a second apart.
fn who_gave(signals: &[(&str, Value)]) -> Prospect {
    let mut prospect = Prospect::new(ProspectId::beginning_with(ProfileId::of(&ann())));
    for (place, (kind, properties)) in (1_u64..).zip(signals) {
        let at = Instant(place * 1_000);
        let recorded = Recorded {
            signal: Signal {
                id: SignalId(format!("s:{place}")),
                kind: (*kind).into(),
                at,
                identities: vec![ann()],
                company: None,
                session: None,
                about: None,
                answers: None,
                properties: properties.clone(),
            },
            connector: "crm".into(),
            received: at,
            profile: ProfileId::of(&ann()),
            with: vec![ProfileId::of(&ann())],
            live: true,
            verified: true,
        };
        let place = Seq { seq: place, step: 0 };
        prospect.apply(place, at, &Entry::Signal(recorded.into()));
    }
    prospect
}

fn described(traits: Value) -> (&'static str, Value) {
    ("person.described", json!({ "traits": traits }))
}

fn owner_of(signals: &[(&str, Value)]) -> Option<String> {
    roster().owner_of(&who_gave(signals)).map(|owner| owner.member)
}

#[test]
fn an_owner_is_known_by_whatever_a_system_calls_them() {
    for traits in [
        json!({ "owner": "robin@ourselves.example" }),
        json!({ "owner_email": " Robin@Ourselves.Example " }),
        json!({ "ownerId": "ID-robin" }),
        json!({ "owner": { "id": "of another system", "name": "Robin Example" } }),
        json!({ "owner": { "email": "robin@ourselves.example" } }),
    ] {
        assert_eq!(owner_of(&[described(traits.clone())]), Some("robin".into()), "{traits}");
    }
    for traits in [
        json!({ "owner": "somebody else" }),
        json!({ "owner": null }),
        json!({ "title": "robin" }),
    ] {
        assert_eq!(owner_of(&[described(traits.clone())]), None, "{traits}");
    }
}

#[test]
fn what_the_crm_said_last_counts_in_whatever_trait() {
    let robin = described(json!({ "owner": "robin@ourselves.example" }));
    let kim = described(json!({ "ownerId": "id-kim" }));
    let nobody = described(json!({ "owner": null }));
    assert_eq!(owner_of(&[robin.clone(), kim.clone()]), Some("kim".into()));
    assert_eq!(owner_of(&[kim, robin.clone()]), Some("robin".into()));
    assert_eq!(owner_of(&[robin, nobody]), None);
}

#[test]
fn whoever_took_them_is_their_owner_while_the_crm_names_nobody() {
    let took = |by: &str| ("handover.accepted", json!({ "by": by }));
    let crm = described(json!({ "owner": "kim@ourselves.example" }));
    assert_eq!(owner_of(&[took("robin")]), Some("robin".into()));
    assert_eq!(
        owner_of(&[took("robin"), took("alex")]),
        Some("alex".into()),
        "the latest"
    );
    assert_eq!(
        owner_of(&[crm.clone(), took("robin")]),
        Some("kim".into()),
        "the CRM outranks"
    );
    let gave_back = ("handover.recycled", json!({ "by": "alex" }));
    assert_eq!(owner_of(&[took("robin"), gave_back]), Some("robin".into()));
}

#[test]
fn an_account_is_whose_most_of_its_people_are_and_of_several_whose_was_seen_last() {
    let of = |name: &str| who_gave(&[described(json!({ "owner": format!("{name}@ourselves.example") }))]);
    let account = |people: &[Prospect]| roster().owner_of_account(people).map(|o| o.member);
    let nobodys = who_gave(&[described(json!({ "title": "CIO" }))]);
    assert_eq!(
        account(&[of("kim"), of("robin"), of("robin"), nobodys.clone()]),
        Some("robin".into())
    );
    assert_eq!(account(&[of("kim"), of("robin")]), Some("kim".into()));
    assert_eq!(account(&[nobodys]), None);
}

fn hand_over(team: &str) -> Choice {
    Choice {
        act: Act::HandOver,
        target: team.into(),
        channel: String::new(),
        weight: 1.0,
        reason: "asks for a person".into(),
        expires_in_ms: None,
    }
}

/// Of somebody who can be reached, and whom a team takes.
fn facts(team: &str, owner: Owner) -> Facts {
    Facts {
        signals: 9,
        addresses: vec![Address {
            channel: "email".into(),
            sink: "outbox".into(),
            value: ann().value,
            verified: true,
            unusable: None,
            on_page: false,
        }],
        teams: vec![team.into()],
        owner: Some(owner),
        ..Facts::of_nobody(Instant(10_000))
    }
}

proptest! {
    #[test]
    fn nobody_is_led_away_from_an_owner(
        chosen in prop::collection::vec(prop::sample::select(vec!["sales", "strategic", "leads"]), 1..6),
        theirs in prop::sample::select(vec!["sales", "strategic"]),
        seed in any::<u64>(),
    ) {
        let owner = Owner { team: theirs.into(), member: "kim".into(), why: "the CRM says so".into() };
        let facts = facts(theirs, owner);
        let choices: Vec<Choice> = chosen.iter().map(|team| hand_over(team)).collect();
        let decided = decide::decide(choices, &facts, seed);
        let drawn = decided.alternative().expect("they can be handed over");
        prop_assert_eq!(&drawn.choice.target, theirs);
        for (asked, alternative) in chosen.iter().zip(&decided.alternatives) {
            let says = alternative.choice.reason.contains("is their owner");
            prop_assert_eq!(says, *asked != theirs, "the record says why: {:?}", alternative);
        }
        let again = decide::decide(decided.alternatives.iter().map(|a| a.choice.clone()).collect(), &facts, seed);
        prop_assert_eq!(again, decided, "and decides the same from its record");
    }

    #[test]
    fn where_all_are_there_nobody_has_more_than_one_more(
        members in 1_usize..8,
        hand_overs in 0_usize..60,
    ) {
        let name = |n: usize| format!("m{n}");
        let mut loads: Vec<Load> = (0..members)
            .map(|n| Load { member: name(n), taken: 0, most: 100, last: None })
            .collect();
        for moment in 0..hand_overs {
            let place = least_loaded(&loads).expect("there is room");
            loads[place].taken += 1;
            loads[place].last = Some(Instant(moment as u64));
            let most = loads.iter().map(|l| l.taken).max().unwrap_or_default();
            let fewest = loads.iter().map(|l| l.taken).min().unwrap_or_default();
            prop_assert!(most - fewest <= 1, "{loads:?}");
        }
    }

    #[test]
    fn nobody_gets_more_than_they_take(
        rooms in prop::collection::vec((0_u64..4, 0_u64..4), 0..8),
    ) {
        let loads: Vec<Load> = rooms.iter().enumerate()
            .map(|(n, (taken, most))| Load { member: format!("m{n}"), taken: *taken, most: *most, last: None })
            .collect();
        match least_loaded(&loads) {
            Some(place) => prop_assert!(loads[place].taken < loads[place].most),
            None => prop_assert!(loads.iter().all(|l| l.taken >= l.most)),
        }
    }
}
