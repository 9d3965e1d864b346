//! What tests need of other languages (official SDKs, an SMTP server), installed once into
//! `target/test-clients` and again when the versions that are asked for change.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

/// Where the packages of one language are.
#[derive(Debug)]
pub struct Installed {
    folder: PathBuf,
}

/// What npm installs: [`Installed::file`] of `node_modules/…`.
///
/// # Errors
/// Where it cannot be installed.
pub fn node() -> Result<Installed> {
    install("node", "package.json", |folder, asked| {
        fs::copy(asked, folder.join("package.json")).context("copying package.json")?;
        // Without a lock file, which would name a registry; the versions are exact.
        let options = [
            "install",
            "--no-package-lock",
            "--no-audit",
            "--no-fund",
            "--ignore-scripts",
            "--loglevel=error",
        ];
        run(
            Command::new("npm").args(options).arg("--prefix").arg(folder),
            "install nodejs and npm",
        )
    })
}

/// A virtual environment: [`Installed::file`] of `bin/python`.
///
/// # Errors
/// Where it cannot be installed.
pub fn python() -> Result<Installed> {
    install("python", "requirements.txt", |folder, asked| {
        run(
            Command::new("python3").args(["-m", "venv"]).arg(folder),
            "install python3-venv",
        )?;
        let mut pip = Command::new(folder.join("bin/python"));
        pip.args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--requirement",
        ])
        .arg(asked);
        run(&mut pip, "look at pip's message above")
    })
}

impl Installed {
    /// A file that came with it.
    ///
    /// # Errors
    /// Where it did not.
    pub fn file(&self, name: &str) -> Result<PathBuf> {
        let path = self.folder.join(name);
        ensure!(path.exists(), "{} is not among what was installed", path.display());
        Ok(path)
    }
}

/// A script or page of `tests/clients`.
#[must_use]
pub fn own(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("clients").join(name)
}

/// Tests run in processes of their own, so whoever comes first installs and the others wait
/// for the lock. What was installed is known by a copy of what was asked for, written last.
fn install(name: &str, asked: &str, install: impl FnOnce(&Path, &Path) -> Result<()>) -> Result<Installed> {
    let parent = crate::target().join("test-clients");
    fs::create_dir_all(&parent).with_context(|| format!("creating {}", parent.display()))?;
    let lock = File::create(parent.join(format!("{name}.lock"))).context("creating the lock of the clients")?;
    lock.lock().context("waiting for another test to install the clients")?;

    let (folder, asked) = (parent.join(name), own(asked));
    let (stamp, wanted) = (
        folder.join("installed"),
        fs::read(&asked).context("reading what to install")?,
    );
    if fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(Installed { folder });
    }
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("removing {}", folder.display()))?;
    }
    fs::create_dir_all(&folder).with_context(|| format!("creating {}", folder.display()))?;
    install(&folder, &asked).with_context(|| format!("installing the clients for {name}"))?;
    fs::write(&stamp, wanted).context("noting what was installed")?;
    Ok(Installed { folder })
}

/// Runs to the end; what it says goes into the test's output.
///
/// # Errors
/// Where it cannot be started or does not end well.
pub fn run(command: &mut Command, otherwise: &str) -> Result<()> {
    let status = command
        .status()
        .with_context(|| format!("starting {command:?}; {otherwise}"))?;
    if !status.success() {
        bail!("{command:?} ended with {status}; {otherwise}");
    }
    Ok(())
}
