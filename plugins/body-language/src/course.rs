//! Observations in their course: which page was read for how long, on which visit, and
//! whether it was come back to.
//!
//! How long a page was read is known from its `page.left`, which is another signal and may
//! come late: the two are joined by page and session. Where there is none, the time until
//! the next page of the visit has to do.

use std::collections::BTreeSet;

use crate::draft::MOST_EVIDENCE;
use crate::observation::{Act, Marks, Observation, Place};

/// Longer than this between two pages, and the first one was not read all the time.
const LONGEST_GUESS_MS: u64 = 10 * 60_000;

/// A page that is left later than this after it was opened was opened again in between.
const LONGEST_STAY_MS: u64 = 12 * 3_600_000;

/// One reading of one page.
pub(crate) struct Stay<'a> {
    /// Place of its observation (of the view, where there is one).
    pub(crate) place: usize,
    /// The view, or the leaving where the view is not known.
    pub(crate) seen: &'a Observation,
    /// What it speaks for, by the view or by its leaving.
    pub(crate) marks: Marks,
    /// How long it was read; none where that is not known.
    pub(crate) dwell_ms: Option<u64>,
    /// How much of it was seen, in percent; none where that is not known.
    pub(crate) scroll: Option<u8>,
    /// Whether it was read before.
    pub(crate) again: Again,
    visit: usize,
}

/// Whether a page was read before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Again {
    /// No.
    First,
    /// It was the page just before: a reload says little.
    Reload,
    /// Earlier in the same visit.
    SameVisit,
    /// In an earlier visit.
    Return,
}

impl<'a> Stay<'a> {
    fn begin(place: usize, seen: &'a Observation, visit: usize) -> Self {
        let (marks, again) = (seen.marks, Again::First);
        let mut stay = Self {
            place,
            seen,
            marks,
            dwell_ms: None,
            scroll: None,
            again,
            visit,
        };
        stay.leave(seen);
        stay
    }

    /// A page may report several times how long it has been read: the longest counts.
    fn leave(&mut self, left: &Observation) {
        if let Act::Left { dwell_ms, scroll } = left.act {
            self.dwell_ms = self.dwell_ms.max(Some(dwell_ms.into()));
            self.scroll = self.scroll.max(scroll);
            left.marks.iter().for_each(|mark| self.marks.insert(mark));
        }
    }
}

/// What somebody did, in its course.
pub(crate) struct Course<'a> {
    /// All of it, by time.
    pub(crate) observations: &'a [Observation],
    /// Pages read, by time.
    pub(crate) stays: Vec<Stay<'a>>,
    /// Leavings by place, each with the stay in [`Course::stays`] that it ended.
    pub(crate) joined: Vec<(usize, usize)>,
    /// How many visits there were.
    pub(crate) visits: usize,
    /// Places of the observations of the latest visit.
    pub(crate) latest_visit: Vec<usize>,
}

impl<'a> Course<'a> {
    /// `gap_ms` is the silence that ends a visit.
    pub(crate) fn of(observations: &'a [Observation], gap_ms: u64) -> Self {
        let mut course = Self {
            observations,
            stays: Vec::new(),
            joined: Vec::new(),
            visits: 0,
            latest_visit: Vec::new(),
        };
        let mut last_at = 0;
        for (place, seen) in observations
            .iter()
            .enumerate()
            .filter(|(_, seen)| seen.act.is_on_site())
        {
            let is_leaving = matches!(seen.act, Act::Left { .. });
            let joins = is_leaving.then(|| course.open(seen)).flatten();
            // Leaving a page that was read for long belongs to the visit in which it was opened.
            if course.visits == 0 || (joins.is_none() && seen.at - last_at > gap_ms) {
                course.visits += 1;
                course.latest_visit.clear();
            }
            last_at = seen.at;
            course.latest_visit.push(place);
            if let Some(stay) = joins {
                course.joined.push((place, stay));
                course.stays[stay].leave(seen);
            } else if is_leaving || seen.act == Act::Viewed {
                course.stays.push(Stay::begin(place, seen, course.visits));
            }
        }
        course.guess_dwell();
        course.find_returns();
        course
    }

    /// The stay that a leaving ends: the latest on its page in its session.
    fn open(&self, left: &Observation) -> Option<usize> {
        let page = (left.page, left.session);
        let open = self
            .stays
            .iter()
            .rposition(|stay| (stay.seen.page, stay.seen.session) == page)?;
        (left.at - self.stays[open].seen.at <= LONGEST_STAY_MS).then_some(open)
    }

    fn guess_dwell(&mut self) {
        for next in 1..self.stays.len() {
            let (before, after) = self.stays.split_at_mut(next);
            let (Some(stay), Some(next)) = (before.last_mut(), after.first()) else {
                continue;
            };
            if stay.dwell_ms.is_none() && stay.visit == next.visit {
                stay.dwell_ms = Some(next.seen.at - stay.seen.at).filter(|guess| *guess <= LONGEST_GUESS_MS);
            }
        }
    }

    fn find_returns(&mut self) {
        for place in 1..self.stays.len() {
            let (before, stay) = (&self.stays[..place], &self.stays[place]);
            let earlier = before.iter().rposition(|before| before.seen.page == stay.seen.page);
            self.stays[place].again = match earlier {
                Some(same) if before[same].visit != stay.visit => Again::Return,
                Some(same) if same + 1 == place => Again::Reload,
                Some(_) => Again::SameVisit,
                None => Again::First,
            };
        }
    }

    /// When the last thing happened; none where nothing did.
    pub(crate) fn last_at(&self) -> Option<u64> {
        self.observations.last().map(|seen| seen.at)
    }

    /// The latest visit; none where there was none.
    pub(crate) fn visit(&self) -> Option<Visit<'_>> {
        let last = *self.latest_visit.last()?;
        let nameable = self.observations.len().saturating_sub(MOST_EVIDENCE);
        Some(Visit {
            latest: self
                .latest_visit
                .iter()
                .rev()
                .take_while(|place| **place >= nameable)
                .count(),
            stays: self
                .stays
                .iter()
                .filter(|s| s.visit == self.visits && s.again != Again::Reload)
                .collect(),
            seen: self
                .latest_visit
                .iter()
                .map(|place| &self.observations[*place])
                .collect(),
            ended_at: self.observations[last].at,
        })
    }
}

/// The latest visit, for what is read from it alone: pace and leaving.
pub(crate) struct Visit<'a> {
    /// Pages read, by time, without reloads.
    pub(crate) stays: Vec<&'a Stay<'a>>,
    /// All that was done, by time.
    pub(crate) seen: Vec<&'a Observation>,
    /// When the last of it was done.
    pub(crate) ended_at: u64,
    /// How many of it are among the latest observations of all.
    latest: usize,
}

impl Visit<'_> {
    /// What was done last, as fingerprints. Only what is among the latest observations of
    /// all, on which engagement rests at all times, so that it can always be named.
    pub(crate) fn evidence(&self) -> Vec<u64> {
        self.seen.iter().rev().take(self.latest).map(|seen| seen.id).collect()
    }

    /// The mean of the readings whose length is known, each counted up to `at_most_ms` so
    /// that one forgotten tab does not make a slow reader.
    pub(crate) fn mean_dwell_ms(&self, at_most_ms: u64) -> Option<f64> {
        let known: Vec<u64> = self.stays.iter().filter_map(|stay| stay.dwell_ms).collect();
        let sum: u64 = known.iter().map(|dwell| (*dwell).min(at_most_ms)).sum();
        (!known.is_empty()).then(|| sum as f64 / known.len() as f64)
    }

    /// How often a page was left only to come back to it at once: A, B, A.
    pub(crate) fn back_tracks(&self) -> usize {
        self.stays
            .windows(3)
            .filter(|three| three[0].seen.page == three[2].seen.page)
            .count()
    }

    /// How many different pages were read.
    pub(crate) fn pages(&self) -> usize {
        self.stays
            .iter()
            .map(|stay| stay.seen.page)
            .collect::<BTreeSet<_>>()
            .len()
    }

    /// How many pages of this sort were read.
    pub(crate) fn pages_at(&self, place: Place) -> usize {
        self.stays.iter().filter(|stay| stay.seen.place == place).count()
    }

    /// How many acts are such.
    pub(crate) fn count(&self, such: impl Fn(Act) -> bool) -> usize {
        self.seen.iter().filter(|seen| such(seen.act)).count()
    }

    /// From its first act to its last, in milliseconds.
    pub(crate) fn length_ms(&self) -> u64 {
        self.seen.first().map_or(0, |first| self.ended_at - first.at)
    }
}
