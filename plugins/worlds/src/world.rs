//! The worlds and their hidden parameters. No code but a person's knows them.

use hearken_learn::Measure;
use hearken_model::Pressure;

use crate::year::WEEKS;

/// Which world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Each persona buys by one story, and not by the others.
    StoriesMatter,
    /// Whatever is told, the same comes of it.
    Null,
    /// Hard stories repel who browses, and keep who leaves.
    Pressure,
    /// After half a year another story is the one that sells.
    Drift,
    /// One story is clicked by most, and sells next to nothing.
    ClickBait,
}

impl Kind {
    /// All worlds.
    pub const ALL: [Self; 5] = [
        Self::StoriesMatter,
        Self::Null,
        Self::Pressure,
        Self::Drift,
        Self::ClickBait,
    ];

    /// As people are told.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::StoriesMatter => "stories matter",
            Self::Null => "null",
            Self::Pressure => "pressure",
            Self::Drift => "drift",
            Self::ClickBait => "click-bait",
        }
    }
}

/// A world: its stories, and what comes of them.
#[derive(Debug)]
pub struct World {
    /// Which one.
    pub kind: Kind,
    /// Ids and pressures of its stories.
    pub stories: Vec<(&'static str, Pressure)>,
}

/// What comes of one telling, as probabilities.
#[derive(Clone, Copy)]
pub(crate) struct Chances {
    pub(crate) clicks: f64,
    pub(crate) wins: f64,
    pub(crate) harms: f64,
}

impl Chances {
    /// In deals won, as the host reckons.
    pub(crate) fn worth(self) -> f64 {
        self.wins * Measure::Won.worth() + self.clicks * Measure::Clicked.worth() + self.harms * Measure::Harmed.worth()
    }
}

const USUAL: Chances = Chances {
    clicks: 0.15,
    wins: 0.008,
    harms: 0.005,
};

impl World {
    /// Of a kind.
    #[must_use]
    pub fn new(kind: Kind) -> Self {
        let (soft, hard) = (Pressure::Soft, Pressure::Hard);
        let stories = match kind {
            Kind::Pressure => vec![("calm-1", soft), ("calm-2", soft), ("now-1", hard), ("now-2", hard)],
            _ => vec![("a", soft), ("b", soft), ("c", soft), ("d", soft), ("e", soft)],
        };
        Self { kind, stories }
    }

    /// The place of a story.
    pub(crate) fn place(&self, id: &str) -> Option<usize> {
        self.stories.iter().position(|(story, _)| *story == id)
    }

    /// How hard a story presses.
    pub(crate) fn pressure(&self, id: &str) -> Option<Pressure> {
        self.place(id).map(|place| self.stories[place].1)
    }

    /// What telling a story to somebody leads to.
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
