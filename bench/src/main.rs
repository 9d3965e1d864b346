//! What Hearken costs, against something measured in the same run, because the machines
//! that benchmarks run on are shared and noisy: a scorer against the same Rust function
//! called natively, the way from intake to committed decisions against the bare statements
//! of that very run. `cargo xtask bench` prepares and calls this.

mod daemon;
mod isolation;
mod latency;
mod open;
mod rig;
mod scorer;
mod start;
mod stopping;
mod throughput;
mod traffic;

use std::path::PathBuf;

use anyhow::Context;

/// Where things are: both made by `cargo xtask bench`.
pub(crate) struct Places {
    /// The folder with the plugins' components.
    plugins: PathBuf,
    /// The release build of the daemon.
    daemon: PathBuf,
}

fn main() -> anyhow::Result<()> {
    // The client is built without a default of its own, because egress brings its provider.
    let installed = rustls::crypto::ring::default_provider().install_default();
    installed.map_err(|_| anyhow::anyhow!("another provider of TLS was installed"))?;
    let mut arguments = std::env::args_os().skip(1);
    let plugins = arguments
        .next()
        .context("usage: hearken-bench PLUGINS-FOLDER DAEMON [PART]")?
        .into();
    let daemon = arguments
        .next()
        .context("usage: hearken-bench PLUGINS-FOLDER DAEMON [PART]")?
        .into();
    let part = arguments.next();
    let wanted = |name: &str| part.as_ref().is_none_or(|p| p == name);
    let places = Places { plugins, daemon };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        if wanted("scorer") {
            scorer::run(&places).await?;
        }
        if wanted("throughput") {
            throughput::run(&places).await?;
        }
        if wanted("latency") {
            latency::run(&places).await?;
        }
        if wanted("open") {
            open::run(&places).await?;
        }
        if wanted("start") {
            start::run(&places).await?;
        }
        if wanted("isolation") {
            isolation::run(&places).await?;
        }
        anyhow::Ok(())
    })
}

/// The `p`-th part (0..1) of sorted values.
pub(crate) fn quantile(sorted: &[f64], p: f64) -> f64 {
    let place = ((sorted.len() as f64 - 1.0) * p).round();
    sorted.get(place as usize).copied().unwrap_or(f64::NAN)
}
