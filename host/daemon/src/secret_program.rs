//! Programs that secrets are asked of, with `--allow-exec`.
//!
//! One gets its arguments and nothing else: no shell, no standard input, no variables but
//! `PATH` and `HOME`. What it prints is the secret, so it is shown nowhere, whatever comes of
//! it. It is a process group of its own, and all of that ends with it.

use std::{
    io::Read,
    os::unix::process::CommandExt,
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
    time::{Duration, Instant},
};

use hearken_config::ProgramError;
use rustix::process::{Pid, Signal, kill_process_group};

/// How long a program may take. A reload waits for it, and so does the start.
const WALL: Duration = Duration::from_secs(10);
const MOST_BYTES: u64 = 64 * 1024;
const MOST_COMPLAINT_BYTES: u64 = 4096;
const LOOK: Duration = Duration::from_millis(5);

/// Runs a program with its arguments and gives what it printed.
///
/// # Errors
/// [`ProgramError`], where it could not be run, failed, or printed what is no secret.
pub(crate) fn run(command: &[String]) -> Result<String, ProgramError> {
    run_within(command, WALL)
}

fn run_within(command: &[String], wall: Duration) -> Result<String, ProgramError> {
    let deadline = Instant::now() + wall;
    let mut running = Running::start(command)?;
    let printed = collect(running.0.stdout.take(), MOST_BYTES + 1);
    let complaint = collect(running.0.stderr.take(), MOST_COMPLAINT_BYTES);
    let status = running.wait(deadline)?.ok_or(ProgramError::TooLong(wall))?;
    let left = || deadline.saturating_duration_since(Instant::now());
    // Something that it has started may still hold the pipes open.
    let printed = printed.recv_timeout(left()).map_err(|_| ProgramError::TooLong(wall))?;
    if printed.len() as u64 > MOST_BYTES {
        return Err(ProgramError::TooMuch(MOST_BYTES));
    }
    if !status.success() {
        let complaint = complaint.recv_timeout(left()).unwrap_or_default();
        return Err(ProgramError::Failed {
            status,
            complaint: String::from_utf8_lossy(&complaint).into_owned(),
        });
    }
    String::from_utf8(printed).map_err(|_| ProgramError::Encoding)
}

/// A program that runs; whatever is left of it is ended when this is dropped.
struct Running(Child);

impl Running {
    fn start(command: &[String]) -> Result<Self, ProgramError> {
        let (program, arguments) = command
            .split_first()
            .ok_or_else(|| std::io::Error::other("there is no program"))?;
        let kept = ["PATH", "HOME"]
            .into_iter()
            .filter_map(|name| Some((name, std::env::var_os(name)?)));
        let child = Command::new(program)
            .args(arguments)
            .env_clear()
            .envs(kept)
            .current_dir("/")
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        Ok(Self(child))
    }

    /// None where it has not ended by then.
    fn wait(&mut self, deadline: Instant) -> Result<Option<ExitStatus>, ProgramError> {
        loop {
            if let Some(status) = self.0.try_wait()? {
                return Ok(Some(status));
            }
            if Instant::now() >= deadline {
                return Ok(None);
            }
            thread::sleep(LOOK);
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Where nothing of it is left there is nothing to end, which is no failure.
        let _ = kill_process_group(Pid::from_child(&self.0), Signal::KILL);
        let _ = self.0.wait();
    }
}

/// Reads a pipe on a thread of its own, which ends when whoever writes does.
fn collect(pipe: Option<impl Read + Send + 'static>, most: u64) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut all = Vec::new();
        if let Some(pipe) = pipe {
            // What is cut here is refused, or enough of a complaint.
            let _ = pipe.take(most).read_to_end(&mut all);
        }
        // Nobody waits any more where it took too long.
        let _ = sender.send(all);
    });
    receiver
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Result<String, ProgramError> {
        let command = ["/bin/sh", "-c", script].map(str::to_owned);
        run_within(&command, Duration::from_millis(500))
    }

    #[test]
    fn a_program_sees_neither_the_environment_nor_the_terminal() {
        assert!(std::env::var_os("CARGO").is_some() && std::env::var_os("PATH").is_some());
        let seen = shell("echo ${CARGO-none} ${PATH:+path}; cat; pwd").expect("it is a shell");
        assert_eq!(seen, "none path\n/\n");
    }

    #[test]
    fn what_it_says_on_standard_error_is_quoted_and_what_it_printed_is_not() {
        let error = shell("echo generated-secret; echo sealed >&2; exit 3").expect_err("it failed");
        assert_eq!(error.to_string(), "ended with exit status: 3: sealed");
        assert!(!format!("{error:?}").contains("generated-secret"), "{error:?}");
        let killed = shell("echo generated-secret; kill -9 $$").expect_err("it failed");
        assert!(killed.to_string().contains("signal: 9"), "{killed}");
    }

    #[test]
    fn it_may_take_so_long_and_print_so_much() {
        let begun = Instant::now();
        for script in ["sleep 60", "sleep 60 & sleep 60", "sleep 60 & echo printed"] {
            let error = shell(script).expect_err(script);
            assert!(matches!(error, ProgramError::TooLong(_)), "{script}: {error}");
        }
        assert!(begun.elapsed() < Duration::from_secs(20));
        let error = shell("head -c 70000 /dev/zero").expect_err("it printed too much");
        assert!(matches!(error, ProgramError::TooMuch(_)), "{error}");
        let error = shell("printf '\\377'").expect_err("it is no text");
        assert!(matches!(error, ProgramError::Encoding), "{error}");
    }

    #[test]
    fn what_it_has_started_ends_with_it() {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let mark = folder.path().join("mark");
        // It has the pipe, as everything that is started so.
        let script = format!("(sleep 1; touch '{}') & exit 0", mark.display());
        assert!(shell(&script).is_err());
        thread::sleep(Duration::from_millis(1200));
        assert!(!mark.exists());
    }

    #[test]
    fn what_is_no_program_is_said() {
        let error = run(&["/no/such/program".into()]).expect_err("there is none");
        assert!(matches!(error, ProgramError::Start(_)), "{error}");
    }
}
