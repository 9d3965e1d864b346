//! What is counted of a telling, and how much it is worth.

use serde::{Deserialize, Serialize};

/// Something that a telling can lead to, at most once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Measure {
    /// Clicked or answered.
    Engaged,
    /// A link of it was followed, by a person.
    Clicked,
    /// It was answered, by a person.
    Replied,
    /// The person moved on in the lifecycle.
    Advanced,
    /// Sales took the person.
    Accepted,
    /// A meeting was held.
    Meeting,
    /// A deal was opened.
    Opportunity,
    /// A deal was won.
    Won,
    /// Unsubscribed, complained, or sent back by sales as out of place.
    Harmed,
}

/// How many measures there are.
pub const MEASURES: usize = 9;

impl Measure {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; MEASURES] = [
        Self::Engaged,
        Self::Clicked,
        Self::Replied,
        Self::Advanced,
        Self::Accepted,
        Self::Meeting,
        Self::Opportunity,
        Self::Won,
        Self::Harmed,
    ];

    /// Its word in JSON and in reports.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Engaged => "engaged",
            Self::Clicked => "clicked",
            Self::Replied => "replied",
            Self::Advanced => "advanced",
            Self::Accepted => "accepted",
            Self::Meeting => "meeting",
            Self::Opportunity => "opportunity",
            Self::Won => "won",
            Self::Harmed => "harmed",
        }
    }

    /// What one is worth, in deals won. The order is what matters: a won deal weighs more
    /// than all that usually comes before it together, so that a story which is only clicked
    /// does not win. `engaged` and `advanced` are reported and worth nothing: what they are
    /// made of is counted already.
    #[must_use]
    pub const fn worth(self) -> f64 {
        match self {
            Self::Engaged | Self::Advanced => 0.0,
            Self::Clicked => 0.002,
            Self::Replied => 0.01,
            Self::Accepted => 0.05,
            Self::Meeting => 0.1,
            Self::Opportunity => 0.2,
            Self::Won => 1.0,
            Self::Harmed => -0.5,
        }
    }

    /// The share of tellings that is expected to lead to it while nothing was ever counted.
    #[must_use]
    pub const fn usual(self) -> f64 {
        match self {
            Self::Engaged => 0.2,
            Self::Clicked => 0.15,
            Self::Replied => 0.03,
            Self::Advanced => 0.05,
            Self::Accepted => 0.03,
            Self::Meeting => 0.03,
            Self::Opportunity => 0.02,
            Self::Won | Self::Harmed => 0.01,
        }
    }

    /// Whether it is about a deal. A company buys, and not one of its people: a deal is
    /// credited to what all of them were told.
    #[must_use]
    pub const fn is_deal(self) -> bool {
        matches!(self, Self::Opportunity | Self::Won)
    }

    /// Its place in arrays of [`MEASURES`].
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }
}

/// How much of each measure a telling is credited with: 0..1 each.
pub type Credit = [f64; MEASURES];
