//! The same person and the same pages, in one manner and another: what is seen, which pace
//! it makes, and what a router chooses by it.

mod salesperson;
mod site;

use body_language::Cue::{self, *};
use hearken_sdk::kinds::{FormAbandoned, FormStarted};
use hearken_sdk::{Act, Lifecycle};
use salesperson::chooses;
use site::{Host, Visitor, with_office_hours};

/// Somebody who had a look at the return on investment and at security two days ago.
fn known() -> Visitor {
    Visitor::new()
        .reads("/roi/guide", "ROI guide", 90)
        .searches("payback", 4)
        .reads("/security/paper", "Security paper", 90)
        .searches("encryption", 4)
        .returns_after(2 * 24 * 60)
}

const PAGES: [(&str, &str); 5] = [
    ("/", "Home"),
    ("/roi", "ROI calculator"),
    ("/pricing", "Pricing"),
    ("/security", "Security"),
    ("/about", "About"),
];

/// Pages in this order, each for its seconds.
fn walks(visitor: Visitor, way: &[(usize, u64)]) -> Visitor {
    way.iter().fold(visitor, |visitor, (page, seconds)| {
        visitor.reads(PAGES[*page].0, PAGES[*page].1, *seconds)
    })
}

fn in_order(seconds: u64) -> [(usize, u64); 5] {
    [0, 1, 2, 3, 4].map(|page| (page, seconds))
}

struct Manner {
    who: &'static str,
    does: Visitor,
    cues: &'static [Cue],
    pace: Option<&'static str>,
    /// What calls for a decision at once.
    calls: Option<&'static str>,
    act: Act,
    target: &'static str,
}

fn manners() -> Vec<Manner> {
    let to_the_end = PAGES
        .iter()
        .fold(known(), |visitor, (path, title)| visitor.scrolls(path, title, 150, 0.9));
    let evenings = (0..3).fold(known().returns_after(14 * 60 - 10), |visitor, evening| {
        let visitor = if evening > 0 {
            visitor.returns_after(24 * 60 - 4)
        } else {
            visitor
        };
        walks(visitor, &[(1, 60), (3, 60), (4, 60)])
    });
    let gives_up = walks(known(), &[(1, 20), (2, 20)])
        .does(&FormStarted { form: "quote".into() })
        .does(&FormAbandoned {
            form: "quote".into(),
            corrections: Some(2),
            ..FormAbandoned::default()
        });
    vec![
        Manner {
            who: "skims all of them in 20 seconds",
            does: walks(known(), &in_order(4)),
            cues: &[ComesBack, Skims, GoesStraight, TurnsAway],
            pace: Some("hurried"),
            calls: None,
            act: Act::Tell,
            target: "roi-hard",
        },
        Manner {
            who: "reads each to its end",
            does: to_the_end,
            cues: &[Hesitates, ComesBack, Dwells, ReadsDeep, GoesStraight],
            pace: Some("browsing"),
            calls: None,
            act: Act::Tell,
            target: "roi-soft",
        },
        Manner {
            who: "compares the prices with security",
            does: walks(known(), &[(2, 40), (3, 40), (2, 40), (3, 40)]),
            cues: &[Hesitates, ComesBack, Dwells, GoesStraight, Compares],
            pace: None,
            calls: None,
            act: Act::Tell,
            target: "security-soft",
        },
        Manner {
            who: "goes back and forth between the prices and security",
            does: walks(known(), &[(2, 20), (3, 6), (2, 20), (3, 6), (2, 20)]),
            cues: &[Hesitates, ComesBack, Skims, GoesStraight, BackTracks, PogoSticks],
            pace: Some("needs-help"),
            calls: Some("hesitates"),
            act: Act::Ask,
            target: "what-keeps-you",
        },
        Manner {
            who: "comes three evenings in a row",
            does: evenings,
            cues: &[ComesBack, Dwells, OutOfHours],
            pace: Some("browsing"),
            calls: Some("comes-back"),
            act: Act::Tell,
            target: "security-soft",
        },
        Manner {
            who: "begins a form, corrects it twice and gives it up",
            does: gives_up,
            cues: &[FormAbandoned, ComesBack, GoesStraight, FormCorrected],
            pace: Some("needs-help"),
            calls: Some("form-abandoned"),
            act: Act::Ask,
            target: "what-keeps-you",
        },
    ]
}

/// As the host asks: what was known days ago was assessed then, and now each signal as it
/// comes.
fn live(visitor: &Visitor) -> (Host, Option<String>) {
    let (scorer, mut host, mut called) = (with_office_hours(), Host::default(), None);
    for signal in &visitor.signals {
        host.assess(&scorer, std::slice::from_ref(signal), signal.at);
        called = host.cue.clone().or(called);
    }
    (host, called)
}

#[test]
fn the_same_pages_in_another_manner_show_other_cues_another_pace_and_another_decision() {
    for manner in manners() {
        let Manner { who, does, .. } = &manner;
        let cues: Vec<Cue> = (with_office_hours().cues(&does.dossier()).iter())
            .map(|shown| shown.cue)
            .collect();
        let (host, called) = live(does);
        let choice = chooses(&host, Lifecycle::Lead, does.now());
        assert_eq!(
            (
                cues.as_slice(),
                host.only("pace"),
                called.as_deref(),
                &choice.act,
                choice.target.as_str()
            ),
            (manner.cues, manner.pace, manner.calls, &manner.act, manner.target),
            "{who}: {} {:#?}",
            choice.reason,
            host.beliefs
        );
    }
}

#[test]
fn who_is_hurried_and_qualified_is_handed_over_and_who_browses_from_afar_is_left_alone() {
    let hurried = live(&walks(known(), &in_order(4)).asks(hearken_sdk::kinds::Ask::Quote)).0;
    let choice = chooses(&hurried, Lifecycle::Qualified, known().now());
    assert_eq!(choice.act, Act::HandOver, "{choice:#?}");
    let far = live(
        &walks(Visitor::new(), &[(0, 60), (4, 60)])
            .reads("/blog", "Blog", 60)
            .reads("/jobs", "Jobs", 60),
    )
    .0;
    assert_eq!(far.only("pace"), Some("browsing"), "{:#?}", far.beliefs);
    let choice = chooses(&far, Lifecycle::Lead, known().now());
    assert!(
        choice.act == Act::Hold && choice.reason.contains("left alone"),
        "{choice:#?}"
    );
}

#[test]
fn a_reason_names_the_cues_it_rests_on() {
    for (manner, reason) in manners().iter().zip([
        (
            "pace",
            "hurried",
            "5 pages in 29 s and went straight to where one asks (skims, goes-straight)",
        ),
        (
            "pace",
            "browsing",
            "read 5 pages at leisure for about 3 min each and read 5 pages to the end (dwells, reads-deep)",
        ),
        (
            "interest",
            "security",
            "read 'Security' for 80 s and came back to it once (compares); searched for 'encryption'",
        ),
    ]) {
        let (host, _) = live(&manner.does);
        let (kind, name, why) = reason;
        assert_eq!(host.believes(kind, name).unwrap().reason, why, "{}", manner.who);
    }
}

/// A week of one topic, then three pages of another.
fn changes_their_mind() -> (Visitor, Visitor) {
    let week = (0..6).fold(Visitor::new(), |visitor, day| {
        visitor
            .reads("/roi", "ROI calculator", 90)
            .reads(&format!("/roi/chapter-{day}"), "ROI chapter", 60)
            .searches("payback", 4)
            .returns_after(24 * 60)
    });
    let now = ["/security", "/security/audit", "/security/keys"]
        .iter()
        .fold(week.clone(), |visitor, path| visitor.reads(path, "Security", 45));
    (week, now)
}

#[test]
fn after_a_week_of_one_topic_three_pages_of_another_are_what_to_speak_about() {
    let (week, now) = changes_their_mind();
    let before = live(&week).0;
    assert!(before.weight("interest", "roi") > 0.9, "{:#?}", before.beliefs);
    assert_eq!(chooses(&before, Lifecycle::Lead, week.now()).target, "roi-soft");
    let after = live(&now).0;
    assert!(
        after.weight("interest", "security") > 1.5 * after.weight("interest", "roi"),
        "{:#?}",
        after.beliefs
    );
    let choice = chooses(&after, Lifecycle::Lead, now.now());
    assert_eq!(choice.target, "security-soft", "{choice:#?}");
    let roi = &after.believes("interest", "roi").unwrap().reason;
    assert!(roi.ends_with("; now looks for something else"), "{roi}");
    // The role does not change with a search, and what was known comes back with the next.
    assert_eq!(after.only("persona"), Some("cio"));
    let back = live(&now.returns_after(24 * 60).reads("/roi", "ROI calculator", 30)).0;
    assert!(back.weight("interest", "roi") > 0.9, "{:#?}", back.beliefs);
}

#[test]
fn one_page_of_another_topic_takes_nothing_from_what_was_known() {
    let (week, _) = changes_their_mind();
    let before = live(&week).0.weight("interest", "roi");
    let after = live(&week.clone().reads("/security", "Security", 90)).0;
    assert!((after.weight("interest", "roi") - before).abs() < 1e-9);
}
