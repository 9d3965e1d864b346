//! `cargo xtask deny`: whether all dependencies are what they may be (`deny.toml`).

use anyhow::Result;

use crate::workspace::{Workspace, answers, say};

/// Every workspace of the repository.
const MANIFESTS: [&str; 4] = ["", "plugins/", "sdk/rust/template/", "fuzz/"];

pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    if !answers("cargo", &["deny", "--version"]) {
        workspace.cargo("installing cargo-deny", &["install", "cargo-deny", "--locked"], |c| c)?;
    }
    // The database of advisories is a repository of its own, which not every machine reaches.
    let with_advisories = workspace
        .cargo("fetching the advisories", &["deny", "fetch", "db"], |c| c)
        .is_ok();
    if !with_advisories {
        say("the advisories cannot be reached: they are NOT checked");
    }
    for folder in MANIFESTS {
        let manifest = workspace.path(&format!("{folder}Cargo.toml"));
        let config = workspace.path("deny.toml");
        workspace.cargo("checking the dependencies", &["deny"], |c| {
            c.arg("--manifest-path").arg(manifest).arg("--config").arg(config);
            c.args(["--log-level", "error", "check", "bans", "licenses", "sources"]);
            if with_advisories {
                c.arg("advisories");
            }
            c
        })?;
    }
    Ok(())
}
