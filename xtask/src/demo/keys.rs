//! The demo's keys: made once, kept beside the configuration, never committed.

use std::{
    fs::{self, File, OpenOptions},
    io::{Read, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use anyhow::{Context, Result};

/// The key in `path`, made where it is not there yet.
pub(super) fn key(path: &Path) -> Result<String> {
    if let Ok(key) = fs::read_to_string(path) {
        return Ok(key.trim().to_owned());
    }
    let folder = path.parent().context("finding the folder of the demo's keys")?;
    fs::create_dir_all(folder).with_context(|| format!("creating {}", folder.display()))?;
    let key = random().context("drawing a key")?;
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .with_context(|| format!("creating {}", path.display()))?;
    writeln!(file, "{key}").with_context(|| format!("writing {}", path.display()))?;
    Ok(key)
}

/// 128 bits from the operating system, as hexadecimal digits.
fn random() -> std::io::Result<String> {
    let mut bytes = [0_u8; 16];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(bytes.iter().map(|b| format!("{b:02x}")).collect())
}
