//! How an import shows itself: a bar on a terminal, a line now and then anywhere else, bad
//! records as they come, and a summary. All of it but the summary on standard error.

use std::{
    io::IsTerminal,
    time::{Duration, Instant},
};

use hearken_engine::{Imported, Step};
use hearken_store::NewDeadLetter;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::output::{clean, plural};

/// How many bad records are shown; all of them are kept as dead letters.
const SHOWN: u64 = 100;
/// How often a line says how far it is, where there is no terminal.
const LINE_EVERY: Duration = Duration::from_secs(10);

/// What is shown of an import under way.
pub(super) struct Shown {
    /// None where nobody looks at a terminal.
    bar: Option<ProgressBar>,
    begun: Instant,
    last_line: Instant,
    records_before: u64,
    refused: u64,
}

impl Shown {
    pub(super) fn new(before: &Imported) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(5));
            bar.set_style(style("{bar:30} {percent:>3} %  {msg}  {eta} left"));
            bar
        });
        Self {
            bar,
            begun: Instant::now(),
            last_line: Instant::now(),
            records_before: before.records,
            refused: 0,
        }
    }

    /// A page was stored.
    pub(super) fn step(&mut self, step: &Step<'_>) {
        self.refused(step.refused);
        let rate = (step.total.records - self.records_before) as f64 / self.begun.elapsed().as_secs_f64().max(0.001);
        let said = format!("{} records, {rate:.0}/s", step.total.records);
        match (&self.bar, step.done) {
            (Some(bar), Some((done, of))) => {
                bar.set_length(of);
                bar.set_position(done);
                bar.set_message(said);
            }
            (Some(bar), None) => bar.set_message(said),
            (None, done) if self.last_line.elapsed() >= LINE_EVERY => {
                self.last_line = Instant::now();
                let share = done.map_or_else(String::new, |(done, of)| format!("{} %, ", done * 100 / of.max(1)));
                anstream::eprintln!("{share}{said}");
            }
            (None, _) => {}
        }
    }

    /// Records that could not be taken.
    pub(super) fn refused(&mut self, letters: &[NewDeadLetter]) {
        for letter in letters {
            self.refused += 1;
            let line = match self.refused {
                0..=SHOWN => format!("{}: {}", clean(&letter.place), clean(&letter.why)),
                n if n == SHOWN + 1 => "more could not be taken; `hearken dead-letter list` shows them".to_owned(),
                _ => continue,
            };
            self.say(&line);
        }
    }

    /// So many entries wait for the daemon.
    pub(super) fn waiting(&mut self, waiting: u64) {
        if waiting == 0 {
            return;
        }
        let said = format!("the daemon applies what is stored: {waiting} entries wait");
        match &self.bar {
            Some(bar) => {
                bar.reset();
                bar.set_style(style("{msg}"));
                bar.set_message(said);
            }
            None if self.last_line.elapsed() >= LINE_EVERY => {
                self.last_line = Instant::now();
                anstream::eprintln!("{said}");
            }
            None => {}
        }
    }

    /// Takes the bar away.
    pub(super) fn clear(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    /// What came of this run, and of the import where there was a run before.
    pub(super) fn summary(&self, before: &Imported, total: &Imported, took: Duration) -> String {
        let records = total.records - before.records;
        let rate = records as f64 / took.as_secs_f64().max(0.001);
        let mut text = format!(
            "{} in {:.1} s, {rate:.0}/s\n",
            plural(usize::try_from(records).unwrap_or(usize::MAX), "record"),
            took.as_secs_f64()
        );
        text.push_str(&format!("{}\n", summary_of(total)));
        if *before != Imported::default() {
            text.push_str("(with what an earlier run had taken)\n");
        }
        if total.ended && total.records == 0 {
            text.push_str("nothing was read: the connector's configuration may name other files than this one\n");
        }
        text
    }

    fn say(&self, line: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| anstream::eprintln!("{line}")),
            None => anstream::eprintln!("{line}"),
        }
    }
}

/// `300 records, 600 signals stored, 0 known before, 2 refused`.
pub(super) fn summary_of(total: &Imported) -> String {
    format!(
        "{} records, {} signals stored, {} known before, {} refused",
        total.records,
        total.stored(),
        total.repeated,
        total.refused
    )
}

fn style(template: &str) -> ProgressStyle {
    // The templates are this file's own.
    ProgressStyle::with_template(template).expect("a template that indicatif takes")
}
