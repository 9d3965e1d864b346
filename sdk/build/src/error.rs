//! Why a plugin could not be compiled.

use std::path::PathBuf;
use std::process::ExitStatus;
use std::{error, fmt, io};

/// Why a plugin could not be compiled.
#[derive(Debug)]
pub enum CompileError {
    /// There is no compiler for WebAssembly, and this process may not install one.
    NoToolchain {
        /// The one command to run, or what to do where there is none.
        hint: String,
    },
    /// A program could not be started.
    Start {
        /// The program.
        program: String,
        /// Why not.
        source: io::Error,
    },
    /// A program said that it failed; what it said is on stderr.
    Failed {
        /// The program and its arguments.
        command: String,
        /// How it ended.
        status: ExitStatus,
    },
    /// Cargo was content and there is no module.
    NoModule {
        /// Where it was expected.
        path: PathBuf,
    },
}

impl fmt::Display for CompileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoToolchain { hint } => {
                write!(f, "no compiler for wasm32-unknown-unknown; {hint}")
            }
            Self::Start { program, source } => write!(f, "cannot start {program}: {source}"),
            Self::Failed { command, status } => write!(f, "'{command}' failed ({status})"),
            Self::NoModule { path } => write!(
                f,
                "no module at {}; a plugin's crate has crate-type \"cdylib\" and no [lib] name of its own",
                path.display()
            ),
        }
    }
}

impl error::Error for CompileError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Self::Start { source, .. } => Some(source),
            _ => None,
        }
    }
}
