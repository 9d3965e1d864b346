//! What the demo prints: news as they come, the table at the end, where to look further.

use std::collections::BTreeMap;

use anyhow::Result;

use super::{
    cast::Person,
    daemon::{Addresses, Program},
    face::Face,
    terminal::{Terminal, plain},
    watch::{Decision, News, Watch},
};
use crate::workspace::Workspace;

/// What was done about one person in the end.
pub(super) struct Line {
    pub(super) person: Person,
    pub(super) face: Option<Face>,
    /// Told, asked or handed over, the earliest first.
    pub(super) done: Vec<Decision>,
    /// Why there was silence, where there was nothing else.
    pub(super) silence: Option<String>,
}

/// Prints news of one look, and remembers what was said, so that nothing is said twice.
pub(super) struct Narrator {
    terminal: Terminal,
    silences: BTreeMap<usize, String>,
}

impl Narrator {
    pub(super) fn new(terminal: Terminal) -> Self {
        Self {
            terminal,
            silences: BTreeMap::new(),
        }
    }

    pub(super) fn tell(&mut self, watch: &Watch<'_>, news: &[News]) -> Result<()> {
        for News { person, decision } in news {
            let Some(of) = watch.of(*person) else {
                continue;
            };
            let who = format!("  {:<9} {:<20}", of.name, of.kind());
            if decision.act == "hold" {
                // Silence is decided often; a person's reason is told when it changes.
                let reason = plain(&watch.why_silent(decision)?);
                let told = self.silences.insert(*person, reason.clone());
                if told.as_ref() != Some(&reason) {
                    let line = format!("{who} left alone: {reason}");
                    println!("{}", self.terminal.dim(&line));
                }
                continue;
            }
            let face = watch.face(*person)?;
            let understood = face.map(|f| f.understood()).unwrap_or_default();
            let did = self.terminal.bold(&format!("{who} {}", deed(decision)));
            println!("{did}");
            println!("  {:<30} understood as: {understood}", "");
            println!("  {:<30} because: {}", "", plain(&decision.reason));
        }
        Ok(())
    }
}

/// One line for everybody.
pub(super) fn lines(cast: &[Person], watch: &Watch<'_>) -> Result<Vec<Line>> {
    let mut lines = Vec::new();
    for (place, person) in cast.iter().enumerate() {
        let decisions = watch.decisions.get(&place).cloned().unwrap_or_default();
        let last = decisions.last().cloned();
        let done: Vec<Decision> = decisions.into_iter().filter(|d| d.act != "hold").collect();
        let silence = if done.is_empty() {
            last.as_ref().map(|d| watch.why_silent(d)).transpose()?
        } else {
            None
        };
        lines.push(Line {
            person: person.clone(),
            face: watch.face(place)?,
            done,
            silence,
        });
    }
    Ok(lines)
}

pub(super) fn table(terminal: Terminal, lines: &[Line]) {
    let heading = format!(
        "{:<10} {:<20} {:<58} {}",
        "who", "generated as", "understood as", "what was done"
    );
    println!("\n{}", terminal.bold(&heading));
    for Line {
        person,
        face,
        done,
        silence,
    } in lines
    {
        let kind = person.kind();
        let understood = face.as_ref().map_or_else(|| "not seen".to_owned(), Face::understood);
        let did = if done.is_empty() {
            "left alone".to_owned()
        } else {
            done.iter().map(deed).collect::<Vec<_>>().join("; then ")
        };
        println!("{:<10} {kind:<20} {understood:<58} {did}", person.name);
        let reasons = done.iter().map(|d| d.reason.as_str()).chain(silence.as_deref());
        for reason in reasons {
            println!("{:<10} {}", "", terminal.dim(&plain(reason)));
        }
    }
    let count = |act: &str| lines.iter().filter(|l| l.done.iter().any(|d| d.act == act)).count();
    let silent = lines.iter().filter(|l| l.done.is_empty()).count();
    println!(
        "\n{} people: {} told a story, {} asked, {} handed over, {silent} left alone.",
        lines.len(),
        count("tell"),
        count("ask"),
        count("hand-over")
    );
}

pub(super) fn where_next(terminal: Terminal, workspace: &Workspace, program: &Program, addresses: Option<&Addresses>) {
    let hearken = workspace.hearken();
    let hearken = workspace.shown(&hearken);
    let config = workspace.shown(&program.config);
    let data = workspace.shown(&program.data);
    println!("\n{}", terminal.bold("Where to look further"));
    let row = |what: &str, how: String| println!("  {what:<22} {how}");
    row(
        "a person",
        format!("{hearken} prospect show ada@example.org --config {config}"),
    );
    row("all decisions", format!("{hearken} decision list --config {config}"));
    row(
        "one, with its reasons",
        format!("{hearken} decision show ID --config {config}"),
    );
    row("what was sent", format!("ls {data}/outbox"));
    row("the tables", format!("sqlite3 {data}/demo.sqlite .tables"));
    row("the daemon's log", format!("{data}/daemon.log"));
    if let Some(addresses) = addresses {
        row("public listener", format!("{}/in/site/v1/…", addresses.public));
        row(
            "admin listener",
            format!("{}/ready, {}/metrics", addresses.admin, addresses.admin),
        );
        row(
            "be silent, speak again",
            format!("{hearken} stop --config {config}, {hearken} go --config {config}"),
        );
    }
}

fn deed(decision: &Decision) -> String {
    let target = plain(&decision.target);
    match decision.act.as_str() {
        "tell" => format!("was told '{target}' by {}", plain(&decision.channel)),
        "ask" => format!("was asked '{target}' by {}", plain(&decision.channel)),
        "hand-over" => format!("was handed over to {target}"),
        other => format!("{} {target}", plain(other)),
    }
}
