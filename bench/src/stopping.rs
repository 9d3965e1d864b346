//! How long the daemon takes from SIGTERM to its end while attackers have its plugins'
//! threads: as many scorers as in the other part of `isolation`, each of
//! which spins at whoever looked at the first page: everybody.

use std::{
    fmt::Write as _,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use crate::{
    Places,
    daemon::Daemon,
    quantile,
    rig::{self, WRITE_KEY},
    traffic,
};

const RUNS: usize = 5;
/// How long the daemon lets what is under way come to its end, and a second more.
const AIM_S: f64 = 31.0;
const PEOPLE: u64 = 200;

pub(crate) async fn run(places: &Places, attackers: usize) -> anyhow::Result<()> {
    let alone = took(places, 0).await?;
    let beside = took(places, attackers).await?;
    println!("\n## From SIGTERM to the end, median of {RUNS} runs");
    println!("| | alone | beside {attackers} attackers | ratio | aim |");
    println!("|---|---|---|---|---|");
    println!("| s | {alone:.2} | {beside:.2} | {:.1} | {AIM_S} |", beside / alone);
    Ok(())
}

async fn took(places: &Places, attackers: usize) -> anyhow::Result<f64> {
    let more = (0..attackers).fold(String::new(), |mut toml, n| {
        let _ = write!(
            toml,
            "[connectors.attacker-{n}]\nplugin = \"misbehaving\"\nconfig = {{ mode = \"spin-on-text:Start\" }}\n\
             grants.folder = \"attacker\"\n"
        );
        toml
    });
    let more = more + "[flow]\nrouter = \"facilitator\"\n";
    let client = reqwest::Client::new();
    let mut times = Vec::new();
    for _ in 0..RUNS {
        let folder = rig::configured(places, &more)?;
        let mut daemon = Daemon::start(places, folder.path(), &client).await?;
        let batch: Vec<Value> = (0..PEOPLE).map(|n| traffic::page(n, PEOPLE)).collect();
        let answer = client
            .post(format!("{}/in/site/v1/batch", daemon.public))
            .basic_auth(WRITE_KEY, Some(""))
            .json(&json!({ "batch": batch }))
            .send()
            .await?;
        ensure!(answer.status() == 200, "a batch was answered with {}", answer.status());
        tokio::time::sleep(Duration::from_millis(100)).await;
        let began = Instant::now();
        kill_process(Pid::from_child(&daemon.process), Signal::TERM).context("asking the daemon to stop")?;
        let status = tokio::task::spawn_blocking(move || daemon.process.wait()).await??;
        ensure!(status.success(), "the daemon ended with {status}");
        times.push(began.elapsed().as_secs_f64());
    }
    times.sort_by(f64::total_cmp);
    Ok(quantile(&times, 0.5))
}
