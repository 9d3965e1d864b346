//! What the tests need besides cargo: installed as root on Debian, otherwise named in the
//! one command that installs it.

use std::{path::Path, process::Command};

use anyhow::Result;

use crate::workspace::{answers, run, say};

/// A program, and the Debian package that has it.
const NEEDED: [(&str, &str); 6] = [
    ("chromium", "chromium"),
    ("curl", "curl"),
    ("node", "nodejs"),
    ("npm", "npm"),
    ("python3", "python3-venv"),
    ("strace", "strace"),
];

/// Installs what is missing. Where it cannot, it says what to run and goes on: the tests
/// that need it say so themselves, the others still tell something.
pub(crate) fn install_missing() -> Result<()> {
    let missing: Vec<&str> = NEEDED
        .iter()
        .filter(|(program, _)| !is_there(program))
        .map(|(_, package)| *package)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let list = missing.join(" ");
    let command = format!("apt-get update && apt-get install -y --no-install-recommends {list}");
    if !rustix::process::geteuid().is_root() || !Path::new("/etc/debian_version").exists() {
        say(&format!(
            "missing for some tests: {list}; on Debian run as root: {command}"
        ));
        return Ok(());
    }
    say(&format!("installing {list} (needed by the tests)"));
    run(
        "reading the lists of packages",
        Command::new("apt-get").args(["update", "-q"]),
    )?;
    let mut install = Command::new("apt-get");
    install
        .args(["install", "-y", "-q", "--no-install-recommends"])
        .args(&missing);
    run("installing packages", install.env("DEBIAN_FRONTEND", "noninteractive"))
}

fn is_there(program: &str) -> bool {
    match program {
        // Python can be there without what makes virtual environments.
        "python3" => answers("python3", &["-c", "import venv, ensurepip"]),
        _ => answers(program, &["--version"]),
    }
}
