//! The binary, called as people call it.

use std::{
    path::PathBuf,
    process::{Command, Stdio},
};

use serde_json::Value;

use crate::{Folder, target};

/// What a command said, and how it ended.
#[derive(Clone, Debug)]
pub struct Said {
    /// Its exit code.
    pub code: i32,
    /// Its standard output.
    pub out: String,
    /// Its standard error.
    pub err: String,
}

impl Said {
    /// Its answer as JSON.
    ///
    /// # Panics
    /// Where it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("no JSON ({error}): {self:?}"))
    }

    /// The same, of a command that must have ended well.
    ///
    /// # Panics
    /// Where it has not.
    #[allow(clippy::must_use_candidate)] // As a rule it is only asked whether it went well.
    pub fn done(self) -> Self {
        assert_eq!(self.code, 0, "{self:?}");
        self
    }
}

/// Runs `hearken` in a folder, with its configuration.
///
/// # Panics
/// Where the binary is not built.
pub fn hearken(folder: &Folder, arguments: &[&str]) -> Said {
    let output = command(folder)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .expect("the binary runs");
    Said {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).expect("text"),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// The binary.
///
/// # Panics
/// Where it is not built.
#[must_use]
pub fn binary() -> PathBuf {
    let binary = std::env::var_os("HEARKEN_BIN").map_or_else(|| target().join("debug/hearken"), PathBuf::from);
    assert!(
        binary.is_file(),
        "the binary is not built: run `cargo build -p hearken`"
    );
    binary
}

/// The binary, about to be called in a folder.
///
/// # Panics
/// Where it is not built.
#[must_use]
pub fn command(folder: &Folder) -> Command {
    in_folder(Command::new(binary()), folder)
}

/// A program, about to be called in a folder, with its configuration and no other settings.
pub(crate) fn in_folder(mut program: Command, folder: &Folder) -> Command {
    program
        .current_dir(folder.path())
        .env("HEARKEN_CONFIG", folder.configuration());
    for variable in ["HEARKEN_LOG", "RUST_LOG", "NO_COLOR"] {
        program.env_remove(variable);
    }
    program
}
