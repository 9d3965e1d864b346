//! The worlds and their hidden parameters. No code but this knows them.

use hearken_model::Pressure;

use super::WEEKS;

/// Which world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Each persona buys by one story, and not by the others.
    StoriesMatter,
    /// Whatever is told, the same comes of it.
    Null,
    /// Hard stories repel who browses, and keep who leaves.
    Pressure,
    /// After half a year another story is the one that sells.
    Drift,
    /// One story is clicked by everybody, and sells nothing.
    ClickBait,
}

/// All worlds.
pub(crate) const ALL: [Kind; 5] = [
    Kind::StoriesMatter,
    Kind::Null,
    Kind::Pressure,
    Kind::Drift,
    Kind::ClickBait,
];

/// A world.
pub(crate) struct World {
    pub(crate) kind: Kind,
    pub(crate) stories: Vec<(&'static str, Pressure)>,
}

/// What comes of one telling, as probabilities.
#[derive(Clone, Copy)]
pub(crate) struct Chances {
    pub(crate) clicks: f64,
    pub(crate) wins: f64,
    pub(crate) harms: f64,
}

const USUAL: Chances = Chances {
    clicks: 0.15,
    wins: 0.008,
    harms: 0.005,
};

impl World {
    pub(crate) fn new(kind: Kind) -> Self {
        let (soft, hard) = (Pressure::Soft, Pressure::Hard);
        let stories = match kind {
            Kind::Pressure => vec![("calm-1", soft), ("calm-2", soft), ("now-1", hard), ("now-2", hard)],
            _ => vec![("a", soft), ("b", soft), ("c", soft), ("d", soft), ("e", soft)],
        };
        Self { kind, stories }
    }

    /// What telling a story to somebody leads to in a week.
    pub(crate) fn chances(&self, story: usize, persona: &str, pace: &str, week: u64) -> Chances {
        let wins = |wins: f64| Chances { wins, ..USUAL };
        match self.kind {
            Kind::Null => USUAL,
            Kind::StoriesMatter => match (persona, story) {
                ("cio", 3) | ("admin", 4) => wins(0.04),
                _ => wins(0.005),
            },
            Kind::Drift => match (week < WEEKS / 2, story) {
                (true, 3) | (false, 4) => wins(0.04),
                _ => wins(0.005),
            },
            Kind::ClickBait if story == 0 => Chances {
                clicks: 0.6,
                wins: 0.001,
                harms: 0.02,
            },
            Kind::ClickBait => wins(0.015),
            Kind::Pressure => match (self.stories[story].1, pace) {
                (Pressure::Hard, "leaving") => wins(0.03),
                (Pressure::Soft, "leaving") => wins(0.003),
                (Pressure::Hard, _) => Chances {
                    harms: 0.08,
                    ..wins(0.003)
                },
                (Pressure::Soft, _) => wins(0.015),
            },
        }
    }
}
