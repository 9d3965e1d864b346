//! Reads of the engine: what waits, who a prospect is, what was seen lately.

use std::{cmp::Reverse, collections::HashSet};

use hearken_model::{Entry, Instant, Partition, ProfileId, Prospect, ProspectId, Recorded, Seq};
use rusqlite::Row;

use super::{
    readers::Reading,
    rows,
    values::{At, Count, Json, Text, int, limit, ms},
};
use crate::{Logged, Progress, RecentAsk, StoreError};

/// A signal's place in the log, with what is needed to choose it.
struct Found {
    at: Instant,
    key: (i64, i64, i64),
}

impl Reading<'_> {
    pub(super) fn progress(&self) -> Result<Vec<Progress>, StoreError> {
        self.all(
            "SELECT partition, epoch, applied, last FROM partition ORDER BY partition",
            &[],
            |row| {
                Ok(Progress {
                    partition: Partition(row.get(0)?),
                    epoch: row.get::<_, Count>(1)?.0,
                    applied: row.get::<_, Count>(2)?.0,
                    last: row.get::<_, Count>(3)?.0,
                })
            },
        )
    }

    pub(super) fn pending(&self, partition: Partition, after: u64, most: usize) -> Result<Vec<Logged>, StoreError> {
        self.all(
            "SELECT partition, seq, step, received, prospect, body FROM entry \
             WHERE partition = ?1 AND seq > ?2 AND step = 0 ORDER BY seq LIMIT ?3",
            &[&partition.0, &int(after), &limit(most)],
            rows::logged,
        )
    }

    pub(super) fn log(&self, partition: Partition, after: Seq, most: usize) -> Result<Vec<Logged>, StoreError> {
        self.all(
            "SELECT partition, seq, step, received, prospect, body FROM entry \
             WHERE partition = ?1 AND (seq, step) > (?2, ?3) ORDER BY seq, step LIMIT ?4",
            &[&partition.0, &int(after.seq), &after.step, &limit(most)],
            rows::logged,
        )
    }

    pub(super) fn prospects(&self, ids: &[ProspectId]) -> Result<Vec<Option<Prospect>>, StoreError> {
        ids.iter().map(|id| self.prospect(*id)).collect()
    }

    pub(super) fn prospect(&self, id: ProspectId) -> Result<Option<Prospect>, StoreError> {
        self.first("SELECT state FROM prospect WHERE id = ?1", &[&Text(id)], |row| {
            rows::prospect(row, 0)
        })
    }

    /// The latest signals that an ask wants, the oldest first.
    pub(super) fn recent(&self, ask: &RecentAsk) -> Result<Vec<Recorded>, StoreError> {
        if ask.limit == 0 || ask.kinds.is_empty() {
            return Ok(Vec::new());
        }
        let mut found = Vec::new();
        let profiles: HashSet<ProfileId> = ask.profiles.iter().copied().collect();
        for profile in profiles {
            found.extend(self.latest(profile, ask)?);
        }
        found.sort_by_key(|f| Reverse((f.at, f.key)));
        let without: HashSet<&str> = ask.without.iter().map(|id| id.as_str()).collect();
        let mut recorded = Vec::new();
        for place in found {
            if recorded.len() == ask.limit {
                break;
            }
            if let Some(signal) = self.signal_at(place.key)?
                && !without.contains(signal.signal.id.as_str())
            {
                recorded.push(signal);
            }
        }
        recorded.reverse();
        Ok(recorded)
    }

    /// Places of a profile's latest signals of the kinds that are asked for. The index alone
    /// is read, unless it is asked as of an earlier moment: which kind a signal is stands in
    /// it, and not when it came in.
    fn latest(&self, profile: ProfileId, ask: &RecentAsk) -> Result<Vec<Found>, StoreError> {
        let mut left = ask.limit.saturating_add(ask.without.len());
        let chosen = |row: &Row<'_>| {
            let name = row.get_ref(4)?.as_str()?;
            if left == 0 || !ask.kinds.iter().any(|kind| matches(kind, name)) {
                return Ok(None);
            }
            left -= 1;
            let key = (row.get(0)?, row.get(1)?, row.get(2)?);
            Ok(Some(Found {
                at: row.get::<_, At>(3)?.0,
                key,
            }))
        };
        let most = limit(RecentAsk::MAX_READ);
        let found = match ask.known_at {
            None => self.all(
                "SELECT partition, seq, step, at, name FROM entry \
                 WHERE profile = ?1 ORDER BY at DESC LIMIT ?2",
                &[&Text(profile), &most],
                chosen,
            ),
            Some(known_at) => self.all(
                "SELECT partition, seq, step, at, name FROM entry \
                 WHERE profile = ?1 AND received <= ?3 ORDER BY at DESC LIMIT ?2",
                &[&Text(profile), &most, &ms(known_at)],
                chosen,
            ),
        }?;
        Ok(found.into_iter().flatten().collect())
    }

    fn signal_at(&self, (partition, seq, step): (i64, i64, i64)) -> Result<Option<Recorded>, StoreError> {
        let entry = self.first(
            "SELECT body FROM entry WHERE partition = ?1 AND seq = ?2 AND step = ?3",
            &[&partition, &seq, &step],
            |row| row.get::<_, Json<Entry>>(0).map(|json| json.0),
        )?;
        Ok(entry.and_then(|entry| match entry {
            Entry::Signal(recorded) => Some(*recorded),
            _ => None,
        }))
    }

    /// The earliest time at which something is to be done.
    pub(super) fn next_due(&self) -> Result<Option<Instant>, StoreError> {
        let mut earliest: Option<Instant> = None;
        for sql in [
            "SELECT min(due) FROM timer",
            "SELECT min(due) FROM action WHERE state = 'queued'",
            "SELECT min(due) FROM action WHERE state = 'unknown'",
        ] {
            let found = self.first(sql, &[], |row| row.get::<_, Option<Count>>(0))?.flatten();
            if let Some(due) = found.map(|ms| Instant(ms.0)) {
                earliest = Some(earliest.map_or(due, |e| e.min(due)));
            }
        }
        Ok(earliest)
    }
}

/// Whether a kind is meant by `page.viewed`, `page.*` or `*`.
fn matches(pattern: &str, kind: &str) -> bool {
    pattern
        .strip_suffix('*')
        .map_or(pattern == kind, |start| kind.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_star_at_the_end_of_a_kind_means_any_rest() {
        assert!(matches("*", "page.viewed"));
        assert!(matches("page.*", "page.viewed"));
        assert!(matches("page.viewed", "page.viewed"));
        assert!(!matches("page.viewed", "page.left"));
        assert!(!matches("page.*", "pages"));
    }
}
