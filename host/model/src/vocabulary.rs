//! The words that scorers, routers and stories share: an operator's, never a plugin's.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What people can be interested in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Topic {
    /// For people.
    pub title: String,
    /// Globs over a page's path: `/pricing*`.
    #[serde(default)]
    pub urls: Vec<String>,
    /// Words of titles, searches and tags that speak for it, in lower case.
    #[serde(default)]
    pub words: Vec<String>,
}

/// A role in the buying process.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Persona {
    /// For people.
    pub title: String,
    /// How much interest in a topic speaks for the role, 0..1 each.
    #[serde(default)]
    pub topics: BTreeMap<String, f64>,
    /// Words of a job title that speak for it, in lower case.
    #[serde(default)]
    pub words: Vec<String>,
}

/// What a fit rule asks of a trait.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FitTest {
    /// A number, not less.
    AtLeast(f64),
    /// A number, not more.
    AtMost(f64),
    /// One of these, compared without case.
    OneOf(Vec<String>),
    /// Anything but empty.
    Present,
}

/// A rule that says who fits what is sold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct FitRule {
    /// The trait that it reads.
    pub r#trait: String,
    /// What it asks.
    pub test: FitTest,
    /// How much it counts; negative counts against.
    pub weight: f64,
}

impl FitRule {
    /// Whether a trait's value satisfies it; false where the trait is missing.
    #[must_use]
    pub fn matches(&self, value: Option<&Value>) -> bool {
        self.test.matches(value)
    }
}

impl FitTest {
    /// Whether a trait's value satisfies it; false where the trait is missing.
    #[must_use]
    pub fn matches(&self, value: Option<&Value>) -> bool {
        let Some(value) = value else { return false };
        let number = value
            .as_f64()
            .or_else(|| value.as_str().and_then(|s| s.trim().parse().ok()));
        match self {
            Self::AtLeast(n) => number.is_some_and(|v| v >= *n),
            Self::AtMost(n) => number.is_some_and(|v| v <= *n),
            Self::OneOf(words) => value
                .as_str()
                .is_some_and(|s| words.iter().any(|w| w.eq_ignore_ascii_case(s.trim()))),
            Self::Present => !value.is_null() && value.as_str() != Some(""),
        }
    }
}

/// Topics, personas and fit rules, by name. Handed to plugins as JSON of this shape.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Vocabulary {
    /// What people can be interested in.
    #[serde(default)]
    pub topics: BTreeMap<String, Topic>,
    /// Roles in the buying process.
    #[serde(default)]
    pub personas: BTreeMap<String, Persona>,
    /// Who fits.
    #[serde(default)]
    pub fit: Vec<FitRule>,
}
