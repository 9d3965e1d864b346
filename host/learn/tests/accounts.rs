//! A company buys, and not one of its people: a deal is shared among what all of them were
//! told; what somebody does themselves is theirs.

use std::time::Duration;

use hearken_learn::{Measure, Rule, Telling, tellings};
use hearken_model::{Act, ActionId, DecisionId, Instant, Pressure, ProfileId, ProspectId, Recorded, Signal, SignalId};
use hearken_store::{History, Told};
use proptest::prelude::*;
use serde_json::{Value, json};

const WINDOW: Duration = Duration::from_millis(500);

fn person(number: u64, told_at: &[u64]) -> History {
    let told = |(n, at): (u64, &u64)| Told {
        action: ActionId::from_u64(number * 100 + n),
        decision: DecisionId::from_u64(number * 100 + n),
        at: Instant(*at),
        act: Act::Tell,
        target: "roi".into(),
        sink: "mail".into(),
        reference: String::new(),
        snapshot: 0,
        variant: "a".into(),
        situation: json!({ "lifecycle": "lead", "beliefs": [] }),
    };
    History {
        prospect: ProspectId::from_u64(number),
        tellings: (0..).zip(told_at).map(told).collect(),
        signals: Vec::new(),
        stages: Vec::new(),
    }
}

fn does(history: &mut History, kind: &str, at: u64, properties: Value) {
    let id = format!("crm:{}-{}", history.prospect, history.signals.len());
    history.signals.push(Recorded {
        signal: Signal {
            id: SignalId(id),
            kind: kind.into(),
            at: Instant(at),
            identities: Vec::new(),
            company: None,
            session: None,
            about: None,
            answers: None,
            properties,
        },
        connector: "crm".into(),
        received: Instant(at),
        live: true,
        verified: true,
        profile: ProfileId::from_u64(history.prospect.as_u64()),
        with: Vec::new(),
    });
}

fn credited(account: &[History]) -> Vec<Telling> {
    tellings(account, WINDOW, |_| Some(Pressure::Soft))
}

fn sum(tellings: &[Telling], rule: Rule, measure: Measure) -> f64 {
    let credits = tellings.iter().map(|t| t.credit[rule as usize][measure.index()]);
    credits.sum()
}

proptest! {
    #[test]
    fn the_credits_of_a_deal_sum_to_one_whoever_it_is_reported_of(
        told in prop::collection::vec(prop::collection::vec(0_u64..1_000, 0..4), 1..6),
        reported in prop::collection::vec((0_usize..6, 0_u64..300), 1..4),
        at in 0_u64..1_200,
        kind in prop::sample::select(vec![("deal.won", Measure::Won), ("deal.opened", Measure::Opportunity)]),
    ) {
        let mut account: Vec<History> = (0..).zip(&told).map(|(n, told)| person(n, told)).collect();
        // Systems name it with several people, and later than it happened.
        for (who, later) in &reported {
            let who = who % account.len();
            does(&mut account[who], kind.0, at + later, json!({ "deal": "d-1" }));
        }
        let first = at + reported.iter().map(|(_, later)| *later).min().unwrap_or_default();
        let in_time = |told: &u64| (first.saturating_sub(500)..=first).contains(told);
        let behind = told.iter().flatten().filter(|told| in_time(told)).count();
        for rule in Rule::ALL {
            let sum = sum(&credited(&account), rule, kind.1);
            prop_assert!((sum - f64::from(u8::from(behind > 0))).abs() < 1e-9, "{sum} of {behind}");
        }
    }

    #[test]
    fn the_order_of_the_people_changes_no_credit(
        told in prop::collection::vec(prop::collection::btree_set(0_u64..1_000, 0..4), 1..6), turn in 0_usize..6,
    ) {
        // No two are told at the same moment: those would share by their order.
        let mut account: Vec<History> = (0_u64..)
            .zip(&told)
            .map(|(n, told)| person(n, &told.iter().map(|at| at * 10 + n).collect::<Vec<_>>()))
            .collect();
        does(&mut account[0], "deal.won", 600, json!({}));
        let by_time = |account: &[History]| {
            let mut all: Vec<_> = credited(account).into_iter().map(|t| (t.at, t.credit)).collect();
            all.sort_by_key(|(at, _)| *at);
            all
        };
        let before = by_time(&account);
        let turned = turn % account.len();
        account.rotate_left(turned);
        prop_assert_eq!(before, by_time(&account));
    }
}

#[test]
fn only_a_deal_is_shared_with_colleagues() {
    let mut account = [person(1, &[100]), person(2, &[200])];
    for kind in ["meeting.held", "handover.accepted", "message.unsubscribed", "deal.won"] {
        does(&mut account[0], kind, 300, json!({}));
    }
    let tellings = credited(&account);
    let credit = |place: usize, rule: Rule, measure: Measure| tellings[place].credit[rule as usize][measure.index()];
    for own in [Measure::Meeting, Measure::Accepted, Measure::Harmed] {
        for rule in Rule::ALL {
            assert_eq!((credit(0, rule, own), credit(1, rule, own)), (1.0, 0.0), "{own:?}");
        }
    }
    let won = |place, rule| credit(place, rule, Measure::Won);
    assert_eq!((won(0, Rule::Last), won(1, Rule::Last)), (0.0, 1.0));
    assert_eq!((won(0, Rule::Linear), won(1, Rule::Linear)), (0.5, 0.5));
}

#[test]
fn a_deal_that_names_an_action_is_that_ones_whoever_signs() {
    let mut account = [person(1, &[100]), person(2, &[200])];
    does(&mut account[1], "deal.won", 300, json!({}));
    let named = account[0].tellings[0].action;
    let signal = &mut account[1].signals[0];
    signal.connector = "mail".into();
    signal.signal.answers = Some(hearken_model::AnswersTo {
        action: Some(named),
        reference: None,
    });
    let won: Vec<f64> = credited(&account)
        .iter()
        .map(|t| t.credit[Rule::Last as usize][Measure::Won.index()])
        .collect();
    assert_eq!(won, [1.0, 0.0]);
}
