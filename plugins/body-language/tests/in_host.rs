//! The component in the real host.

mod salesperson;
mod site;

use hearken_harness::{Configured, Harness, assert_batch_independent};
use hearken_sdk::kinds::Ask;
use hearken_sdk::{Dossier, Lifecycle, Signal};
use salesperson::{best, situation, stories};
use serde_json::json;
use site::{Host, MORNING, Visitor};

fn harness() -> Harness {
    Harness::build(env!("CARGO_MANIFEST_DIR"))
        .expect("it compiles and loads")
        .vocabulary(json!({
            "topics": {
                "roi": { "title": "Return on investment", "urls": ["/roi*", "/pricing*"], "words": ["payback"] },
                "security": { "title": "Security", "urls": ["/security*"] },
                "support": { "title": "Support", "urls": ["/support*"], "words": ["support"] },
            },
            "personas": { "cio": { "title": "CIO", "topics": { "roi": 1.0 }, "words": ["cio"] } },
        }))
}

fn dossier(prospect: &str, visitor: &Visitor) -> Dossier {
    Dossier {
        fresh: visitor.signals.clone(),
        ..Dossier::new(prospect, visitor.now())
    }
}

/// The dossier that follows: what was said and left, and what happened since.
fn following(plugin: &Configured, mut dossier: Dossier, fresh: &[Signal]) -> Dossier {
    let assessment = plugin
        .assess(vec![dossier.clone()])
        .remove(0)
        .expect("any dossier is assessed");
    dossier.said_before = assessment.beliefs;
    dossier.memory = assessment.memory;
    dossier.fresh = fresh.to_vec();
    dossier
}

#[test]
fn it_understands_a_visitor_in_the_host_and_answers_each_dossier_for_itself() {
    let harness = harness();
    assert!(harness.roles().scorer, "{:?}", harness.roles());
    assert_eq!(harness.manifest().name, "body-language");
    let plugin = harness.configure(json!({})).unwrap();

    let cio = Visitor::new()
        .reads("/roi", "ROI calculator", 120)
        .reads("/pricing", "Pricing", 40)
        .asks(Ask::Demo);
    let lost = Visitor::new()
        .searches("support hours", 0)
        .searches("support", 0)
        .reads("/help", "Help", 10);
    let nobody = Dossier::new("nobody", cio.now());
    let further = Visitor::new().reads("/support/sla", "What support means", 30);
    let dossiers = vec![
        following(&plugin, dossier("cio", &cio), &further.signals),
        dossier("cio", &cio),
        dossier("lost", &lost),
        nobody,
        Dossier {
            memory: Some(vec![0xff; 100]),
            ..dossier("foreign", &lost)
        },
    ];
    let answers = plugin.assess(dossiers.clone());
    let assessment = answers[1].as_ref().unwrap();
    assert_eq!(assessment.cue.as_deref(), Some("asked"));
    let said: Vec<(&str, &str)> = assessment
        .beliefs
        .iter()
        .map(|b| (b.kind.as_str(), b.name.as_str()))
        .collect();
    assert!(
        said.contains(&("persona", "cio")) && said.contains(&("interest", "roi")),
        "{said:?}"
    );
    assert!(answers[3].as_ref().unwrap().beliefs.is_empty());
    assert!(dossiers[1].now.as_millis() > MORNING);

    assert_batch_independent(&dossiers, |batch| plugin.assess(batch));
}

/// Asks both plugins in the host, visit by visit, what to tell somebody in the end.
fn told(visitor: &Visitor) -> hearken_sdk::Choice {
    let scorer = harness().configure(json!({})).expect("the defaults configure it");
    let facilitator = concat!(env!("CARGO_MANIFEST_DIR"), "/../facilitator");
    let router = Harness::build(facilitator).expect("it compiles and loads");
    let router = router.vocabulary(json!({ "topics": { "roi": {}, "security": {} } }));
    let router = router.configure(json!({})).expect("the defaults configure it");
    let mut host = Host::default();
    for visit in visitor.signals.chunk_by(|a, b| a.session == b.session) {
        let dossier = Dossier {
            said_before: host.beliefs.values().cloned().collect(),
            memory: host.memory.take(),
            fresh: visit.to_vec(),
            ..Dossier::new("somebody", visit.last().expect("a chunk has one").at)
        };
        host.take(scorer.assess(vec![dossier]).remove(0).expect("any dossier is assessed"));
    }
    let situation = situation(&host, Lifecycle::Lead, visitor.now());
    best(
        router
            .decide(&stories(), vec![situation])
            .remove(0)
            .expect("any situation is decided"),
    )
}

#[test]
fn after_a_week_of_roi_and_three_pages_about_security_the_next_story_is_about_security() {
    let week = (0..6).fold(Visitor::new(), |visitor, day| {
        visitor
            .reads("/roi", "ROI calculator", 90)
            .reads(&format!("/roi/chapter-{day}"), "ROI chapter", 60)
            .searches("payback", 4)
            .returns_after(24 * 60)
    });
    assert_eq!(told(&week).target, "roi-soft");
    let now = ["/security", "/security/audit", "/security/keys"]
        .iter()
        .fold(week, |visitor, path| visitor.reads(path, "Security", 45));
    let choice = told(&now);
    assert_eq!(choice.target, "security-soft", "{choice:#?}");
}

#[test]
fn a_configuration_that_matches_no_page_is_pointed_at() {
    let harness = harness();
    let problems = harness.check(json!({ "asking": ["/pricing", "contact"] })).unwrap();
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].pointer, "/asking/1");
    assert!(harness.configure(json!({ "visit-gap": 3 })).is_err());
    let nowhere = json!({ "office-hours": { "zone": "Europe/Berln" } });
    let problems = harness.check(nowhere.clone()).unwrap();
    assert_eq!(problems[0].pointer, "/office-hours/zone");
    assert!(harness.configure(nowhere).is_err());
    assert!(
        harness
            .configure(json!({ "office-hours": { "zone": "Europe/Berlin" } }))
            .is_ok()
    );
}
