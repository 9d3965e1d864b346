//! Where a prospect stands on the way to being a customer.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The stages, in the order in which people usually pass them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lifecycle {
    /// Seen, not known.
    #[default]
    Visitor,
    /// Known by name or address.
    Lead,
    /// Fits and is engaged.
    Qualified,
    /// Taken by sales.
    Accepted,
    /// Has an open deal.
    Opportunity,
    /// Bought.
    Customer,
    /// Given back by sales, for later.
    Recycled,
    /// Never to be pursued.
    Disqualified,
}

impl Lifecycle {
    /// All stages.
    pub const ALL: [Self; 8] = [
        Self::Visitor,
        Self::Lead,
        Self::Qualified,
        Self::Accepted,
        Self::Opportunity,
        Self::Customer,
        Self::Recycled,
        Self::Disqualified,
    ];

    /// Its word in TOML, WIT and SQL.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Visitor => "visitor",
            Self::Lead => "lead",
            Self::Qualified => "qualified",
            Self::Accepted => "accepted",
            Self::Opportunity => "opportunity",
            Self::Customer => "customer",
            Self::Recycled => "recycled",
            Self::Disqualified => "disqualified",
        }
    }

    /// Whether sales deal with whoever stands there, or have.
    #[must_use]
    pub const fn is_with_sales(self) -> bool {
        matches!(self, Self::Accepted | Self::Opportunity | Self::Customer)
    }

    /// The stage of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|l| l.word() == word)
    }
}

impl fmt::Display for Lifecycle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
