//! The latest visit, for what is read from it alone: its cues, and by them pace and leaving.

use crate::course::{Back, Stay};
use crate::draft::MOST_EVIDENCE;
use crate::observation::{Act, Observation, Place};

/// The latest visit.
pub(crate) struct Visit<'a> {
    /// All observations, of earlier visits as well.
    pub(crate) observations: &'a [Observation],
    /// Places of those of this visit.
    pub(crate) places: &'a [usize],
    /// Pages read, by time, without reloads.
    pub(crate) stays: Vec<&'a Stay<'a>>,
    /// When the first of it was done.
    pub(crate) began_at: u64,
    /// When the last of it was done.
    pub(crate) ended_at: u64,
    /// For how long nothing was done before; none for the first visit that is remembered.
    pub(crate) absent_ms: Option<u64>,
    /// How many visits began within a week, this one included.
    pub(crate) visits_in_a_week: usize,
    /// Whether it began when offices are closed.
    pub(crate) out_of_hours: bool,
}

impl Visit<'_> {
    /// All that was done, by time, with its places.
    pub(crate) fn seen(&self) -> impl DoubleEndedIterator<Item = (usize, &Observation)> {
        self.places.iter().map(|place| (*place, &self.observations[*place]))
    }

    /// Places of acts that are such.
    pub(crate) fn acts(&self, such: impl Fn(Act) -> bool) -> impl Iterator<Item = usize> {
        self.seen()
            .filter(move |(_, seen)| such(seen.act))
            .map(|(place, _)| place)
    }

    /// Whether any act is such.
    pub(crate) fn has(&self, such: impl Fn(Act) -> bool) -> bool {
        self.seen().any(|(_, seen)| such(seen.act))
    }

    /// Pages of this sort.
    pub(crate) fn stays_at(&self, place: Place) -> impl Iterator<Item = &Stay<'_>> {
        self.stays.iter().copied().filter(move |stay| stay.seen.place == place)
    }

    /// Whether an observation is among the latest of all, on which engagement rests at all
    /// times, so that it can always be named.
    pub(crate) fn can_name(&self, place: usize) -> bool {
        place + MOST_EVIDENCE >= self.observations.len()
    }

    /// What was done last, as fingerprints, as far as it can be named.
    pub(crate) fn latest(&self) -> Vec<u64> {
        self.seen()
            .rev()
            .take_while(|(place, _)| self.can_name(*place))
            .map(|(_, seen)| seen.id)
            .collect()
    }

    /// The mean of the readings whose length is known, each counted up to `at_most_ms` so
    /// that one forgotten tab does not make a slow reader.
    pub(crate) fn mean_dwell_ms(&self, at_most_ms: u64) -> Option<f64> {
        let (mut sum, mut known) = (0, 0_u32);
        for dwell in self.stays.iter().filter_map(|stay| stay.dwell_ms) {
            sum += dwell.min(at_most_ms);
            known += 1;
        }
        (known > 0).then(|| sum as f64 / f64::from(known))
    }

    /// Pages that were left only to come back to them at once, in this way.
    pub(crate) fn ways_back(&self, way: Back) -> impl Iterator<Item = &Stay<'_>> {
        self.stays.iter().copied().filter(move |stay| stay.back == Some(way))
    }

    /// How many different pages were read.
    pub(crate) fn pages(&self) -> usize {
        let mut pages: Vec<u32> = self.stays.iter().map(|stay| stay.seen.page).collect();
        pages.sort_unstable();
        pages.dedup();
        pages.len()
    }

    /// From its first act to its last, in milliseconds.
    pub(crate) fn length_ms(&self) -> u64 {
        self.ended_at - self.began_at
    }
}
