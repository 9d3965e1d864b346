//! The daemon as a process of its own: started, waited for, asked, stopped.

use std::{
    ffi::OsStr,
    fs::{self, File},
    net::{Ipv4Addr, TcpListener},
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use serde::Deserialize;
use serde_json::Value;

use super::{interrupt::Interrupt, web::Web};
use crate::workspace::{Workspace, say};

/// Where a running daemon says what it listens on, and how long it may take to.
const ADDRESS_FILE: &str = "hearken-data/hearken.addr";
/// What a daemon listens on where its configuration does not say.
const USUAL_PORTS: [u16; 2] = [7700, 7701];
const PATIENCE: Duration = Duration::from_secs(60);

/// The two listeners, as the daemon writes them down.
#[derive(Clone, Deserialize)]
pub(super) struct Addresses {
    pub(super) public: String,
    pub(super) admin: String,
    pid: i32,
}

/// What is needed to call the program.
pub(super) struct Program {
    hearken: PathBuf,
    pub(super) config: PathBuf,
    /// Says where else to listen, where the usual ports are taken.
    elsewhere: Option<PathBuf>,
    /// Everything that the daemon writes.
    pub(super) data: PathBuf,
}

/// A daemon that runs; stopped when dropped.
pub(super) struct Daemon {
    child: Child,
    log: PathBuf,
    pub(super) addresses: Addresses,
}

impl Program {
    pub(super) fn of(workspace: &Workspace) -> Self {
        Self {
            hearken: workspace.hearken(),
            config: workspace.path("config/demo.toml"),
            elsewhere: None,
            data: workspace.path("config/data"),
        }
    }

    /// Runs a command of the program that answers with JSON.
    pub(super) fn ask<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Result<Value> {
        let mut command = self.command(arguments);
        command.args(["--format", "json"]);
        let output = command
            .output()
            .with_context(|| format!("starting {}", self.hearken.display()))?;
        if !output.status.success() {
            bail!(
                "{command:?} ended with {}: {}",
                output.status,
                String::from_utf8_lossy(&output.stderr).trim()
            );
        }
        serde_json::from_slice(&output.stdout).with_context(|| format!("reading what {command:?} says"))
    }

    /// Works off whatever a stopped daemon left, so that what follows sees all of it.
    pub(super) fn work_off(&self) -> Result<()> {
        let log = self.log("work-off.log")?;
        let status = self
            .command(&["run", "--once"])
            .stdout(log.1.try_clone()?)
            .stderr(log.1)
            .status()?;
        if !status.success() {
            bail!("working off what was accepted ended with {status}:\n{}", tail(&log.0));
        }
        Ok(())
    }

    /// Refuses where a daemon runs on the demo's data already: wiping them under it would
    /// show nonsense.
    pub(super) fn refuse_a_second(&self) -> Result<()> {
        if let Some(running) = self.addresses() {
            let alive = Pid::from_raw(running.pid).is_some_and(|pid| test_kill_process(pid).is_ok());
            if alive {
                bail!(
                    "a demo is running already (process {}); stop it first: kill {}",
                    running.pid,
                    running.pid
                );
            }
        }
        Ok(())
    }

    /// Where something else listens on the usual ports, has the daemon choose its own.
    pub(super) fn avoid_taken_ports(&mut self) -> Result<()> {
        let free = |port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok();
        if USUAL_PORTS.into_iter().all(free) {
            return Ok(());
        }
        say("ports 7700 and 7701 are not both free: the daemon chooses its own");
        let path = self.data.join("elsewhere.toml");
        let listen = "[listen]\npublic = \"127.0.0.1:0\"\nadmin = \"127.0.0.1:0\"\n";
        fs::write(&path, listen).with_context(|| format!("writing {}", path.display()))?;
        self.elsewhere = Some(path);
        Ok(())
    }

    /// Starts the daemon and waits until it is ready.
    pub(super) fn start(&self, web: &Web, interrupt: &Interrupt) -> Result<Daemon> {
        let (log, file) = self.log("daemon.log")?;
        let child = self
            .command(&["run"])
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file)
            // Ctrl-C in the terminal is for this program, which then stops the daemon
            // once; a second signal would make it leave without finishing.
            .process_group(0)
            .spawn()
            .with_context(|| format!("starting {}", self.hearken.display()))?;
        let unset = Addresses {
            public: String::new(),
            admin: String::new(),
            pid: 0,
        };
        let mut daemon = Daemon {
            child,
            log,
            addresses: unset,
        };
        let give_up = Instant::now() + PATIENCE;
        while Instant::now() < give_up {
            if let Some(status) = daemon.child.try_wait()? {
                bail!(
                    "the daemon ended with {status} before it was ready:\n{}",
                    tail(&daemon.log)
                );
            }
            if let Some(addresses) = self.addresses().filter(|a| a.pid == daemon.child.id() as i32)
                && web.is_ready(&addresses.admin)
            {
                daemon.addresses = addresses;
                return Ok(daemon);
            }
            interrupt.pause(Duration::from_millis(100))?;
        }
        bail!(
            "the daemon was not ready after {} s:\n{}",
            PATIENCE.as_secs(),
            tail(&daemon.log)
        )
    }

    fn addresses(&self) -> Option<Addresses> {
        serde_json::from_slice(&fs::read(self.data.join(ADDRESS_FILE)).ok()?).ok()
    }

    fn command<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Command {
        let mut command = Command::new(&self.hearken);
        command.args(arguments).env("NO_COLOR", "1");
        for file in [&self.config].into_iter().chain(&self.elsewhere) {
            command.arg("--config").arg(file);
        }
        command
    }

    fn log(&self, name: &str) -> Result<(PathBuf, File)> {
        let path = self.data.join(name);
        let file = File::create(&path).with_context(|| format!("creating {}", path.display()))?;
        Ok((path, file))
    }
}

impl Daemon {
    /// Waits until it ends by itself, or somebody interrupts.
    pub(super) fn wait(&mut self, interrupt: &Interrupt) -> Result<()> {
        while interrupt.pause(Duration::from_millis(200)).is_ok() {
            if let Some(status) = self.child.try_wait()? {
                bail!("the daemon ended with {status}:\n{}", tail(&self.log));
            }
        }
        Ok(())
    }

    /// Asks it to stop, and waits until it has.
    pub(super) fn stop(mut self) -> Result<()> {
        let status = self.end()?;
        if !status.success() {
            bail!("the daemon ended with {status}:\n{}", tail(&self.log));
        }
        Ok(())
    }

    fn end(&mut self) -> Result<ExitStatus> {
        if let Some(status) = self.child.try_wait()? {
            return Ok(status);
        }
        if let Some(pid) = Pid::from_raw(self.child.id() as i32) {
            kill_process(pid, Signal::TERM).context("stopping the daemon")?;
        }
        self.child.wait().context("waiting for the daemon to stop")
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // Where this fails there is nobody left to tell.
        let _ = self.end();
    }
}

/// The last lines of a log.
fn tail(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(20)..].join("\n")
}
