//! Signals a second from intake to committed decisions, through the real listener and the
//! real plugins, against the statements of that very run told to SQLite with nothing around
//! them, in the same transactions.

use std::{
    sync::Arc,
    sync::atomic::{AtomicU64, Ordering},
    time::Instant,
};

use anyhow::ensure;
use serde_json::json;

use crate::{
    Places,
    rig::{Rig, WRITE_KEY},
    traffic,
};

/// As many visitors as a busy site has at once.
const PEOPLE: u64 = 2_000;
const CLIENTS: u64 = 64;

pub(crate) async fn run(places: &Places) -> anyhow::Result<()> {
    println!("## Intake to committed decisions on SQLite");
    println!("| events a request | signals | signals/s | bare statements, signals/s | ratio | aim |");
    println!("|---|---|---|---|---|---|");
    for (events, requests, aim) in [(1, 20_000, 0.25), (100, 400, 0.5)] {
        one(places, events, requests, aim).await?;
    }
    Ok(())
}

async fn one(places: &Places, events: u64, requests: u64, aim: f64) -> anyhow::Result<()> {
    let rig = Rig::start(places, "").await?;
    let client = reqwest::Client::builder()
        .pool_max_idle_per_host(CLIENTS as usize)
        .build()?;
    let url: Arc<str> = format!("{}/in/site/v1/batch", rig.address).into();
    send(&client, &url, 0, 0, 1).await?;
    rig.engine.worked_off().await;
    rig.store.record_statements(true);
    let next = Arc::new(AtomicU64::new(1));
    let began = Instant::now();
    let clients: Vec<_> = (0..CLIENTS)
        .map(|_| {
            let (client, url, next) = (client.clone(), Arc::clone(&url), Arc::clone(&next));
            tokio::spawn(async move {
                loop {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    if n > requests {
                        return anyhow::Ok(());
                    }
                    send(&client, &url, n, n * events, events).await?;
                }
            })
        })
        .collect();
    for client in clients {
        client.await??;
    }
    rig.engine.worked_off().await;
    // Seeing that nothing is left takes three looks, a moment apart.
    let took = began.elapsed().as_secs_f64() - 0.05;
    rig.store.record_statements(false);
    let recording = rig.store.take_recording();
    let bare_folder = tempfile::tempdir()?;
    let bare = recording
        .replay_bare(&bare_folder.path().join("bare.sqlite"))?
        .as_secs_f64();
    let signals = (requests * events) as f64;
    let ratio = bare / took;
    println!(
        "| {events} | {signals} | {:.0} | {:.0} | {ratio:.2} | {aim} |",
        signals / took,
        signals / bare
    );
    eprintln!(
        "({} transactions, {} statements; {:.2} s against {bare:.2} s bare)",
        recording.groups(),
        recording.statements(),
        took
    );
    ensure!(rig.folder.path().exists());
    rig.stop().await;
    Ok(())
}

async fn send(client: &reqwest::Client, url: &str, request: u64, first: u64, events: u64) -> anyhow::Result<()> {
    let batch: Vec<_> = (first..first + events).map(|n| traffic::page(n, PEOPLE)).collect();
    let body = json!({ "writeKey": WRITE_KEY, "batch": batch }).to_string();
    let answer = client
        .post(url)
        .header("content-type", "application/json")
        .body(body)
        .send()
        .await?;
    ensure!(
        answer.status() == 200,
        "request {request} was answered {}",
        answer.status()
    );
    answer.bytes().await?;
    Ok(())
}
