//! What a scorer's call costs per dossier (ten beliefs, one new signal), sandboxed and in a
//! fresh instance for every batch, against the same Rust function called natively.

use std::{hint::black_box, time::{Duration, Instant as Watch}};

use anyhow::{Context, anyhow};
use body_language::BodyLanguage;
use hearken_harness::Harness;
use hearken_sdk::{Belief, Dossier, Instant, Plugin, Scorer, Signal, Vocabulary, kinds::PageViewed};

use crate::{Places, quantile};

const NOW: u64 = 1_790_000_000_000;
const FOR: Duration = Duration::from_secs(3);

fn vocabulary() -> anyhow::Result<Vocabulary> {
    let topics: serde_json::Map<String, serde_json::Value> = (0..10)
        .map(|n| {
            let topic = serde_json::json!({ "title": format!("Topic {n}"), "urls": [format!("/topic-{n}*")], "words": [format!("word{n}")] });
            (format!("topic-{n}"), topic)
        })
        .collect();
    let vocabulary = serde_json::json!({
        "topics": topics,
        "personas": { "cio": { "title": "CIO", "topics": { "topic-1": 1.0 }, "words": ["cio"] } },
    });
    serde_json::from_value(vocabulary).context("reading the vocabulary")
}

/// Someone about whom ten things are believed, who has just looked at a page.
fn dossier(n: usize, memory: Option<Vec<u8>>) -> Dossier {
    let now = Instant::from_millis(NOW);
    let mut dossier = Dossier::new(format!("{n:016x}"), now);
    dossier.said_before = (0..10)
        .map(|topic| {
            Belief::new("interest", format!("topic-{topic}"), 0.6, 0.5, now)
                .evidence([format!("site:page-{topic}")])
                .reason("read a page about it and came back to it")
        })
        .collect();
    let page = PageViewed {
        url: Some(format!("https://shop.example.com/topic-{}/more", n % 10)),
        path: Some(format!("/topic-{}/more", n % 10)),
        title: Some("More about it".into()),
        ..PageViewed::default()
    };
    dossier.fresh = vec![Signal::new(format!("site:fresh-{n}"), now).identity("anonymous", format!("visitor-{n}")).kind(page)];
    dossier.memory = memory;
    dossier
}

pub(crate) async fn run(places: &Places) -> anyhow::Result<()> {
    let vocabulary = vocabulary()?;
    let native = BodyLanguage::configure(Default::default(), vocabulary.clone()).map_err(|f| anyhow!("{f:?}"))?;
    // The memory that a first visit leaves, so that nothing has to be read anew.
    let first = native.assess(&dossier(0, None)).map_err(|f| anyhow!("{f:?}"))?.memory;
    println!("## A scorer's call, per dossier");
    println!("| batch | sandboxed, µs | natively, µs | ratio | aim |");
    println!("|---|---|---|---|---|");
    let component = places.plugins.join("body-language.wasm");
    for (batch, aim) in [(1, ""), (16, ""), (256, "20 µs")] {
        let dossiers: Vec<Dossier> = (0..batch).map(|n| dossier(n, first.clone())).collect();
        let bare = per_item(batch, || {
            for d in &dossiers {
                black_box(native.assess(black_box(d))).map_err(|f| anyhow!("{f:?}"))?;
            }
            Ok(())
        })?;
        let (component, vocabulary) = (component.clone(), vocabulary.clone());
        let guest = tokio::task::spawn_blocking(move || -> anyhow::Result<f64> {
            let harness = Harness::open(&component)?.vocabulary(vocabulary).configure(&serde_json::json!({}))?;
            per_item(batch, || {
                for answer in harness.assess(black_box(&dossiers)) {
                    answer.map_err(|f| anyhow!("{f}"))?;
                }
                Ok(())
            })
        })
        .await??;
        println!("| {batch} | {guest:.2} | {bare:.2} | {:.1} | {aim} |", guest / bare);
    }
    println!();
    Ok(())
}

/// The median of many calls, in µs per item.
fn per_item(batch: usize, mut call: impl FnMut() -> anyhow::Result<()>) -> anyhow::Result<f64> {
    let warm = Watch::now();
    while warm.elapsed() < FOR / 6 {
        call()?;
    }
    let mut times = Vec::new();
    let began = Watch::now();
    while began.elapsed() < FOR {
        let watch = Watch::now();
        call()?;
        times.push(watch.elapsed().as_secs_f64() * 1e6 / batch as f64);
    }
    times.sort_by(f64::total_cmp);
    Ok(quantile(&times, 0.5))
}
