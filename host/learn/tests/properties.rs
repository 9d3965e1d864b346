//! What holds for any evidence.

use std::{collections::BTreeMap, time::Duration};

use hearken_learn::{
    Buyer, Cell, Counts, Evidence, Knowledge, Measure, Pooled, Posterior, Rule, Telling, credits, is_held_out,
};
use hearken_model::{Instant, Lifecycle, Pressure};
use proptest::prelude::*;

const NOW: Instant = Instant(1_763_971_200_000);
const HALF_LIFE: Duration = Duration::from_secs(90 * 86_400);

fn cell() -> impl Strategy<Value = Cell> {
    let word = |words: [&'static str; 3]| prop::sample::select(words.to_vec());
    (
        word(["", "cio", "admin"]),
        word(["", "browsing", "leaving"]),
        word(["a", "b", "c"]),
    )
        .prop_map(|(persona, pace, story)| Cell {
            buyer: Buyer {
                persona: persona.into(),
                lifecycle: Lifecycle::Lead,
                pace: pace.into(),
            },
            story: story.into(),
            pressure: if story == "c" { Pressure::Hard } else { Pressure::Soft },
        })
}

fn telling() -> impl Strategy<Value = Telling> {
    (cell(), 0_u64..400 * 86_400_000, any::<[bool; 9]>()).prop_map(|(cell, age, did)| Telling {
        variant: "a".into(),
        cell,
        at: Instant(NOW.0 - age),
        credit: [did.map(|d| f64::from(u8::from(d))); 3],
    })
}

fn counted(tellings: &[Telling]) -> Evidence {
    let mut evidence = Evidence::new(NOW, HALF_LIFE);
    tellings.iter().for_each(|telling| evidence.count(telling));
    evidence
}

proptest! {
    #[test]
    fn the_credits_of_an_outcome_sum_to_one_wherever_its_decisions_stand(
        times in prop::collection::vec(0_u64..1_000, 0..12), at in 0_u64..1_200, window in 0_u64..1_200,
    ) {
        let times: Vec<Instant> = times.into_iter().map(Instant).collect();
        let behind = times.iter().filter(|t| t.0 <= at && t.0 + window >= at).count();
        for rule in Rule::ALL {
            let credits = credits(rule, &times, Instant(at), Duration::from_millis(window));
            let sum: f64 = credits.iter().sum();
            prop_assert!((sum - f64::from(u8::from(behind > 0))).abs() < 1e-9);
            prop_assert!(credits.iter().all(|c| (0.0..=1.0).contains(c)));
        }
    }

    #[test]
    fn the_order_in_which_decisions_are_read_changes_no_credit(
        times in prop::collection::btree_set(0_u64..1_000, 0..12), turn in 0_usize..12,
    ) {
        let sorted: Vec<Instant> = times.into_iter().map(Instant).collect();
        let mut turned = sorted.clone();
        turned.rotate_left(turn % sorted.len().max(1));
        for rule in Rule::ALL {
            let by_time = |times: &[Instant]| -> BTreeMap<Instant, u64> {
                let credits = credits(rule, times, Instant(1_000), Duration::from_secs(1));
                times.iter().copied().zip(credits.iter().map(|c| c.to_bits())).collect()
            };
            prop_assert_eq!(by_time(&sorted), by_time(&turned));
        }
    }

    #[test]
    fn older_tellings_weigh_less_and_none_weighs_nothing(x in 0_u64..700, y in 0_u64..700) {
        let evidence = Evidence::new(NOW, HALF_LIFE);
        let weight = |days: u64| evidence.weight(Instant(NOW.0 - days * 86_400_000));
        prop_assert_eq!(x < y, weight(x) > weight(y));
        prop_assert!(weight(x) > 0.0 && weight(x) <= 1.0);
        prop_assert!((weight(90) - 0.5).abs() < 1e-12);
    }

    #[test]
    fn a_pooled_mean_lies_between_what_was_counted_and_what_was_expected(
        tellings in prop::collection::vec(telling(), 1..60),
    ) {
        let evidence = counted(&tellings);
        for measure in Measure::ALL {
            let pooled = Pooled::of(&evidence, Rule::Linear, measure);
            for (cell, counts) in &evidence.cells {
                let raw = counts.of(Rule::Linear, measure) / counts.told;
                let (prior, mean) = (pooled.prior(cell), pooled.cell(cell).mean());
                prop_assert!(mean >= raw.min(prior) - 1e-9 && mean <= raw.max(prior) + 1e-9);
                let (low, high) = pooled.cell(cell).interval();
                prop_assert!(0.0 <= low && low <= mean && mean <= high && high <= 1.0);
            }
        }
    }

    #[test]
    fn no_count_makes_a_number_that_is_none(
        mean in prop::num::f64::ANY, strength in prop::num::f64::ANY, n in prop::num::f64::ANY, k in prop::num::f64::ANY,
    ) {
        let posterior = Posterior::after(mean, strength.min(1e12), n.min(1e15), k);
        let (low, high) = posterior.interval();
        prop_assert!(posterior.mean().is_finite() && low.is_finite() && high.is_finite());
        prop_assert!(low <= posterior.mean() && posterior.mean() <= high);
    }

    #[test]
    fn what_was_counted_does_not_depend_on_the_order(tellings in prop::collection::vec(telling(), 0..40)) {
        let mut turned = tellings.clone();
        turned.reverse();
        let (x, y) = (counted(&tellings), counted(&turned));
        prop_assert_eq!(x.cells.len(), y.cells.len());
        for (x, y) in x.cells.values().zip(y.cells.values()) {
            prop_assert_eq!(x.samples, y.samples);
            prop_assert!((x.told - y.told).abs() < 1e-9);
        }
    }

    #[test]
    fn a_snapshot_says_the_same_each_time_and_its_chances_sum_to_one(
        tellings in prop::collection::vec(telling(), 1..40), who in cell(),
    ) {
        let ask = || Knowledge::new(7, counted(&tellings)).fared(
            &who.buyer, &[("a", Pressure::Soft), ("b", Pressure::Soft), ("new", Pressure::Hard)]);
        let fared = ask();
        prop_assert_eq!(&fared, &ask());
        prop_assert!((fared.iter().map(|f| f.best).sum::<f64>() - 1.0).abs() < 1e-9);
        prop_assert!(fared.iter().all(|f| f.best > 0.0 && f.told.is_finite() && f.won <= f.told));
    }

    #[test]
    fn a_larger_holdout_keeps_who_was_in_it(who in "[a-z]{1,12}", x in 0.0..1.0, y in 0.0..1.0) {
        let (less, more) = if x < y { (x, y) } else { (y, x) };
        prop_assert!(!is_held_out(&[7; 32], &who, less) || is_held_out(&[7; 32], &who, more));
        prop_assert!(!is_held_out(&[7; 32], &who, 0.0) && is_held_out(&[7; 32], &who, 1.0));
    }
}

#[test]
fn by_position_the_ends_get_forty_percent_each() {
    let near = |x: Vec<f64>, y: &[f64]| x.len() == y.len() && x.iter().zip(y).all(|(x, y)| (x - y).abs() < 1e-12);
    assert!(near(Rule::Position.shares(4), &[0.4, 0.1, 0.1, 0.4]));
    assert!(near(Rule::Position.shares(2), &[0.5, 0.5]));
    assert!(near(Rule::Last.shares(3), &[0.0, 0.0, 1.0]));
}

#[test]
fn evidence_comes_back_from_its_json_as_it_was() {
    let counts = Counts {
        samples: 3,
        told: 2.5,
        credit: [[0.1; 9]; 3],
    };
    let mut evidence = Evidence::new(NOW, HALF_LIFE);
    let cell = Cell {
        buyer: Buyer::of(
            Lifecycle::Lead,
            [("persona", "cio", 0.5), ("leaving", "site", 0.4)].into_iter(),
        ),
        story: "roi".into(),
        pressure: Pressure::Hard,
    };
    assert_eq!(
        (cell.buyer.persona.as_str(), cell.buyer.pace.as_str()),
        ("cio", "leaving")
    );
    evidence.cells.insert(cell, counts);
    let text = serde_json::to_string(&evidence).expect("it has a JSON");
    assert_eq!(serde_json::from_str::<Evidence>(&text).expect("it is read"), evidence);
}
