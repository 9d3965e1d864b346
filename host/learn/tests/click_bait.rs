//! Clicks are not what a story is judged by: one that is clicked by most and sells nothing is
//! not praised, and one that sells is not condemned for being clicked as well.

use std::time::Duration;

use hearken_learn::{
    Buyer, Cell, Evidence, Knowledge, MEASURES, Measure, Telling,
    report::{self, Row, Verdict},
};
use hearken_model::{Instant, Lifecycle, Pressure};

const NOW: Instant = Instant(1_763_971_200_000);

/// How a story fared, of 1,000 tellings.
struct Fared {
    story: &'static str,
    clicked: usize,
    won: usize,
}

fn cio() -> Buyer {
    Buyer {
        persona: "cio".into(),
        lifecycle: Lifecycle::Lead,
        pace: String::new(),
    }
}

fn evidence(stories: &[Fared]) -> Evidence {
    let mut evidence = Evidence::new(NOW, Duration::from_secs(90 * 86_400));
    for (fared, n) in stories.iter().flat_map(|fared| (0..1_000).map(move |n| (fared, n))) {
        let mut credit = [0.0; MEASURES];
        credit[Measure::Clicked.index()] = f64::from(u8::from(n < fared.clicked));
        credit[Measure::Engaged.index()] = credit[Measure::Clicked.index()];
        credit[Measure::Won.index()] = f64::from(u8::from(n < fared.won));
        evidence.count(&Telling {
            variant: "a".into(),
            cell: Cell {
                buyer: cio(),
                story: fared.story.into(),
                pressure: Pressure::Soft,
            },
            at: NOW,
            credit: [credit; 3],
        });
    }
    evidence
}

fn verdicts(evidence: &Evidence, story: &str) -> Vec<Verdict> {
    let report = report::of(evidence);
    let rows = report.stories.iter().chain(&report.personas);
    rows.filter(|row: &&Row| row.story == story)
        .map(|row| row.verdict)
        .collect()
}

#[test]
fn a_story_that_most_click_and_few_buy_after_is_not_praised_and_not_preferred() {
    let evidence = evidence(&[
        Fared {
            story: "bait",
            clicked: 600,
            won: 1,
        },
        Fared {
            story: "plain",
            clicked: 100,
            won: 20,
        },
    ]);
    assert_eq!(verdicts(&evidence, "bait"), [Verdict::Worse; 2]);
    assert_eq!(verdicts(&evidence, "plain"), [Verdict::Better; 2]);
    let asked = [("bait", Pressure::Soft), ("plain", Pressure::Soft)];
    let fared = Knowledge::new(1, evidence).fared(&cio(), &asked);
    assert!(
        fared[0].engaged > 3.0 * fared[1].engaged,
        "the router is told that it is clicked: {fared:?}"
    );
    assert!(fared[0].best < 0.05, "and that it is not the best: {fared:?}");
}

#[test]
fn a_story_that_sells_like_the_others_is_neither_praised_nor_condemned_for_its_clicks() {
    let evidence = evidence(&[
        Fared {
            story: "clicked",
            clicked: 600,
            won: 15,
        },
        Fared {
            story: "plain",
            clicked: 100,
            won: 15,
        },
    ]);
    for story in ["clicked", "plain"] {
        assert_eq!(verdicts(&evidence, story), [Verdict::TooLittle; 2], "{story}");
    }
}
