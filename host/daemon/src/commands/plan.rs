//! `hearken plan`: what a change of the configuration would change for people. It asks both
//! configurations about everybody, page by page, and does nothing of what they say.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc, time::Duration};

use anyhow::Context;
use hearken_config::{Loaded, Severity, Wiring};
use hearken_engine::{Clock, Fate, Foreseen, Foresight, SystemClock, view_of};
use hearken_model::{ActionId, Instant, Prospect, ProspectId};
use hearken_store::{Access, Sqlite, Store};
use indicatif::{ProgressBar, ProgressStyle};

use super::plan_view::{Example, Open, Plan, as_json, described};
use crate::{
    arguments::PlanArguments,
    configured::usable,
    output::{Exit, answer},
    wire_up::{Connected, Purpose, wire_up},
};

/// How many are looked at at once.
const PAGE: usize = 500;
/// How many examples are told of each kind.
const EXAMPLES: usize = 5;

pub(super) async fn plan(arguments: PlanArguments) -> anyhow::Result<Exit> {
    let old = wired(&arguments.configured.files).await?;
    let new = wired(&arguments.new).await?;
    let path = old.wiring.store.path.clone();
    if !path.exists() {
        anyhow::bail!("there is no store at {} yet; `hearken run` makes it", path.display());
    }
    let store = Sqlite::open(&path, Access::Tool).with_context(|| format!("opening the store {}", path.display()))?;
    let store: Arc<dyn Store> = Arc::new(store);
    let mut plan = Plan {
        now: SystemClock.now(),
        old: names(&arguments.configured.files),
        new: names(&arguments.new),
        ..Plan::default()
    };
    plan.notes = notes(&old.wiring, &new.wiring);
    plan.new_people_per_hour = new.wiring.policy.new_people_per_hour;
    let wiring = arguments.names.then(|| new.wiring.clone());
    let (old, new) = (foresight(old, &store).await?, foresight(new, &store).await?);
    everybody(&mut plan, &store, (&old, &new), wiring.as_deref()).await?;
    open_actions(&mut plan, &store, (&old, &new)).await?;
    answer(arguments.shown.format, || described(&plan), || as_json(&plan))?;
    Ok(Exit::Done)
}

pub(super) fn names(files: &[PathBuf]) -> String {
    let names: Vec<String> = files.iter().map(|f| f.display().to_string()).collect();
    names.join(", ")
}

/// A configuration with its plugins, as far as deciding needs them: no secret is read.
pub(super) async fn wired(files: &[PathBuf]) -> anyhow::Result<Connected> {
    let Loaded {
        mut diagnostics,
        configuration,
    } = hearken_config::load_without_secrets(files);
    let mut wired = None;
    if let Some(configuration) = configuration {
        let (more, made) = Box::pin(wire_up(configuration, Purpose::Foresee)).await?;
        diagnostics.extend(more);
        wired = made.map(|made| made.connected);
    }
    diagnostics.retain(|d| d.severity == Severity::Error);
    usable(&diagnostics, wired, files)
}

async fn foresight(wired: Connected, store: &Arc<dyn Store>) -> anyhow::Result<Foresight> {
    // Draws are compared, not foretold; and nothing leaves, so nothing carries a link.
    let (parts, _) = wired.parts(Arc::clone(store), [0; 32], None);
    Ok(Foresight::new(parts).await?)
}

/// What makes the comparison another than it looks.
fn notes(old: &Wiring, new: &Wiring) -> Vec<String> {
    let mut notes = Vec::new();
    if old.store.path != new.store.path {
        notes.push(format!(
            "the new configuration keeps its state in {}, where none of these people may be known",
            new.store.path.display()
        ));
    }
    if old.flow.scorers != new.flow.scorers || old.vocabulary != new.vocabulary {
        notes.push(
            "beliefs are taken as they are stored; what other scorers or topics would bring about is not seen".into(),
        );
    }
    notes
}

async fn everybody(
    plan: &mut Plan,
    store: &Arc<dyn Store>,
    (old, new): (&Foresight, &Foresight),
    named: Option<&Wiring>,
) -> anyhow::Result<()> {
    let progress = Progress::begin();
    let mut after: Option<ProspectId> = None;
    loop {
        let page = store.everybody(after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        let (before, then) = tokio::join!(old.of(&page, plan.now), new.of(&page, plan.now));
        for ((prospect, before), then) in page.iter().zip(before).zip(then) {
            compare(plan, prospect, &before, then, named);
        }
        progress.at(last_of(&page));
    }
    progress.end();
    Ok(())
}

fn last_of(page: &[Prospect]) -> u64 {
    page.last().map_or(0, |p| p.id.partition().0.into())
}

fn compare(plan: &mut Plan, prospect: &Prospect, before: &Foreseen, then: Foreseen, named: Option<&Wiring>) {
    plan.people += 1;
    let kind = match (&before.fate, &then.fate) {
        (Fate::Goes, Fate::Goes) if before.what() == then.what() => &mut plan.same,
        (Fate::Goes, Fate::Goes) => &mut plan.otherwise,
        (_, Fate::Goes) => {
            plan.first += u64::from(then.first);
            let (act, target, channel) = then.what();
            let what = (act, target.to_owned(), channel.to_owned());
            *plan.by_what.entry(what).or_default() += 1;
            &mut plan.newly
        }
        (Fate::Goes, _) => &mut plan.no_longer,
        (Fate::Waits(_), Fate::Waits(_)) => &mut plan.waits_still,
        (_, Fate::Waits(_)) => &mut plan.newly_waits,
        _ => &mut plan.silent,
    };
    kind.people += 1;
    if kind.examples.len() < EXAMPLES {
        let name = named.map(|wiring| name(prospect, plan.now, wiring));
        kind.examples.push(Example {
            name,
            before: before.fate.clone(),
            foreseen: then,
        });
    }
}

fn name(prospect: &Prospect, now: Instant, wiring: &Wiring) -> String {
    let view = view_of(prospect, now, wiring);
    view.identities.first().map(|(i, _)| i.to_string()).unwrap_or_default()
}

async fn open_actions(
    plan: &mut Plan,
    store: &Arc<dyn Store>,
    (old, new): (&Foresight, &Foresight),
) -> anyhow::Result<()> {
    let switches = store.switches().await?;
    let mut after: Option<ActionId> = None;
    loop {
        let page = store.open_actions(after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = Some(last.action.id);
        for due in &page {
            let before = old.fate(due, plan.now, &switches);
            let then = new.fate(due, plan.now, &switches);
            plan.open.count(due.action.id, &before, &then);
        }
    }
}

impl Open {
    fn count(&mut self, id: ActionId, before: &Fate, then: &Fate) {
        self.actions += 1;
        let (count, examples) = match (before, then) {
            (Fate::Goes, Fate::Goes) => {
                self.go_still += 1;
                return;
            }
            (_, Fate::Goes) => (&mut self.released, &mut self.released_ids),
            (Fate::Goes, cause) => {
                let gate = match cause {
                    Fate::Waits(cause) | Fate::Nothing(cause) => cause.gate.clone(),
                    Fate::Goes => String::new(),
                };
                *self.kept_by.entry(gate).or_default() += 1;
                (&mut self.kept, &mut self.kept_ids)
            }
            _ => {
                self.stay += 1;
                return;
            }
        };
        *count += 1;
        if examples.len() < EXAMPLES {
            examples.push(id);
        }
    }
}

/// How far the look at everybody is. Ids are spread evenly, so the last one tells; on a
/// terminal only.
struct Progress(ProgressBar);

impl Progress {
    fn begin() -> Self {
        let bar = ProgressBar::new(256);
        let style = ProgressStyle::with_template("asking about everybody {bar:30} {percent} %, {eta} left");
        if let Ok(style) = style {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(200));
        Self(bar)
    }

    fn at(&self, part: u64) {
        self.0.set_position(part);
    }

    fn end(&self) {
        self.0.finish_and_clear();
    }
}

/// People by what would be done about them.
pub(super) type ByWhat = BTreeMap<(hearken_model::Act, String, String), u64>;
