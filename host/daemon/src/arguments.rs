//! The command line.

mod approve;
mod dead_letter;
mod learn;
mod prospect;
mod simulate;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub(crate) use approve::{AnswerArguments, ApproveCommand, WaitingFilter};
pub(crate) use dead_letter::{Chosen, DeadLetterCommand, DeadLetterFilter};
pub(crate) use learn::LearnCommand;
pub(crate) use prospect::{ProspectCommand, Somebody};
pub(crate) use simulate::SimulateArguments;

/// Listens to what prospects do and answers with the one story that fits.
#[derive(Debug, Parser)]
#[command(name = "hearken", version, max_term_width = 100, disable_help_subcommand = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
    /// How log lines are written, on standard error; HEARKEN_LOG says which
    #[arg(long, global = true, value_enum, default_value_t = LogFormat::Text, value_name = "FORMAT")]
    pub(crate) log_format: LogFormat,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a folder to begin with: a commented configuration and stories, in shadow mode
    New(NewArguments),
    /// Run the daemon until it is told to stop
    Run(RunArguments),
    /// Say everything that is wrong with a configuration
    Check(CheckArguments),
    /// Go through scripted conversations: would it be decided as expected?
    Test(TestArguments),
    /// Take what a file holds as history: it builds beliefs and starts nothing
    Import(ImportArguments),
    /// Who is known, and what is believed about them
    #[command(subcommand)]
    Prospect(ProspectCommand),
    /// What was decided, and why
    #[command(subcommand)]
    Decision(DecisionCommand),
    /// What stories say
    #[command(subcommand)]
    Story(StoryCommand),
    /// How many people a change of the configuration would newly speak to
    Plan(PlanArguments),
    /// What another configuration would have said to whom, on what was recorded
    Simulate(SimulateArguments),
    /// What was said or would have been, to how many, what was not, and why
    Summary(SummaryArguments),
    /// What came of stories: what works for whom, and who gets how far
    #[command(subcommand)]
    Learn(LearnCommand),
    /// What could not be worked off
    #[command(subcommand)]
    DeadLetter(DeadLetterCommand),
    /// What waits for a person's approval: actions, and texts of stories
    #[command(subcommand)]
    Approve(ApproveCommand),
    /// Send nothing more: everything, or what is named
    Stop(ScopeArguments),
    /// Let go what was stopped
    Go(ScopeArguments),
    /// What left to the network, and what may
    #[command(subcommand)]
    Egress(EgressCommand),
    /// Look after the links in messages
    #[command(subcommand)]
    Links(LinksCommand),
    /// Build and look at plugins
    #[command(subcommand)]
    Plugin(PluginCommand),
    /// Compile a component from standard input to standard output; the daemon calls this
    #[command(hide = true)]
    CompileApart,
}

impl Command {
    /// What is logged where nobody says otherwise. Commands answer on standard output and
    /// stay quiet beside it.
    pub(crate) fn default_log_level(&self) -> &'static str {
        if matches!(self, Self::Run(_)) { "info" } else { "warn" }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    Text,
    Json,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    #[default]
    Text,
    /// For programs; docs/cli.md describes it
    Json,
}

#[derive(Args, Debug)]
pub(crate) struct Configured {
    /// The configuration; several are joined, later ones win
    #[arg(
        long = "config",
        env = "HEARKEN_CONFIG",
        default_value = "hearken.toml",
        value_name = "FILE"
    )]
    pub(crate) files: Vec<PathBuf>,
}

/// How secrets are read.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct Reading {
    /// Ask programs for secrets where the configuration says so: { exec = ["/program", …] }
    #[arg(long)]
    pub(crate) allow_exec: bool,
}

#[derive(Args, Debug)]
pub(crate) struct Shown {
    /// How to answer
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub(crate) format: Format,
}

#[derive(Args, Debug)]
pub(crate) struct RunArguments {
    #[command(flatten)]
    pub(crate) configured: Configured,
    #[command(flatten)]
    pub(crate) reading: Reading,
    /// Work off everything that is there, then end; takes no requests
    #[arg(long)]
    pub(crate) once: bool,
}

#[derive(Args, Debug)]
pub(crate) struct CheckArguments {
    /// The configuration; several are joined, later ones win
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) reading: Reading,
    #[command(flatten)]
    pub(crate) shown: Shown,
}

#[derive(Args, Debug)]
pub(crate) struct TestArguments {
    #[command(flatten)]
    pub(crate) configured: Configured,
    /// Files with [[test]] tables
    #[arg(required = true, value_name = "FILE")]
    pub(crate) scripts: Vec<PathBuf>,
    /// Only tests whose name has this in it
    #[arg(long, value_name = "TEXT")]
    pub(crate) only: Option<String>,
    /// Write the results as JUnit's XML too
    #[arg(long, value_name = "FILE")]
    pub(crate) junit: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) shown: Shown,
}

#[derive(Args, Debug)]
pub(crate) struct ImportArguments {
    #[command(flatten)]
    pub(crate) configured: Configured,
    /// The connector that reads it, such as one of the plugin csv or jsonl
    #[arg(value_name = "CONNECTOR")]
    pub(crate) connector: String,
    /// The file; one that ends in .gz is unpacked
    #[arg(value_name = "PATH")]
    pub(crate) path: PathBuf,
    /// Read it from its beginning, also where it was imported before
    #[arg(long)]
    pub(crate) again: bool,
    /// Go on even where none of the first 100 records can be taken
    #[arg(long)]
    pub(crate) anyway: bool,
}

#[derive(Args, Debug)]
pub(crate) struct NewArguments {
    /// The folder to make
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
    /// In whose name you speak
    #[arg(long, default_value = "Example", value_name = "NAME")]
    pub(crate) brand: String,
    /// Where the plugins are; default: beside this program
    #[arg(long, value_name = "FOLDER")]
    pub(crate) plugins: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum DecisionCommand {
    /// The latest
    List {
        #[command(flatten)]
        configured: Configured,
        /// About one prospect: its id or any identity
        #[arg(long, value_name = "ID")]
        prospect: Option<String>,
        /// With one result: hold, tell, ask or hand-over
        #[arg(long, value_name = "ACT")]
        act: Option<String>,
        /// Not older than this: 90s, 2h, 7d
        #[arg(long, value_name = "DURATION")]
        since: Option<String>,
        /// How many at most
        #[arg(long, default_value_t = 50, value_name = "N")]
        limit: usize,
        #[command(flatten)]
        shown: Shown,
    },
    /// One, with its alternatives, gates and reasons
    Show {
        /// The decision's id
        id: String,
        #[command(flatten)]
        configured: Configured,
        /// Decide again from the record, and say whether it comes out the same
        #[arg(long)]
        replay: bool,
        #[command(flatten)]
        shown: Shown,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum StoryCommand {
    /// A story as somebody would read it, or why it would be held; sends nothing
    Preview(PreviewArguments),
}

#[derive(Args, Debug)]
#[command(group = clap::ArgGroup::new("whom").required(true))]
pub(crate) struct PreviewArguments {
    /// The story's name
    #[arg(value_name = "STORY")]
    pub(crate) story: String,
    /// For a prospect: its id, or any identity, such as ann@example.com
    #[arg(long, value_name = "ID", group = "whom")]
    pub(crate) prospect: Option<String>,
    /// For made-up people of whom the worst is known: no name, a script for a name, line breaks …
    #[arg(long, group = "whom")]
    pub(crate) worst: bool,
    /// As if this were their language (BCP 47)
    #[arg(long, value_name = "TAG")]
    pub(crate) language: Option<String>,
    /// This variant alone; else all that there are in their language
    #[arg(long, value_name = "NAME")]
    pub(crate) variant: Option<String>,
    #[command(flatten)]
    pub(crate) configured: Configured,
    /// How to answer
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub(crate) format: PreviewFormat,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum PreviewFormat {
    /// As plain text, for a terminal
    #[default]
    Text,
    /// A page for a browser
    Html,
    /// For programs; docs/cli.md describes it
    Json,
}

#[derive(Args, Debug)]
pub(crate) struct PlanArguments {
    /// The configuration as it would be; several are joined, later ones win
    #[arg(required = true, value_name = "NEW")]
    pub(crate) new: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) configured: Configured,
    /// Name the people among the examples, and not only their ids
    #[arg(long)]
    pub(crate) names: bool,
    #[command(flatten)]
    pub(crate) shown: Shown,
}

#[derive(Args, Debug)]
pub(crate) struct SummaryArguments {
    /// Over how long: 24h, 7d
    #[arg(long, default_value = "7d", value_name = "DURATION")]
    pub(crate) since: String,
    #[command(flatten)]
    pub(crate) configured: Configured,
    #[command(flatten)]
    pub(crate) shown: Shown,
}

#[derive(Args, Debug)]
pub(crate) struct ScopeArguments {
    #[command(flatten)]
    pub(crate) configured: Configured,
    /// One sink only
    #[arg(long, value_name = "NAME", group = "scope")]
    pub(crate) sink: Option<String>,
    /// One story only
    #[arg(long, value_name = "NAME", group = "scope")]
    pub(crate) story: Option<String>,
    /// One team only
    #[arg(long, value_name = "NAME", group = "scope")]
    pub(crate) team: Option<String>,
    /// One channel only
    #[arg(long, value_name = "NAME", group = "scope")]
    pub(crate) channel: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum EgressCommand {
    /// Every attempt and every denial that is kept, the latest first
    List {
        /// Of one connector only
        #[arg(long, value_name = "NAME")]
        connector: Option<String>,
        /// Not longer ago than this: 90s, 2h, 7d
        #[arg(long, value_name = "DURATION")]
        since: Option<String>,
        /// How many at most
        #[arg(long, default_value_t = 50, value_name = "N")]
        limit: usize,
        #[command(flatten)]
        configured: Configured,
        #[command(flatten)]
        shown: Shown,
    },
    /// Which destinations are left alone, until when and why, and what is left of quotas
    Status {
        /// Of one connector only
        #[arg(long, value_name = "NAME")]
        connector: Option<String>,
        #[command(flatten)]
        configured: Configured,
        #[command(flatten)]
        shown: Shown,
    },
    /// Try again what is left alone: once its credentials are right again
    Reset {
        /// The connector
        #[arg(value_name = "CONNECTOR")]
        connector: String,
        /// One destination only, as status shows it; default: all that are left alone
        #[arg(value_name = "DESTINATION")]
        destination: Option<String>,
        #[command(flatten)]
        configured: Configured,
    },
    /// What may leave to whom, as the grants say
    Plan {
        #[command(flatten)]
        configured: Configured,
        #[command(flatten)]
        shown: Shown,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum LinksCommand {
    /// Make new links with a new key; a running daemon does so within a second
    RotateKey {
        #[command(flatten)]
        configured: Configured,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum PluginCommand {
    /// Make a component of a plugin's crate, or of a core module
    Build {
        /// The crate's folder, or a core module's .wasm file
        path: PathBuf,
        /// Where to write the component
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// What a component would newly need in the place of another, and what it needs no longer
    Diff {
        /// The .wasm file of the one that runs
        old: PathBuf,
        /// The .wasm file of the one that would
        new: PathBuf,
        #[command(flatten)]
        shown: Shown,
    },
    /// What a component is, needs and may say
    Inspect {
        /// The component's .wasm file
        path: PathBuf,
        #[command(flatten)]
        shown: Shown,
    },
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_contradicts_itself_nowhere() {
        super::Arguments::command().debug_assert();
    }
}
