//! How long the daemon takes from being called to being ready, with its plugins compiled.

use std::time::Instant;

use crate::{Places, daemon::Daemon, quantile, rig};

const RUNS: usize = 11;

pub(crate) async fn run(places: &Places) -> anyhow::Result<()> {
    let folder = rig::configured(places, "")?;
    let client = reqwest::Client::new();
    let mut times = Vec::new();
    let mut cold = 0.0;
    for n in 0..=RUNS {
        let began = Instant::now();
        let daemon = Daemon::start(places, folder.path(), &client).await?;
        let took = began.elapsed().as_secs_f64() * 1000.0;
        drop(daemon);
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
