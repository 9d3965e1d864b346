//! Compiling components: in this process, or in one of its own with limits of time and memory.
//!
//! The compiler reads code of strangers and takes as much time and memory as that code makes
//! it take. In a process of its own it can be stopped, it sees no environment and holds
//! nothing that is worth having.

use std::{
    ffi::OsString,
    io::{self, Read, Write},
    path::PathBuf,
    process::{Child, Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Resource, Rlimit, setrlimit};
use wasmtime::Engine;

use crate::{load::MAX_COMPONENT_BYTES, sandbox};

/// What a compiled component may weigh: some thirty times the code of the largest one.
const MAX_COMPILED_BYTES: u64 = 1 << 30;
const MAX_COMPLAINT_BYTES: u64 = 4096;
const LOOK: Duration = Duration::from_millis(5);

/// Where components are compiled.
#[derive(Clone, Debug, Default)]
pub enum Compiler {
    /// In this process, without limits: for authors' own plugins, and tests.
    #[default]
    Here,
    /// In a process of its own.
    Apart(CompilerProcess),
}

/// A program that does what [`compile_apart`] does.
#[derive(Clone, Debug)]
pub struct CompilerProcess {
    /// The program.
    pub program: PathBuf,
    /// What makes it compile.
    pub arguments: Vec<OsString>,
    /// How long it may take. Compiling uses every core, so there is no limit of CPU time
    /// beside this one.
    pub wall: Duration,
}

impl CompilerProcess {
    /// With the usual limit: two minutes, enough for the largest component on a slow core.
    #[must_use]
    pub fn new(program: PathBuf, arguments: Vec<OsString>) -> Self {
        Self {
            program,
            arguments,
            wall: Duration::from_secs(120),
        }
    }

    /// Compiled code for the engine of this version, or why there is none, for people.
    pub(crate) fn compile(&self, component: &[u8]) -> Result<Vec<u8>, String> {
        let started = Command::new(&self.program)
            .args(&self.arguments)
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        let mut child = started.map_err(|error| format!("starting {}: {error}", self.program.display()))?;
        thread::scope(|scope| {
            let (input, output, complaint) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
            // Whoever has given up reading has said why, or is gone: both are seen below.
            scope.spawn(move || input.map(|mut pipe| pipe.write_all(component)));
            let compiled = scope.spawn(move || read(output, MAX_COMPILED_BYTES));
            let complaint = scope.spawn(move || read(complaint, MAX_COMPLAINT_BYTES));
            let status = self.wait(&mut child).map_err(|error| error.to_string())?;
            let compiled = compiled.join().unwrap_or_default();
            let complaint = complaint.join().unwrap_or_default();
            match status {
                Some(status) if status.success() => Ok(compiled),
                Some(status) => Err(why(status, &String::from_utf8_lossy(&complaint))),
                None => Err(format!("it took longer than {} s and was stopped", self.wall.as_secs())),
            }
        })
    }

    /// None where it was stopped.
    fn wait(&self, child: &mut Child) -> io::Result<Option<ExitStatus>> {
        let begun = Instant::now();
        loop {
            if let Some(status) = child.try_wait()? {
                return Ok(Some(status));
            }
            if begun.elapsed() > self.wall {
                child.kill()?;
                child.wait()?;
                return Ok(None);
            }
            thread::sleep(LOOK);
        }
    }
}

fn read(pipe: Option<impl Read>, most: u64) -> Vec<u8> {
    let mut all = Vec::new();
    if let Some(pipe) = pipe {
        // What is cut here does not load, and a complaint is long enough.
        let _ = pipe.take(most).read_to_end(&mut all);
    }
    all
}

fn why(status: ExitStatus, complaint: &str) -> String {
    let complaint = complaint.trim();
    if status.code().is_some() && !complaint.is_empty() {
        return complaint.to_owned();
    }
    format!("the compiler ended with {status}, as it does where it wants more memory than it may have")
}

/// The whole of a compiling process: a component on standard input, its compiled code on
/// standard output. Before the first byte is read it gives up what it does not need.
///
/// # Errors
/// Where the component does not compile, or a pipe breaks.
pub fn compile_apart(memory_bytes: u64) -> Result<(), String> {
    let text = |error: io::Error| error.to_string();
    let engine = Engine::new(&sandbox::config()).map_err(|error| format!("{error:#}"))?;
    confine(memory_bytes).map_err(text)?;
    let mut component = Vec::new();
    let most = MAX_COMPONENT_BYTES as u64;
    io::stdin()
        .lock()
        .take(most)
        .read_to_end(&mut component)
        .map_err(text)?;
    let compiled = engine
        .precompile_component(&component)
        .map_err(|error| format!("{error:#}"))?;
    io::stdout().lock().write_all(&compiled).map_err(text)
}

/// Memory up to so much; no file is written, and no core is left.
fn confine(memory_bytes: u64) -> io::Result<()> {
    let most = |limit| Rlimit {
        current: Some(limit),
        maximum: Some(limit),
    };
    setrlimit(Resource::Core, most(0))?;
    setrlimit(Resource::Fsize, most(0))?;
    // Address space that is only reserved does not count, what can be written to does.
    setrlimit(Resource::Data, most(memory_bytes))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> CompilerProcess {
        CompilerProcess {
            wall: Duration::from_millis(300),
            ..CompilerProcess::new("/bin/sh".into(), vec!["-c".into(), script.into()])
        }
    }

    #[test]
    fn what_a_compiler_says_is_taken_whole() {
        let large = vec![7; 1 << 20];
        assert_eq!(shell("cat").compile(&large).unwrap(), large);
    }

    #[test]
    fn one_that_takes_too_long_is_stopped_and_one_that_fails_is_quoted() {
        let too_long = shell("exec sleep 60").compile(b"x").unwrap_err();
        assert!(too_long.contains("longer than"), "{too_long}");
        assert_eq!(shell("echo no good >&2; exit 1").compile(b"x").unwrap_err(), "no good");
        let killed = shell("kill -9 $$").compile(&[0; 1 << 20]).unwrap_err();
        assert!(killed.contains("more memory"), "{killed}");
    }

    #[test]
    fn a_compiler_sees_no_environment() {
        assert!(std::env::var_os("PATH").is_some());
        let seen = shell("echo ${HOME-none} ${CARGO-none}").compile(b"").unwrap();
        assert_eq!(seen, b"none none\n");
    }
}
