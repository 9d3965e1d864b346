//! What is read in what people do, sequence by sequence.

mod site;

use hearken_sdk::json::json;
use hearken_sdk::kinds::{
    Ask, FormAbandoned, FormSubmitted, MessageClicked, MessageReplied, MessageUnsubscribed, PageLeft, PageViewed,
    PersonIdentified, QuestionAnswered,
};
use hearken_sdk::{Dossier, Instant, Signal};
use site::{Host, MORNING, Visitor, body_language, understood};

const PAGES: [(&str, &str); 5] = [
    ("/", "Home"),
    ("/roi", "ROI calculator"),
    ("/implementation", "Implementation"),
    ("/about", "About"),
    ("/blog/stories", "Stories"),
];

fn walk(order: &[usize], seconds: u64) -> Visitor {
    order.iter().fold(Visitor::new(), |visitor, page| {
        visitor.reads(PAGES[*page].0, PAGES[*page].1, seconds)
    })
}

#[test]
fn the_same_pages_in_another_manner_give_another_pace() {
    for (order, seconds, pace) in [
        (vec![0, 1, 2, 3, 4], 6, Some("hurried")),
        (vec![0, 1, 2, 3, 4], 80, Some("browsing")),
        (vec![0, 1, 0, 1, 2, 1, 2, 3, 2, 4], 20, Some("needs-help")),
        (vec![0], 20, None),
    ] {
        let host = understood(&walk(&order, seconds));
        assert_eq!(host.only("pace"), pace, "{order:?} {seconds} s: {:#?}", host.beliefs);
        assert!(
            pace.is_none_or(|pace| host.weight("pace", pace) > 0.35),
            "{:#?}",
            host.beliefs
        );
    }
}

#[test]
fn going_straight_to_the_prices_and_asking_for_a_demo_is_hurried() {
    let host = understood(
        &Visitor::new()
            .reads("/pricing", "Pricing", 12)
            .reads("/demo", "Demo", 15)
            .asks(Ask::Demo),
    );
    assert_eq!(host.only("pace"), Some("hurried"));
    assert_eq!(host.cue.as_deref(), Some("asked"));
    let reason = &host.believes("pace", "hurried").unwrap().reason;
    assert_eq!(
        reason,
        "went straight to where one asks and sent a request (goes-straight, asked)"
    );
}

#[test]
fn a_download_asks_for_nobody() {
    assert_eq!(understood(&Visitor::new().opens("/roi").asks(Ask::Download)).cue, None);
}

#[test]
fn searching_in_vain_and_giving_a_form_up_needs_help() {
    let given_up = FormAbandoned {
        form: "contact".into(),
        corrections: Some(2),
        ..Default::default()
    };
    let visitor = Visitor::new()
        .opens("/")
        .searches("rollout plan", 0)
        .searches("rollout", 0)
        .does(&given_up);
    let host = understood(&visitor);
    assert_eq!(host.only("pace"), Some("needs-help"));
    let reason = &host.believes("pace", "needs-help").unwrap().reason;
    assert_eq!(
        reason,
        "searched twice, found nothing twice, gave up 1 form and corrected a form twice \
         (searches-again, lost-search, form-abandoned, form-corrected)"
    );
}

#[test]
fn reading_and_coming_back_is_more_interest_than_a_glance_and_a_search_more_than_a_page() {
    let roi = |visitor: Visitor| understood(&visitor).weight("interest", "roi");
    let glance = roi(Visitor::new().reads("/roi", "ROI", 3));
    let read = roi(Visitor::new().reads("/roi", "ROI", 90));
    let back = roi(Visitor::new()
        .reads("/roi", "ROI", 90)
        .returns_after(600)
        .reads("/roi", "ROI", 90));
    let reloaded = roi(Visitor::new().reads("/roi", "ROI", 90).reads("/roi", "ROI", 90));
    let searched = roi(Visitor::new().searches("roi", 3));
    assert!(
        glance > 0.0 && read > 2.0 * glance && searched > read,
        "{glance} {read} {searched}"
    );
    assert!(back > 2.0 * read && reloaded < back, "{read} {reloaded} {back}");
}

#[test]
fn the_sentence_says_what_was_read_how_long_and_how_often() {
    let visitor = Visitor::new()
        .reads("/roi", "ROI calculator", 60)
        .reads("/about", "About", 5)
        .reads("/roi", "ROI calculator", 30)
        .returns_after(600)
        .reads("/roi", "ROI calculator", 30)
        .searches("payback", 3);
    let host = understood(&visitor);
    let reason = &host.believes("interest", "roi").unwrap().reason;
    assert_eq!(
        reason,
        "read 'ROI calculator' for 2 min and came back to it twice; searched for 'payback'"
    );
}

#[test]
fn how_long_a_page_was_read_is_joined_even_where_it_is_learned_much_later() {
    let visitor = Visitor::new().reads("/roi", "ROI", 120);
    let [viewed, left] = visitor.signals.as_slice() else {
        panic!("two signals")
    };
    let mut later = Host::default();
    later.assess(&body_language(), std::slice::from_ref(viewed), visitor.now());
    let unknown = later.weight("interest", "roi");
    later.assess(&body_language(), std::slice::from_ref(left), visitor.now());
    assert!(later.weight("interest", "roi") > unknown);
    assert_eq!(later.beliefs, understood(&visitor).beliefs);
}

#[test]
fn where_nobody_says_when_a_page_was_left_the_next_page_has_to_do() {
    let glanced = understood(&Visitor::new().opens("/roi").opens("/about"));
    let read = understood(&Visitor::new().opens("/roi").waits(120).opens("/about"));
    assert!(read.weight("interest", "roi") > 2.0 * glanced.weight("interest", "roi"));
}

#[test]
fn who_reads_about_the_return_on_investment_is_a_cio() {
    let visitor = Visitor::new()
        .reads("/roi", "ROI calculator", 120)
        .reads("/pricing", "Pricing", 90)
        .searches("payback", 2);
    let host = understood(&visitor);
    assert_eq!(host.only("persona"), Some("cio"));
    let belief = host.believes("persona", "cio").unwrap();
    assert_eq!(belief.reason, "CIO: is interested in Return on investment");
    assert!(!belief.evidence.is_empty() && belief.confidence > 0.5, "{belief:?}");
}

#[test]
fn no_persona_is_believed_without_a_margin_over_the_second() {
    let host = understood(
        &Visitor::new()
            .reads("/roi", "ROI", 60)
            .reads("/implementation", "Implementation", 60),
    );
    assert_eq!(host.only("persona"), None, "{:#?}", host.beliefs);
}

#[test]
fn a_job_title_counts_more_than_what_was_read() {
    let identified = PersonIdentified {
        traits: json!({ "title": "IT Manager" }).as_object().unwrap().clone(),
    };
    let visitor = Visitor::new().reads("/roi", "ROI", 60).does(&identified);
    for name in ["title", "jobTitle", "job_title", "position"] {
        let mut dossier = Dossier::new("generated", visitor.now());
        dossier.fresh.clone_from(&visitor.signals);
        dossier.traits.insert(name.to_owned(), json!("IT Manager, EMEA"));
        let mut host = Host::default();
        host.assess_dossier(&body_language(), &dossier);
        assert_eq!(host.only("persona"), Some("it-manager"), "{name}");
        let belief = host.believes("persona", "it-manager").unwrap();
        assert_eq!(belief.reason, "IT manager: has the job title 'IT Manager, EMEA'");
        assert_eq!(belief.evidence, ["generated-002"]);
    }
}

#[test]
fn the_answer_to_a_question_is_taken_at_its_word() {
    let answer = |answer: &str| QuestionAnswered {
        question: "what-matters".into(),
        answer: answer.into(),
    };
    assert!(understood(&Visitor::new().does(&answer("support"))).weight("interest", "support") > 0.25);
    assert_eq!(
        understood(&Visitor::new().does(&answer("sysadmin"))).only("persona"),
        Some("sysadmin")
    );
    assert!(
        understood(&Visitor::new().does(&answer("nothing we know")))
            .believes("interest", "support")
            .is_none()
    );
}

#[test]
fn reading_ever_shorter_hints_at_leaving_and_is_never_sure() {
    let visitor = Visitor::new()
        .reads("/pricing", "Pricing", 90)
        .reads("/implementation", "Implementation", 40)
        .reads("/about", "About", 8);
    let host = understood(&visitor);
    let belief = host.believes("leaving", "site").expect("a hint");
    assert!(belief.confidence <= 0.5 && belief.value > 0.4, "{belief:?}");
    assert_eq!(
        belief.reason,
        "reads ever shorter and saw where one asks and asked nothing (reads-shorter, turns-away)"
    );
    let stays = visitor.reads("/roi", "ROI", 120);
    assert!(understood(&stays).believes("leaving", "site").is_none());
}

#[test]
fn responses_engage_and_a_refusal_disengages() {
    let read = Visitor::new().reads("/roi", "ROI", 60);
    let quiet = understood(&read).weight("engagement", "overall");
    let clicked = MessageClicked {
        url: "https://example.com/roi".into(),
        ..MessageClicked::default()
    };
    let answered = read.does(&clicked).does(&MessageReplied {
        text: "tell me more".into(),
        ..Default::default()
    });
    let keen = understood(&answered).weight("engagement", "overall");
    let gone = understood(&answered.does(&MessageUnsubscribed::default())).weight("engagement", "overall");
    assert!(keen > 2.0 * quiet && gone < keen, "{quiet} {keen} {gone}");
}

#[test]
fn an_automatic_reply_says_nothing_about_anybody() {
    let away = MessageReplied {
        text: "I am out of office, support is here".into(),
        automatic: Some(true),
        ..Default::default()
    };
    assert!(understood(&Visitor::new().does(&away)).beliefs.is_empty());
}

#[test]
fn nothing_is_said_twice_and_what_fell_away_is_withdrawn() {
    let hurried = walk(&[0, 1, 2, 3, 4], 6);
    let mut host = understood(&hurried);
    assert_eq!(host.assess(&body_language(), &[], hurried.now()), []);
    assert_eq!(host.only("pace"), Some("hurried"));
    let later = hurried.returns_after(600).opens("/about");
    let said = host.assess(&body_language(), &later.signals[10..], later.now());
    let withdrawn = said.iter().find(|belief| belief.kind == "pace").expect("a withdrawal");
    assert_eq!((withdrawn.name.as_str(), withdrawn.confidence), ("hurried", 0.0));
    assert_eq!(host.only("pace"), None);
}

#[test]
fn a_signal_from_the_future_counts_and_a_belief_is_never_dated_there() {
    let visitor = Visitor::new().reads("/roi", "ROI", 60);
    let mut host = Host::default();
    host.assess(&body_language(), &visitor.signals, Instant::from_millis(MORNING));
    assert_eq!(
        host.believes("interest", "roi").unwrap().at,
        Instant::from_millis(MORNING)
    );
}

#[test]
fn properties_that_are_not_as_the_catalogue_says_are_skipped() {
    let mut broken = Visitor::new().reads("/roi", "ROI", 60);
    broken.signals[1].properties = r#"{"visible_ms":"long"}"#.into();
    broken.signals.push(Signal {
        id: "x".into(),
        kind: "page.viewed".into(),
        properties: "[".into(),
        ..Signal::default()
    });
    broken.signals.push(Signal {
        id: "y".into(),
        kind: "search.performed".into(),
        ..Signal::default()
    });
    assert!(understood(&broken).weight("interest", "roi") > 0.0);
}

#[test]
fn a_million_addresses_that_speak_for_nothing_leave_a_small_memory() {
    let scorer = body_language();
    let mut host = Host::default();
    let view = |n: u64| {
        let page = PageViewed {
            path: format!("/{n}/{}", "x".repeat(300)),
            title: "y".repeat(500),
            ..Default::default()
        };
        Signal::new(
            format!("generated-{n}"),
            Instant::from_millis(MORNING + n * 1000),
            &page,
        )
        .unwrap()
    };
    for hundred in 0..100 {
        let signals: Vec<Signal> = (0..100).map(|n| view(hundred * 100 + n)).collect();
        host.assess(&scorer, &signals, Instant::from_millis(MORNING + 86_400_000));
    }
    assert!(
        host.memory.as_ref().is_some_and(|memory| memory.len() < 6000),
        "{:?}",
        host.memory.map(|m| m.len())
    );
    assert_eq!(
        host.beliefs.keys().map(|(kind, _)| kind.as_str()).collect::<Vec<_>>(),
        ["engagement", "pace"]
    );
}

#[test]
fn the_longest_dwell_and_any_moment_are_reckoned_with() {
    let signals: Vec<Signal> = [0, 1, MORNING, u64::MAX]
        .into_iter()
        .enumerate()
        .map(|(n, at)| {
            let left = PageLeft {
                path: "/roi".into(),
                dwell_ms: Some(u64::MAX),
                scroll: Some(-7.0),
                ..Default::default()
            };
            Signal::new(format!("generated-{n}"), Instant::from_millis(at), &left).unwrap()
        })
        .collect();
    let mut host = Host::default();
    host.assess(&body_language(), &signals, Instant::from_millis(MORNING));
    assert!(host.weight("interest", "roi") > 0.0);
}

#[test]
fn a_form_named_by_its_page_speaks_for_the_pages_topic() {
    let form = FormSubmitted {
        form: "/roi/calculator".into(),
        ..Default::default()
    };
    assert!(understood(&Visitor::new().does(&form)).weight("interest", "roi") > 0.2);
}
