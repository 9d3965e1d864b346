//! What is chosen in which situation, and why.

use std::collections::BTreeMap;

use facilitator::{Config, Facilitator};
use hearken_sdk::{
    Act, Belief, Candidate, Choice, Floor, Instant, Lifecycle, Persona, Plugin, Pressure, Router, Situation, Story,
    StoryKind, Topic, TrackRecord, Vocabulary,
};

const NOW: Instant = Instant::from_millis(1_763_971_200_000);

fn facilitator() -> Facilitator {
    configured(Config::default())
}

fn configured(config: Config) -> Facilitator {
    let topic = |name: &str, title: &str| {
        (
            name.to_owned(),
            Topic {
                title: title.to_owned(),
                ..Topic::default()
            },
        )
    };
    let cio = Persona {
        title: "CIO".to_owned(),
        ..Persona::default()
    };
    let vocabulary = Vocabulary::new(
        BTreeMap::from([
            topic("roi", "Return on investment"),
            topic("support", "Support"),
            topic("pricing", "Pricing"),
        ]),
        BTreeMap::from([("cio".to_owned(), cio)]),
        Vec::new(),
    );
    Facilitator::configure(config, vocabulary).expect("any configuration will do")
}

fn story(id: &str, topic: &str, persona: &str, pressure: Pressure) -> Story {
    let list = |name: &str| {
        if name.is_empty() {
            Vec::new()
        } else {
            vec![name.to_owned()]
        }
    };
    Story {
        id: id.to_owned(),
        topics: list(topic),
        personas: list(persona),
        pressure,
        channels: vec!["chat".to_owned(), "email".to_owned()],
        ..Story::default()
    }
}

/// The library of these tests: hard and soft for the CIO, one for somebody else, one for
/// everybody, and what helps.
fn stories() -> Vec<Story> {
    let question = Story {
        question: true,
        ..story("what-matters", "", "", Pressure::Soft)
    };
    let help = Story {
        kind: StoryKind::Service,
        ..story("find-your-way", "support", "", Pressure::Soft)
    };
    vec![
        story("roi-soft", "roi", "cio", Pressure::Soft),
        story("roi-hard", "roi", "cio", Pressure::Hard),
        story("roi-admins", "roi", "sysadmin", Pressure::Soft),
        story("roi-all", "roi", "", Pressure::Soft),
        question,
        help,
        story("support-hard", "support", "", Pressure::Hard),
        story("all-about-support", "support", "", Pressure::Soft),
    ]
}

/// Somebody known by name, listened to, with everything open.
fn somebody(beliefs: &[(&str, &str, f64)]) -> Situation {
    Situation {
        lifecycle: Lifecycle::Lead,
        beliefs: beliefs
            .iter()
            .map(|(kind, name, weight)| Belief::new(*kind, *name, *weight, 1.0, NOW))
            .collect(),
        candidates: (0..stories().len())
            .map(|story| Candidate {
                story,
                best: 1.0 / 7.0,
                ..Candidate::default()
            })
            .collect(),
        channels: vec!["email".to_owned()],
        teams: vec!["sales".to_owned(), "second".to_owned()],
        trigger: "belief:interest/roi".to_owned(),
        ..Situation::new("generated", NOW)
    }
}

fn decide(router: &Facilitator, situation: &Situation) -> Vec<Choice> {
    let choices = router.decide(&stories(), situation).expect("any situation is decided");
    assert!(!choices.is_empty() && choices.len() <= 64);
    assert!(
        choices
            .iter()
            .all(|choice| choice.weight.is_finite() && choice.weight >= 0.0),
        "{choices:#?}"
    );
    assert!(choices.iter().map(|choice| choice.weight).sum::<f64>() > 0.0);
    assert!(choices.iter().all(|choice| !choice.reason.is_empty()), "{choices:#?}");
    choices
}

fn best(router: &Facilitator, situation: &Situation) -> Choice {
    let choices = decide(router, situation);
    choices
        .into_iter()
        .reduce(|best, choice| if choice.weight > best.weight { choice } else { best })
        .expect("there is a choice")
}

const ROI_CIO: [(&str, &str, f64); 2] = [("interest", "roi", 0.7), ("persona", "cio", 0.6)];

fn with(more: &[(&'static str, &'static str, f64)]) -> Situation {
    somebody(&[&ROI_CIO, more].concat())
}

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
            "a reply is no request",
            asked(with(&[]), "asked:message.replied"),
            Act::Tell,
            "roi-soft",
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
    let told = |mut situation: Situation, story: usize, fared: TrackRecord| {
        situation.candidates[story].fared = fared;
        best(&facilitator(), &situation).target
    };
    let situation = || somebody(&[("interest", "roi", 0.7), ("persona", "cio", 0.6)]);
    let loved = TrackRecord {
        told: 200.0,
        engaged: 180.0,
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
    assert_eq!(told(situation(), 3, loved), "roi-all");
    assert_ne!(told(situation(), 0, harmed), "roi-soft");
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
