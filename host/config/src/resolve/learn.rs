//! What is learned, how often, and for whom it is not used.

use std::time::Duration;

use super::{DAY, Resolver};
use crate::{LearnWiring, authored::LearnTable};

const HOUR: Duration = Duration::from_secs(3_600);
/// The share of accounts in the holdout where none is given: a tenth.
const HOLDOUT: f64 = 0.1;

impl Resolver<'_> {
    pub(super) fn learn(&mut self) -> LearnWiring {
        let empty = LearnTable::default();
        let written = self.file.learn.as_ref().map_or(&empty, |at| &at.value);
        LearnWiring {
            every: self.lasting(written.every.as_ref(), HOUR),
            half_life: self.lasting(written.half_life.as_ref(), 90 * DAY),
            window: self.lasting(written.window.as_ref(), 90 * DAY),
            holdout: written.holdout.as_ref().map_or(HOLDOUT, |at| at.value.0),
        }
    }
}
