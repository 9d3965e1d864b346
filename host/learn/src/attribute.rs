//! Which of the decisions before an outcome it is credited to.
//!
//! Three rules that marketing knows, kept apart because none of them is true: the last touch;
//! by position (40 % to the first, 40 % to the last, the rest to those between, "U-shaped");
//! linear. The credits of one outcome sum to 1. What *causes* what, none of them says: that
//! is what the holdout is for.

use std::time::Duration;

use hearken_model::Instant;
use serde::{Deserialize, Serialize};

/// How an outcome is shared among the decisions behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// The last one gets it all.
    Last,
    /// The first and the last get 40 % each, those between share the rest.
    Position,
    /// All get the same.
    Linear,
}

/// What the first and the last are given by position.
const ENDS: f64 = 0.4;

impl Rule {
    /// All rules, in the order of their numbers.
    pub const ALL: [Self; 3] = [Self::Last, Self::Position, Self::Linear];

    /// Its word in JSON and in reports.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Last => "last",
            Self::Position => "position",
            Self::Linear => "linear",
        }
    }

    /// The shares of `count` decisions, the earliest first. They sum to 1; none for none.
    #[must_use]
    pub fn shares(self, count: usize) -> Vec<f64> {
        let Some(last) = count.checked_sub(1) else {
            return Vec::new();
        };
        let share = |place: usize| match self {
            Self::Linear => 1.0 / count as f64,
            Self::Last => f64::from(u8::from(place == last)),
            Self::Position if count <= 2 => 1.0 / count as f64,
            Self::Position if place == 0 || place == last => ENDS,
            Self::Position => (1.0 - 2.0 * ENDS) / (count - 2) as f64,
        };
        (0..count).map(share).collect()
    }
}

/// The credits of what happened at `outcome` for decisions at `times`, in their order: 0 for
/// those after it, and for those more than `window` before it. Where any is left they sum to
/// 1. Decisions of the same moment share as if they stood in the order given.
#[must_use]
pub fn credits(rule: Rule, times: &[Instant], outcome: Instant, window: Duration) -> Vec<f64> {
    let since = outcome.before(window);
    let mut behind: Vec<usize> = (0..times.len())
        .filter(|i| (since..=outcome).contains(&times[*i]))
        .collect();
    behind.sort_by_key(|i| (times[*i], *i));
    let mut credits = vec![0.0; times.len()];
    for (place, share) in behind.iter().zip(rule.shares(behind.len())) {
        credits[*place] = share;
    }
    credits
}
