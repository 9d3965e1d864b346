//! An SMTP server that misbehaves as it is told: aiosmtpd, run by `clients/relay.py`.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{eventually, installed};

/// A running server. It is killed with the value.
#[derive(Debug)]
pub struct Relay {
    folder: TempDir,
    process: Option<Child>,
    port: u16,
}

/// A message that it kept.
#[derive(Clone, Debug)]
pub struct Mail {
    /// As it came.
    pub bytes: Vec<u8>,
    /// Its envelope and its connection.
    pub about: Value,
    file: PathBuf,
}

impl Relay {
    /// One that takes everything.
    #[must_use]
    pub fn start() -> Self {
        Self::with(json!({}))
    }

    /// One that runs as `how` says: see `relay.py`.
    ///
    /// # Panics
    /// Where it does not start.
    #[must_use]
    pub fn with(how: Value) -> Self {
        let folder = tempfile::tempdir().expect("a folder for the relay");
        let mut relay = Self {
            folder,
            process: None,
            port: 0,
        };
        relay.write("relay.json", &merged(how, 0));
        relay.go();
        relay
    }

    /// Where it listens, also while it does not.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// What it does from now on: see `relay.py`.
    pub fn rules(&self, rules: Value) {
        self.write("rules.json", &rules);
    }

    /// Ends it at once.
    ///
    /// # Panics
    /// Where it cannot be killed.
    pub fn away(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().expect("the relay can be killed");
            process.wait().expect("the relay ends");
        }
    }

    /// Starts it again, at the same port.
    ///
    /// # Panics
    /// Where it does not start.
    pub fn back(&mut self) {
        let text = fs::read_to_string(self.path("relay.json")).expect("how it runs");
        let how = serde_json::from_str(&text).expect("JSON");
        self.write("relay.json", &merged(how, self.port));
        self.go();
    }

    /// The messages that it kept, in their order.
    #[must_use]
    pub fn mails(&self) -> Vec<Mail> {
        (1..)
            .map_while(|n| {
                let about = fs::read_to_string(self.path(&format!("{n}.json"))).ok()?;
                let file = self.path(&format!("{n}.eml"));
                Some(Mail {
                    bytes: fs::read(&file).expect("a message"),
                    about: serde_json::from_str(&about).expect("JSON"),
                    file,
                })
            })
            .collect()
    }

    /// The messages, once there are so many.
    ///
    /// # Panics
    /// When there are not, in time.
    #[must_use]
    pub fn wait_for(&self, count: usize) -> Vec<Mail> {
        eventually(&format!("the relay has {count} messages"), || {
            Some(self.mails()).filter(|mails| mails.len() >= count)
        })
    }

    /// What it was told: a line for every connection, sender, recipient and message.
    #[must_use]
    pub fn commands(&self) -> Vec<String> {
        let text = fs::read_to_string(self.path("commands")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    fn go(&mut self) {
        let python = installed::python().and_then(|python| python.file("bin/python"));
        let python = python.expect("aiosmtpd can be installed");
        let _ = fs::remove_file(self.path("port"));
        let log = File::create(self.path("log")).expect("a file for what it says");
        let process = Command::new(python)
            .arg(installed::own("relay.py"))
            .arg(self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn();
        self.process = Some(process.expect("the relay starts"));
        self.port = eventually("the relay listens", || {
            fs::read_to_string(self.path("port")).ok()?.parse().ok()
        });
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// As a whole: it may be read at any moment.
    fn write(&self, name: &str, value: &Value) {
        let new = self.path(&format!("{name}.new"));
        fs::write(&new, value.to_string()).expect("a file of the relay");
        fs::rename(&new, self.path(name)).expect("a file of the relay");
    }
}

fn merged(mut how: Value, port: u16) -> Value {
    how["port"] = port.into();
    how
}

impl Drop for Relay {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let log = fs::read_to_string(self.path("log")).unwrap_or_default();
            eprintln!("the relay was told {:#?}, and said: {log}", self.commands());
        }
        if let Some(mut process) = self.process.take() {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

impl Mail {
    /// What Python's own mail library reads in it: `headers` in their order, `text` and
    /// `html`, and every `defect` that it finds.
    ///
    /// # Panics
    /// Where it cannot be asked.
    #[must_use]
    pub fn read(&self) -> Value {
        read(&self.file)
    }
}

fn read(file: &Path) -> Value {
    let output = Command::new("python3")
        .arg(installed::own("read_mail.py"))
        .arg(file)
        .output();
    let output = output.expect("python3 is installed");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    serde_json::from_slice(&output.stdout).expect("JSON")
}
