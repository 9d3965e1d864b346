//! What was learned is given to the router under a number, and a decision made with it can be
//! made again: from its record alone, and what it was given from the snapshot of its number.

use std::time::Duration;

use hearken_learn::{Buyer, Knowledge, Settings, load};
use hearken_model::{Act, Decision, Pressure, decide};
use hearken_store::{DecisionQuery, Store as _};
use serde_json::{Value, json};

use crate::support::Rig;

/// Two stories about the same, and a router that tells one of them to whoever asks for
/// something. It learns when it is started, and then not for an hour.
const CHOOSING: &str = r#"
[policy]
mode = "live"
listen-first = 1
caps = ["100/1d"]
consent = { marketing = "opt-out" }

[connectors.site]
plugin = "segment"
config.events."Order Completed" = { kind = "deal.won" }

[connectors.language]
plugin = "body-language"

[connectors.facilitator]
plugin = "facilitator"
config = { floor = 0.01 }

[connectors.outbox]
plugin = "outbox-dir"
grants.folder = "outbox"

[channels.email]
sink = "outbox"

[vocabulary.topics.roi]
urls = ["/roi*"]

[learn]
holdout = 0.0
"#;

const STORIES: [&str; 2] = ["calm", "loud"];
const SETTINGS: Settings = Settings {
    half_life: Duration::from_secs(90 * 86_400),
    window: Duration::from_secs(90 * 86_400),
};

/// Generated: somebody reads what it returns, and asks.
fn asks(who: &str) -> Value {
    json!([
        { "type": "identify", "messageId": format!("i-{who}"), "userId": who,
          "traits": { "email": format!("{who}@example.com") } },
        { "type": "page", "messageId": format!("p-{who}"), "userId": who, "properties": { "path": "/roi" } },
        { "type": "track", "event": "Form Submitted", "messageId": format!("f-{who}"), "userId": who,
          "properties": { "form": "contact", "asks": "contact" } },
    ])
}

async fn post(rig: &Rig, calls: Value) {
    assert_eq!(rig.post(calls).await.status, 200);
    assert!(rig.works_off().await, "it still waits for {:?}", rig.engine.waits_for());
}

/// Asks as people of these numbers, and what was decided: the latest of each.
async fn decided(rig: &Rig, numbers: std::ops::Range<u32>) -> Vec<Decision> {
    let mut decisions = Vec::new();
    for n in numbers {
        post(rig, asks(&format!("u-{n}"))).await;
        let query = DecisionQuery {
            limit: 1,
            ..DecisionQuery::default()
        };
        decisions.extend(rig.store.decisions(query).await.expect("decisions are read"));
    }
    decisions
}

async fn learned(rig: &Rig, number: u64) -> Knowledge {
    for _ in 0..500 {
        let knowledge = load(&*rig.store, SETTINGS).await.expect("it can be read");
        if knowledge.number >= number {
            return knowledge;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("snapshot {number} was not made within ten seconds");
}

/// What a decision's record says the router was given of each candidate: as the snapshot
/// gives it again.
fn given_again(decision: &Decision, knowledge: &Knowledge) {
    let situation = &decision.situation;
    let beliefs = situation["beliefs"].as_array().expect("beliefs");
    let number = |value: &Value| value.as_f64().expect("a number");
    let buyer = Buyer::of(
        hearken_model::Lifecycle::from_word(situation["lifecycle"].as_str().expect("a stage")).expect("a stage"),
        beliefs.iter().map(|b| {
            let word = |key: &str| b[key].as_str().expect("a word");
            (
                word("kind"),
                word("name"),
                number(&b["value"]) * number(&b["confidence"]),
            )
        }),
    );
    let candidates = situation["candidates"].as_array().expect("candidates");
    assert_eq!(candidates.len(), STORIES.len(), "{situation}");
    let asked: Vec<(&str, Pressure)> = candidates
        .iter()
        .map(|c| (STORIES[c["story"].as_u64().expect("a place") as usize], Pressure::Soft))
        .collect();
    for (candidate, fared) in candidates.iter().zip(knowledge.fared(&buyer, &asked)) {
        let record = &candidate["fared"];
        assert!(fared.samples > 0.0, "something was learned: {candidate}");
        for (name, again) in [
            ("told", fared.told),
            ("engaged", fared.engaged),
            ("advanced", fared.advanced),
            ("won", fared.won),
            ("harmed", fared.harmed),
            ("samples", fared.samples),
        ] {
            assert_eq!(number(&record[name]), again, "{name}: {candidate}");
        }
        assert_eq!(number(&candidate["best"]), fared.best, "{candidate}");
    }
}

fn drawn_again(decision: &Decision) {
    let choices = decision.alternatives.iter().map(|a| a.choice.clone()).collect();
    let again = decide::decide(choices, &decision.facts, decision.seed);
    assert_eq!(again.alternatives, decision.alternatives);
    let drawn = again.alternative().expect("something was drawn");
    assert_eq!(
        (drawn.choice.act, &drawn.choice.target, drawn.propensity),
        (decision.act, &decision.target, decision.propensity)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_made_with_what_was_learned_is_made_again_from_its_record_and_its_snapshot() {
    let rig = Rig::with_stories(CHOOSING, &STORIES).await;
    let first = decided(&rig, 0..8).await;
    assert!(first.iter().all(|d| d.snapshot == 0), "nothing was learned yet");
    let told: Vec<&Decision> = first.iter().filter(|d| d.act == Act::Tell).collect();
    assert!(!told.is_empty(), "{first:?}");
    for (n, _) in (0..).zip(&first).filter(|(_, d)| d.act == Act::Tell) {
        let bought = json!([{ "type": "track", "event": "Order Completed", "messageId": format!("b-{n}"),
            "userId": format!("u-{n}"), "properties": { "deal": format!("d-{n}"), "value": 900, "currency": "EUR" } }]);
        post(&rig, bought).await;
    }

    let rig = rig.again(CHOOSING).await;
    let knowledge = learned(&rig, 1).await;
    assert_eq!(knowledge.evidence().total().samples, told.len() as u64);
    let with = decided(&rig, 100..108).await;
    for decision in &with {
        assert_eq!(decision.snapshot, 1, "{decision:?}");
        given_again(decision, &knowledge);
        drawn_again(decision);
    }

    // Learning anew changes neither the record nor what it says.
    let rig = rig.again(CHOOSING).await;
    learned(&rig, 2).await;
    for decision in with {
        let kept = rig.store.decision(decision.id).await.expect("decisions are read");
        let kept = kept.expect("it is kept");
        assert_eq!(kept, decision);
        given_again(&kept, &knowledge);
        drawn_again(&kept);
    }
}
