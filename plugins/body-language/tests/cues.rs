//! Every cue in the manner that shows it, and not in one that is nearly so.

mod site;

use std::collections::BTreeSet;

use body_language::{BodyLanguage, Cue, Shown};
use hearken_sdk::kinds::{Ask, ChatMessage, FormAbandoned, FormStarted, FormSubmitted};
use site::{Visitor, with_office_hours};

fn shown(scorer: &BodyLanguage, visitor: &Visitor) -> Vec<Shown> {
    scorer.cues(&visitor.dossier())
}

fn visitor() -> Visitor {
    Visitor::new()
}

fn form(form: &str) -> FormStarted {
    FormStarted { form: form.to_owned() }
}

fn given_up(form: &str, corrections: u32) -> FormAbandoned {
    FormAbandoned {
        form: form.to_owned(),
        corrections: Some(corrections),
        ..FormAbandoned::default()
    }
}

fn sent(form: &str) -> FormSubmitted {
    FormSubmitted {
        form: form.to_owned(),
        ..FormSubmitted::default()
    }
}

fn says(text: &str) -> ChatMessage {
    ChatMessage {
        text: text.to_owned(),
        ..ChatMessage::default()
    }
}

/// So many pages, each for so long.
fn pages(count: usize, seconds: u64) -> Visitor {
    (0..count).fold(visitor(), |visitor, n| {
        visitor.reads(&format!("/blog/{n}"), "Blog", seconds)
    })
}

/// The same page on a later day, so many times, so many hours apart.
fn visits(count: usize, hours: u64) -> Visitor {
    (1..count).fold(visitor().reads("/blog", "Blog", 20), |visitor, _| {
        visitor.returns_after(hours * 60).reads("/blog", "Blog", 20)
    })
}

/// A cue, who shows it, how often it is seen, and who nearly does.
type Row = (Cue, Visitor, usize, Visitor);

fn asking_and_forms() -> Vec<Row> {
    vec![
        (Cue::Asked, visitor().asks(Ask::Quote), 1, visitor().asks(Ask::Download)),
        (
            Cue::BuyingQuestion,
            visitor().searches("team price", 3).does(&says("What does it cost?")),
            2,
            visitor().searches("priceless stories", 3).does(&says("Hello")),
        ),
        (
            Cue::FormAbandoned,
            visitor().does(&form("contact")).does(&given_up("contact", 0)),
            1,
            visitor()
                .does(&form("contact"))
                .does(&given_up("contact", 0))
                .does(&sent("contact")),
        ),
        (
            // Nobody says so, and two pages tell.
            Cue::FormAbandoned,
            visitor().does(&form("contact")).opens("/about").opens("/blog"),
            1,
            visitor().does(&form("contact")).opens("/contact/2"),
        ),
        (
            Cue::FormStarted,
            visitor().does(&form("contact")).does(&form("newsletter")),
            2,
            visitor().does(&form("contact")).does(&sent("contact")),
        ),
        (
            Cue::FormCorrected,
            visitor().does(&given_up("contact", 2)).does(&given_up("demo", 1)),
            3,
            visitor().does(&given_up("contact", 0)),
        ),
        (
            Cue::Hesitates,
            visitor()
                .reads("/pricing", "Pricing", 90)
                .reads("/about", "About", 20)
                .reads("/pricing", "Pricing", 5),
            2,
            visitor().reads("/pricing", "Pricing", 90).asks(Ask::Quote),
        ),
        (
            Cue::TurnsAway,
            visitor().reads("/pricing", "Pricing", 40).reads("/about", "About", 5),
            1,
            visitor()
                .reads("/pricing", "Pricing", 40)
                .does(&form("quote"))
                .reads("/about", "About", 5),
        ),
    ]
}

fn reading() -> Vec<Row> {
    let two = |first: f64, second: f64, seconds| {
        visitor()
            .scrolls("/roi", "ROI", seconds, first)
            .scrolls("/about", "About", seconds, second)
    };
    vec![
        (Cue::Skims, pages(5, 4), 5, pages(2, 4)),
        (Cue::Dwells, pages(4, 80), 4, pages(4, 15)),
        (Cue::ScrollsThrough, two(1.0, 0.8, 5), 2, two(0.5, 0.7, 5)),
        (Cue::ReadsDeep, two(1.0, 0.3, 60), 1, two(1.0, 1.0, 20)),
        (
            Cue::TabHidden,
            visitor().hides("/roi", "ROI", 10, 110),
            1,
            visitor().hides("/roi", "ROI", 90, 60),
        ),
        (
            Cue::ReadsShorter,
            visitor()
                .reads("/", "Home", 60)
                .reads("/roi", "ROI", 30)
                .reads("/about", "About", 8),
            1,
            visitor()
                .reads("/", "Home", 20)
                .reads("/roi", "ROI", 15)
                .reads("/about", "About", 12),
        ),
        (
            Cue::ShortLook,
            visitor()
                .reads("/roi", "ROI", 60)
                .waits(400)
                .reads("/about", "About", 5),
            1,
            visitor()
                .reads("/roi", "ROI", 60)
                .waits(400)
                .reads("/about", "About", 60),
        ),
    ]
}

fn the_way_and_the_time() -> Vec<Row> {
    let three = |a: &str, b: &str, seconds| visitor().reads(a, "", 30).reads(b, "", seconds).reads(a, "", 30);
    vec![
        (
            Cue::GoesStraight,
            visitor().opens("/").opens("/about").opens("/pricing"),
            1,
            visitor().opens("/").opens("/about").opens("/blog").opens("/pricing"),
        ),
        (
            Cue::Compares,
            three("/roi", "/security", 30),
            1,
            three("/roi", "/about", 30),
        ),
        (
            Cue::BackTracks,
            three("/about", "/roi", 30),
            1,
            visitor().reads("/about", "", 30).reads("/about", "", 30),
        ),
        (
            Cue::PogoSticks,
            three("/about", "/roi", 4),
            1,
            three("/about", "/roi", 12),
        ),
        (
            Cue::SeeksHelp,
            visitor().opens("/help/start").opens("/faq"),
            2,
            visitor().opens("/roi"),
        ),
        (
            Cue::SearchesAgain,
            visitor().searches("rollout", 3).searches("rollout plan", 3),
            1,
            visitor().searches("rollout", 3),
        ),
        (
            Cue::LostSearch,
            visitor().searches("rollout", 0).searches("rollouts", 0),
            2,
            visitor().searches("rollout", 1),
        ),
        (Cue::ComesBack, visits(3, 24), 3, visits(3, 2)),
        (Cue::OutOfHours, visits(2, 14), 1, visits(2, 26)),
    ]
}

#[test]
fn each_is_seen_in_the_manner_that_shows_it_and_not_in_one_that_nearly_does() {
    let scorer = with_office_hours();
    let rows: Vec<Row> = [asking_and_forms(), reading(), the_way_and_the_time()]
        .into_iter()
        .flatten()
        .collect();
    for (cue, does, count, nearly) in &rows {
        let found = shown(&scorer, does);
        let seen = found.iter().find(|shown| shown.cue == *cue);
        let Some(seen) = seen else {
            panic!("{cue:?} is not seen: {found:#?}")
        };
        assert_eq!(seen.count, *count, "{found:#?}");
        assert!(seen.strength > 0.0 && seen.strength <= 1.0, "{seen:?}");
        assert!(!seen.evidence.is_empty(), "{seen:?}");
        let not = shown(&scorer, nearly);
        assert!(not.iter().all(|shown| shown.cue != *cue), "{cue:?}: {not:#?}");
    }
    let covered: BTreeSet<&str> = rows.iter().map(|row| row.0.name()).collect();
    let missing: Vec<Cue> = Cue::ALL
        .into_iter()
        .filter(|cue| !covered.contains(cue.name()))
        .collect();
    assert!(missing.is_empty(), "no sequence shows {missing:?}");
}

#[test]
fn the_evidence_is_what_was_done_and_the_latest_of_it() {
    let scorer = with_office_hours();
    let visitor = visitor().reads("/roi", "ROI", 60).searches("x", 0).searches("y", 0);
    let found = shown(&scorer, &visitor);
    let lost = found
        .iter()
        .find(|shown| shown.cue == Cue::LostSearch)
        .expect("two searches");
    assert_eq!(lost.evidence, ["generated-002", "generated-003"]);
    let many = (0..30).fold(visitor, |visitor, n| visitor.searches(&n.to_string(), 0));
    let found = shown(&scorer, &many);
    let lost = found
        .iter()
        .find(|shown| shown.cue == Cue::LostSearch)
        .expect("32 searches");
    assert_eq!((lost.count, lost.evidence.len()), (32, 8));
    assert_eq!(lost.evidence.last().map(String::as_str), Some("generated-033"));
}

#[test]
fn the_page_about_cues_has_a_section_for_each_and_for_nothing_else() {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/cues.md")).unwrap();
    let sections: Vec<&str> = page
        .split("\n### `")
        .skip(1)
        .map(|section| section.split('`').next().unwrap_or_default())
        .collect();
    let names: BTreeSet<&str> = Cue::ALL.iter().map(|cue| cue.name()).collect();
    assert_eq!(sections.iter().copied().collect::<BTreeSet<_>>(), names);
    assert_eq!(sections.len(), names.len(), "a section twice: {sections:?}");
    for section in page.split("\n### `").skip(1) {
        for part in ["**Evidence.**", "**Idea.**", "**Moves.**"] {
            assert!(section.contains(part), "no {part} in the section `{}", &section[..40]);
        }
    }
}
