//! Why there is no plugin to test.

use std::io;
use std::path::PathBuf;

use hearken_build::CompileError;
use hearken_sandbox::{BuildError, LoadError, SandboxError};

/// Why there is no plugin to test. What a plugin answers, and how it breaks, is a
/// [`Fault`](crate::Fault) instead.
#[derive(Debug, thiserror::Error)]
pub enum HarnessError {
    /// The crate does not compile to WebAssembly.
    #[error("compiling the plugin in {folder}: {source}")]
    Compile {
        /// The crate's folder.
        folder: PathBuf,
        /// Why not.
        source: CompileError,
    },
    /// The compiled module is no plugin.
    #[error("making a component of {module}: {source}")]
    Componentize {
        /// The core module.
        module: PathBuf,
        /// Why not.
        source: BuildError,
    },
    /// The host refuses the component.
    #[error("loading the plugin: {0}")]
    Load(#[from] LoadError),
    /// The host's engine does not start.
    #[error("starting the sandbox: {0}")]
    Sandbox(#[from] SandboxError),
    /// A file or folder cannot be used.
    #[error("using {path}: {source}")]
    Io {
        /// Which.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
}
