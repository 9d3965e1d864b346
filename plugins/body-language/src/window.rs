//! The memory: the latest observations, as a set in order.
//!
//! Everything that is believed is computed from this set anew. The latest [`LATEST`] of a
//! union are the latest of the unions' latest, so the set does not depend on the order in
//! which signals came, nor on how they were cut into dossiers; and what is a function of
//! the set does not either. This holds for a limit by number only: a limit by bytes would
//! let a small old observation in or out depending on what came first. Therefore every
//! observation has a bounded size, and [`LATEST`] of them always fit.

use hearken_sdk::{Dossier, Failure, memory};

use crate::observation::{MAX_BYTES, Observation};

/// How many observations are remembered.
pub(crate) const LATEST: usize = 160;

/// Changes whenever the form of observations does: older memories are then not read, and
/// the prospect is known from fresh signals on.
const FORM: u8 = 2;

const _: () = assert!(
    3 + LATEST * MAX_BYTES <= memory::MAX_BYTES,
    "the memory must always fit"
);

/// The latest observations of one person, by time.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Window {
    observations: Vec<Observation>,
}

impl Window {
    /// What the last assessment left.
    pub(crate) fn recall(dossier: &Dossier) -> Self {
        match dossier.recall::<(u8, Vec<Observation>)>() {
            Some((FORM, observations)) => Self { observations },
            _ => Self::default(),
        }
    }

    /// As the next assessment is to find it.
    pub(crate) fn pack(&self) -> Result<Vec<u8>, Failure> {
        memory::pack(&(FORM, &self.observations))
    }

    /// The observations as they look at `now`, in milliseconds since 1970: what is dated
    /// later, by a clock that is wrong, happened just now. Only after [`Window::pack`]: the
    /// next assessment has another now.
    pub(crate) fn seen_from(mut self, now: u64) -> Vec<Observation> {
        self.observations.iter_mut().for_each(|seen| seen.at = seen.at.min(now));
        self.observations
    }

    fn keep_the_latest(&mut self) {
        if !self.observations.is_sorted() {
            self.observations.sort_unstable();
        }
        self.observations.dedup_by(|a, b| (a.at, a.id) == (b.at, b.id));
        self.observations
            .drain(..self.observations.len().saturating_sub(LATEST));
    }
}

impl Extend<Observation> for Window {
    fn extend<I: IntoIterator<Item = Observation>>(&mut self, observations: I) {
        for observation in observations {
            self.observations.push(observation);
            // However many signals a dossier has, they need no more room than that.
            if self.observations.len() >= 8 * LATEST {
                self.keep_the_latest();
            }
        }
        self.keep_the_latest();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observation::{Act, Label, Marks, Place};

    fn observation(at: u64, id: u64) -> Observation {
        Observation {
            at,
            id,
            act: Act::Viewed,
            place: Place::Elsewhere,
            page: 0,
            session: 0,
            marks: Marks::default(),
            label: Label::new(),
        }
    }

    #[test]
    fn the_latest_are_the_same_in_whatever_order_and_portions_they_came() {
        let all: Vec<Observation> = (0..3000).map(|n| observation(n * 7919 % 1000, n % 1500)).collect();
        let mut at_once = Window::default();
        at_once.extend(all.clone());
        let mut backwards = Window::default();
        all.rchunks(7).for_each(|chunk| backwards.extend(chunk.iter().cloned()));
        assert_eq!(at_once.observations.len(), LATEST);
        assert_eq!(at_once, backwards);
    }

    #[test]
    fn what_is_dated_in_the_future_is_remembered_so_and_seen_as_of_now() {
        let mut window = Window::default();
        window.extend([observation(9, 1), observation(2, 2)]);
        let memory = Some(window.pack().unwrap());
        assert_eq!(
            window.seen_from(5).iter().map(|seen| seen.at).collect::<Vec<_>>(),
            [2, 5]
        );
        let recalled = Window::recall(&Dossier {
            memory,
            ..Dossier::default()
        });
        assert_eq!(
            recalled.seen_from(100).iter().map(|seen| seen.at).collect::<Vec<_>>(),
            [2, 9]
        );
    }

    #[test]
    fn what_is_left_is_recalled_and_a_foreign_memory_is_none() {
        let mut window = Window::default();
        window.extend([observation(1, 1), observation(2, 2)]);
        let memory = Some(window.pack().unwrap());
        assert_eq!(
            Window::recall(&Dossier {
                memory,
                ..Dossier::default()
            }),
            window
        );
        let foreign = Dossier {
            memory: Some(vec![0xff; 9]),
            ..Dossier::default()
        };
        assert_eq!(Window::recall(&foreign), Window::default());
    }
}
