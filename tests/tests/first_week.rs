//! The first week: the commands of `docs/first-week.md` as they stand there, in their order,
//! against a real relay; between them, what the page promises is looked at.
//!
//! Only what no test can have is put in another's place: two ports, the relay, and chance.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    os::unix::{fs::symlink, process::CommandExt},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
};

use hearken_tests::{PATIENCE, Relay, binary, eventually, target};
use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::Value;
use tempfile::TempDir;

/// What the shell says once a step's commands have all succeeded.
const DONE: &str = "the step is done";

/// The page's steps: its blocks of shell commands.
fn steps() -> Vec<String> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/first-week.md");
    let page = fs::read_to_string(page).expect("the page");
    let blocks = page.split("```sh\n").skip(1);
    blocks
        .map(|block| block.split("```").next().expect("a block ends").to_owned())
        .collect()
}

/// Somebody at a shell, who types the page.
struct Operator {
    home: TempDir,
    shell: Child,
    typed: ChildStdin,
    said: Receiver<String>,
    steps: std::vec::IntoIter<String>,
    /// What the page says, and what it is here.
    instead: Vec<(&'static str, String)>,
}

impl Operator {
    fn sit_down(relay: &Relay) -> Self {
        let home = tempfile::tempdir().expect("a folder");
        // As it is installed: the plugins are found beside the program.
        fs::create_dir(home.path().join("bin")).expect("a folder");
        let binary = binary();
        fs::hard_link(&binary, home.path().join("bin/hearken"))
            .or_else(|_| fs::copy(&binary, home.path().join("bin/hearken")).map(drop))
            .expect("the binary is built");
        symlink(target().join("plugins"), home.path().join("bin/plugins")).expect("a link");
        let path = std::env::var("PATH").unwrap_or_default();
        let mut shell = Command::new("bash")
            .args(["-e", "-u", "-o", "pipefail"])
            .current_dir(home.path())
            .env("PATH", format!("{}:{path}", home.path().join("bin").display()))
            .env("http_proxy", "")
            .env_remove("HEARKEN_CONFIG")
            .env_remove("HEARKEN_LOG")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .process_group(0)
            .spawn()
            .expect("bash");
        let typed = shell.stdin.take().expect("a pipe");
        let lines = BufReader::new(shell.stdout.take().expect("a pipe")).lines();
        let (tell, said) = channel();
        thread::spawn(move || lines.map_while(Result::ok).try_for_each(|line| tell.send(line)));
        let (public, admin) = (free_port(), free_port());
        Self {
            home,
            shell,
            typed,
            said,
            steps: steps().into_iter(),
            instead: vec![
                ("127.0.0.1:7700", format!("127.0.0.1:{public}")),
                ("127.0.0.1:7701", format!("127.0.0.1:{admin}")),
                (
                    "host = \"smtp.your-company.example\"",
                    format!("host = \"127.0.0.1\"\nport = {}\ntls = \"none\"", relay.port()),
                ),
            ],
        }
    }

    /// Types the next step and waits until all of it is done; what it said.
    fn goes_on(&mut self) -> String {
        let mut step = self.steps.next().expect("the page has another step");
        for (there, here) in &self.instead {
            step = step.replace(there, here);
        }
        println!("{step}");
        write!(self.typed, "{step}\necho '{DONE}'\n").expect("the shell listens");
        let mut all = String::new();
        loop {
            let line = self.said.recv_timeout(PATIENCE * 2);
            let line = line.unwrap_or_else(|_| panic!("a command failed, or does not end:\n{step}\n{all}"));
            println!("> {line}");
            if line == DONE {
                return all;
            }
            all.push_str(&line);
            all.push('\n');
        }
    }

    fn folder(&self) -> PathBuf {
        self.home.path().join("acme")
    }

    /// The ports of the page are anybody's, and what is drawn is not always the best.
    fn takes_free_ports_and_no_chances(&self) {
        let file = self.folder().join("hearken.toml");
        let mut toml = fs::read_to_string(&file).expect("the configuration");
        for (there, here) in &self.instead[..2] {
            assert!(toml.contains(there), "{there} in {toml}");
            toml = toml.replace(there, here);
        }
        toml.push_str("\n[connectors.facilitator.config]\ntemperature = 0.01\nexplore = 0.0\n");
        fs::write(&file, toml).expect("the configuration");
    }

    fn asks(&self, arguments: &[&str]) -> Value {
        let output = Command::new(self.home.path().join("bin/hearken"))
            .args(arguments)
            .args(["--format", "json"])
            .current_dir(self.folder())
            .output()
            .expect("the binary runs");
        serde_json::from_slice(&output.stdout).unwrap_or_default()
    }

    /// Somebody's latest decision, once it is one that is waited for.
    fn decided(&self, who: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        eventually(&format!("it is decided about {who}"), || {
            let shown = self.asks(&["prospect", "show", who]);
            let decisions = shown["decisions"].as_array()?.clone();
            decisions.into_iter().find(&wanted)
        })
    }

    fn told(&self, who: &str, mode: &str) -> Value {
        self.decided(who, |d| d["act"] == "tell" && d["mode"] == mode)
    }

    fn kept_silent(&self, who: &str, reason: &str) {
        self.decided(who, |d| d["act"] == "hold" && d["reason"].to_string().contains(reason));
    }
}

impl Drop for Operator {
    fn drop(&mut self) {
        // With the daemon that it started.
        let _ = kill_process_group(Pid::from_child(&self.shell), Signal::KILL);
        let _ = self.shell.wait();
        if thread::panicking() {
            let log = fs::read_to_string(self.folder().join("hearken.log"));
            eprintln!("the daemon's log:\n{}", log.unwrap_or_default());
        }
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("its address").port()
}

/// Waits until the relay has one mail more, and says whom it is for.
fn arrives(relay: &Relay, count: usize, who: &str) {
    let mails = relay.wait_for(count);
    let to: Vec<String> = mails.iter().map(|mail| mail.about["to"].to_string()).collect();
    assert_eq!(to.len(), count, "{to:?}");
    assert!(to[count - 1].contains(who), "{to:?}");
}

#[test]
fn the_first_week_goes_as_its_page_says() {
    let relay = Relay::start();
    let mut operator = Operator::sit_down(&relay);

    // Day 1: new, import.
    operator.goes_on();
    operator.takes_free_ports_and_no_chances();
    assert!(operator.goes_on().contains("from right to left"), "the worst are shown");
    let known = operator.goes_on();
    assert!(
        known.contains("4 records") && known.contains("robin@example.com"),
        "{known}"
    );

    // Day 2: shadow, summary.
    operator.goes_on();
    operator.goes_on();
    operator.told("robin@example.com", "shadow");
    operator.kept_silent("alex@example.net", "withdrawn");
    let summary = operator.goes_on();
    assert!(
        summary.contains("what-it-costs") && summary.contains("withdrawn"),
        "{summary}"
    );
    assert!(relay.mails().is_empty(), "shadow");

    // Day 3: mail, approve.
    operator.goes_on();
    operator.goes_on();
    operator.told("kim@example.org", "approve");
    let approved = operator.goes_on();
    assert!(approved.contains("kim@example.org"), "{approved}");
    arrives(&relay, 1, "kim@example.org");

    // Day 4: only-to.
    operator.goes_on();
    operator.told("one@your-company.example", "live");
    operator.kept_silent("robin@example.com", "only-to");
    arrives(&relay, 2, "one@your-company.example");
    let summary = operator.goes_on();
    assert!(summary.contains("only-to"), "{summary}");

    // Day 5: plan, live.
    let plan = operator.goes_on();
    assert!(plan.contains("robin@example.com") && plan.contains("only-to"), "{plan}");
    operator.goes_on();
    operator.told("sam@example.com", "live");
    arrives(&relay, 3, "sam@example.com");

    // Stop, go.
    operator.goes_on();
    let decision = operator.told("two@your-company.example", "live");
    eventually("what was decided waits", || {
        let shown = operator.asks(&["prospect", "show", "two@your-company.example"]);
        let waits = shown["actions"][0]["gate"] == "stopped";
        waits.then_some(())
    });
    assert_eq!(relay.mails().len(), 3, "{decision}");
    operator.goes_on();
    arrives(&relay, 4, "two@your-company.example");

    operator.goes_on();
    assert_eq!(operator.steps.len(), 0, "the page has no step that was not taken");
    let log = fs::read_to_string(operator.folder().join("hearken.log")).expect("a log");
    assert!(!log.contains(" ERROR "), "{log}");
}
