//! One partition's log, cut into the waves that it was applied in.
//!
//! Where a wave ended shows by what stands behind its last entry: what applying it brought
//! about. Where it began for a person shows by the range that assessments and decisions saw. Of
//! entries that brought nothing about nobody can tell which were taken together; each is then
//! taken by itself.

use std::collections::{BTreeMap, VecDeque};

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

/// What comes next.
enum Cut {
    /// An entry by itself: its place in what is read ahead.
    One(usize),
    /// A wave that ends with this entry.
    Wave(u64),
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
        let (first, to) = match self.next_cut() {
            None => (0, 0),
            Some(Cut::One(index)) => (index, self.ahead[index].place.seq),
            Some(Cut::Wave(to)) => (0, to),
        };
        self.outside(to).skip(first)
    }

    /// Entries from outside that are read ahead, up to one of them.
    fn outside(&self, to: u64) -> impl Iterator<Item = &Logged> {
        self.ahead
            .iter()
            .take_while(move |l| l.place.step == 0 && l.place.seq <= to)
    }

    /// Who is not known to have been in the next wave comes before it. People know nothing of
    /// each other, so their order makes no difference.
    fn next_cut(&self) -> Option<Cut> {
        self.ahead.front()?;
        let Some(to) = self.first_derived().map(|l| l.place.seq) else {
            return Some(Cut::One(0));
        };
        let began = self.began(to);
        let is_in = |l: &Logged| began.get(&l.prospect).is_some_and(|after| l.place > *after);
        let before = self.outside(to).position(|l| !is_in(l));
        Some(before.map_or(Cut::Wave(to), Cut::One))
    }

    /// Behind which entry the next wave began, for each person of whom it brought something
    /// about.
    fn began(&self, to: u64) -> BTreeMap<ProspectId, Seq> {
        let derived = self.ahead.iter().skip_while(|l| l.place.step == 0);
        let mut began = BTreeMap::new();
        for logged in derived.take_while(|l| l.place.seq == to) {
            let saw_after = match &logged.entry {
                Entry::Assessed(assessment) => Some(assessment.saw_after),
                Entry::Decided { saw_after, .. } => *saw_after,
                _ => None,
            };
            match saw_after {
                Some(after) => drop(began.insert(logged.prospect, after)),
                None => drop(
                    began
                        .entry(logged.prospect)
                        .or_insert_with(|| self.came_in_after(logged.prospect, to)),
                ),
            }
        }
        began
    }

    /// Where nobody has said where a wave began, what came in at the same moment was in it.
    fn came_in_after(&self, prospect: ProspectId, to: u64) -> Seq {
        let theirs = || self.outside(to).filter(|l| l.prospect == prospect);
        let last = theirs().last().map(|l| l.at);
        let first = theirs().find(|l| Some(l.at) == last).map_or(to, |l| l.place.seq);
        Seq {
            seq: first.saturating_sub(1),
            step: u32::MAX,
        }
    }

    /// Takes the next group.
    pub(super) fn take(&mut self) -> Option<Group> {
        let (to, entries, derived) = match self.next_cut()? {
            Cut::One(index) => {
                let logged = self.ahead.remove(index)?;
                (logged.place.seq, vec![logged], Vec::new())
            }
            Cut::Wave(to) => {
                let (mut entries, mut derived) = (Vec::new(), Vec::new());
                while let Some(logged) = self.ahead.pop_front_if(|l| l.place.seq <= to) {
                    let kept = if logged.place.step > 0 {
                        &mut derived
                    } else {
                        &mut entries
                    };
                    kept.push(logged);
                }
                (to, entries, derived)
            }
        };
        self.now = entries.iter().map(|l| l.at).fold(self.now, Instant::max);
        if to > self.taken {
            (self.taken, self.step) = (to, 0);
        }
        Some(Group {
            to,
            at: self.now,
            entries,
            derived,
        })
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

#[cfg(test)]
mod tests {
    use hearken_model::{Assessment, DecisionId, ProfileId, TimerFired};

    use super::*;

    fn person(n: u64) -> ProspectId {
        ProspectId::beginning_with(ProfileId::from_u64(n))
    }

    fn logged(of: u64, seq: u64, step: u32, entry: Entry) -> Logged {
        Logged {
            partition: Partition(0),
            place: Seq { seq, step },
            at: Instant(1_000 * seq),
            prospect: person(of),
            entry,
        }
    }

    fn outside(of: u64, seq: u64) -> Logged {
        let timer = TimerFired {
            name: "silence".into(),
            generation: seq,
        };
        logged(of, seq, 0, Entry::Timer(timer))
    }

    fn decided(of: u64, seq: u64, saw_after: Option<u64>) -> Logged {
        let entry = Entry::Decided {
            decision: DecisionId::from_u64(seq),
            standing: std::collections::BTreeSet::new(),
            telling: None,
            saw_after: saw_after.map(|seq| Seq { seq, step: 0 }),
        };
        logged(of, seq, 1, entry)
    }

    fn assessed(of: u64, seq: u64, saw_after: u64) -> Logged {
        let assessment = Assessment {
            scorer: "x".into(),
            version: "1".into(),
            saw_after: Seq {
                seq: saw_after,
                step: 0,
            },
            saw_to: Seq { seq, step: 0 },
            beliefs: Vec::new(),
            cue: None,
            memory: None,
        };
        logged(of, seq, 2, Entry::Assessed(assessment))
    }

    /// The groups that a log is cut into: the places of each, and where it ends.
    fn groups(log: Vec<Logged>) -> Vec<(Vec<u64>, u64)> {
        let mut lane = Lane::new(Partition(0), 100);
        lane.ahead.extend(log);
        lane.read_to_end = true;
        let mut groups = Vec::new();
        while let Some(group) = lane.take() {
            groups.push((group.entries.iter().map(|l| l.place.seq).collect(), group.to));
        }
        groups
    }

    #[test]
    fn what_was_decided_upon_together_is_taken_together() {
        let log = vec![
            outside(1, 1),
            outside(1, 2),
            decided(1, 2, Some(0)),
            outside(1, 3),
            decided(1, 3, Some(2)),
        ];
        assert_eq!(groups(log), [(vec![1, 2], 2), (vec![3], 3)]);
    }

    #[test]
    fn what_brought_nothing_about_is_taken_by_itself() {
        let log = vec![
            outside(1, 1),
            outside(1, 2),
            outside(1, 3),
            decided(1, 3, Some(2)),
            outside(1, 4),
        ];
        assert_eq!(groups(log), [(vec![1], 1), (vec![2], 2), (vec![3], 3), (vec![4], 4)]);
    }

    #[test]
    fn others_come_before_a_wave_that_brought_nothing_about_for_them() {
        let log = vec![
            outside(1, 1),
            outside(2, 2),
            outside(1, 3),
            outside(2, 4),
            decided(1, 4, Some(0)),
            assessed(1, 4, 0),
        ];
        assert_eq!(groups(log), [(vec![2], 2), (vec![4], 4), (vec![1, 3], 4)]);
    }

    #[test]
    fn of_an_older_log_what_came_in_at_the_same_moment_is_taken_together() {
        let mut log = vec![outside(1, 1), outside(1, 2), outside(1, 3), decided(1, 3, None)];
        log[1].at = log[2].at;
        assert_eq!(groups(log), [(vec![1], 1), (vec![2, 3], 3)]);
    }
}
