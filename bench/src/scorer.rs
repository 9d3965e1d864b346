//! What a scorer's call costs per dossier (ten beliefs, one new signal), sandboxed and in a
//! fresh instance for every batch, against the same Rust function called natively.

use std::{
    hint::black_box,
    time::{Duration, Instant as Watch},
};

use anyhow::{Context, anyhow};
use body_language::BodyLanguage;
use hearken_sandbox::{ConnectorSpec, Grants, Isolation, Limits, Sandbox, SandboxOptions, wire};
use hearken_sdk::{Belief, Dossier, Instant, Plugin, Scorer, Signal, Vocabulary, kinds::PageViewed};
use serde_json::{Value, json};

use crate::{Places, quantile};

const NOW: u64 = 1_790_000_000_000;
const FOR: Duration = Duration::from_secs(3);
const REASON: &str = "read a page about it and came back to it";

fn vocabulary() -> Value {
    let topic =
        |n| json!({ "title": format!("Topic {n}"), "urls": [format!("/topic-{n}*")], "words": [format!("word{n}")] });
    let topics: serde_json::Map<String, Value> = (0..10).map(|n| (format!("topic-{n}"), topic(n))).collect();
    json!({
        "topics": topics,
        "personas": { "cio": { "title": "CIO", "topics": { "topic-1": 1.0 }, "words": ["cio"] } },
    })
}

fn page(n: usize) -> PageViewed {
    PageViewed {
        url: format!("https://shop.example.com/topic-{}/more", n % 10),
        path: format!("/topic-{}/more", n % 10),
        title: "More about it".into(),
        ..PageViewed::default()
    }
}

/// Someone about whom ten things are believed, who has just looked at a page.
fn dossier(n: usize, memory: Option<Vec<u8>>) -> anyhow::Result<Dossier> {
    let now = Instant::from_millis(NOW);
    let mut dossier = Dossier::new(format!("{n:016x}"), now);
    dossier.said_before = (0..10)
        .map(|t| {
            Belief::interest(format!("topic-{t}"), 0.6, 0.5, now)
                .evidence([format!("site:page-{t}")])
                .reason(REASON)
        })
        .collect();
    let fresh = Signal::new(format!("site:fresh-{n}"), now, &page(n)).map_err(|f| anyhow!("{f:?}"))?;
    dossier.fresh = vec![fresh.identity("anonymous", format!("visitor-{n}"))];
    dossier.memory = memory;
    Ok(dossier)
}

/// A visit from which the ten beliefs are, for the memory that it leaves: nothing has to be
/// read anew.
fn first_visit() -> anyhow::Result<Dossier> {
    const MINUTE_MS: u64 = 60_000;
    let mut visit = Dossier::new(format!("{:016x}", 0), Instant::from_millis(NOW));
    for n in 0..10 {
        let at = Instant::from_millis(NOW - (11 - n as u64) * MINUTE_MS);
        let signal = Signal::new(format!("site:page-{n}"), at, &page(n)).map_err(|f| anyhow!("{f:?}"))?;
        visit.fresh.push(signal.identity("anonymous", "visitor-0"));
    }
    Ok(visit)
}

/// The same as it crosses into the sandbox.
fn on_the_wire(n: usize, memory: Option<Vec<u8>>) -> anyhow::Result<wire::Dossier> {
    let said = |t: usize| wire::Belief {
        kind: "interest".into(),
        name: format!("topic-{t}"),
        value: 0.6,
        confidence: 0.5,
        at: NOW,
        evidence: vec![format!("site:page-{t}")],
        half_life_ms: None,
        reason: REASON.into(),
        extra: Vec::new(),
    };
    let fresh = wire::Signal {
        id: format!("site:fresh-{n}"),
        kind: "page.viewed".into(),
        at: NOW,
        identities: vec![wire::Identity {
            scheme: "anonymous".into(),
            value: format!("visitor-{n}"),
        }],
        company: None,
        session: None,
        about: None,
        answers: None,
        properties: serde_json::to_string(&page(n))?,
        extra: Vec::new(),
    };
    Ok(wire::Dossier {
        prospect: format!("{n:016x}"),
        now: NOW,
        traits: "{}".into(),
        account: None,
        lifecycle: "visitor".into(),
        turns: Vec::new(),
        said_before: (0..10).map(said).collect(),
        others: Vec::new(),
        fresh: vec![fresh],
        recent: Vec::new(),
        memory,
        extra: Vec::new(),
    })
}

/// So many of them, of people who were never seen before.
pub(crate) fn dossiers_on_the_wire(count: usize) -> anyhow::Result<Vec<wire::Dossier>> {
    (0..count).map(|n| on_the_wire(n, None)).collect()
}

pub(crate) async fn run(places: &Places) -> anyhow::Result<()> {
    let vocabulary = vocabulary();
    let settings = wire::Settings {
        config: "{}".into(),
        vocabulary: vocabulary.to_string(),
        extra: Vec::new(),
    };
    let words: Vocabulary = serde_json::from_value(vocabulary).context("reading the vocabulary")?;
    let config = serde_json::from_value(json!({})).context("reading the configuration")?;
    let native = BodyLanguage::configure(config, words).map_err(|f| anyhow!("{f:?}"))?;
    let folder = tempfile::tempdir()?;
    let options = SandboxOptions::new(folder.path().join("compiled"), tokio::runtime::Handle::current());
    let plugin = Sandbox::new(options)?
        .load(&places.plugins.join("body-language.wasm"))
        .await?;
    let connector = plugin
        .connect(ConnectorSpec {
            name: "language".into(),
            settings,
            limits: Limits::default(),
            grants: Grants::default(),
            isolation: Isolation::Call,
        })
        .await?;
    let memory = native.assess(&first_visit()?).map_err(|f| anyhow!("{f:?}"))?.memory;
    println!("## A scorer's call, per dossier");
    println!("| batch | sandboxed, µs | natively, µs | ratio | aim |");
    println!("|---|---|---|---|---|");
    for (batch, aim) in [(1, ""), (16, ""), (256, "20 µs")] {
        let dossiers = (0..batch)
            .map(|n| dossier(n, memory.clone()))
            .collect::<anyhow::Result<Vec<_>>>()?;
        let crossing = (0..batch)
            .map(|n| on_the_wire(n, memory.clone()))
            .collect::<anyhow::Result<Vec<_>>>()?;
        let (mut natively, mut sandboxed) = (Vec::new(), Vec::new());
        let began = Watch::now();
        // In turns, so that what else the machine does meets both.
        while began.elapsed() < 2 * FOR {
            let watch = Watch::now();
            for d in &dossiers {
                black_box(native.assess(black_box(d))).map_err(|f| anyhow!("{f:?}"))?;
            }
            natively.push(watch.elapsed().as_secs_f64() * 1e6 / batch as f64);
            let batch_of = crossing.clone();
            let watch = Watch::now();
            let answers = connector.assess(batch_of).await;
            sandboxed.push(watch.elapsed().as_secs_f64() * 1e6 / batch as f64);
            for answer in answers {
                answer?;
            }
        }
        natively.sort_by(f64::total_cmp);
        sandboxed.sort_by(f64::total_cmp);
        let (bare, guest) = (quantile(&natively, 0.5), quantile(&sandboxed, 0.5));
        println!("| {batch} | {guest:.2} | {bare:.2} | {:.1} | {aim} |", guest / bare);
    }
    println!();
    Ok(())
}
