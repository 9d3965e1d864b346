//! `hearken learn`.

use clap::Subcommand;

use super::{Configured, Shown};

#[derive(Debug, Subcommand)]
pub(crate) enum LearnCommand {
    /// What works for whom, how sure that is, and what sales said to hand-overs
    Report {
        #[command(flatten)]
        configured: Configured,
        #[command(flatten)]
        shown: Shown,
    },
    /// Who gets how far by persona, how long it takes, and what comes before won and lost
    Funnel {
        /// Over how long: 90d, 52w
        #[arg(long, default_value = "365d", value_name = "DURATION")]
        since: String,
        #[command(flatten)]
        configured: Configured,
        #[command(flatten)]
        shown: Shown,
    },
}
