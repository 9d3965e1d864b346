//! `hearken approve`.

use clap::{Args, Subcommand};

use super::{Configured, Shown};

#[derive(Debug, Subcommand)]
pub(crate) enum ApproveCommand {
    /// What waits, the longest first
    List {
        #[command(flatten)]
        configured: Configured,
        #[command(flatten)]
        filter: WaitingFilter,
        /// How many at most
        #[arg(long, default_value_t = 50, value_name = "N")]
        limit: usize,
        #[command(flatten)]
        shown: Shown,
    },
    /// They may go; a running daemon sends them at once, after all last checks
    Yes(AnswerArguments),
    /// They end; who was meant can be spoken to about something else
    No(AnswerArguments),
    /// Approve the texts of stories as they are now; a text that is changed is a draft again
    Story {
        /// Stories by their names
        #[arg(value_name = "STORY", required_unless_present = "all", conflicts_with = "all")]
        stories: Vec<String>,
        /// All of the configuration
        #[arg(long)]
        all: bool,
        #[command(flatten)]
        configured: Configured,
    },
}

#[derive(Args, Debug)]
pub(crate) struct AnswerArguments {
    /// Actions by their ids
    #[arg(value_name = "ID", required_unless_present = "all", conflicts_with = "all")]
    pub(crate) ids: Vec<String>,
    /// All that wait, or all that --story, --team and --older-than leave
    #[arg(long)]
    pub(crate) all: bool,
    #[command(flatten)]
    pub(crate) filter: WaitingFilter,
    /// Why; kept with the action
    #[arg(long, value_name = "TEXT")]
    pub(crate) why: Option<String>,
    #[command(flatten)]
    pub(crate) configured: Configured,
    #[command(flatten)]
    pub(crate) shown: Shown,
}

#[derive(Args, Debug)]
pub(crate) struct WaitingFilter {
    /// Of one story
    #[arg(long, value_name = "NAME", conflicts_with = "team")]
    pub(crate) story: Option<String>,
    /// Of one team
    #[arg(long, value_name = "NAME")]
    pub(crate) team: Option<String>,
    /// Decided at least so long ago: 90s, 2h, 7d
    #[arg(long, value_name = "DURATION")]
    pub(crate) older_than: Option<String>,
}
