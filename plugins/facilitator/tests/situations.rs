//! What is chosen in which situation, and why.

mod shop;

use facilitator::Config;
use hearken_sdk::{Act, Candidate, Floor, Lifecycle, Situation};

use shop::*;

#[test]
fn each_situation_has_its_best_answer() {
    let asked = |situation: Situation, by: &str| Situation {
        trigger: by.to_owned(),
        ..situation
    };
    let stage = |situation: Situation, lifecycle| Situation { lifecycle, ..situation };
    let hurried = ("pace", "hurried", 0.6);
    let browsing = ("pace", "browsing", 0.6);
    let close = ("engagement", "overall", 0.6);
    let table = [
        ("nobody knows anything", somebody(&[]), Act::Ask, "what-matters"),
        (
            "interested, persona unknown",
            somebody(&[("interest", "roi", 0.7)]),
            Act::Tell,
            "roi-all",
        ),
        ("a CIO", with(&[]), Act::Tell, "roi-soft"),
        ("a hurried CIO", with(&[hurried]), Act::Tell, "roi-hard"),
        (
            "a CIO about to leave",
            with(&[("leaving", "site", 0.5)]),
            Act::Tell,
            "roi-hard",
        ),
        (
            "a browsing CIO who is close",
            with(&[browsing, close]),
            Act::Tell,
            "roi-soft",
        ),
        (
            "a browsing CIO who is not",
            with(&[browsing, ("engagement", "overall", 0.1)]),
            Act::Hold,
            "",
        ),
        (
            "somebody lost",
            somebody(&[("interest", "support", 0.5), ("pace", "needs-help", 0.6)]),
            Act::Tell,
            "find-your-way",
        ),
        (
            "hurried, qualified, engaged",
            stage(with(&[hurried, close]), Lifecycle::Qualified),
            Act::HandOver,
            "sales",
        ),
        (
            "hurried, qualified, no sign",
            stage(with(&[hurried]), Lifecycle::Qualified),
            Act::Tell,
            "roi-hard",
        ),
        (
            "qualified, engaged, no hurry",
            stage(with(&[close]), Lifecycle::Qualified),
            Act::Tell,
            "roi-soft",
        ),
        (
            "hurried, a good fit, after prices",
            with(&[hurried, ("fit", "rules", 0.8), ("interest", "pricing", 0.5)]),
            Act::HandOver,
            "sales",
        ),
        (
            "hurried, no fit, after prices",
            with(&[hurried, ("interest", "pricing", 0.5)]),
            Act::Tell,
            "roi-hard",
        ),
        (
            "a request",
            asked(somebody(&[]), "asked:form.submitted"),
            Act::HandOver,
            "sales",
        ),
        (
            "a request seen by a scorer",
            asked(somebody(&[]), "cue:asked"),
            Act::HandOver,
            "sales",
        ),
        (
            "a request while browsing",
            asked(with(&[browsing]), "asked:meeting.requested"),
            Act::HandOver,
            "sales",
        ),
        (
            "a reply, which a person should read",
            asked(with(&[]), "asked:message.replied"),
            Act::HandOver,
            "sales",
        ),
        (
            "a request of somebody disqualified",
            asked(stage(somebody(&[]), Lifecycle::Disqualified), "cue:asked"),
            Act::Ask,
            "what-matters",
        ),
    ];
    for (who, situation, act, target) in table {
        let choice = best(&facilitator(), &situation);
        assert_eq!(
            (choice.act, choice.target.as_str()),
            (act, target),
            "{who}: {}",
            choice.reason
        );
    }
}

#[test]
fn a_reason_names_what_it_rests_on() {
    let hard = best(&facilitator(), &with(&[("pace", "hurried", 0.6)]));
    assert_eq!(
        hard.reason,
        "CIO, hurried, interested in Return on investment (0.70): the hard story fits"
    );
    let left_alone = best(&facilitator(), &with(&[("pace", "browsing", 0.6)]));
    assert_eq!(
        left_alone.reason,
        "browsing, and not close yet (engagement 0.00 of 0.30): left alone"
    );
    let asked = best(
        &facilitator(),
        &Situation {
            trigger: "asked:form.submitted".into(),
            ..with(&[])
        },
    );
    assert_eq!(
        asked.reason,
        "asked for a person; CIO, interested in Return on investment (0.70)"
    );
}

#[test]
fn nothing_is_said_unless_we_listen_and_only_a_request_overtakes_us() {
    let with_floor = |floor, trigger: &str| Situation {
        floor,
        trigger: trigger.to_owned(),
        ..with(&[])
    };
    for floor in [
        Floor::Ours,
        Floor::AwaitingReply,
        Floor::WithSales,
        Floor::Closed,
        Floor::Other("new".into()),
    ] {
        let choices = decide(&facilitator(), &with_floor(floor.clone(), "belief:interest/roi"));
        assert_eq!(
            choices.iter().map(|choice| &choice.act).collect::<Vec<_>>(),
            [&Act::Hold],
            "{floor}"
        );
    }
    for (floor, act) in [
        (Floor::Ours, Act::HandOver),
        (Floor::AwaitingReply, Act::HandOver),
        (Floor::WithSales, Act::Hold),
        (Floor::Closed, Act::Hold),
    ] {
        assert_eq!(
            best(&facilitator(), &with_floor(floor.clone(), "asked:form.submitted")).act,
            act,
            "{floor}"
        );
    }
}

#[test]
fn without_a_story_or_a_channel_the_only_choice_is_to_hold() {
    let no_story = Situation {
        candidates: Vec::new(),
        ..with(&[])
    };
    let no_channel = Situation {
        channels: vec!["letter".to_owned()],
        ..with(&[])
    };
    let beyond_the_list = Situation {
        candidates: vec![Candidate {
            story: 99,
            ..Candidate::default()
        }],
        ..with(&[])
    };
    for situation in [no_story, no_channel, beyond_the_list] {
        let choices = decide(&facilitator(), &situation);
        assert_eq!(
            choices.iter().map(|choice| &choice.act).collect::<Vec<_>>(),
            [&Act::Hold]
        );
    }
}

#[test]
fn who_asks_while_no_team_is_open_is_not_forgotten_in_the_reason() {
    let situation = Situation {
        teams: Vec::new(),
        candidates: Vec::new(),
        trigger: "cue:asked".into(),
        ..somebody(&[])
    };
    let choice = best(&facilitator(), &situation);
    assert!(
        choice.act == Act::Hold && choice.reason.starts_with("asked for a person, but no team is open"),
        "{choice:?}"
    );
}

#[test]
fn behind_a_hand_over_there_is_something_for_when_it_is_forbidden() {
    let choices = decide(
        &facilitator(),
        &Situation {
            trigger: "cue:asked".into(),
            ..with(&[])
        },
    );
    let rest: f64 = choices
        .iter()
        .filter(|choice| choice.act != Act::HandOver)
        .map(|choice| choice.weight)
        .sum();
    assert!(rest > 0.0 && rest < 1e-5, "{choices:#?}");
}

#[test]
fn people_in_need_of_help_are_handed_over_where_a_team_is_named_for_it() {
    let lost = somebody(&[("interest", "support", 0.5), ("pace", "needs-help", 0.6)]);
    let router = configured(Config {
        help_team: Some("second".to_owned()),
        ..Config::default()
    });
    assert_eq!(best(&router, &lost).target, "second");
    assert_eq!(
        best(
            &router,
            &Situation {
                teams: vec!["sales".to_owned()],
                ..lost
            }
        )
        .act,
        Act::Tell
    );
}
