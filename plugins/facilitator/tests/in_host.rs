//! The component in the real host.

use hearken_harness::{Harness, assert_batch_independent};
use hearken_sdk::{Act, Belief, Candidate, Floor, Instant, Lifecycle, Pressure, Situation, Story};
use serde_json::json;

const NOW: Instant = Instant::from_millis(1_763_971_200_000);

fn story(id: &str, topic: &str, pressure: Pressure) -> Story {
    Story {
        id: id.into(),
        topics: vec![topic.into()],
        channels: vec!["email".into()],
        pressure,
        ..Story::default()
    }
}

fn situation(n: usize) -> Situation {
    let weight = (n % 10) as f64 / 10.0;
    let belief = |kind, name, value| Belief::new(kind, name, value, 0.9, NOW);
    Situation {
        floor: if n % 7 == 6 {
            Floor::AwaitingReply
        } else {
            Floor::Listening
        },
        lifecycle: if n.is_multiple_of(3) {
            Lifecycle::Qualified
        } else {
            Lifecycle::Lead
        },
        beliefs: vec![
            belief("interest", "roi", weight),
            belief("interest", "support", 1.0 - weight),
            belief("pace", if n.is_multiple_of(2) { "hurried" } else { "browsing" }, weight),
            belief("engagement", "overall", 1.0 - weight),
        ],
        candidates: (0..n % 4)
            .map(|story| Candidate {
                story,
                best: 0.3,
                ..Candidate::default()
            })
            .collect(),
        channels: vec!["email".into()],
        teams: vec!["sales".into()],
        trigger: if n % 11 == 10 {
            "asked:form.submitted"
        } else {
            "belief:interest/roi"
        }
        .into(),
        ..Situation::new(format!("generated-{n}"), NOW)
    }
}

#[test]
fn it_decides_in_the_host_and_answers_each_situation_for_itself() {
    let harness = Harness::build(env!("CARGO_MANIFEST_DIR")).unwrap().vocabulary(json!({
        "topics": { "roi": { "title": "Return on investment" }, "support": { "title": "Support" } },
    }));
    assert!(harness.roles().router, "{:?}", harness.roles());
    let plugin = harness.configure(json!({ "floor": 0.1 })).unwrap();
    let stories = [
        story("roi-soft", "roi", Pressure::Soft),
        story("roi-hard", "roi", Pressure::Hard),
        story("support", "support", Pressure::Soft),
    ];
    let situations: Vec<Situation> = (0..60).map(situation).collect();
    let answers = plugin.decide(&stories, situations.clone());
    let acts: Vec<&Act> = answers
        .iter()
        .map(|choices| &choices.as_ref().unwrap()[0].act)
        .collect();
    assert_eq!(
        [acts[0], acts[5], acts[6], acts[10]],
        [&Act::Hold, &Act::Tell, &Act::Hold, &Act::HandOver],
        "{acts:?}"
    );
    assert_batch_independent(&situations, |batch| plugin.decide(&stories, batch));
}

#[test]
fn a_topic_that_nobody_has_is_pointed_at() {
    let harness = Harness::build(env!("CARGO_MANIFEST_DIR"))
        .unwrap()
        .vocabulary(json!({ "topics": { "roi": {} } }));
    let problems = harness
        .check(json!({ "buying-topics": ["pricing", "roi", "prices"] }))
        .unwrap();
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].pointer, "/buying-topics/2");
    assert!(problems[0].message.contains("roi"), "{}", problems[0].message);
}
