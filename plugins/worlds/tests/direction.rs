//! In which direction learning goes, on one seed a world; `docs/learning.md` has five, and the
//! spread.

use hearken_learn::report::{Row, Verdict};
use worlds::{Kind, Policy, World, Year, live};

const SEED: u64 = 7;

fn with_and_without(kind: Kind) -> (Year, Year) {
    let world = World::new(kind);
    (
        live(&world, Policy::Learning, SEED),
        live(&world, Policy::Unlearned, SEED),
    )
}

/// What the last report says of a row.
fn verdict(rows: &[Row], story: &str, whom: &str) -> Verdict {
    let row = rows
        .iter()
        .find(|row| row.story == story && row.whom.as_deref() == Some(whom));
    row.expect("it was told to such people").verdict
}

#[test]
fn where_stories_matter_learning_wins_more_deals_than_the_same_policy_and_a_drip() {
    let (learning, without) = with_and_without(Kind::StoriesMatter);
    let drip = live(&World::new(Kind::StoriesMatter), Policy::Drip, SEED);
    let [learning_won, without_won, drip_won] = [&learning, &without, &drip].map(|year| year.won as f64);
    assert!(learning_won > 1.2 * without_won, "{learning_won} {without_won}");
    // Its order is a lucky one: of five stories it tells three, both that sell among them.
    assert!(learning_won > drip_won, "{learning_won} {drip_won}");
    assert!(learning.best_late_share() > 0.8, "{}", learning.best_late_share());
    let personas = &learning.reports.last().expect("four quarters").personas;
    for (story, buyer, other) in [("d", "cio", "admin"), ("e", "admin", "cio")] {
        assert_eq!(verdict(personas, story, buyer), Verdict::Better);
        assert_ne!(verdict(personas, story, other), Verdict::Better);
    }
}

#[test]
fn in_a_null_world_there_is_too_little_to_say_and_nothing_is_lost() {
    let (learning, without) = with_and_without(Kind::Null);
    for row in learning
        .reports
        .iter()
        .flat_map(|report| report.stories.iter().chain(&report.personas))
    {
        assert_eq!(row.verdict, Verdict::TooLittle, "{} {:?}", row.story, row.whom);
    }
    let (learning, without) = (learning.won as f64, without.won as f64);
    assert!(learning > 0.9 * without, "{learning} {without}");
}

#[test]
fn that_pressure_repels_browsers_and_keeps_leavers_is_learned_both() {
    let (learning, without) = with_and_without(Kind::Pressure);
    assert!(learning.won > without.won && 3 * learning.harmed < 2 * without.harmed);
    assert!(learning.best_late_share() > 0.9, "{}", learning.best_late_share());
    let paces = &learning.reports.last().expect("four quarters").paces;
    assert_eq!(verdict(paces, "hard", "browsing"), Verdict::Worse);
    assert_eq!(verdict(paces, "hard", "leaving"), Verdict::Better);
}

#[test]
fn where_taste_drifts_it_follows() {
    let (learning, without) = with_and_without(Kind::Drift);
    let (before, after) = (learning.late_share(3), learning.late_share(4));
    assert!(after > 0.6 && after > 3.0 * before, "{before} {after}");
    assert!(learning.late.1 > without.late.1);
}

#[test]
fn a_click_bait_story_loses() {
    let (learning, without) = with_and_without(Kind::ClickBait);
    assert!(learning.late_share(0) < 0.05, "{}", learning.late_share(0));
    assert!(learning.won > without.won && learning.harmed < without.harmed);
    // Where it goes on being told, the report says what it is.
    let told = &without.reports.last().expect("four quarters").stories;
    let bait = told.iter().find(|row| row.story == "a").expect("it was told");
    assert_eq!(bait.verdict, Verdict::Worse);
}
