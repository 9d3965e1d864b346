//! The `hearken` command: listens to what prospects do, works out what each of them cares about, and
//! answers with the one story that fits, or with silence.
//!
//! It is thin: it reads arguments, wires what the other crates provide, and turns
//! what comes of it into text, JSON and an exit code. 0: done; 1: failed; 2: the command
//! line or the configuration is wrong.

mod arguments;
mod commands;
mod configured;
mod installation;
mod link_keys;
mod logging;
mod output;
mod rehearsal;
mod secret_program;
mod watched;
mod way_out;
pub mod wire_up;

use std::{process::ExitCode, time::Duration};

use clap::Parser;

use crate::{arguments::Arguments, output::Exit};

/// The whole program: reads the command line, does what it says, and how that ended.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    commands::compiler::this_is_hearken();
    logging::start(arguments.log_format, arguments.command.default_log_level());
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_name("io")
        .build();
    let exit = match runtime {
        Ok(runtime) => {
            let result = runtime.block_on(Box::pin(commands::run(arguments.command)));
            // What still runs by now was told to end; it may not keep the process.
            runtime.shutdown_timeout(Duration::from_secs(1));
            result
        }
        Err(error) => Err(anyhow::Error::new(error).context("starting the runtime")),
    };
    match exit {
        Ok(exit) => exit.code(),
        Err(error) => {
            anstream::eprintln!("hearken: {}", output::clean(&format!("{error:#}")));
            Exit::of(&error).code()
        }
    }
}
