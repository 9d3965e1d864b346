//! What happens in a simulation by itself: things that fall due, each under a key.

use std::collections::{BTreeMap, BTreeSet};

use hearken_model::Instant;

/// Values with the moments at which they are due.
#[derive(Debug)]
pub(super) struct Agenda<K, V> {
    values: BTreeMap<K, (Instant, V)>,
    due: BTreeSet<(Instant, K)>,
}

impl<K, V> Default for Agenda<K, V> {
    fn default() -> Self {
        Self {
            values: BTreeMap::new(),
            due: BTreeSet::new(),
        }
    }
}

impl<K: Ord + Clone, V> Agenda<K, V> {
    /// Puts a value in the place of the one under its key.
    pub(super) fn put(&mut self, key: K, due: Instant, value: V) {
        self.take(&key);
        self.due.insert((due, key.clone()));
        self.values.insert(key, (due, value));
    }

    /// The earliest of what is due, and when.
    pub(super) fn first(&self) -> Option<(Instant, K)> {
        self.due.first().cloned()
    }

    /// A value, and when it is due.
    pub(super) fn get(&self, key: &K) -> Option<&(Instant, V)> {
        self.values.get(key)
    }

    /// Leaves a value where it is, and does not name it as due any more.
    pub(super) fn leave(&mut self, key: &K) {
        if let Some((due, _)) = self.values.get(key) {
            self.due.remove(&(*due, key.clone()));
        }
    }

    /// Takes a value out.
    pub(super) fn take(&mut self, key: &K) -> Option<(Instant, V)> {
        self.leave(key);
        self.values.remove(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_again_is_due_once_and_what_is_left_not_at_all() {
        let mut agenda = Agenda::default();
        agenda.put("a", Instant(5), 1);
        agenda.put("b", Instant(3), 2);
        agenda.put("b", Instant(7), 3);
        assert_eq!(agenda.first(), Some((Instant(5), "a")));
        agenda.leave(&"a");
        assert_eq!(agenda.first(), Some((Instant(7), "b")));
        assert_eq!(agenda.take(&"a"), Some((Instant(5), 1)), "it is there still");
        assert_eq!(agenda.take(&"b"), Some((Instant(7), 3)));
        assert_eq!(agenda.first(), None);
    }
}
