//! Running cargo.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::CompileError;
use crate::toolchain::{TARGET, Toolchain};

/// Set by an outer cargo (`clippy`, coverage) for code of the host; a plugin is none.
const NOT_INHERITED: [&str; 7] = [
    "CARGO_BUILD_TARGET",
    "CARGO_ENCODED_RUSTFLAGS",
    "CARGO_TARGET_DIR",
    "RUSTC",
    "RUSTC_WORKSPACE_WRAPPER",
    "RUSTDOCFLAGS",
    "RUSTFLAGS",
];

/// Compiles `packages` of the crate or workspace in `crate_dir`, the crate itself where
/// none is named, with its release profile; returns their core modules, in the order
/// asked. Cargo tells its progress on stderr.
///
/// Plugins that share a `target_dir` share the standard library, which takes one to two
/// minutes where it has to be built. It must not be the folder that an outer cargo builds
/// in, which would wait for itself.
///
/// Where no compiler is found this may install one: with rustup, or, as root on Debian,
/// with apt-get. It says so on stderr.
///
/// # Errors
/// [`CompileError`]; where something has to be installed first, it names the one command.
pub fn compile(crate_dir: &Path, target_dir: &Path, packages: &[&str]) -> Result<Vec<PathBuf>, CompileError> {
    let toolchain = Toolchain::find(crate_dir)?;
    let mut command = cargo(crate_dir);
    command
        .args(["build", "--release", "--target", TARGET, "--target-dir"])
        .arg(target_dir);
    for package in packages {
        command.args(["--package", package]);
    }
    toolchain.configure(&mut command);
    for (from, to) in renamed(crate_dir) {
        command.arg("--config").arg(rename(&from, to));
    }
    run(&mut command)?;

    let own;
    let names = if packages.is_empty() {
        own = [package_of(crate_dir)?];
        own.iter().map(String::as_str).collect()
    } else {
        packages.to_vec()
    };
    names.into_iter().map(|name| module(target_dir, name)).collect()
}

/// What panic messages call the places where sources lie. Else a plugin would carry the
/// paths of the machine that built it, and be another one on the next machine.
fn renamed(crate_dir: &Path) -> Vec<(PathBuf, &'static str)> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(Path::new(&std::env::var_os("HOME")?).join(".cargo")));
    let crate_dir = crate_dir.canonicalize().unwrap_or_else(|_| crate_dir.to_owned());
    let outermost = crate_dir
        .ancestors()
        .filter(|folder| folder.join("Cargo.toml").is_file())
        .last();
    let outermost = outermost.map(|folder| (folder.to_owned(), "src"));
    home.map(|home| (home, "cargo")).into_iter().chain(outermost).collect()
}

/// As cargo's configuration, whose lists add up with those that an author has.
fn rename(from: &Path, to: &str) -> String {
    let flag = format!("--remap-path-prefix={}={to}", from.display());
    format!("target.{TARGET}.rustflags=[{flag:?}]")
}

fn module(target_dir: &Path, package: &str) -> Result<PathBuf, CompileError> {
    let file = format!("{}.wasm", package.replace('-', "_"));
    let path = target_dir.join(TARGET).join("release").join(file);
    if path.is_file() {
        Ok(path)
    } else {
        Err(CompileError::NoModule { path })
    }
}

/// The name of the package in a folder.
fn package_of(crate_dir: &Path) -> Result<String, CompileError> {
    let mut command = cargo(crate_dir);
    command.arg("pkgid");
    Ok(name_in_id(&output(&mut command)?).to_owned())
}

/// Cargo's package ids end in `#name@version`, or in `/name#version` where the folder has
/// the package's name.
fn name_in_id(id: &str) -> &str {
    let id = id.trim();
    let (place, fragment) = id.rsplit_once('#').unwrap_or((id, ""));
    match fragment.split_once('@') {
        Some((name, _)) => name,
        None => place.rsplit('/').next().unwrap_or(place),
    }
}

fn cargo(folder: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(folder);
    for name in NOT_INHERITED {
        command.env_remove(name);
    }
    command
}

/// Runs a program whose output is for people; stdout stays free for the caller's own.
pub(crate) fn run(command: &mut Command) -> Result<(), CompileError> {
    let status = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .status()
        .map_err(|source| CompileError::Start {
            program: program(command),
            source,
        })?;
    if status.success() {
        Ok(())
    } else {
        Err(CompileError::Failed {
            command: line(command),
            status,
        })
    }
}

/// Runs a program and returns what it prints.
pub(crate) fn output(command: &mut Command) -> Result<String, CompileError> {
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|source| CompileError::Start {
            program: program(command),
            source,
        })?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(CompileError::Failed {
            command: line(command),
            status: output.status,
        })
    }
}

fn program(command: &Command) -> String {
    command.get_program().to_string_lossy().into_owned()
}

fn line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_is_found_in_both_forms_of_cargos_ids() {
        assert_eq!(
            name_in_id("path+file:///plugins/body-language#0.1.0\n"),
            "body-language"
        );
        assert_eq!(
            name_in_id("path+file:///plugins/scorers#body-language@0.1.0"),
            "body-language"
        );
    }

    #[test]
    fn sources_are_called_by_where_they_lie_in_their_project() {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let project = here.ancestors().nth(2).unwrap().to_owned();
        assert_eq!(renamed(here).last(), Some(&(project, "src")));
        let flag = rename(Path::new("/home/ann/a \"b\""), "src");
        assert_eq!(
            flag,
            "target.wasm32-unknown-unknown.rustflags=[\"--remap-path-prefix=/home/ann/a \\\"b\\\"=src\"]"
        );
    }

    #[test]
    fn a_crate_without_a_module_is_told_what_it_lacks() {
        let error = module(Path::new("nowhere"), "my-plugin").unwrap_err().to_string();
        assert!(error.contains("my_plugin.wasm") && error.contains("cdylib"), "{error}");
    }

    #[test]
    fn a_program_that_fails_is_named_with_its_arguments() {
        let error = run(Command::new("false").args(["a", "b"])).unwrap_err().to_string();
        assert!(error.starts_with("'false a b' failed"), "{error}");
    }
}
