//! The plugin as a component, in the real host.

#![allow(
    clippy::unwrap_used,
    reason = "in a test a failed unwrap is the message"
)]

use hearken_harness::{Class, Configured, Fault, Harness, assert_batch_independent};
use hearken_sdk::kinds::FileDownloaded;
use hearken_sdk::{Dossier, Instant, Signal};
use serde_json::json;

fn harness() -> Harness {
    Harness::build(env!("CARGO_MANIFEST_DIR"))
        .unwrap()
        .vocabulary(json!({
            "topics": {
                "cost": { "title": "Cost", "words": ["price", "roi"] },
                "setup": { "title": "Setup", "words": ["install"] }
            }
        }))
}

fn plugin() -> Configured {
    harness().configure(json!({ "weight": 0.8 })).unwrap()
}

/// Somebody who downloaded these files, a minute each.
fn downloader(prospect: &str, files: &[&str]) -> Dossier {
    let mut dossier = Dossier::new(prospect, Instant::from_millis(1_800_000_000_000));
    for (minute, name) in files.iter().enumerate() {
        let at = Instant::from_millis(1_700_000_000_000 + 60_000 * minute as u64);
        let file = FileDownloaded {
            name: (*name).to_owned(),
            ..FileDownloaded::default()
        };
        dossier
            .fresh
            .push(Signal::new(format!("{prospect}-{minute}"), at, &file).unwrap());
    }
    dossier
}

#[test]
fn it_is_a_scorer_that_reads_downloads_and_the_vocabulary() {
    let harness = harness();
    assert_eq!(harness.roles().to_string(), "scorer");
    assert_eq!(harness.manifest().name, "my-scorer");
    assert!(harness.manifest().needs.vocabulary);
}

#[test]
fn downloads_about_a_topic_make_an_interest_with_evidence() {
    let answers = plugin().assess(vec![downloader(
        "p",
        &["roi-guide.pdf", "price list.pdf", "logo.png"],
    )]);
    let beliefs = &answers[0].as_ref().unwrap().beliefs;
    assert_eq!(beliefs.len(), 1);
    assert_eq!(
        (beliefs[0].kind.as_str(), beliefs[0].name.as_str()),
        ("interest", "cost")
    );
    assert_eq!(beliefs[0].evidence, ["p-0", "p-1"]);
    assert_eq!(beliefs[0].reason, "downloaded 2 files about cost");
}

#[test]
fn a_wrong_configuration_is_pointed_at() {
    let problems = harness().check(json!({ "weight": 3 })).unwrap();
    assert_eq!(problems[0].pointer, "/weight");
    let refused = harness().configure(json!({ "wieght": 1 })).err().unwrap();
    assert_eq!(refused.class(), Class::Config);
    assert!(
        matches!(refused, Fault::Failure { message, .. } if message.contains("unknown field `wieght`"))
    );
}

#[test]
fn no_answer_depends_on_the_rest_of_the_batch() {
    let plugin = plugin();
    let dossiers = [
        downloader("p-1", &["roi.pdf"]),
        downloader("p-2", &["install.pdf", "price.pdf"]),
        downloader("p-3", &[]),
        downloader("p-4", &["roi.pdf", "roi.pdf"]),
    ];
    assert_batch_independent(&dossiers, |batch| plugin.assess(batch));
}
