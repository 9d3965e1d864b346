//! What operators and prospects forbid, whatever was decided: switches and suppressions.

use hearken_model::{Identity, Instant, Scope};
use serde::{Deserialize, Serialize};

/// `hearken stop` and `hearken go` for one scope.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Switch {
    /// What it applies to.
    pub scope: Scope,
    /// Whether nothing of the scope may be sent.
    pub stopped: bool,
    /// Since when.
    pub at: Instant,
    /// Who did it.
    pub by: String,
}

/// All switches.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Switches {
    /// Raised with every change of a switch or a suppression; goes into the
    /// [`Witness`](crate::Witness).
    pub version: u64,
    /// Each scope's last word, in the order of the scopes.
    pub switches: Vec<Switch>,
}

impl Switches {
    /// The switch that stops something which falls under all of `scopes`, if one does.
    /// [`Scope::All`] always counts.
    #[must_use]
    pub fn stopping(&self, scopes: &[Scope]) -> Option<&Switch> {
        self.switches
            .iter()
            .find(|s| s.stopped && (s.scope == Scope::All || scopes.contains(&s.scope)))
    }
}

/// An address that must not be written to, whoever it belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suppression {
    /// The address.
    pub identity: Identity,
    /// Why, in one sentence.
    pub why: String,
    /// Since when.
    pub at: Instant,
}
