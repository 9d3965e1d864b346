//! `cargo xtask plugins`: each first-party plugin to `target/plugins/NAME.wasm`.
//!
//! Cargo says what is out of date; a component is wrapped again only where its core
//! module is newer. The wrapping is the host's own command, which third parties use too.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::SystemTime,
};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::workspace::{Workspace, run as run_command, say};

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Only these; all where none is named
    names: Vec<String>,
}

/// What `cargo metadata` says, as far as it matters here.
#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    targets: Vec<Target>,
}

#[derive(Deserialize)]
struct Target {
    crate_types: Vec<String>,
}

pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    for component in build(workspace, &options.names)? {
        println!("{}", workspace.shown(&component));
    }
    Ok(())
}

/// Builds the plugins with these names, all of them where none is given, and returns
/// their components.
pub(crate) fn build(workspace: &Workspace, names: &[String]) -> Result<Vec<PathBuf>> {
    let known = members(workspace)?;
    if let Some(unknown) = names.iter().find(|n| !known.contains(n)) {
        bail!("no plugin '{unknown}' in plugins/; there are {}", known.join(", "));
    }
    let wanted: Vec<&str> = known
        .iter()
        .filter(|n| names.is_empty() || names.contains(n))
        .map(String::as_str)
        .collect();
    say(&format!("compiling plugins to WebAssembly: {}", wanted.join(", ")));
    let modules = hearken_build::compile(&workspace.path("plugins"), &workspace.target("wasm"), &wanted)
        .context("compiling the plugins")?;
    workspace.build_hearken()?;
    let folder = workspace.target("plugins");
    fs::create_dir_all(&folder).with_context(|| format!("creating {}", folder.display()))?;
    wanted
        .iter()
        .zip(modules)
        .map(|(name, module)| wrap(workspace, name, &module, &folder))
        .collect()
}

/// The members of the plugins' workspace that are libraries for WebAssembly.
fn members(workspace: &Workspace) -> Result<Vec<String>> {
    let output = workspace
        .cargo_command()
        .current_dir(workspace.path("plugins"))
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .output()
        .context("asking cargo for the members of plugins/")?;
    if !output.status.success() {
        bail!(
            "asking cargo for the members of plugins/: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    let metadata: Metadata = serde_json::from_slice(&output.stdout).context("reading what cargo metadata says")?;
    let is_plugin = |p: &Package| p.targets.iter().any(|t| t.crate_types.iter().any(|c| c == "cdylib"));
    let mut names: Vec<String> = metadata
        .packages
        .into_iter()
        .filter(is_plugin)
        .map(|p| p.name)
        .collect();
    names.sort();
    Ok(names)
}

fn wrap(workspace: &Workspace, name: &str, module: &Path, folder: &Path) -> Result<PathBuf> {
    let component = folder.join(format!("{name}.wasm"));
    if newer(&component, module)? && newer(&component, &workspace.hearken())? {
        say(&format!("{name}: up to date"));
        return Ok(component);
    }
    let mut command = Command::new(workspace.hearken());
    command
        .args(["plugin", "build"])
        .arg(module)
        .arg("--out")
        .arg(&component);
    run_command(&format!("{name}: wrapping it into a component"), &mut command)?;
    Ok(component)
}

/// Whether `made` exists and is not older than what it is made from.
fn newer(made: &Path, from: &Path) -> Result<bool> {
    let from_time = modified(from)?.with_context(|| format!("looking for {}", from.display()))?;
    Ok(modified(made)?.is_some_and(|made_time| made_time >= from_time))
}

fn modified(path: &Path) -> Result<Option<SystemTime>> {
    match fs::metadata(path) {
        Ok(metadata) => Ok(Some(metadata.modified()?)),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(e).with_context(|| format!("looking at {}", path.display())),
    }
}
