//! The harness, run against the template that authors copy.

#![allow(clippy::unwrap_used, reason = "in a test a failed unwrap is the message")]

use std::sync::LazyLock;
use std::time::Duration;

use hearken_harness::{Class, Fault, Harness, HarnessError, Limits, assert_batch_independent};
use hearken_sdk::kinds::{FileDownloaded, PageViewed};
use hearken_sdk::{Action, Belief, Dossier, Identity, Instant, Signal, Situation, Turn};
use serde_json::json;

const TEMPLATE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../rust/template");

/// Compiled once for all tests of this process.
static COMPILED: LazyLock<Harness> = LazyLock::new(built);

fn built() -> Harness {
    Harness::build(TEMPLATE).unwrap().vocabulary(json!({
        "topics": { "cost": { "title": "Cost", "words": ["price"] }, "setup": { "title": "Setup", "words": ["install"] } }
    }))
}

fn at(millis: u64) -> Instant {
    Instant::from_millis(1_700_000_000_000 + millis)
}

/// A dossier with something in every field, so that nothing is lost on the way unnoticed.
fn full(prospect: &str, file: &str) -> Dossier {
    let download = FileDownloaded {
        name: file.to_owned(),
        url: "https://www.example.com/f".to_owned(),
    };
    let signal = Signal::new(format!("{prospect}-new"), at(5), &download)
        .unwrap()
        .identity("email", "robin@example.com")
        .company("domain", "example.com")
        .session("s-1")
        .about("f")
        .answers_action("a-1")
        .answers_reference("r-1");
    Dossier {
        traits: json!({ "title": "CIO" }).as_object().unwrap().clone(),
        account: Some("Example Ltd".to_owned()),
        lifecycle: "lead".into(),
        turns: vec![Turn {
            at: at(1),
            speaker: "us".into(),
            channel: "email".into(),
            what: "s".into(),
            extra: Vec::new(),
        }],
        said_before: vec![
            Belief::interest("cost", 0.1, 0.2, at(2))
                .half_life(Duration::from_secs(5))
                .reason("before"),
        ],
        others: vec![Belief::persona("cio", 0.1, 0.2, at(2))],
        recent: vec![Signal::new(format!("{prospect}-old"), at(3), &download).unwrap()],
        fresh: vec![signal],
        memory: Some(vec![1, 2, 3]),
        extra: vec![("later".to_owned(), "word".to_owned())],
        ..Dossier::new(prospect, at(9))
    }
}

#[test]
fn a_crate_is_compiled_loaded_configured_and_answers() {
    assert_eq!(COMPILED.roles().to_string(), "scorer");
    assert_eq!(
        (COMPILED.manifest().name.as_str(), COMPILED.manifest().version.as_str()),
        ("my-scorer", "0.1.0")
    );
    let plugin = COMPILED.configure(json!({})).unwrap();
    let assessment = plugin.assess(vec![full("p", "price list")]).remove(0).unwrap();
    let belief = &assessment.beliefs[0];
    assert_eq!((belief.name.as_str(), belief.value, belief.at), ("cost", 0.5, at(9)));
    assert_eq!(belief.evidence, ["p-old", "p-new"]);
    assert_eq!(belief.half_life, Some(Duration::from_secs(14 * 24 * 60 * 60)));
}

#[test]
fn a_configuration_is_checked_and_refused_as_by_the_host() {
    assert_eq!(COMPILED.check(json!({ "weight": 0.5 })).unwrap(), []);
    assert_eq!(COMPILED.check(json!({ "weight": 2.0 })).unwrap()[0].pointer, "/weight");
    let fault = COMPILED.configure(json!({ "weight": "much" })).err().unwrap();
    assert_eq!(fault.class(), Class::Config);
    assert!(fault.to_string().contains("/weight: invalid type: string"), "{fault}");
}

#[test]
fn batches_are_shuffled_and_split() {
    let plugin = COMPILED.configure(json!({})).unwrap();
    let dossiers: Vec<Dossier> = (0..20)
        .map(|n| full(&format!("p-{n}"), ["price", "install", "other"][n % 3]))
        .collect();
    assert_batch_independent(&dossiers, |batch| plugin.assess(batch));
}

#[test]
fn a_call_over_its_limits_is_cut() {
    let harness = built().limits(Limits {
        memory_bytes: 64 << 10,
        ..Limits::default()
    });
    let fault = harness.configure(json!({})).err().unwrap();
    assert!(
        matches!(fault, Fault::OutOfMemory { .. } | Fault::Trapped { .. }),
        "{fault:?}"
    );
}

#[test]
fn a_role_that_the_plugin_does_not_have_answers_with_a_fault() {
    let plugin = COMPILED.configure(json!({})).unwrap();
    assert!(plugin.poll(at(0), None, 10).is_err());
    assert!(plugin.decide(&[], vec![Situation::new("p", at(0))])[0].is_err());
    let (id, answer) = plugin.deliver(at(0), vec![Action::new("a-1")]).remove(0);
    assert_eq!((id.as_str(), answer.is_err()), ("a-1", true));
    assert!(plugin.forget(at(0), vec![vec![Identity::new("email", "robin@example.com")]])[0].is_err());
}

#[test]
fn what_is_no_plugin_is_refused_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("plugin.wasm");
    std::fs::write(&text, "hello").unwrap();
    let error = Harness::open(&text).err().unwrap();
    assert!(
        matches!(error, HarnessError::Load(_)) && error.to_string().contains("not WebAssembly"),
        "{error}"
    );
    assert!(matches!(
        Harness::open(folder.path().join("none")).err().unwrap(),
        HarnessError::Io { .. }
    ));
    assert!(matches!(
        Harness::build(folder.path()).err().unwrap(),
        HarnessError::Compile { .. }
    ));
}

#[test]
fn signals_of_another_kind_are_none_of_its_business() {
    let plugin = COMPILED.configure(json!({})).unwrap();
    let mut dossier = full("p", "other");
    dossier.fresh = vec![
        Signal::new(
            "x",
            at(1),
            &PageViewed {
                title: "price".into(),
                ..Default::default()
            },
        )
        .unwrap(),
    ];
    assert_eq!(plugin.assess(vec![dossier]).remove(0).unwrap().beliefs, []);
}
