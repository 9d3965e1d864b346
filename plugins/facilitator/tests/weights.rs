//! How much speaks for each choice: shares, track records, limits.

mod shop;

use facilitator::Config;
use hearken_sdk::{Act, Candidate, Pressure, Router, Situation, Story, TrackRecord};

use shop::*;

#[test]
fn the_channel_is_the_first_that_reaches_them_and_time_follows_pressure() {
    let situation = Situation {
        channels: vec!["letter".into(), "email".into(), "chat".into()],
        ..with(&[("pace", "hurried", 0.6)])
    };
    let choices = decide(&facilitator(), &situation);
    for choice in choices.iter().filter(|choice| choice.act != Act::Hold) {
        assert_eq!(choice.channel, "email");
        let hours = choice.expires_in.map(|time| time.as_secs() / 3600);
        assert_eq!(
            hours,
            Some(if choice.target.ends_with("hard") { 6 } else { 72 }),
            "{}",
            choice.target
        );
    }
}

#[test]
fn weights_sum_to_one_and_every_story_that_fits_keeps_its_share() {
    let choices = decide(&facilitator(), &with(&[]));
    assert!((choices.iter().map(|choice| choice.weight).sum::<f64>() - 1.0).abs() < 1e-9);
    assert!(
        choices.iter().all(|choice| choice.weight >= 0.02 - 1e-12),
        "{choices:#?}"
    );
    assert!(choices[0].weight > 0.5, "{choices:#?}");
}

#[test]
fn what_fared_well_is_preferred_and_what_harmed_is_avoided() {
    let told = |mut situation: Situation, story: usize, best: f64, fared: TrackRecord| {
        situation.candidates[story].fared = fared;
        situation.candidates[story].best = best;
        self::best(&facilitator(), &situation).target
    };
    let situation = || somebody(&[("interest", "roi", 0.7), ("persona", "cio", 0.6)]);
    let loved = TrackRecord {
        told: 200.0,
        won: 20.0,
        samples: 200.0,
        ..TrackRecord::default()
    };
    let harmed = TrackRecord {
        told: 200.0,
        engaged: 40.0,
        harmed: 40.0,
        samples: 200.0,
        ..TrackRecord::default()
    };
    assert_eq!(told(situation(), 3, 0.8, loved), "roi-all");
    assert_ne!(told(situation(), 0, 1.0 / 7.0, harmed), "roi-soft");
}

#[test]
fn what_was_learned_from_few_tellings_changes_little_and_from_many_it_shuts_nobody_out() {
    let share = |best: f64, samples: f64| {
        let mut situation = with(&[]);
        situation.candidates[0].best = best;
        situation.candidates[0].fared.samples = samples;
        let choices = decide(&facilitator(), &situation);
        let soft = choices.iter().find(|choice| choice.target == "roi-soft");
        soft.map_or(0.0, |choice| choice.weight)
    };
    let (nothing, few, many) = (share(1.0 / 7.0, 0.0), share(0.0, 1.0), share(0.0, 1e6));
    assert!(nothing - few < 0.1 && many < few, "{nothing} {few} {many}");
    assert!(many >= 0.02 - 1e-12, "{many}");
    assert_eq!(
        share(0.9, 0.0),
        nothing,
        "without a telling there is nothing to believe"
    );
}

#[test]
fn numbers_that_are_none_hurt_nothing() {
    let wild = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0, 1e300];
    for number in wild {
        let mut situation = with(&[("pace", "hurried", 0.6)]);
        situation.beliefs[0].value = number;
        situation.beliefs[1].confidence = number;
        for candidate in &mut situation.candidates {
            candidate.best = number;
            candidate.fared = TrackRecord {
                told: number,
                engaged: number,
                advanced: number,
                won: number,
                harmed: number,
                samples: number,
            };
        }
        decide(&facilitator(), &situation);
    }
}

#[test]
fn more_stories_than_choices_leave_the_best() {
    let many: Vec<Story> = (0..200)
        .map(|n| story(&format!("roi-{n:03}"), "roi", "cio", Pressure::Soft))
        .collect();
    let mut situation = with(&[]);
    situation.candidates = (0..200)
        .map(|story| Candidate {
            story,
            best: if story == 150 { 0.5 } else { 0.0025 },
            fared: TrackRecord {
                samples: 100.0,
                ..TrackRecord::default()
            },
            ..Candidate::default()
        })
        .collect();
    let choices = facilitator().decide(&many, &situation).unwrap();
    assert!(
        choices.len() <= 64 && choices[0].target == "roi-150",
        "{}",
        choices[0].target
    );
}

#[test]
fn a_floor_of_zero_lets_nothing_in_that_does_not_fit_at_all() {
    let router = configured(Config {
        floor: 0.0,
        ..Config::default()
    });
    let choices = decide(&router, &with(&[]));
    assert!(
        choices.iter().all(|choice| !choice.target.contains("support")),
        "{choices:#?}"
    );
}
