//! What was recorded, gone through again: with any configuration, by the time of the record,
//! and without a sink.
//!
//! What came from outside is taken as recorded, at its own place: signals, who turned out to be
//! whom, what an operator asked for, and how deliveries went of what both decide alike. What
//! follows from it (assessments, stages, decisions, timers) is found anew by the very wave that
//! a daemon applies, entries taken together as they were then. So with the configuration that
//! was recorded the same comes out, under the same ids.
//!
//! An action that only the simulation has counts as delivered as soon as its last check lets it
//! go; nobody answers it. What answers an action that the simulation has not is what somebody
//! said, and answers nothing.
//!
//! Nothing here writes: the store is the recorded one, and may be a running daemon's.

mod agenda;
mod another_time;
mod compared;
mod lane;
mod past;
mod round;
mod unrecorded;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
    time::Duration,
};

use hearken_learn::{Evidence, Knowledge};
use hearken_model::{ActionId, Identity, Instant, Part, Prospect, ProspectId, StoryId};
use hearken_store::StoreError;

pub use compared::{Likeness, Made, Pair};

use self::{lane::Lane, past::Past};
use crate::{EngineError, Parts, SetClock, parts::Shared};

/// How long after it was due a timer may have been found to have run out.
const SLACK: Duration = Duration::from_secs(10);

/// What of the record is compared.
#[derive(Clone, Copy, Debug, Default)]
pub struct Span {
    /// From when on; before it what was decided is taken as recorded.
    pub since: Option<Instant>,
    /// Until when; what came later is left out.
    pub until: Option<Instant>,
}

/// What a simulation found.
#[derive(Clone, Debug, Default)]
pub struct Simulated {
    /// Entries from outside that were gone through.
    pub entries: u64,
    /// People of whom there are any.
    pub people: u64,
    /// From when to when was compared: the times of the first and the last entry.
    pub compared: Option<(Instant, Instant)>,
    /// What was decided, in the order of time; of silences only those that one of both has.
    pub pairs: Vec<Pair>,
    /// Silences that both have.
    pub silent: u64,
    /// Decisions that were made with what was learned then and is not kept any more.
    pub forgotten: u64,
    /// Answers of plugins that could not be used.
    pub unusable: u64,
    /// Entries of which the log does not tell enough to go through them.
    pub broken: u64,
}

/// A configuration with a record to go through.
pub struct Simulation {
    shared: Shared,
    clock: Arc<SetClock>,
    span: Span,
}

/// A simulation under way.
struct Run<'a> {
    shared: &'a Shared,
    clock: &'a SetClock,
    since: Instant,
    /// Until when timers run out by themselves.
    horizon: Instant,
    until: Instant,
    lanes: Vec<Lane>,
    people: HashMap<ProspectId, Prospect>,
    past: Past,
    /// What has left prospects and has not arrived yet, by whom it left.
    moving: BTreeMap<ProspectId, Part>,
    suppressed: BTreeMap<Identity, (Instant, String)>,
    /// Texts that were approved, by story and digest, and when.
    approved: BTreeMap<(StoryId, String), Instant>,
    /// Actions whose deliveries go as recorded.
    followed: BTreeSet<ActionId>,
    found: Simulated,
}

impl Simulation {
    /// Makes it ready. The parts' clock is not used.
    ///
    /// # Errors
    /// Where the wiring names what is not there.
    pub fn new(parts: Parts, span: Span) -> Result<Self, EngineError> {
        let clock = Arc::new(SetClock::new(Instant::default()));
        let shared = Shared::new(Parts {
            clock: Arc::clone(&clock) as Arc<dyn crate::Clock>,
            ..parts
        })?;
        Ok(Self { shared, clock, span })
    }

    /// Goes through the record. `tell` hears how many entries of how many are done.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub async fn run(&self, tell: &mut (dyn FnMut(u64, u64) + Send)) -> Result<Simulated, StoreError> {
        let mut run = Run::begin(self).await?;
        let total: u64 = run.lanes.iter().map(Lane::left).sum();
        while run.round().await? {
            tell(run.found.entries, total);
        }
        Ok(run.end())
    }
}

impl<'a> Run<'a> {
    async fn begin(simulation: &'a Simulation) -> Result<Self, StoreError> {
        let Simulation { shared, clock, span } = simulation;
        let store = &shared.store;
        let progress = store.progress().await?;
        let mut last = Instant::default();
        for p in progress.iter().filter(|p| p.applied > 0) {
            let entries = store.pending(p.partition, p.applied - 1, 1).await?;
            last = entries.first().map_or(last, |l| last.max(l.at));
        }
        let until = span.until.unwrap_or(last).min(last);
        let suppressions = store.suppressions(usize::MAX).await?;
        let approved = store.approved_texts().await?;
        let nothing = Knowledge::new(0, Evidence::new(Instant::default(), shared.wiring.learn.half_life));
        Ok(Self {
            shared,
            clock,
            since: span.since.unwrap_or_default(),
            horizon: until.before(SLACK),
            until,
            lanes: progress.iter().map(|p| Lane::new(p.partition, p.applied)).collect(),
            people: HashMap::new(),
            past: Past::new(Arc::clone(store), Arc::new(nothing)).await?,
            moving: BTreeMap::new(),
            suppressed: suppressions.into_iter().map(|s| (s.identity, (s.at, s.why))).collect(),
            approved: approved.into_iter().map(|t| ((t.story, t.digest), t.at)).collect(),
            followed: BTreeSet::new(),
            found: Simulated::default(),
        })
    }

    fn end(self) -> Simulated {
        let Self {
            mut found,
            past,
            people,
            ..
        } = self;
        found.pairs = another_time::joined(found.pairs);
        found.pairs.sort_by_key(Pair::at);
        found.people = people.values().filter(|p| !p.part.profiles.is_empty()).count() as u64;
        found.forgotten = past.forgotten;
        found
    }
}
