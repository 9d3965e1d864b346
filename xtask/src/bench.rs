//! `cargo xtask bench`: measures in release, with the plugins as they are shipped.

use std::process::Command;

use anyhow::Result;

use crate::{
    plugins,
    workspace::{Workspace, run as run_command},
};

pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    // What the guard costs needs no plugin and no daemon.
    if arguments.first().is_some_and(|name| name == "egress") {
        let package = ["--package", "hearken-egress", "--bench", "egress"];
        return workspace.cargo("measuring the guard", &["bench"], |c| c.args(package));
    }
    plugins::build(workspace, &[])?;
    // Together, so that the engine is compiled once for both.
    let packages = ["--package", "hearken", "--package", "hearken-bench"];
    workspace.cargo("building in release", &["build", "--release"], |c| c.args(packages))?;
    let mut bench = Command::new(workspace.target("release/hearken-bench"));
    bench
        .arg(workspace.target("plugins"))
        .arg(workspace.target("release/hearken"))
        .args(arguments);
    run_command("measuring", &mut bench)
}
