//! `cargo xtask demo`: the whole of Hearken on one screen.
//!
//! Sets up, starts the daemon on `config/demo.toml` with fresh data, sends it a generated
//! site's traffic through its real HTTP intake, and shows what it makes of it, by the
//! commands that people use: nothing here looks into the daemon.

mod cast;
mod daemon;
mod dice;
mod expectations;
mod face;
mod interrupt;
mod keys;
mod report;
mod site;
mod terminal;
mod traffic;
mod visit;
mod watch;
mod web;

use std::{
    fs,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use jiff::{SignedDuration, Timestamp};

use self::{
    cast::{Person, cast},
    daemon::{Addresses, Program},
    interrupt::Interrupt,
    report::Narrator,
    terminal::Terminal,
    traffic::{Key, Request, SPAN_MS, requests},
    watch::Watch,
    web::Web,
};
use crate::{plugins, workspace::Workspace};

/// How long the traffic takes to send: [`SPAN_MS`] of visits, compressed.
const SHOW: Duration = Duration::from_secs(24);
/// How often to look for news.
const LOOK: Duration = Duration::from_millis(400);
/// After so long without news the last word is taken to have been said.
const QUIET: Duration = Duration::from_secs(3);

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Stop the daemon at the end; fail where the outcome is not what it has to be
    #[arg(long)]
    once: bool,
    /// Use the daemon and the plugins as they were built last
    #[arg(long)]
    no_build: bool,
    /// What the generated traffic is drawn from
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// The keys by which the site's browser and back end authenticate.
struct Keys {
    browser: String,
    back_end: String,
}

pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    if !options.no_build {
        plugins::build(workspace, &[])?;
    }
    let mut program = Program::of(workspace);
    program.refuse_a_second()?;
    wipe(&program)?;
    program.avoid_taken_ports()?;
    let keys = Keys {
        browser: keys::key(&workspace.path("config/demo/site.key"))?,
        back_end: keys::key(&workspace.path("config/demo/server.key"))?,
    };
    let interrupt = Interrupt::listen()?;
    let web = Web::new();
    let mut daemon = program.start(&web, &interrupt)?;
    let cast = cast();
    let terminal = Terminal::of_stdout();
    introduce(terminal, &cast, options.seed);

    let mut watch = Watch::new(&program, &cast);
    let all = requests(&cast, options.seed);
    show(&web, &daemon.addresses, &keys, &all, &interrupt, &mut watch, terminal)?;
    if options.once {
        daemon.stop()?;
        program.work_off()?;
        watch.look()?;
        let lines = report::lines(&cast, &watch)?;
        report::table(terminal, &lines);
        report::where_next(terminal, workspace, &program, None);
        return expectations::check(&lines, &program.data.join("outbox"));
    }
    report::table(terminal, &report::lines(&cast, &watch)?);
    report::where_next(terminal, workspace, &program, Some(&daemon.addresses));
    println!("\nThe daemon goes on running. Ctrl-C stops it.");
    daemon.wait(&interrupt)?;
    daemon.stop()
}

/// Empties the data folder, but for the compiled plugins: they depend on nothing in it,
/// and compiling them again would make everybody wait.
fn wipe(program: &Program) -> Result<()> {
    fs::create_dir_all(&program.data).with_context(|| format!("creating {}", program.data.display()))?;
    empty(&program.data, "hearken-data")?;
    let own = program.data.join("hearken-data");
    if own.exists() { empty(&own, "compiled") } else { Ok(()) }
}

/// Removes everything from a folder but one entry.
fn empty(folder: &Path, but: &str) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))? {
        let entry = entry.with_context(|| format!("reading {}", folder.display()))?;
        if entry.file_name() == but {
            continue;
        }
        let path = entry.path();
        let is_folder = entry
            .file_type()
            .with_context(|| format!("looking at {}", path.display()))?
            .is_dir();
        let removed = if is_folder {
            fs::remove_dir_all(&path)
        } else {
            fs::remove_file(&path)
        };
        removed.with_context(|| format!("removing {}", path.display()))?;
    }
    Ok(())
}

fn introduce(terminal: Terminal, cast: &[Person], seed: u64) {
    println!("{}", terminal.bold("Hearken, shown on generated traffic"));
    println!(
        "The company, its site, all {} people and what they do are generated (seed {seed}); none of them exist.\n\
         CIOs are after the return on investment, IT managers after the implementation, system\n\
         administrators after what changes for the team; each hurried, lost or browsing. A quarter of an\n\
         hour of visits is sent in {} seconds, through the HTTP intake that Segment's clients use.\n",
        cast.len(),
        SHOW.as_secs()
    );
}

/// Sends everything while telling what comes of it, until nothing more does.
fn show(
    web: &Web,
    addresses: &Addresses,
    keys: &Keys,
    all: &[Request],
    interrupt: &Interrupt,
    watch: &mut Watch<'_>,
    terminal: Terminal,
) -> Result<()> {
    let mut narrator = Narrator::new(terminal);
    thread::scope(|scope| {
        let sender = scope.spawn(|| send(web, addresses, keys, all, interrupt));
        let mut last_news = Instant::now();
        while !sender.is_finished() || last_news.elapsed() < QUIET {
            let news = watch.look()?;
            if !news.is_empty() || !sender.is_finished() {
                last_news = Instant::now();
            }
            narrator.tell(watch, &news)?;
            interrupt.pause(LOOK)?;
        }
        sender
            .join()
            .unwrap_or_else(|_| Err(anyhow::anyhow!("sending the traffic panicked")))
    })
}

/// Sends each request when it is due. The visits are laid out so that their last moment
/// is the moment at which they have been sent: nothing lies in the future, all is fresh.
fn send(web: &Web, addresses: &Addresses, keys: &Keys, all: &[Request], interrupt: &Interrupt) -> Result<()> {
    let begun = Instant::now();
    let first_moment = Timestamp::now() + SignedDuration::try_from(SHOW)? - SignedDuration::from_millis(SPAN_MS as i64);
    let written = |ms: u64| (first_moment + SignedDuration::from_millis(ms as i64)).to_string();
    for request in all {
        let due = SHOW.mul_f64(request.due_ms() as f64 / SPAN_MS as f64);
        interrupt.pause(due.saturating_sub(begun.elapsed()))?;
        let (path, body) = request.written(written, &Timestamp::now().to_string());
        let key = match request.key {
            Key::Browser => &keys.browser,
            Key::BackEnd => &keys.back_end,
        };
        web.post(&format!("{}/in/site{path}", addresses.public), key, &body, interrupt)?;
    }
    Ok(())
}
