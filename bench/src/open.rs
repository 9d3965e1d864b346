//! What 50,000 open conversations cost: each is a hand-over that was delivered and waits to be
//! taken, with a timer for when it is not. Memory and file size a conversation, and how long
//! an answer takes while they are open.

use std::time::Duration;

use anyhow::{Context, ensure};
use hearken_store::{ProspectQuery, Store as _};
use serde_json::{Value, json};

use crate::{
    Places, latency, quantile,
    rig::{Rig, WRITE_KEY},
    traffic,
};

const CONVERSATIONS: u64 = 50_000;
/// Numbers of people that the latency's own do not have.
const FIRST: u64 = 1_000_000;
/// People in a request …
const AT_ONCE: u64 = 50;
/// … and requests at the same time.
const REQUESTS: usize = 4;
/// A hand-over that nobody takes is looked after by a timer.
const TIMED: &str = "accept-within = \"8h\"\n";

pub(crate) async fn run(places: &Places) -> anyhow::Result<()> {
    let rig = Rig::start(places, TIMED).await?;
    // What the plugins' code and the first requests take is not the conversations'.
    talk(&rig, FIRST - AT_ONCE, FIRST).await?;
    rig.engine.worked_off().await;
    let before = resident()?;
    talk(&rig, FIRST, FIRST + CONVERSATIONS).await?;
    rig.engine.worked_off().await;
    let after = resident()?;
    let file = std::fs::metadata(&rig.store_path)?.len();
    let open = still_open(&rig).await?;
    let waits = latency::measure(&rig).await?;
    println!("\n## {open} open conversations, each with a timer");
    println!("| memory each, kB | aim | file each, kB | file, MB | signal to delivery p50, ms | p99, ms | aim |");
    println!("|---|---|---|---|---|---|---|");
    println!(
        "| {:.2} | 2 | {:.2} | {:.0} | {:.1} | {:.1} | 250 |",
        after.saturating_sub(before) as f64 / 1_000.0 / open as f64,
        file as f64 / 1_000.0 / open as f64,
        file as f64 / 1e6,
        quantile(&waits, 0.5),
        quantile(&waits, 0.99),
    );
    ensure!(open >= CONVERSATIONS, "only {open} conversations are open");
    rig.stop().await;
    Ok(())
}

/// Has people give their address and ask for a demo.
async fn talk(rig: &Rig, from: u64, to: u64) -> anyhow::Result<()> {
    let client = reqwest::Client::new();
    let url = format!("{}/in/site/v1/batch", rig.address);
    let people: Vec<u64> = (from..to).collect();
    for requests in people.chunks((AT_ONCE as usize) * REQUESTS) {
        let sent = requests.chunks(AT_ONCE as usize).map(|people| {
            let batch: Vec<Value> = people
                .iter()
                .flat_map(|p| [traffic::identify(*p), traffic::asks(*p)])
                .collect();
            let body = json!({ "writeKey": WRITE_KEY, "batch": batch }).to_string();
            client
                .post(&url)
                .header("content-type", "application/json")
                .body(body)
                .send()
        });
        for answer in futures::future::join_all(sent).await {
            ensure!(answer?.status() == 200, "a request was not taken");
        }
        // Nobody is measured yet: what is accepted does not run ahead of what is applied.
        while rig.store.progress().await?.iter().map(|p| p.waiting()).sum::<u64>() > 2_000 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    Ok(())
}

/// How many people wait to be taken.
async fn still_open(rig: &Rig) -> anyhow::Result<u64> {
    let query = ProspectQuery {
        text: None,
        limit: usize::MAX >> 1,
    };
    let all = rig.store.prospect_list(query).await?;
    let waits = |p: &hearken_model::Prospect| p.tellings().iter().any(|t| t.answer_by.is_some() && t.state.is_final());
    Ok(all.iter().filter(|p| waits(p)).count() as u64)
}

/// This process's resident memory in bytes. What the allocator keeps for later counts.
fn resident() -> anyhow::Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status").context("asking for this process's memory")?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmRSS:"));
    let kb = line.and_then(|l| l.trim().trim_end_matches(" kB").trim().parse::<u64>().ok());
    Ok(kb.context("the system does not say how much memory is resident")? * 1_024)
}
