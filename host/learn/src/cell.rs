//! Who was told what: the cells that evidence is counted in.

use hearken_model::{Lifecycle, Pressure};
use serde::{Deserialize, Serialize};

/// The weight (value times confidence) from which a belief is taken for so.
pub const SURE: f64 = 0.3;

/// A kind of person at a moment.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Buyer {
    /// A persona of the vocabulary; empty where none is sure.
    pub persona: String,
    /// The stage.
    pub lifecycle: Lifecycle,
    /// `hurried`, `needs-help`, `browsing` or `leaving`, which is the strongest of them to
    /// say how much time there is; empty where none is sure.
    pub pace: String,
}

impl Buyer {
    /// From the stage and from beliefs as (kind, name, weight).
    pub fn of<'a>(lifecycle: Lifecycle, beliefs: impl Iterator<Item = (&'a str, &'a str, f64)>) -> Self {
        let (mut persona, mut pace, mut leaving) = (("", SURE), ("", SURE), false);
        for (kind, name, weight) in beliefs {
            match kind {
                "persona" if weight >= persona.1 => persona = (name, weight),
                "pace" if weight >= pace.1 => pace = (name, weight),
                "leaving" if weight >= SURE => leaving = true,
                _ => {}
            }
        }
        Self {
            persona: persona.0.to_owned(),
            lifecycle,
            pace: if leaving { "leaving" } else { pace.0 }.to_owned(),
        }
    }
}

/// A story told to a kind of person.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Cell {
    /// To whom.
    pub buyer: Buyer,
    /// The story's id.
    pub story: String,
    /// How hard it presses.
    pub pressure: Pressure,
}
