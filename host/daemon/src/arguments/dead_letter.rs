//! `hearken dead-letter`.

use clap::{Args, Subcommand};

use super::{Configured, Shown};

#[derive(Args, Debug)]
pub(crate) struct Chosen {
    /// Dead letters by their numbers
    #[arg(value_name = "ID", required_unless_present = "all", conflicts_with = "all")]
    pub(crate) ids: Vec<u64>,
    /// All of them, or all that --stage and --connector leave
    #[arg(long)]
    pub(crate) all: bool,
    #[command(flatten)]
    pub(crate) filter: DeadLetterFilter,
}

#[derive(Args, Debug)]
pub(crate) struct DeadLetterFilter {
    /// Of one stage: intake, signal, assess, decide or deliver
    #[arg(long, value_name = "STAGE")]
    pub(crate) stage: Option<String>,
    /// Of one connector
    #[arg(long, value_name = "NAME")]
    pub(crate) connector: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum DeadLetterCommand {
    /// The latest
    List {
        #[command(flatten)]
        configured: Configured,
        #[command(flatten)]
        filter: DeadLetterFilter,
        /// How many at most
        #[arg(long, default_value_t = 50, value_name = "N")]
        limit: usize,
        #[command(flatten)]
        shown: Shown,
    },
    /// One, with what it carries
    Show {
        /// Its number
        id: u64,
        #[command(flatten)]
        configured: Configured,
        #[command(flatten)]
        shown: Shown,
    },
    /// Mark them to be worked off again; a running daemon takes them at once
    Replay {
        #[command(flatten)]
        chosen: Chosen,
        #[command(flatten)]
        configured: Configured,
    },
    /// Delete them
    Drop {
        #[command(flatten)]
        chosen: Chosen,
        #[command(flatten)]
        configured: Configured,
    },
}
