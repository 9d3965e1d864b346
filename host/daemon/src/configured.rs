//! Configurations as commands need them.

use std::path::PathBuf;

use anyhow::Context;
use hearken_config::{Configuration, Diagnostic, Loaded, Outside, Program, Severity, Wiring, load_from};
use hearken_store::{Access, Sqlite};

use crate::{
    arguments::{Configured, Reading},
    output::{Misuse, look, plural},
    secret_program,
};

/// A configuration and its store, for commands that look things up or leave a mark.
pub(crate) struct Opened {
    pub(crate) wiring: Wiring,
    pub(crate) store: Sqlite,
}

impl Configured {
    /// Loads the configuration for a command that uses no connector: no secret is read.
    pub(crate) fn wiring(&self) -> anyhow::Result<Wiring> {
        let Loaded {
            diagnostics,
            configuration,
        } = hearken_config::load_without_secrets(&self.files);
        match configuration {
            Some(Configuration { wiring, .. }) => Ok(wiring),
            None => usable(&diagnostics, None, &self.files),
        }
    }

    /// Opens the store beside a daemon that may be running.
    pub(crate) fn open(&self) -> anyhow::Result<Opened> {
        let wiring = self.wiring()?;
        let path = &wiring.store.path;
        if !path.exists() {
            anyhow::bail!("there is no store at {} yet; `hearken run` makes it", path.display());
        }
        let store =
            Sqlite::open(path, Access::Tool).with_context(|| format!("opening the store {}", path.display()))?;
        Ok(Opened { wiring, store })
    }
}

impl Reading {
    /// Loads a configuration with its secrets. A program that one is asked of may take its
    /// time, which nothing else has to wait for.
    pub(crate) async fn load(self, files: &[PathBuf]) -> anyhow::Result<Loaded> {
        let files = files.to_vec();
        let loaded = tokio::task::spawn_blocking(move || {
            let run: Program<'_> = &secret_program::run;
            let outside = Outside {
                variable: &|name| std::env::var(name).ok(),
                program: self.allow_exec.then_some(run),
            };
            load_from(&files, &outside)
        });
        loaded.await.context("loading the configuration")
    }
}

/// Shows problems on standard error.
pub(crate) fn report(diagnostics: &[Diagnostic]) {
    if !diagnostics.is_empty() {
        anstream::eprint!("{}", hearken_config::render(diagnostics, look()));
    }
}

/// What there is to go on with, once its problems were shown.
pub(crate) fn usable<T>(diagnostics: &[Diagnostic], made: Option<T>, files: &[PathBuf]) -> anyhow::Result<T> {
    report(diagnostics);
    let failed = diagnostics.iter().any(|d| d.severity == Severity::Error);
    made.filter(|_| !failed)
        .ok_or_else(|| Misuse(summary(diagnostics, files)).into())
}

/// `2 errors, 1 warning in hearken.toml`.
pub(crate) fn summary(diagnostics: &[Diagnostic], files: &[PathBuf]) -> String {
    let errors = diagnostics.iter().filter(|d| d.severity == Severity::Error).count();
    let names: Vec<String> = files.iter().map(|f| f.display().to_string()).collect();
    let counts = format!(
        "{}, {}",
        plural(errors, "error"),
        plural(diagnostics.len() - errors, "warning")
    );
    format!("{counts} in {}", names.join(", "))
}
