//! What attackers cost their neighbours: twice as many connectors as there are cores that
//! spin, allocate and flood without end, beside a scorer that is asked a hundred times a
//! second, against the same scorer alone, in turns; and how a stop goes beside them.

use std::{
    num::NonZeroUsize,
    sync::Arc,
    time::{Duration, Instant as Watch},
};

use anyhow::Context;
use hearken_sandbox::{Connector, ConnectorSpec, Grants, Isolation, Limits, Plugin, Sandbox, SandboxOptions, wire};
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use crate::{Places, quantile, scorer::dossiers_on_the_wire, stopping};

const RUNS: usize = 5;
const FOR: Duration = Duration::from_secs(4);
const EVERY: Duration = Duration::from_millis(10);
const ATTACKS: [&str; 3] = ["spin", "allocate", "bomb"];
const BATCH: usize = 16;

/// What a neighbour and a timer saw, in milliseconds.
struct Seen {
    calls: Vec<f64>,
    late: Vec<f64>,
}

pub(crate) async fn run(places: &Places) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let options = SandboxOptions::new(folder.path().join("compiled"), tokio::runtime::Handle::current());
    let sandbox = Sandbox::new(options)?;
    let attacker = sandbox.load(&places.plugins.join("misbehaving.wasm")).await?;
    let neighbour = connect(&attacker, "good", 0).await?;
    let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let mut attackers = Vec::new();
    for n in 0..2 * cores {
        attackers.push(connect(&attacker, ATTACKS[n % ATTACKS.len()], n + 1).await?);
    }
    let (mut alone, mut beside, mut late) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..RUNS {
        alone.push(quantile(&look(&neighbour).await?.calls, 0.99));
        let over = CancellationToken::new();
        let attacks: Vec<_> = attackers
            .iter()
            .map(|a| tokio::spawn(attack(a.clone(), over.clone())))
            .collect();
        let seen = look(&neighbour).await?;
        over.cancel();
        for attack in attacks {
            attack.await.context("an attacker ends")?;
        }
        beside.push(quantile(&seen.calls, 0.99));
        late.push(quantile(&seen.late, 0.99));
    }
    for all in [&mut alone, &mut beside, &mut late] {
        all.sort_by(f64::total_cmp);
    }
    let (alone, beside, late) = (quantile(&alone, 0.5), quantile(&beside, 0.5), quantile(&late, 0.5));
    println!(
        "\n## A neighbour of {} attackers on {cores} cores, median of {RUNS} runs",
        2 * cores
    );
    println!("| | alone | beside them | ratio | more, ms | aim |");
    println!("|---|---|---|---|---|---|");
    println!(
        "| p99 of a call of {BATCH} items, ms | {alone:.2} | {beside:.2} | {:.1} | {:.1} | 2 times, or 5 ms more |",
        beside / alone,
        beside - alone
    );
    println!("| p99 of a timer's lateness, ms | | {late:.2} | | | 50 |");
    stopping::run(places, 2 * cores).await
}

async fn connect(plugin: &Arc<Plugin>, mode: &str, n: usize) -> anyhow::Result<Connector> {
    let spec = ConnectorSpec {
        name: format!("{mode}-{n}"),
        settings: wire::Settings {
            config: format!(r#"{{"mode":"{mode}"}}"#),
            vocabulary: "{}".into(),
            extra: Vec::new(),
        },
        limits: Limits::default(),
        grants: Grants::default(),
        isolation: Isolation::Call,
    };
    Ok(plugin.connect(spec).await?)
}

/// Calls without a pause. What comes of a call is its own affair.
async fn attack(attacker: Connector, over: CancellationToken) {
    let Ok(dossiers) = dossiers_on_the_wire(1) else { return };
    while !over.is_cancelled() {
        tokio::select! {
            _ = attacker.assess(dossiers.clone()) => {}
            () = over.cancelled() => {}
        }
    }
}

/// Asks the neighbour at a steady rate.
async fn look(neighbour: &Connector) -> anyhow::Result<Seen> {
    let dossiers = dossiers_on_the_wire(BATCH)?;
    let mut seen = Seen {
        calls: Vec::new(),
        late: Vec::new(),
    };
    let began = Instant::now();
    let mut due = began;
    while began.elapsed() < FOR {
        due += EVERY;
        sleep_until(due).await;
        seen.late.push(due.elapsed().as_secs_f64() * 1000.0);
        let batch = dossiers.clone();
        let watch = Watch::now();
        for answer in neighbour.assess(batch).await {
            answer?;
        }
        seen.calls.push(watch.elapsed().as_secs_f64() * 1000.0);
        due = due.max(Instant::now());
    }
    seen.calls.sort_by(f64::total_cmp);
    seen.late.sort_by(f64::total_cmp);
    Ok(seen)
}
