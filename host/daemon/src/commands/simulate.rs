//! `hearken simulate`: recorded signals through another configuration, and what that would have
//! changed for whom. Nothing is sent, and nothing is written.

use std::{path::Path, sync::Arc, time::Duration};

use anyhow::Context;
use hearken_config::grammar;
use hearken_engine::{Simulated, Simulation, Span};
use hearken_links::Links;
use hearken_model::Instant;
use hearken_store::{Access, Sqlite, Store};
use indicatif::{ProgressBar, ProgressStyle};
use jiff::{Timestamp, civil::Date, tz::TimeZone};

use super::{
    decision::ago,
    plan::{names, wired},
    simulate_view::{Comparison, as_json, described},
};
use crate::{
    arguments::SimulateArguments,
    installation,
    link_keys::LinkKeys,
    output::{Exit, Misuse, answer, clean},
    wire_up::Connected,
};

pub(super) async fn simulate(arguments: SimulateArguments) -> anyhow::Result<Exit> {
    let span = Span {
        since: moment("--since", arguments.since.as_deref())?,
        until: moment("--until", arguments.until.as_deref())?,
    };
    let connected = wired(&arguments.configured.files).await?;
    let path = arguments.store.as_ref().unwrap_or(&connected.wiring.store.path).clone();
    if !path.exists() {
        anyhow::bail!("there is no store at {}", path.display());
    }
    let store = Sqlite::open(&path, Access::Tool).with_context(|| format!("opening the store {}", path.display()))?;
    let (simulation, notes) = simulation(connected, Arc::new(store), &path, span)?;
    let found = run(&simulation).await?;
    let comparison = Comparison {
        configuration: names(&arguments.configured.files),
        notes,
        found,
        named: arguments.names,
        limit: arguments.limit,
    };
    answer(
        arguments.shown.format,
        || described(&comparison),
        || as_json(&comparison),
    )?;
    Ok(Exit::Done)
}

/// A moment, said as how long ago, as a day or as a timestamp.
fn moment(option: &str, text: Option<&str>) -> anyhow::Result<Option<Instant>> {
    let Some(text) = text else { return Ok(None) };
    let day = || {
        text.parse::<Date>()
            .ok()?
            .to_zoned(TimeZone::UTC)
            .ok()
            .map(|z| z.timestamp())
    };
    let at = text
        .parse::<Timestamp>()
        .ok()
        .or_else(day)
        .and_then(Instant::of_timestamp);
    if at.is_some() {
        return Ok(at);
    }
    if grammar::duration(text).is_ok() {
        return ago(option, text).map(Some);
    }
    let message = format!(
        "{option}: '{}' is no time; write how long ago (36h, 7d), a day (2026-03-02) or a moment (2026-03-02T10:00:00Z)",
        clean(text)
    );
    Err(Misuse(message).into())
}

fn simulation(
    connected: Connected,
    store: Arc<dyn Store>,
    path: &Path,
    span: Span,
) -> anyhow::Result<(Simulation, Vec<String>)> {
    let mut notes = Vec::new();
    let wiring = Arc::clone(&connected.wiring);
    // That of the installation whose record it is: by it people are left out of learning.
    let beside = path.parent().unwrap_or(Path::new("."));
    let key = match installation::key_in(beside)? {
        None => installation::key_in(&wiring.data_dir)?,
        found => found,
    };
    if key.is_none() {
        notes.push(format!(
            "there is no installation.key beside {}: who is left out of learning, and what is drawn anew, may differ",
            path.display()
        ));
    }
    // Nothing leaves, so that no link is ever followed; that there are any is asked for.
    let links = match &wiring.links {
        Some(settings) => Some(Arc::new(Links::new(&settings.public_url, LinkKeys::of_nobody()?))),
        None => None,
    };
    let (parts, _) = connected.parts(store, key.unwrap_or_default(), links);
    Ok((Simulation::new(parts, span)?, notes))
}

async fn run(simulation: &Simulation) -> anyhow::Result<Simulated> {
    let bar = ProgressBar::new(0);
    let style = ProgressStyle::with_template("going through the record {bar:30} {percent} %, {eta} left");
    if let Ok(style) = style {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(200));
    let found = simulation
        .run(&mut |done, of| {
            bar.set_length(of);
            bar.set_position(done);
        })
        .await;
    bar.finish_and_clear();
    found.context("going through the record")
}
