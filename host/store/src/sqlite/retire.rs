//! Deleting what has been kept for long enough.
//!
//! The log of a partition grows in the order in which it was received, so its oldest entries
//! come first and deleting them costs what is deleted, however long the log is.

use hearken_model::{Instant, PARTITIONS, ProspectId};

use super::{
    person::{Person, profiles_of},
    values::{Text, limit, ms},
    writing::Writing,
};
use crate::{Retire, StoreError};

/// How many people go in one call: each costs more than a row.
const PEOPLE: usize = 20;

impl Writing<'_> {
    pub(super) fn retire(&mut self, what: Retire, most: usize) -> Result<usize, StoreError> {
        let mut rows = 0;
        if let Some(until) = what.signals {
            rows += self.retire_entries(until, most)?;
        }
        if let Some(until) = what.decisions {
            rows += self.retire_decisions(until, most.saturating_sub(rows))?;
        }
        if let Some(until) = what.dead_letters {
            rows += self.run(
                "DELETE FROM dead_letter WHERE id IN (SELECT id FROM dead_letter WHERE at <= ?1 ORDER BY id LIMIT ?2)",
                &[&ms(until), &limit(most.saturating_sub(rows))],
            )?;
        }
        for (until, sql) in [
            (
                what.visitors,
                "SELECT p.id FROM prospect AS p WHERE p.last_seen <= ?1 AND NOT EXISTS (SELECT 1 FROM profile AS f \
                 WHERE f.prospect = p.id AND f.scheme <> 'anonymous') ORDER BY p.last_seen LIMIT ?2",
            ),
            (
                what.people,
                "SELECT p.id FROM prospect AS p WHERE p.last_seen <= ?1 AND EXISTS (SELECT 1 FROM profile AS f \
                 WHERE f.prospect = p.id AND f.scheme <> 'anonymous') ORDER BY p.last_seen LIMIT ?2",
            ),
        ] {
            if let Some(until) = until.filter(|_| rows < most) {
                rows += self.retire_people(sql, until)?;
            }
        }
        Ok(rows)
    }

    fn retire_entries(&mut self, until: Instant, most: usize) -> Result<usize, StoreError> {
        let mut rows = 0;
        for partition in 0..PARTITIONS {
            if rows >= most {
                break;
            }
            rows += self.run(
                "DELETE FROM entry WHERE partition = ?1 AND received <= ?2 AND seq <= \
                 (SELECT max(seq) FROM (SELECT seq FROM entry WHERE partition = ?1 AND seq <= \
                 (SELECT applied FROM partition WHERE partition = ?1) ORDER BY seq, step LIMIT ?3))",
                &[&partition, &ms(until), &limit(most - rows)],
            )?;
        }
        Ok(rows)
    }

    /// Decisions whose actions have come to their end, with these.
    fn retire_decisions(&mut self, until: Instant, most: usize) -> Result<usize, StoreError> {
        let ids = self.all(
            "SELECT d.id FROM decision AS d WHERE d.at <= ?1 AND NOT EXISTS (SELECT 1 FROM action AS a \
             WHERE a.decision = d.id AND a.state NOT IN ('delivered', 'rejected', 'expired') \
             AND a.gate <> 'shadow') ORDER BY d.at LIMIT ?2",
            &[&ms(until), &limit(most)],
            |row| row.get::<_, String>(0),
        )?;
        for id in &ids {
            for sql in [
                "DELETE FROM attempt WHERE action IN (SELECT id FROM action WHERE decision = ?1)",
                "DELETE FROM action WHERE decision = ?1",
                "DELETE FROM decision WHERE id = ?1",
            ] {
                self.run(sql, &[id])?;
            }
        }
        Ok(ids.len())
    }

    /// Erases people whom a query finds, without remembering them. Those of whom something
    /// waits to be applied are not as old as they look.
    fn retire_people(&mut self, sql: &'static str, until: Instant) -> Result<usize, StoreError> {
        let found = self.all(sql, &[&ms(until), &limit(PEOPLE)], |row| {
            row.get::<_, Text<ProspectId>>(0).map(|t| t.0)
        })?;
        let mut gone = 0;
        for prospect in found {
            if self.has_pending(prospect)? {
                continue;
            }
            let profiles = profiles_of(self, prospect)?;
            let mut person = Person::find(self, &profiles)?;
            person.prospects.insert(prospect);
            self.fence(&person)?;
            self.erase_person(&person)?;
            gone += 1;
        }
        Ok(gone)
    }
}
