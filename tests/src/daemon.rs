//! A running daemon.

use std::{
    fs::{self, File},
    process::{Child, Command, ExitStatus, Stdio},
};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::{
    Answer, Folder,
    command::{binary, command, in_folder},
    eventually, send,
};

/// A daemon on free ports. It is killed when the test ends before it was stopped.
#[derive(Debug)]
pub struct Daemon<'f> {
    folder: &'f Folder,
    process: Child,
    public: String,
    admin: String,
}

impl<'f> Daemon<'f> {
    /// Starts one in a folder and waits until it is ready.
    ///
    /// # Panics
    /// Where it ends instead, or is not ready in time.
    #[must_use]
    pub fn start(folder: &'f Folder) -> Self {
        Self::start_as(folder, command(folder), &[])
    }

    /// The same with more arguments and variables (name, value).
    ///
    /// # Panics
    /// As [`Daemon::start`].
    #[must_use]
    pub fn start_with(folder: &'f Folder, arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let mut program = command(folder);
        program.envs(variables.iter().copied());
        Self::start_as(folder, program, arguments)
    }

    /// The same under `strace`, which writes every connection that is asked for into the file
    /// `connections` of the folder.
    ///
    /// # Panics
    /// As [`Daemon::start`], and where there is no `strace`.
    #[must_use]
    pub fn start_watched(folder: &'f Folder) -> Self {
        let mut watched = in_folder(Command::new("strace"), folder);
        // Beside the daemon and not above it, so that a signal reaches the daemon.
        watched
            .args(["-D", "-f", "-q", "-e", "trace=connect", "-o", "connections"])
            .arg(binary());
        Self::start_as(folder, watched, &[])
    }

    fn start_as(folder: &'f Folder, mut program: Command, arguments: &[&str]) -> Self {
        let log = File::create(folder.path().join("log")).expect("a file for the log");
        let process = program
            .arg("run")
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn();
        let process = process.expect("the daemon starts");
        let mut daemon = Self {
            folder,
            process,
            public: String::new(),
            admin: String::new(),
        };
        let own = u64::from(daemon.process.id());
        let addresses = eventually("the daemon listens", || {
            let ended = daemon.process.try_wait().expect("a child can be asked");
            assert!(ended.is_none(), "the daemon ended while it started:\n{}", daemon.log());
            let text = fs::read_to_string(folder.data().join("hearken.addr")).ok()?;
            // One that was killed leaves its file behind.
            serde_json::from_str::<Value>(&text).ok().filter(|a| a["pid"] == own)
        });
        let address = |name: &str| addresses[name].as_str().map(str::to_owned).expect("an address");
        (daemon.public, daemon.admin) = (address("public"), address("admin"));
        eventually("the daemon is ready", || {
            (daemon.get("/ready").status == 200).then_some(())
        });
        daemon
    }

    /// The URL of a path below a connector on the public listener.
    #[must_use]
    pub fn intake(&self, path: &str) -> String {
        format!("{}/in/{path}", self.public)
    }

    /// `127.0.0.1:PORT` of the public listener.
    #[must_use]
    pub fn public_address(&self) -> &str {
        self.public.trim_start_matches("http://")
    }

    /// Asks the admin listener.
    #[must_use]
    pub fn get(&self, path: &str) -> Answer {
        send("GET", &format!("{}{path}", self.admin), &[], b"")
    }

    /// Sends one call of the tracking API, proved by `key`.
    #[must_use]
    pub fn track(&self, call: &str, key: &str, body: &Value) -> Answer {
        let bearer = format!("Bearer {key}");
        let basic = format!("Basic {}", http_basic(key));
        let proof = if key == crate::SERVER_KEY { bearer } else { basic };
        send(
            "POST",
            &self.intake(&format!("site/v1/{call}")),
            &[("authorization", &proof)],
            body.to_string().as_bytes(),
        )
    }

    /// Sends a signal to the process.
    ///
    /// # Panics
    /// Where there is no such process.
    pub fn signal(&self, signal: Signal) {
        let pid = Pid::from_child(&self.process);
        kill_process(pid, signal).expect("the daemon can be signalled");
    }

    /// Waits until it has ended.
    ///
    /// # Panics
    /// When it does not.
    pub fn ended(&mut self) -> ExitStatus {
        eventually("the daemon ends", || {
            self.process.try_wait().expect("a child can be asked")
        })
    }

    /// Stops it as an operator would.
    ///
    /// # Panics
    /// When it does not end well.
    pub fn stop(mut self) {
        self.signal(Signal::TERM);
        let status = self.ended();
        assert!(status.success(), "stopped with {status}:\n{}", self.log());
    }

    /// What it has logged.
    #[must_use]
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}

fn http_basic(user: &str) -> String {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    STANDARD.encode(format!("{user}:"))
}

impl Drop for Daemon<'_> {
    fn drop(&mut self) {
        if matches!(self.process.try_wait(), Ok(None)) {
            let _ = self.process.kill();
            let _ = self.process.wait();
        }
        if std::thread::panicking() {
            eprintln!("the daemon's log:\n{}", self.log());
        }
    }
}
