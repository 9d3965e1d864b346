//! What `hearken simulate` is told.

use std::path::PathBuf;

use clap::Args;

use super::{Configured, Shown};

#[derive(Args, Debug)]
pub(crate) struct SimulateArguments {
    #[command(flatten)]
    pub(crate) configured: Configured,
    /// The recorded store; default: the one that the configuration names
    #[arg(long, value_name = "FILE")]
    pub(crate) store: Option<PathBuf>,
    /// Compare from then on: 7d, 2026-03-02, 2026-03-02T10:00:00Z; before it is history
    #[arg(long, value_name = "TIME")]
    pub(crate) since: Option<String>,
    /// Leave out what came later
    #[arg(long, value_name = "TIME")]
    pub(crate) until: Option<String>,
    /// Name the people, and not only their ids
    #[arg(long)]
    pub(crate) names: bool,
    /// How many rows each table has at most; --format json has all
    #[arg(long, default_value_t = 200, value_name = "N")]
    pub(crate) limit: usize,
    #[command(flatten)]
    pub(crate) shown: Shown,
}
