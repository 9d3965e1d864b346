//! Debian's compiler for the web: `rustc-web`, with `rust-web-src`, the source of its
//! standard library, and the newest `lld-N` for `wasm-ld`. It lives beside rustup's.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

use crate::CompileError;
use crate::compile::{output, run};
use crate::toolchain::{TARGET, Toolchain};

const RUSTC: &str = "/usr/bin/rustc";
const SOURCE: &str = "/usr/lib/rustlib/src/rust/library/Cargo.toml";
/// The minor version of the first compiler that knows the 2024 edition. An older one with
/// its source may well be there: Debian's own `rustc` and `rust-src`.
const OLDEST: u32 = 85;

/// The compiler, where it is installed with its source and there is a linker; rustup's
/// linker will do.
pub(crate) fn installed(rustup_sysroot: Option<&Path>) -> Option<Toolchain> {
    let rustc = PathBuf::from(RUSTC);
    if !Path::new(SOURCE).is_file() || !rustc.is_file() {
        return None;
    }
    let version = output(Command::new(&rustc).arg("--version")).ok()?;
    if minor_version(&version)? < OLDEST {
        return None;
    }
    let linker = newest_wasm_ld().or_else(|| rust_lld(rustup_sysroot?))?;
    Some(Toolchain::FromSource { rustc, linker })
}

/// `rustc 1.96.0 (…)` → 96.
fn minor_version(text: &str) -> Option<u32> {
    text.strip_prefix("rustc 1.")?.split('.').next()?.parse().ok()
}

/// The `wasm-ld-N` with the highest N on the path, or a plain `wasm-ld`.
fn newest_wasm_ld() -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .filter_map(|folder| fs::read_dir(folder).ok())
        .flatten()
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let version = numbered(entry.file_name().to_str()?, "wasm-ld")?;
            Some((version, entry.path()))
        })
        .max_by_key(|(version, _)| *version)
        .map(|(_, path)| path)
}

/// `NAME-22` → 22, `NAME` → 0.
fn numbered(text: &str, name: &str) -> Option<u32> {
    match text.strip_prefix(name)? {
        "" => Some(0),
        rest => rest.strip_prefix('-')?.parse().ok(),
    }
}

fn rust_lld(sysroot: &Path) -> Option<PathBuf> {
    let folders = fs::read_dir(sysroot.join("lib/rustlib")).ok()?;
    folders
        .filter_map(|host| Some(host.ok()?.path().join("bin/rust-lld")))
        .find(|path| path.is_file())
}

/// Installs it, as root on Debian; says what it does on stderr.
pub(crate) fn install() -> Result<(), CompileError> {
    if !Path::new("/etc/debian_version").exists() {
        return Err(CompileError::NoToolchain {
            hint: format!("run: rustup target add {TARGET}"),
        });
    }
    if !is_root() {
        let lld = newest_lld().unwrap_or_else(|| "lld".to_owned());
        return Err(CompileError::NoToolchain {
            hint: format!(
                "run as root: apt-get update && apt-get install -y --no-install-recommends rustc-web rust-web-src {lld}"
            ),
        });
    }
    eprintln!("installing a compiler for {TARGET} with apt-get");
    run(apt_get().args(["-q", "update"]))?;
    let lld = newest_lld().unwrap_or_else(|| "lld".to_owned());
    eprintln!("installing rustc-web, rust-web-src and {lld}");
    run(apt_get().args([
        "-q",
        "-y",
        "install",
        "--no-install-recommends",
        "rustc-web",
        "rust-web-src",
        &lld,
    ]))
}

fn apt_get() -> Command {
    let mut command = Command::new("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command
}

/// The newest `lld-N` that apt knows.
fn newest_lld() -> Option<String> {
    let mut command = Command::new("apt-cache");
    command
        .args(["search", "--names-only", "^lld-[0-9]+$"])
        .stderr(Stdio::null());
    newest_of(&output(&mut command).ok()?)
}

/// `lld-22 - LLVM-based linker` among such lines.
fn newest_of(lines: &str) -> Option<String> {
    let names = lines.lines().filter_map(|line| line.split_whitespace().next());
    names.max_by_key(|name| numbered(name, "lld")).map(str::to_owned)
}

/// Whether this process may install packages: the owner of its entry in `/proc`.
#[cfg(unix)]
fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    fs::metadata("/proc/self").is_ok_and(|entry| entry.uid() == 0)
}

#[cfg(not(unix))]
fn is_root() -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_linker_is_chosen_by_number() {
        let lines = "lld-9 - LLVM-based linker\nlld-22 - LLVM-based linker\nlld-13 - LLVM-based linker\n";
        assert_eq!(newest_of(lines).as_deref(), Some("lld-22"));
        assert_eq!(newest_of(""), None);
        assert_eq!(numbered("wasm-ld-22", "wasm-ld"), Some(22));
        assert_eq!(numbered("wasm-ld", "wasm-ld"), Some(0));
        assert_eq!(numbered("wasm-ldx", "wasm-ld"), None);
    }

    #[test]
    fn an_old_compiler_is_told_by_its_version() {
        assert_eq!(
            minor_version("rustc 1.96.0 (ac68faa20 2026-05-25) (built from a source tarball)"),
            Some(96)
        );
        assert_eq!(minor_version("rustc 1.63.0"), Some(63));
        assert_eq!(minor_version("gcc 12"), None);
    }
}
