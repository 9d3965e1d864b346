//! What a cue moves: the same acts with it and without it.

mod site;

use body_language::BodyLanguage;
use hearken_sdk::kinds::{FormAbandoned, FormStarted};
use site::{Host, Visitor, body_language, with_office_hours};

fn understood(scorer: &BodyLanguage, visitor: &Visitor) -> Host {
    let mut host = Host::default();
    host.assess(scorer, &visitor.signals, visitor.now());
    host
}

/// Pages, each for so many seconds.
fn reads(pages: &[&str], seconds: u64) -> Visitor {
    pages
        .iter()
        .fold(Visitor::new(), |visitor, page| visitor.reads(page, "", seconds))
}

/// Pages, each for so many seconds and scrolled so far.
fn scrolls(pages: &[&str], seconds: u64, far: f64) -> Visitor {
    pages
        .iter()
        .fold(Visitor::new(), |visitor, page| visitor.scrolls(page, "", seconds, far))
}

#[test]
fn what_a_cue_moves_is_more_with_it_than_without() {
    let (pages, to_and_fro) = (
        ["/roi", "/security", "/support", "/roi", "/implementation"],
        ["/roi", "/security", "/roi", "/support", "/implementation"],
    );
    let table = [
        (
            "compares: what is compared is of interest",
            ("interest", "security"),
            reads(&["/roi", "/security", "/about", "/roi"], 30),
            reads(&["/roi", "/security", "/roi", "/about"], 30),
        ),
        (
            "compares: engages",
            ("engagement", "overall"),
            reads(&pages, 60),
            reads(&to_and_fro, 60),
        ),
        (
            "compares: is no browsing",
            ("pace", "browsing"),
            reads(&to_and_fro, 60),
            reads(&pages, 60),
        ),
        (
            "pogo-sticks: is to return",
            ("interest", "roi"),
            reads(&["/roi", "/about", "/blog", "/roi"], 5),
            reads(&["/roi", "/about", "/roi", "/blog"], 5),
        ),
        (
            "scrolls-through: is in a hurry",
            ("pace", "hurried"),
            scrolls(&["/pricing", "/about"], 5, 0.5),
            scrolls(&["/pricing", "/about"], 5, 1.0),
        ),
        (
            "buying-question: is in a hurry",
            ("pace", "hurried"),
            reads(&["/pricing"], 20).searches("rice", 3),
            reads(&["/pricing"], 20).searches("price", 3),
        ),
        (
            "buying-question: engages",
            ("engagement", "overall"),
            Visitor::new().searches("rice", 3),
            Visitor::new().searches("price", 3),
        ),
        (
            "reads-deep: is browsing",
            ("pace", "browsing"),
            scrolls(&["/about", "/blog", "/jobs"], 60, 0.5),
            scrolls(&["/about", "/blog", "/jobs"], 60, 1.0),
        ),
        (
            "tab-hidden: hints at leaving",
            ("leaving", "site"),
            reads(&["/pricing"], 40).reads("/roi", "", 10).reads("/about", "", 5),
            reads(&["/pricing"], 40)
                .hides("/roi", "", 10, 60)
                .reads("/about", "", 5),
        ),
        (
            "short-look: hints at leaving",
            ("leaving", "site"),
            reads(&["/roi"], 60).waits(60).reads("/about", "", 5),
            reads(&["/roi"], 60).waits(400).reads("/about", "", 5),
        ),
        (
            "hesitates: needs help",
            ("pace", "needs-help"),
            reads(&["/help", "/roi", "/about", "/roi"], 15),
            reads(&["/help", "/pricing", "/about", "/pricing"], 15),
        ),
    ];
    for (what, (kind, name), less, more) in table {
        let weight = |visitor| understood(&body_language(), visitor).weight(kind, name);
        let (less, more) = (weight(&less), weight(&more));
        assert!(more > less + 1e-3, "{what}: {more} and {less} without it");
    }
}

#[test]
fn out_of_hours_there_is_less_hurry_and_more_leisure() {
    let evening = |seconds| {
        ["/about", "/pricing", "/blog", "/jobs"]
            .iter()
            .fold(Visitor::new().returns_after(14 * 60), |visitor, page| {
                visitor.reads(page, "", seconds)
            })
    };
    for (seconds, pace, less) in [(5, "hurried", true), (60, "browsing", false)] {
        let visitor = evening(seconds);
        let knowing = understood(&with_office_hours(), &visitor).weight("pace", pace);
        let unknowing = understood(&body_language(), &visitor).weight("pace", pace);
        assert!(knowing > 0.0 && unknowing > 0.0, "{pace}: {knowing} {unknowing}");
        assert_eq!(knowing < unknowing, less, "{pace}: {knowing} {unknowing}");
        assert!((knowing - unknowing).abs() > 0.02, "{pace}: {knowing} {unknowing}");
    }
}

#[test]
fn who_comes_back_after_days_is_more_engaged_than_who_was_there_all_the_time() {
    let pages = |hours: u64| {
        reads(&["/about"], 20)
            .returns_after(hours * 60)
            .reads("/about", "", 20)
            .dossier()
    };
    let engaged = |hours| {
        let mut host = Host::default();
        host.assess_dossier(&body_language(), &pages(hours));
        host
    };
    // Both within a day, so that days do not count.
    let (break_, absence) = (engaged(4), engaged(10));
    assert!(
        absence.weight("engagement", "overall") > break_.weight("engagement", "overall"),
        "{:#?}",
        absence.beliefs
    );
    let reason = &absence.believes("engagement", "overall").unwrap().reason;
    assert_eq!(reason, "2 pages on 1 day (comes-back)");
}

#[test]
fn only_what_happened_just_now_calls_for_a_decision() {
    let given_up = FormAbandoned {
        form: "contact".into(),
        ..FormAbandoned::default()
    };
    let visitor = Visitor::new()
        .does(&FormStarted { form: "contact".into() })
        .does(&given_up)
        .opens("/about");
    let (scorer, mut host) = (body_language(), Host::default());
    let called: Vec<Option<String>> = visitor
        .signals
        .iter()
        .map(|signal| {
            host.assess(&scorer, std::slice::from_ref(signal), signal.at);
            host.cue.clone()
        })
        .collect();
    assert_eq!(called, [None, Some("form-abandoned".to_owned()), None]);
    // It is still there, and moves the pace.
    assert_eq!(host.only("pace"), Some("needs-help"));
}

#[test]
fn the_most_urgent_of_several_calls() {
    let visitor = Visitor::new()
        .searches("rollout", 0)
        .searches("price list", 0)
        .asks(hearken_sdk::kinds::Ask::Quote);
    assert_eq!(understood(&body_language(), &visitor).cue.as_deref(), Some("asked"));
    let two = &visitor.signals[..2];
    let mut host = Host::default();
    host.assess(&body_language(), two, visitor.now());
    assert_eq!(host.cue.as_deref(), Some("buying-question"));
}
