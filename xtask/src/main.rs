//! `cargo xtask demo | test | bench | fuzz | deny | plugins`: what people and CI run, the same for both.

mod bench;
mod demo;
mod deny;
mod fuzz;
mod packages;
mod plugins;
mod tests;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::workspace::Workspace;

#[derive(Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    about = "Build, test, measure and show Hearken"
)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Show Hearken at work: a daemon, a small generated site's traffic, and what it makes of it
    Demo(demo::Options),
    /// Build everything, install what the tests need, and run all of them
    Test(tests::Options),
    /// Measure, in release
    Bench {
        /// Passed on to the benchmarks
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Feed what reads strangers' bytes with made-up ones, for a while each
    Fuzz(fuzz::Options),
    /// Check that all dependencies are what they may be
    Deny,
    /// Compile the first-party plugins to target/plugins/NAME.wasm
    Plugins(plugins::Options),
}

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> anyhow::Result<()> {
    let workspace = Workspace::find()?;
    match arguments.task {
        Task::Demo(options) => demo::run(&workspace, &options),
        Task::Test(options) => tests::run(&workspace, &options),
        Task::Bench { arguments } => bench::run(&workspace, &arguments),
        Task::Fuzz(options) => fuzz::run(&workspace, &options),
        Task::Deny => deny::run(&workspace),
        Task::Plugins(options) => plugins::run(&workspace, &options),
    }
}
