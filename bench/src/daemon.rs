//! The daemon as a process of its own.

use std::{
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use serde_json::Value;

use crate::Places;

/// A running daemon; killed where nobody stopped it.
pub(crate) struct Daemon {
    pub(crate) process: Child,
    /// The public listener's URL.
    pub(crate) public: String,
}

impl Daemon {
    /// Starts one on the configuration of a folder, and waits until it is ready.
    pub(crate) async fn start(places: &Places, folder: &Path, client: &reqwest::Client) -> anyhow::Result<Self> {
        let began = Instant::now();
        let process = Command::new(&places.daemon)
            .arg("run")
            .arg("--config")
            .arg(folder.join("hearken.toml"))
            .stderr(Stdio::null())
            .spawn()
            .context("starting the daemon")?;
        let mut daemon = Self {
            process,
            public: String::new(),
        };
        let file = folder.join("hearken-data").join("hearken.addr");
        while began.elapsed() < Duration::from_secs(120) {
            let addresses: Option<Value> = std::fs::read(&file).ok().and_then(|t| serde_json::from_slice(&t).ok());
            if let Some(addresses) = addresses.filter(|a| a["pid"] == daemon.process.id()) {
                let url = |name: &str| addresses[name].as_str().unwrap_or_default().to_owned();
                if let Ok(answer) = client.get(format!("{}/ready", url("admin"))).send().await
                    && answer.status() == 200
                {
                    daemon.public = url("public");
                    return Ok(daemon);
                }
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        bail!("the daemon was not ready within two minutes")
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // One that has ended already needs neither.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
