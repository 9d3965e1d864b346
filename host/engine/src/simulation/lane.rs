//! One partition's log, cut into the waves that it was applied in.
//!
//! Where a wave ended shows by what stands behind its last entry: what applying it brought
//! about. Where it began shows by the range that scorers saw. Of entries that brought nothing
//! about nobody can tell which were taken together; each is then taken by itself.

use std::collections::VecDeque;

use hearken_model::{Action, ActionId, Entry, Instant, Partition, ProspectId, Seq};
use hearken_store::{Logged, Store, StoreError};

use super::agenda::Agenda;

/// How many entries of a log are read at once.
const PAGE: usize = 256;
/// How many entries from outside a wave has at most.
const WAVE: usize = 512;

/// A partition's log, as far as it is read, and what is due in it by itself.
#[derive(Debug)]
pub(super) struct Lane {
    pub(super) partition: Partition,
    /// The last entry that had been applied when the simulation began.
    end: u64,
    /// How far it is read.
    read: Seq,
    read_to_end: bool,
    ahead: VecDeque<Logged>,
    /// The last entry from outside that was taken …
    pub(super) taken: u64,
    /// … the last step that stands behind it …
    pub(super) step: u32,
    /// … and the time. It does not go back, though entries may come in out of their order.
    pub(super) now: Instant,
    /// Timers, with their generations.
    pub(super) timers: Agenda<(ProspectId, String), u64>,
    /// Actions that only the simulation has, with the next look at them.
    pub(super) open: Agenda<ActionId, Action>,
}

/// Entries that were applied together.
#[derive(Debug)]
pub(super) struct Group {
    /// The last of them, or the one that it would be.
    pub(super) to: u64,
    /// When.
    pub(super) at: Instant,
    /// In their order.
    pub(super) entries: Vec<Logged>,
    /// What applying them brought about.
    pub(super) derived: Vec<Logged>,
}

impl Lane {
    pub(super) fn new(partition: Partition, end: u64) -> Self {
        Self {
            partition,
            end,
            read: Seq::default(),
            read_to_end: end == 0,
            ahead: VecDeque::new(),
            taken: 0,
            step: 0,
            now: Instant::default(),
            timers: Agenda::default(),
            open: Agenda::default(),
        }
    }

    /// Reads until the next wave is there as a whole.
    pub(super) async fn look_ahead(&mut self, store: &dyn Store) -> Result<(), StoreError> {
        while !self.read_to_end && !self.sees_a_wave() {
            let page = store.log(self.partition, self.read, PAGE).await?;
            let whole = page.len() == PAGE;
            let within = page.into_iter().take_while(|l| l.place.seq <= self.end);
            let before = self.ahead.len();
            self.ahead.extend(within);
            let taken = self.ahead.len() - before;
            self.read_to_end = !whole || taken < PAGE;
            if let Some(last) = self.ahead.back().filter(|_| taken > 0) {
                self.read = last.place;
            }
        }
        Ok(())
    }

    fn sees_a_wave(&self) -> bool {
        let last = self.ahead.back().map_or(0, |l| l.place.seq);
        match self.first_derived() {
            Some(derived) => last > derived.place.seq,
            None => self.ahead.len() > WAVE,
        }
    }

    /// The first entry that applying brought about, if the next wave may have ended there.
    fn first_derived(&self) -> Option<&Logged> {
        self.ahead.iter().take(WAVE + 1).find(|l| l.place.step > 0)
    }

    /// How many entries are left.
    pub(super) fn left(&self) -> u64 {
        self.end - self.taken
    }

    /// When the next group begins.
    pub(super) fn next_at(&self) -> Option<Instant> {
        self.ahead.front().map(|l| l.at.max(self.now))
    }

    /// When something happens next.
    pub(super) fn when(&self) -> Option<Instant> {
        let due = self.timers.first().map(|(due, _)| due);
        let due = due.into_iter().chain(self.open.first().map(|(due, _)| due)).min();
        let due = due.map(|due| due.max(self.now));
        due.into_iter().chain(self.next_at()).min()
    }

    /// The entries of the next group.
    pub(super) fn next(&self) -> impl Iterator<Item = &Logged> {
        let to = self.next_to();
        self.ahead
            .iter()
            .take_while(move |l| Some(l.place.seq) <= to && l.place.step == 0)
    }

    /// The last entry of the next group.
    fn next_to(&self) -> Option<u64> {
        let first = self.ahead.front()?.place.seq;
        let Some(to) = self.first_derived().map(|l| l.place.seq) else {
            return Some(first);
        };
        let derived = self.ahead.iter().skip_while(|l| l.place.step == 0);
        let saw_after = derived
            .take_while(|l| l.place.seq == to)
            .filter_map(|l| match &l.entry {
                Entry::Assessed(assessment) => Some(assessment.saw_after.seq),
                _ => None,
            });
        let behind = saw_after.max().unwrap_or_default();
        if behind > self.taken {
            return Some(first);
        }
        // What leaves is on its way only once that was applied.
        let within = self.ahead.iter().take_while(|l| l.place.step == 0);
        let joins = within.skip_while(|l| !matches!(l.entry, Entry::Leave { .. }));
        let joins = joins.skip(1).find(|l| matches!(l.entry, Entry::Join { .. }));
        Some(joins.map_or(to, |join| join.place.seq - 1))
    }

    /// Takes the next group.
    pub(super) fn take(&mut self) -> Option<Group> {
        let to = self.next_to()?;
        let mut group = Group {
            to,
            at: self.now,
            entries: Vec::new(),
            derived: Vec::new(),
        };
        while let Some(logged) = self.ahead.pop_front_if(|l| l.place.seq <= to) {
            if logged.place.step > 0 {
                group.derived.push(logged);
            } else {
                group.at = group.at.max(logged.at);
                group.entries.push(logged);
            }
        }
        (self.taken, self.step, self.now) = (to, 0, group.at);
        Some(group)
    }

    /// Takes nothing more.
    pub(super) fn close(&mut self) {
        self.ahead.clear();
        self.read_to_end = true;
    }

    /// Whether the log has a timer run out, `within` a time that is read.
    pub(super) fn has_run_out(
        &self,
        (prospect, name): &(ProspectId, String),
        generation: u64,
        within: (Instant, Instant),
    ) -> bool {
        let (from, to) = within;
        self.ahead
            .iter()
            .filter(|l| l.prospect == *prospect && (from..=to).contains(&l.at))
            .any(|l| matches!(&l.entry, Entry::Timer(t) if t.name == *name && t.generation == generation))
    }
}
