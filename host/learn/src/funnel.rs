//! The way to being a customer, by persona: who gets how far, how long each stage takes, and
//! what usually comes before a deal is won or lost.

use std::{collections::BTreeMap, time::Duration};

use hearken_model::{Act, Instant, Lifecycle, Prospect, ProspectId};
use hearken_store::{History, HistoryQuery, Store, StoreError};

use crate::gather::KINDS;

/// How many people are read at a time.
const PAGE: usize = 200;
/// How many steps of a path are told.
const STEPS: usize = 4;
/// How many paths are told.
const PATHS: usize = 5;
/// How many durations of a stage are kept for its median, and how many different paths.
const KEPT: usize = 10_000;

/// People of one persona.
#[derive(Clone, Debug, Default)]
pub struct Funnel {
    /// How many.
    pub people: u64,
    /// By stage, in their order.
    pub stages: BTreeMap<Lifecycle, StageCount>,
}

/// How a stage is passed.
#[derive(Clone, Debug, Default)]
pub struct StageCount {
    /// How many people reached it.
    pub reached: u64,
    /// How many of them reached one nearer to buying afterwards.
    pub moved_on: u64,
    /// For how long those who left it were in it, in milliseconds.
    stayed: Vec<u64>,
}

impl StageCount {
    /// For how long half of those who left it were in it; none where nobody left.
    #[must_use]
    pub fn median(&self) -> Option<Duration> {
        let mut stayed = self.stayed.clone();
        let middle = stayed.len().checked_sub(1)? / 2;
        let (_, median, _) = stayed.select_nth_unstable(middle);
        Some(Duration::from_millis(*median))
    }
}

/// What came before an end, the last steps of it, with how many ended so.
pub type Path = (Vec<String>, u64);

/// The funnels, and the paths through them.
#[derive(Clone, Debug, Default)]
pub struct Funnels {
    /// By persona; empty for those of whom none is known.
    pub personas: BTreeMap<String, Funnel>,
    /// The most frequent ones before a deal was won.
    pub before_won: Vec<Path>,
    /// The most frequent ones before a deal was lost.
    pub before_lost: Vec<Path>,
    ends: [BTreeMap<Vec<String>, u64>; 2],
}

/// Reads everybody since a moment. `persona` says who somebody is.
///
/// # Errors
/// Where the store cannot be read.
pub async fn funnel(
    store: &dyn Store,
    since: Instant,
    persona: impl Fn(&Prospect) -> String,
) -> Result<Funnels, StoreError> {
    let mut funnels = Funnels::default();
    let mut after: Option<ProspectId> = None;
    loop {
        let page = store.everybody(after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        let query = HistoryQuery {
            prospects: page.iter().map(|prospect| prospect.id).collect(),
            since,
            kinds: KINDS.map(String::from).into(),
        };
        for (prospect, history) in page.iter().zip(store.histories(query).await?) {
            funnels.count(persona(prospect), &history);
        }
    }
    funnels.before_won = frequent(&funnels.ends[0]);
    funnels.before_lost = frequent(&funnels.ends[1]);
    Ok(funnels)
}

impl Funnels {
    fn count(&mut self, persona: String, history: &History) {
        let funnel = self.personas.entry(persona).or_default();
        funnel.people += 1;
        funnel.pass(history);
        for recorded in &history.signals {
            let end = match recorded.signal.kind.as_str() {
                "deal.won" => 0,
                "deal.lost" => 1,
                _ => continue,
            };
            let path = path(history, recorded.signal.at);
            let ends = &mut self.ends[end];
            if ends.len() < KEPT || ends.contains_key(&path) {
                *ends.entry(path).or_default() += 1;
            }
        }
    }
}

impl Funnel {
    fn pass(&mut self, history: &History) {
        let first = history.stages.first().map_or(Lifecycle::Visitor, |stage| stage.from);
        let way: Vec<Lifecycle> = std::iter::once(first)
            .chain(history.stages.iter().map(|stage| stage.to))
            .collect();
        for stage in Lifecycle::ALL {
            let Some(place) = way.iter().position(|s| *s == stage) else {
                continue;
            };
            let count = self.stages.entry(stage).or_default();
            count.reached += 1;
            let later = way[place..].iter().any(|s| *s > stage && *s <= Lifecycle::Customer);
            count.moved_on += u64::from(later);
        }
        for pair in history.stages.windows(2) {
            let stayed = &mut self.stages.entry(pair[0].to).or_default().stayed;
            if stayed.len() < KEPT {
                stayed.push(pair[1].at.0.saturating_sub(pair[0].at.0));
            }
        }
    }
}

/// The last steps before a moment: what was told and handed over, and what they and sales did.
fn path(history: &History, end: Instant) -> Vec<String> {
    let told = history.tellings.iter().map(|told| {
        let step = match told.act {
            Act::HandOver => format!("handed over to {}", told.target),
            _ => format!("told {}", told.target),
        };
        (told.at, step)
    });
    let done = history
        .signals
        .iter()
        .filter(|recorded| !matches!(recorded.signal.kind.as_str(), "deal.won" | "deal.lost"))
        .map(|recorded| (recorded.signal.at, recorded.signal.kind.clone()));
    let mut steps: Vec<(Instant, String)> = told.chain(done).filter(|(at, _)| *at <= end).collect();
    steps.sort();
    let mut path: Vec<String> = steps.into_iter().map(|(_, step)| step).collect();
    // The same thing done over and over is one step.
    path.dedup();
    path.split_off(path.len().saturating_sub(STEPS))
}

fn frequent(ends: &BTreeMap<Vec<String>, u64>) -> Vec<Path> {
    let mut paths: Vec<Path> = ends.iter().map(|(path, count)| (path.clone(), *count)).collect();
    paths.sort_by(|x, y| y.1.cmp(&x.1).then_with(|| x.0.cmp(&y.0)));
    paths.truncate(PATHS);
    paths
}
