//! What a configuration is read with besides its files: whoever loads it passes it in.

use std::{io, process::ExitStatus, time::Duration};

/// Where variables and secrets come from.
#[derive(Clone, Copy)]
pub struct Outside<'a> {
    /// Gives the value of an environment variable.
    pub variable: &'a dyn Fn(&str) -> Option<String>,
    /// Runs a program with its arguments and gives what it printed; `None` where no program
    /// may be run.
    pub program: Option<Program<'a>>,
}

/// Runs a program with its arguments and gives what it printed.
pub type Program<'a> = &'a dyn Fn(&[String]) -> Result<String, ProgramError>;

/// Why a program has not given a secret. What it printed on standard output is never in it.
#[derive(Debug, thiserror::Error)]
pub enum ProgramError {
    /// It is not there, or is none.
    #[error("cannot be run: {0}")]
    Start(#[from] io::Error),
    /// It did not end.
    #[error("took longer than {} s and was stopped", .0.as_secs())]
    TooLong(Duration),
    /// What it printed is no secret.
    #[error("printed more than {0} bytes")]
    TooMuch(u64),
    /// What it printed is no text.
    #[error("printed what is not UTF-8")]
    Encoding,
    /// It says that it failed.
    #[error("ended with {status}{}", said(.complaint))]
    Failed {
        /// How it ended.
        status: ExitStatus,
        /// What it printed on standard error.
        complaint: String,
    },
}

/// The last line of a complaint, which is where programs say what is wrong.
fn said(complaint: &str) -> String {
    let last = complaint.lines().map(str::trim).rfind(|line| !line.is_empty());
    last.map(|line| format!(": {}", crate::quote_up_to(line, 300)))
        .unwrap_or_default()
}
