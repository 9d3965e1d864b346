//! `cargo xtask fuzz`: each target of `fuzz/` for a while, by cargo-fuzz.
//!
//! Without a sanitizer: nothing of ours is unsafe, and so it runs on the stable compiler.

use std::{fs, path::Path, process::Command};

use anyhow::{Context, Result};

use crate::{
    plugins,
    workspace::{Workspace, answers, run as run_command},
};

/// Targets, with the largest input that is worth its time.
const TARGETS: [(&str, u32); 4] = [
    ("loader", 1 << 19),
    ("webhook", 4096),
    ("guard", 1024),
    ("secrets", 4096),
];

#[derive(clap::Args)]
pub(crate) struct Options {
    /// One target instead of all
    #[arg(value_parser = TARGETS.map(|(name, _)| name))]
    target: Option<String>,
    /// How long each target runs
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    seconds: u32,
}

pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    if !answers("cargo", &["fuzz", "--version"]) {
        workspace.cargo("installing cargo-fuzz", &["install", "cargo-fuzz", "--locked"], |c| c)?;
    }
    let wanted = |name: &str| options.target.as_ref().is_none_or(|only| only == name);
    for (target, most_bytes) in TARGETS.into_iter().filter(|(name, _)| wanted(name)) {
        // Kept between runs, so that each goes on where the last one ended.
        let corpus = workspace.target("fuzz").join(target);
        fs::create_dir_all(&corpus).with_context(|| format!("creating {}", corpus.display()))?;
        if target == "loader" {
            plugins::build(workspace, &[])?;
            seed(&workspace.target("plugins"), &corpus)?;
        }
        let mut fuzz = Command::new("cargo");
        fuzz.current_dir(workspace.path("fuzz"))
            .env("CARGO_TARGET_DIR", workspace.target("fuzz/compiled"))
            .args(["fuzz", "run", "--fuzz-dir", ".", "--sanitizer", "none", target])
            .arg(&corpus)
            .arg("--")
            .arg(format!("-max_total_time={}", options.seconds))
            .arg(format!("-max_len={most_bytes}"))
            .arg("-print_final_stats=1");
        run_command(&format!("fuzzing the {target}"), &mut fuzz)?;
    }
    Ok(())
}

/// Real plugins are what a loader's fuzzer begins with.
fn seed(plugins: &Path, corpus: &Path) -> Result<()> {
    for entry in fs::read_dir(plugins).context("looking for plugins")? {
        let path = entry?.path();
        if path.extension().is_some_and(|kind| kind == "wasm")
            && let Some(name) = path.file_name()
        {
            fs::copy(&path, corpus.join(name)).with_context(|| format!("copying {}", path.display()))?;
        }
    }
    Ok(())
}
