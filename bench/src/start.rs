//! How long the daemon takes from being called to being ready, with its plugins compiled.

use std::{
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use serde_json::Value;

use crate::{Places, quantile, rig};

const RUNS: usize = 11;

pub(crate) async fn run(places: &Places) -> anyhow::Result<()> {
    let folder = rig::configured(places)?;
    let client = reqwest::Client::new();
    let mut times = Vec::new();
    let mut cold = 0.0;
    for n in 0..=RUNS {
        let began = Instant::now();
        let mut daemon = Command::new(&places.daemon)
            .arg("run")
            .arg("--config")
            .arg(folder.path().join("hearken.toml"))
            .stderr(Stdio::null())
            .spawn()
            .context("starting the daemon")?;
        let ready = ready(&client, folder.path(), daemon.id(), began).await;
        let took = began.elapsed().as_secs_f64() * 1000.0;
        daemon.kill()?;
        daemon.wait()?;
        ready?;
        if n == 0 { cold = took } else { times.push(took) }
    }
    times.sort_by(f64::total_cmp);
    println!("\n## From being called to /ready, four plugins");
    println!("| compile cache | runs | median, ms | most, ms | against cold | aim |");
    println!("|---|---|---|---|---|---|");
    let median = quantile(&times, 0.5);
    println!(
        "| warm | {RUNS} | {median:.0} | {:.0} | {:.3} | 300 |",
        quantile(&times, 1.0),
        median / cold
    );
    println!("| cold | 1 | {cold:.0} | {cold:.0} | 1 | |");
    Ok(())
}

async fn ready(client: &reqwest::Client, folder: &std::path::Path, pid: u32, began: Instant) -> anyhow::Result<()> {
    let file = address_file(folder);
    while began.elapsed() < Duration::from_secs(120) {
        let addresses: Option<Value> = std::fs::read(&file).ok().and_then(|t| serde_json::from_slice(&t).ok());
        if let Some(addresses) = addresses.filter(|a| a["pid"] == pid) {
            let admin = addresses["admin"].as_str().unwrap_or_default();
            if let Ok(answer) = client.get(format!("{admin}/ready")).send().await
                && answer.status() == 200
            {
                return Ok(());
            }
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    bail!("the daemon was not ready within two minutes")
}

fn address_file(folder: &std::path::Path) -> std::path::PathBuf {
    folder.join("hearken-data").join("hearken.addr")
}
