//! The last word by evidence time, whatever the order of arrival.

use serde::{Deserialize, Serialize};

use crate::Instant;

/// A value with the moment and the source that say it. Of two, the later one holds; at the
/// same moment the greater source id, so that every order of arrival ends the same.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Dated<T> {
    /// When it was so.
    pub at: Instant,
    /// What says so: a signal's id, as a rule.
    pub by: String,
    /// The value.
    pub value: T,
}

impl<T> Dated<T> {
    /// Puts `new` in the place of `old` where it is the later word.
    pub fn put(old: &mut Option<Self>, new: Self) {
        if old.as_ref().is_none_or(|o| new.outranks(o)) {
            *old = Some(new);
        }
    }

    /// Whether this is the later word.
    #[must_use]
    pub fn outranks(&self, other: &Self) -> bool {
        (self.at, &self.by) > (other.at, &other.by)
    }
}
