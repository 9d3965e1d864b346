//! What the daemon makes of one person, as `hearken prospect show` tells it.

use serde::Deserialize;

use super::cast::Person;

/// A prospect, as far as the demo shows it.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Face {
    identities: Vec<Identity>,
    beliefs: Vec<Belief>,
}

#[derive(Clone, Debug, Deserialize)]
struct Identity {
    scheme: String,
    value: String,
}

#[derive(Clone, Debug, Deserialize)]
struct Belief {
    kind: String,
    name: String,
    value: f64,
    confidence: f64,
}

impl Belief {
    fn weight(&self) -> f64 {
        self.value * self.confidence
    }
}

impl Face {
    /// Which of the cast this is, by what the browser calls them.
    pub(super) fn of(&self, cast: &[Person]) -> Option<usize> {
        cast.iter().position(|person| {
            let id = person.anonymous_id();
            self.identities.iter().any(|i| i.scheme == "anonymous" && i.value == id)
        })
    }

    /// The name of the belief of a kind that stands out most.
    pub(super) fn strongest(&self, kind: &str) -> Option<&str> {
        self.belief(kind).map(|b| b.name.as_str())
    }

    /// Persona, pace and interest, each with value and confidence, the strongest of each.
    pub(super) fn understood(&self) -> String {
        let words: Vec<String> = ["persona", "pace", "interest"]
            .into_iter()
            .filter_map(|kind| self.belief(kind))
            .map(|b| format!("{} {:.0}%", b.name, b.weight() * 100.0))
            .collect();
        if words.is_empty() {
            "nobody in particular yet".to_owned()
        } else {
            words.join(", ")
        }
    }

    fn belief(&self, kind: &str) -> Option<&Belief> {
        self.beliefs
            .iter()
            .filter(|b| b.kind == kind)
            .max_by(|a, b| a.weight().total_cmp(&b.weight()))
    }
}
