//! How long it takes from the moment a request is sent to the file in the outbox, while
//! 500 signals a second come in: an open loop, so that waiting counts.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, SystemTime},
};

use anyhow::ensure;
use serde_json::{Value, json};
use tokio::{sync::Mutex, time::Instant};

use crate::{
    Places, quantile,
    rig::{Rig, WRITE_KEY},
    traffic,
};

const RATE: u64 = 500;
const SECONDS: u64 = 20;
/// How much earlier than now a file's time may be that is written now.
const TICK: Duration = Duration::from_millis(10);
/// Of ten signals one asks for a demo, which leads to a hand-over.
const ASKS: u64 = 10;

pub(crate) async fn run(places: &Places) -> anyhow::Result<()> {
    let rig = Rig::start(places, "").await?;
    let waits = measure(&rig).await?;
    println!("\n## From intake to the file in the outbox at {RATE} signals/s");
    println!("| actions | p50, ms | p99, ms | most, ms | aim for p99 |");
    println!("|---|---|---|---|---|");
    println!(
        "| {} | {:.1} | {:.1} | {:.1} | 100 |",
        waits.len(),
        quantile(&waits, 0.5),
        quantile(&waits, 0.99),
        quantile(&waits, 1.0)
    );
    rig.stop().await;
    Ok(())
}

/// How long it took each, in milliseconds, sorted.
pub(crate) async fn measure(rig: &Rig) -> anyhow::Result<Vec<f64>> {
    let client = reqwest::Client::new();
    let url: Arc<str> = format!("{}/in/site/v1/batch", rig.address).into();
    let asked: Arc<Mutex<HashMap<String, SystemTime>>> = Arc::default();
    let began = Instant::now();
    let mut requests = Vec::new();
    for n in 0..RATE * SECONDS {
        tokio::time::sleep_until(began + Duration::from_micros(n * 1_000_000 / RATE)).await;
        // Each person identifies, looks at eight pages and asks.
        let person = n / ASKS;
        let event = match n % ASKS {
            0 => traffic::identify(person),
            9 => traffic::asks(person),
            _ => {
                let mut page = traffic::page(n, 1);
                page["anonymousId"] = format!("visitor-{person}").into();
                page
            }
        };
        let (client, url, asked) = (client.clone(), Arc::clone(&url), Arc::clone(&asked));
        requests.push(tokio::spawn(async move {
            if event["type"] == "track" {
                asked
                    .lock()
                    .await
                    .insert(format!("person-{person}@example.com"), SystemTime::now());
            }
            let body = json!({ "writeKey": WRITE_KEY, "batch": [event] }).to_string();
            let answer = client
                .post(&*url)
                .header("content-type", "application/json")
                .body(body)
                .send()
                .await?;
            ensure!(answer.status() == 200, "a request was answered {}", answer.status());
            Ok(())
        }));
    }
    for request in requests {
        request.await??;
    }
    rig.engine.worked_off().await;
    let asked = asked.lock().await;
    let mut waits = Vec::new();
    for file in std::fs::read_dir(rig.folder.path().join("outbox"))? {
        let file = file?;
        let action: Value = serde_json::from_slice(&std::fs::read(file.path())?)?;
        let text = action.to_string();
        let Some((_, sent)) = asked.iter().find(|(email, _)| text.contains(&format!("\"{email}\""))) else {
            continue;
        };
        let wait = match file.metadata()?.modified()?.duration_since(*sent) {
            Ok(wait) => wait,
            // The system's tick is what a file's time is told by.
            Err(before) if before.duration() <= TICK => Duration::ZERO,
            // About somebody who was handed over before they asked: something else moved.
            Err(_) => continue,
        };
        waits.push(wait.as_secs_f64() * 1000.0);
    }
    waits.sort_by(f64::total_cmp);
    ensure!(
        waits.len() as u64 > SECONDS * RATE / ASKS / 2,
        "only {} actions were delivered",
        waits.len()
    );
    Ok(waits)
}
