//! Chromium without a window.

use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};
use tempfile::TempDir;

/// A browser, closed when it is dropped.
pub(crate) struct Browser {
    process: Child,
    _profile: TempDir,
}

impl Browser {
    /// Opens `address`, with a profile of its own and no errands of the browser's.
    pub(crate) fn open(address: &str) -> Result<Self> {
        let profile = tempfile::tempdir().context("creating a profile for chromium")?;
        let process = Command::new("chromium")
            .args([
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
            ])
            .args([
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ])
            // Small containers have little shared memory; and it stays open until closed.
            .args(["--disable-dev-shm-usage", "--remote-debugging-port=0"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg(address)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("starting chromium; install Debian's package chromium")?;
        Ok(Self {
            process,
            _profile: profile,
        })
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Neither can fail in a way that matters: it is gone either way.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
