//! Where things are, and running other programs with their failures said plainly.

use std::{
    env,
    ffi::OsStr,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};

/// The repository's root folder and what hangs below it.
pub(crate) struct Workspace {
    root: PathBuf,
    target: PathBuf,
}

impl Workspace {
    /// From where this program was built, so that it works from any folder.
    pub(crate) fn find() -> Result<Self> {
        let crate_dir = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = crate_dir
            .parent()
            .context("finding the repository's root above xtask")?
            .to_path_buf();
        let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |d| root.join(d));
        Ok(Self { root, target })
    }

    /// A path below the root.
    pub(crate) fn path(&self, below: &str) -> PathBuf {
        self.root.join(below)
    }

    /// A path below cargo's target folder.
    pub(crate) fn target(&self, below: &str) -> PathBuf {
        self.target.join(below)
    }

    /// The `hearken` program of the dev profile.
    pub(crate) fn hearken(&self) -> PathBuf {
        self.target(&format!("debug/hearken{}", env::consts::EXE_SUFFIX))
    }

    /// Builds [`Workspace::hearken`].
    pub(crate) fn build_hearken(&self) -> Result<()> {
        self.cargo(
            "building hearken",
            &["build", "--package", "hearken", "--bin", "hearken"],
            |c| c,
        )
    }

    /// The cargo that runs this, with the root as its folder.
    pub(crate) fn cargo_command(&self) -> Command {
        let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.current_dir(&self.root).env("CARGO_TARGET_DIR", &self.target);
        // Set for this program by the cargo that started it; another package's build must not
        // see it, and is done again where it looks for it and finds another.
        let of_this_program = |name: &str| name.starts_with("CARGO_MANIFEST_") || name.starts_with("CARGO_PKG_");
        for (name, _) in env::vars_os() {
            if name.to_str().is_some_and(of_this_program) {
                command.env_remove(name);
            }
        }
        command
    }

    /// Runs cargo with `arguments`, after `adjust` had its say.
    pub(crate) fn cargo(
        &self,
        what: &str,
        arguments: &[&str],
        adjust: impl FnOnce(&mut Command) -> &mut Command,
    ) -> Result<()> {
        let mut command = self.cargo_command();
        command.args(arguments);
        adjust(&mut command);
        run(what, &mut command)
    }

    /// A path as people read it: relative to the root where it lies below.
    pub(crate) fn shown<'a>(&self, path: &'a Path) -> std::path::Display<'a> {
        path.strip_prefix(&self.root).unwrap_or(path).display()
    }
}

/// Says what is about to be done, on stderr: stdout belongs to results.
pub(crate) fn say(what: &str) {
    eprintln!("==> {what}");
}

/// Runs a command to its end; its output is the terminal's.
pub(crate) fn run(what: &str, command: &mut Command) -> Result<()> {
    say(&format!("{what}: {}", line(command)));
    let status = command
        .status()
        .with_context(|| format!("{what}: starting {}", program(command)))?;
    if !status.success() {
        bail!("{what}: {} ended with {status}", program(command));
    }
    Ok(())
}

/// Whether a program answers to `--version`.
pub(crate) fn answers(program: impl AsRef<OsStr>, arguments: &[&str]) -> bool {
    Command::new(program)
        .args(arguments)
        .output()
        .is_ok_and(|o| o.status.success())
}

fn program(command: &Command) -> String {
    Path::new(command.get_program())
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

fn line(command: &Command) -> String {
    let mut words = vec![program(command)];
    words.extend(command.get_args().map(|a| a.to_string_lossy().into_owned()));
    words.join(" ")
}
