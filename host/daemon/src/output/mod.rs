//! What commands say: text for people, JSON for programs, and how they end.

mod foreign;
mod moment;
mod table;

use std::{
    io::{self, IsTerminal, Write},
    process::ExitCode,
};

use hearken_config::Look;
use serde_json::Value;

use crate::arguments::Format;

pub(crate) use self::{
    foreign::clean,
    moment::{day_and_time, span},
    table::Table,
};

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// What was asked for is done.
    Done,
    /// It could not be done.
    Failed,
    /// The command line or the configuration is wrong.
    Misused,
    /// It is done, but for a part that could not be.
    Partly,
}

impl Exit {
    pub(crate) fn code(self) -> ExitCode {
        ExitCode::from(match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Misused => 2,
            Self::Partly => 3,
        })
    }

    /// What an error means for whoever called.
    pub(crate) fn of(error: &anyhow::Error) -> Self {
        if error.is::<Misuse>() {
            Self::Misused
        } else {
            Self::Failed
        }
    }
}

/// What was asked for cannot be meant.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Misuse(pub(crate) String);

/// Writes an answer to standard output. Whoever reads may stop reading: `… | head`.
pub(crate) fn say(text: &str) -> anyhow::Result<()> {
    let mut out = anstream::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => Ok(result?),
    }
}

/// Writes an answer in the form that was asked for.
pub(crate) fn answer(
    format: Format,
    text: impl FnOnce() -> String,
    json: impl FnOnce() -> Value,
) -> anyhow::Result<()> {
    match format {
        Format::Text => say(&text()),
        Format::Json => say(&format!("{:#}\n", json())),
    }
}

/// A heading of a text.
pub(crate) fn heading(text: &str) -> String {
    let bold = anstyle::Style::new().bold();
    format!("{bold}{text}{bold:#}\n")
}

/// How problems are shown on standard error.
pub(crate) fn look() -> Look {
    let colours = io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty());
    if colours { Look::Terminal } else { Look::Plain }
}

/// A count with its noun, of a kind that takes an s.
pub(crate) fn plural(count: usize, one: &str) -> String {
    if count == 1 {
        format!("1 {one}")
    } else {
        format!("{count} {one}s")
    }
}
