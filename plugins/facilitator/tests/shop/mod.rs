//! A router with a small library of stories, and people in situations.

use std::collections::BTreeMap;

use facilitator::{Config, Facilitator};
use hearken_sdk::{
    Belief, Candidate, Choice, Instant, Lifecycle, Persona, Plugin, Pressure, Router, Situation, Story, StoryKind,
    Topic, Vocabulary,
};

pub(crate) const NOW: Instant = Instant::from_millis(1_763_971_200_000);

pub(crate) fn facilitator() -> Facilitator {
    configured(Config::default())
}

pub(crate) fn configured(config: Config) -> Facilitator {
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

pub(crate) fn story(id: &str, topic: &str, persona: &str, pressure: Pressure) -> Story {
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
pub(crate) fn stories() -> Vec<Story> {
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
pub(crate) fn somebody(beliefs: &[(&str, &str, f64)]) -> Situation {
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

pub(crate) fn decide(router: &Facilitator, situation: &Situation) -> Vec<Choice> {
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

pub(crate) fn best(router: &Facilitator, situation: &Situation) -> Choice {
    let choices = decide(router, situation);
    choices
        .into_iter()
        .reduce(|best, choice| if choice.weight > best.weight { choice } else { best })
        .expect("there is a choice")
}

pub(crate) const ROI_CIO: [(&str, &str, f64); 2] = [("interest", "roi", 0.7), ("persona", "cio", 0.6)];

pub(crate) fn with(more: &[(&'static str, &'static str, f64)]) -> Situation {
    somebody(&[&ROI_CIO, more].concat())
}
