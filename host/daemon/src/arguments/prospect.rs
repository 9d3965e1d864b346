//! `hearken prospect`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{Configured, Shown};

/// One person.
#[derive(Args, Debug)]
pub(crate) struct Somebody {
    /// A prospect's id, or any identity: ann@example.com, user:17, anonymous:…
    pub(crate) id: String,
    #[command(flatten)]
    pub(crate) configured: Configured,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ProspectCommand {
    /// Those seen last
    List {
        #[command(flatten)]
        configured: Configured,
        /// How many at most
        #[arg(long, default_value_t = 50, value_name = "N")]
        limit: usize,
        /// Only those with an identity that contains this
        #[arg(long, value_name = "TEXT")]
        search: Option<String>,
        #[command(flatten)]
        shown: Shown,
    },
    /// Everything about one
    Show {
        #[command(flatten)]
        somebody: Somebody,
        #[command(flatten)]
        shown: Shown,
    },
    /// All that is kept of one, as JSON, for them to have
    Export {
        #[command(flatten)]
        somebody: Somebody,
        /// Write it to this file, which must not exist; else to standard output
        #[arg(long, value_name = "FILE")]
        to: Option<PathBuf>,
    },
    /// Erase one everywhere, have every sink forget them, and keep them from coming back
    Forget {
        #[command(flatten)]
        somebody: Somebody,
        /// Do it; else only what would be erased is shown
        #[arg(long)]
        yes: bool,
        /// For how long to wait until it is done
        #[arg(long, default_value = "1min", value_name = "DURATION")]
        wait: String,
        #[command(flatten)]
        shown: Shown,
    },
    /// Requests to forget somebody: the proof that it was done, and what sinks said
    Forgotten {
        #[command(flatten)]
        configured: Configured,
        /// How many at most
        #[arg(long, default_value_t = 50, value_name = "N")]
        limit: usize,
        #[command(flatten)]
        shown: Shown,
    },
    /// Let one come back who was forgotten, under this name
    Readmit {
        /// The identity: ann@example.com, user:17
        identity: String,
        #[command(flatten)]
        configured: Configured,
    },
}
