//! Plugins are compiled by another process of this program, with limits of time and memory.

use std::{path::PathBuf, sync::OnceLock};

use hearken_sandbox::{Compiler, CompilerProcess, compile_apart};

use crate::output::Exit;

/// The largest component, with an interpreter in it, takes a quarter of it.
const MEMORY_BYTES: u64 = 4 << 30;
const COMMAND: &str = "compile-apart";

static THIS_PROGRAM: OnceLock<PathBuf> = OnceLock::new();

/// Notes that this process is `hearken` itself and can be started again to compile. A test or
/// a benchmark that wires a daemon's parts is not.
pub(crate) fn this_is_hearken() {
    if let Ok(program) = std::env::current_exe() {
        // Only once, at the beginning.
        let _ = THIS_PROGRAM.set(program);
    }
}

/// Where plugins are compiled.
pub(crate) fn compiler() -> Compiler {
    THIS_PROGRAM.get().map_or(Compiler::Here, |program| {
        Compiler::Apart(CompilerProcess::new(program.clone(), vec![COMMAND.into()]))
    })
}

/// What the process does that is started to compile.
pub(super) fn compile() -> anyhow::Result<Exit> {
    match compile_apart(MEMORY_BYTES) {
        Ok(()) => Ok(Exit::Done),
        Err(why) => {
            eprintln!("{why}");
            Ok(Exit::Failed)
        }
    }
}
