//! Which compiler to use.
//!
//! In this order: rustup's, where the target is installed; Debian's, where it is; rustup's
//! again after adding the target; Debian's after installing it. What is there comes before
//! what has to be fetched, so that a machine without a network is not kept waiting by
//! rustup at every build.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::compile::output;
use crate::{CompileError, debian};

/// What plugins are compiled for: nothing of a system, so no WASI.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// A compiler for [`TARGET`].
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Toolchain {
    /// The one that cargo uses anyway.
    Default,
    /// A compiler that comes with the source of its standard library.
    FromSource {
        /// The compiler.
        rustc: PathBuf,
        /// `wasm-ld`, or rustup's `rust-lld`.
        linker: PathBuf,
    },
}

impl Toolchain {
    pub(crate) fn find(crate_dir: &Path) -> Result<Self, CompileError> {
        let sysroot = sysroot(crate_dir);
        if has_target(sysroot.as_deref()) {
            return Ok(Self::Default);
        }
        if let Some(toolchain) = debian::installed(sysroot.as_deref()) {
            return Ok(toolchain);
        }
        if add_target(crate_dir) && has_target(sysroot.as_deref()) {
            return Ok(Self::Default);
        }
        debian::install()?;
        debian::installed(sysroot.as_deref()).ok_or_else(|| CompileError::NoToolchain {
            hint: "the packages were installed, and still there is no compiler with its source or no wasm-ld".into(),
        })
    }

    /// Makes cargo use it.
    pub(crate) fn configure(&self, cargo: &mut Command) {
        match self {
            Self::Default => {}
            // Building the standard library is an unstable feature; Debian's compiler is a
            // stable one, which `RUSTC_BOOTSTRAP` opens.
            Self::FromSource { rustc, linker } => {
                cargo
                    .arg("-Zbuild-std=std,panic_abort")
                    .env("RUSTC_BOOTSTRAP", "1")
                    .env("RUSTC", rustc)
                    .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
            }
        }
    }
}

/// Where the compiler that cargo uses in this folder has its libraries.
fn sysroot(crate_dir: &Path) -> Option<PathBuf> {
    let mut command = Command::new("rustc");
    command.current_dir(crate_dir).args(["--print", "sysroot"]);
    output(&mut command).ok().map(|path| PathBuf::from(path.trim()))
}

fn has_target(sysroot: Option<&Path>) -> bool {
    sysroot.is_some_and(|sysroot| sysroot.join("lib/rustlib").join(TARGET).join("lib").is_dir())
}

/// Whether rustup is there and could add the target.
fn add_target(crate_dir: &Path) -> bool {
    let mut command = Command::new("rustup");
    command
        .current_dir(crate_dir)
        .args(["target", "add", TARGET])
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    match command.spawn() {
        Ok(mut child) => {
            eprintln!("adding the target {TARGET} with rustup");
            child.wait().is_ok_and(|status| status.success())
        }
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_compiler_from_source_builds_its_standard_library_with_the_linker_found() {
        let mut command = Command::new("cargo");
        Toolchain::FromSource {
            rustc: "/usr/bin/rustc".into(),
            linker: "wasm-ld-22".into(),
        }
        .configure(&mut command);
        let args: Vec<_> = command.get_args().collect();
        assert_eq!(args, ["-Zbuild-std=std,panic_abort"]);
        let linker = command
            .get_envs()
            .find(|(name, _)| *name == "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER");
        assert_eq!(linker.and_then(|(_, value)| value), Some("wasm-ld-22".as_ref()));
    }

    #[test]
    fn the_default_compiler_is_left_as_it_is() {
        let mut command = Command::new("cargo");
        Toolchain::Default.configure(&mut command);
        assert!(command.get_args().next().is_none() && command.get_envs().next().is_none());
    }
}
