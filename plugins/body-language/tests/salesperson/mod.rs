//! The first-party router with a few stories, asked about somebody as the host would ask.

#![allow(dead_code, reason = "each test binary uses its own part of it")]

use facilitator::{Config, Facilitator};
use hearken_sdk::{Candidate, Choice, Instant, Lifecycle, Plugin, Pressure, Router, Situation, Story};

use crate::site::{Host, vocabulary};

fn story(id: &str, topic: &str, pressure: Pressure) -> Story {
    Story {
        id: id.to_owned(),
        topics: vec![topic.to_owned()],
        pressure,
        channels: vec!["email".to_owned()],
        ..Story::default()
    }
}

pub(crate) fn stories() -> Vec<Story> {
    let question = Story {
        question: true,
        ..story("what-keeps-you", "roi", Pressure::Soft)
    };
    vec![
        story("roi-soft", "roi", Pressure::Soft),
        story("roi-hard", "roi", Pressure::Hard),
        story("security-soft", "security", Pressure::Soft),
        story("security-hard", "security", Pressure::Hard),
        question,
    ]
}

/// Somebody of whom this is believed, with everything open.
pub(crate) fn situation(host: &Host, lifecycle: Lifecycle, now: Instant) -> Situation {
    let moved = || {
        let pace = host.only("pace").unwrap_or("none");
        format!("belief:pace/{pace}")
    };
    Situation {
        lifecycle,
        beliefs: host.beliefs.values().cloned().collect(),
        candidates: (0..stories().len())
            .map(|story| Candidate {
                story,
                best: 1.0 / stories().len() as f64,
                ..Candidate::default()
            })
            .collect(),
        channels: vec!["email".to_owned()],
        teams: vec!["sales".to_owned()],
        trigger: host.cue.as_ref().map_or_else(moved, |cue| format!("cue:{cue}")),
        ..Situation::new("generated", now)
    }
}

/// What the router holds for the best.
pub(crate) fn chooses(host: &Host, lifecycle: Lifecycle, now: Instant) -> Choice {
    let router = Facilitator::configure(Config::default(), vocabulary()).expect("the defaults configure it");
    let choices = router
        .decide(&stories(), &situation(host, lifecycle, now))
        .expect("any situation is decided");
    best(choices)
}

pub(crate) fn best(choices: Vec<Choice>) -> Choice {
    choices
        .into_iter()
        .reduce(|best, choice| if choice.weight > best.weight { choice } else { best })
        .expect("there is a choice")
}
