//! Signals about people who were forgotten: what a poll or a client brings back is not stored.
//!
//! A signal is left out where it is about somebody who was forgotten: by the name that it
//! belongs to, or, where it says that names are one person's, by any that names a person.
//! Of a signal about somebody else, a forgotten name beside theirs is left out. So the next
//! user of a shared device comes in as themselves.

use hearken_model::Identity;

use super::{accept::Ready, writing::Writing};
use crate::StoreError;

impl Writing<'_> {
    /// An arriving signal without names that were forgotten; none where it is about somebody
    /// who was.
    pub(super) fn returning(&mut self, ready: Ready) -> Result<Option<Ready>, StoreError> {
        if !self.remembers()? {
            return Ok(Some(ready));
        }
        let gone = self.forgotten(ready.identities())?;
        if gone.is_empty() {
            return Ok(Some(ready));
        }
        let known = ready.joins() && gone.iter().any(Identity::is_known);
        if known || gone.contains(ready.primary()) {
            return Ok(None);
        }
        ready.without(&gone).map(Some)
    }

    /// Those of the names that were forgotten.
    fn forgotten(&mut self, names: &[Identity]) -> Result<Vec<Identity>, StoreError> {
        let key = self.key_of_names()?;
        let mut gone = Vec::new();
        for identity in names {
            if self.is_forgotten(&key.name(identity))? {
                gone.push(identity.clone());
            }
        }
        Ok(gone)
    }

    /// Forbids to write to somebody who was forgotten, without their name; whether they were.
    pub(super) fn suppress_forgotten(&mut self, identity: &Identity) -> Result<bool, StoreError> {
        if !self.remembers()? {
            return Ok(false);
        }
        let name = self.key_of_names()?.name(identity);
        Ok(self.run("UPDATE forgotten SET suppressed = 1 WHERE name = ?1", &[&name])? == 1)
    }

    /// Whether a name, as it is kept, is of somebody who was forgotten.
    fn is_forgotten(&mut self, name: &[u8; 32]) -> Result<bool, StoreError> {
        let found = self.first("SELECT 1 FROM forgotten WHERE name = ?1", &[name], |_| Ok(()))?;
        Ok(found.is_some())
    }
}
