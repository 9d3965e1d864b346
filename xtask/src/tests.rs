//! `cargo xtask test`: everything that is built, then everything that is tested.
//!
//! All stages run even where an early one fails, so that one run shows all that is
//! broken. The runners' closing lines come last, on stdout.

use std::{
    io::{BufRead, BufReader, Write, pipe, stdout},
    path::PathBuf,
};

use anyhow::{Context, Result, bail};

use crate::{
    packages, plugins,
    workspace::{Workspace, answers, say},
};

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Only tests whose name contains this, everywhere
    #[arg(long)]
    only: Option<String>,
}

/// One run of a test runner.
struct Stage {
    name: &'static str,
    folder: PathBuf,
    arguments: Vec<String>,
}

/// What came of a stage.
struct Ended {
    name: &'static str,
    passed: bool,
    closing: Vec<String>,
}

pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    packages::install_missing()?;
    plugins::build(workspace, &[])?;
    let mut ended = Vec::new();
    for stage in stages(workspace, options) {
        ended.push(run_stage(workspace, stage)?);
    }
    report(&ended)
}

fn stages(workspace: &Workspace, options: &Options) -> Vec<Stage> {
    let nextest = answers("cargo", &["nextest", "--version"]);
    if !nextest {
        say("cargo-nextest is not installed: using cargo test, which says the same more slowly");
    }
    let stage = |name, folder: &str, packages: &[&str]| Stage {
        name,
        folder: workspace.path(folder),
        arguments: arguments(nextest, packages, options),
    };
    let mut documentation = Stage {
        name: "documentation",
        folder: workspace.path(""),
        arguments: [
            "test",
            "--doc",
            "--package",
            "hearken-sdk",
            "--package",
            "hearken-harness",
        ]
        .map(String::from)
        .into(),
    };
    documentation.arguments.extend(options.only.clone());
    vec![
        stage("workspace", "", &["--workspace"]),
        stage("plugins", "plugins", &["--workspace"]),
        stage("plugin template", "sdk/rust/template", &[]),
        documentation,
    ]
}

fn arguments(nextest: bool, packages: &[&str], options: &Options) -> Vec<String> {
    let runner: &[&str] = if nextest {
        &["nextest", "run", "--no-fail-fast"]
    } else {
        &["test", "--no-fail-fast"]
    };
    let mut all: Vec<String> = runner.iter().chain(packages).map(|s| (*s).to_owned()).collect();
    if !nextest {
        // Documentation is a stage of its own.
        all.push("--all-targets".into());
    } else if options.only.is_some() {
        all.push("--no-tests=pass".into());
    }
    all.extend(options.only.clone());
    all
}

fn run_stage(workspace: &Workspace, stage: Stage) -> Result<Ended> {
    say(&format!("testing {}: cargo {}", stage.name, stage.arguments.join(" ")));
    // Runners write to both streams; here they become one, in the order written.
    let (reader, writer) = pipe().context("making a pipe for the test runner")?;
    let mut command = workspace.cargo_command();
    command.current_dir(&stage.folder).args(&stage.arguments);
    command.stdout(writer.try_clone()?).stderr(writer);
    let mut child = command
        .spawn()
        .with_context(|| format!("starting the tests of {}", stage.name))?;
    // The command holds this side's copies of the pipe, without which the reader would
    // never see its end.
    drop(command);
    let closing = relay(BufReader::new(reader), &mut stdout())?;
    let passed = child
        .wait()
        .with_context(|| format!("waiting for the tests of {}", stage.name))?
        .success();
    Ok(Ended {
        name: stage.name,
        passed,
        closing,
    })
}

/// Passes the runner's lines on as they come, and keeps those that close it.
fn relay(reader: impl BufRead, out: &mut impl Write) -> Result<Vec<String>> {
    let mut closing: Vec<String> = Vec::new();
    for line in reader.split(b'\n') {
        let line = String::from_utf8_lossy(&line.context("reading what the test runner says")?).into_owned();
        writeln!(out, "{line}").context("passing on what the test runner says")?;
        if opens_closing(&line) && line.trim_start().starts_with("Summary [") {
            closing = vec![line];
        } else if opens_closing(&line) || (is_verdict(&line) && !closing.is_empty()) {
            closing.push(line);
        }
    }
    Ok(closing)
}

/// Nextest's and cargo test's words for the end of a run.
fn opens_closing(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("Summary [") || line.starts_with("test result:")
}

/// What nextest repeats below its summary: the tests that did not pass, and why it failed.
fn is_verdict(line: &str) -> bool {
    let line = line.trim_start();
    [
        "FAIL ",
        "TIMEOUT ",
        "SIGABRT ",
        "SIGSEGV ",
        "SIGKILL ",
        "TRY ",
        "LEAK-FAIL ",
        "error: test run failed",
    ]
    .iter()
    .any(|word| line.starts_with(word))
}

fn report(ended: &[Ended]) -> Result<()> {
    let mut out = stdout().lock();
    writeln!(out)?;
    for stage in ended {
        let verdict = if stage.passed { "passed" } else { "FAILED" };
        writeln!(out, "{}: {verdict}", stage.name)?;
        for line in &stage.closing {
            writeln!(out, "{line}")?;
        }
    }
    let failed: Vec<&str> = ended.iter().filter(|s| !s.passed).map(|s| s.name).collect();
    if !failed.is_empty() {
        bail!("tests failed: {}", failed.join(", "));
    }
    Ok(())
}

#[cfg(test)]
mod cases {
    use std::{
        collections::{BTreeMap, BTreeSet},
        fs,
    };

    use super::*;

    /// The versions of each crate that a workspace has settled for.
    fn locked(workspace: &Workspace, folder: &str) -> BTreeMap<String, BTreeSet<String>> {
        let text = fs::read_to_string(workspace.path(&format!("{folder}Cargo.lock"))).unwrap();
        let mut all: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for package in text.split("[[package]]").skip(1) {
            let field = |name: &str| {
                let line = package.lines().find_map(|l| l.strip_prefix(&format!("{name} = \"")));
                line.unwrap().trim_end_matches('"').to_owned()
            };
            all.entry(field("name")).or_default().insert(field("version"));
        }
        all
    }

    /// Otherwise what stands on it is compiled twice, and most of that is the engine.
    #[test]
    fn the_workspaces_have_settled_for_the_same_versions() {
        let workspace = Workspace::find().unwrap();
        let main = locked(&workspace, "");
        for folder in ["plugins/", "sdk/rust/template/"] {
            for (name, versions) in locked(&workspace, folder) {
                let Some(here) = main.get(&name) else { continue };
                assert!(
                    versions.is_subset(here),
                    "{name} is {versions:?} in {folder}, and {here:?} here: cargo update -p {name} --precise …"
                );
            }
        }
    }

    #[test]
    fn closing_lines_of_nextest_begin_with_its_summary_and_hold_the_failures() {
        let said = "    FAIL [ 0.1s] a b\n────────\n     Summary [   1.2s] 3 tests run: 2 passed, 1 failed, 0 skipped\n        FAIL [   0.1s] a b\nerror: test run failed\n";
        let closing = relay(said.as_bytes(), &mut Vec::new()).unwrap();
        assert_eq!(closing.len(), 3, "{closing:?}");
        assert!(closing[0].contains("3 tests run"));
        assert!(closing[1].contains("FAIL"));
    }

    #[test]
    fn closing_lines_of_cargo_test_are_the_results_of_all_its_binaries() {
        let said = "running 1 test\ntest a ... ok\ntest result: ok. 1 passed\nrunning 2 tests\ntest result: FAILED. 1 passed; 1 failed\n";
        assert_eq!(relay(said.as_bytes(), &mut Vec::new()).unwrap().len(), 2);
    }
}
