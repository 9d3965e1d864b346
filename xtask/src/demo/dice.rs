//! Chance that comes out the same each time.

use rand_chacha::{
    ChaCha8Rng,
    rand_core::{RngCore, SeedableRng},
};

/// Drawn from a seed, so that two runs of the demo send the same traffic.
pub(super) struct Dice(ChaCha8Rng);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// From `low` to `high`, both included; `low` where there is nothing between them.
    pub(super) fn between(&mut self, low: u64, high: u64) -> u64 {
        // The remainder prefers low numbers by less than one in 2^50 here.
        low + self.0.next_u64() % (high.saturating_sub(low) + 1)
    }

    /// One of `all`, which must not be empty for there to be one.
    pub(super) fn one_of<'a, T>(&mut self, all: &'a [T]) -> Option<&'a T> {
        let last = (all.len() as u64).checked_sub(1)?;
        all.get(self.between(0, last) as usize)
    }
}
