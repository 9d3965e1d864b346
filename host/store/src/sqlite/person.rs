//! What of the tables is a person's, found once for showing it and for deleting it.
//!
//! A person's entries may stand in several logs: those of prospects that were merged into
//! theirs, and of one that they were taken apart from, who goes on living there. Of the
//! first everything is theirs; of the second the signals of their profiles, and what was
//! inferred about the two together until they parted.

use std::collections::{BTreeMap, BTreeSet};

use hearken_model::{Entry, Identity, ProfileId, ProspectId};
use rusqlite::{Row, ToSql};

use super::{
    readers::Reading,
    values::{Count, Json, Text, int},
    writing::Writing,
};
use crate::StoreError;

/// Something that can be asked for rows.
pub(super) trait Rows {
    /// All rows of a query.
    fn rows<T>(
        &mut self,
        sql: &'static str,
        params: &[&dyn ToSql],
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, StoreError>;
}

impl Rows for Writing<'_> {
    fn rows<T>(
        &mut self,
        sql: &'static str,
        params: &[&dyn ToSql],
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, StoreError> {
        self.all(sql, params, read)
    }
}

impl Rows for &Reading<'_> {
    fn rows<T>(
        &mut self,
        sql: &'static str,
        params: &[&dyn ToSql],
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, StoreError> {
        self.all(sql, params, read)
    }
}

/// A person as the tables have them.
#[derive(Debug, Default)]
pub(super) struct Person {
    /// Their names.
    pub(super) profiles: BTreeMap<ProfileId, Identity>,
    /// Prospects that are nobody else's.
    pub(super) prospects: BTreeSet<ProspectId>,
    /// Prospects that they were part of and that somebody else is now, with the last entry
    /// of that log that took a profile of theirs away.
    pub(super) shared: BTreeMap<ProspectId, u64>,
}

impl Person {
    /// Everything about whom the profiles belong to by now.
    pub(super) fn find(rows: &mut impl Rows, profiles: &[ProfileId]) -> Result<Self, StoreError> {
        let mut person = Self::default();
        let owners = rows.rows(
            "SELECT DISTINCT prospect FROM profile WHERE id IN (SELECT value FROM json_each(?1))",
            &[&ids(profiles)],
            |row| row.get::<_, Text<ProspectId>>(0).map(|t| t.0),
        )?;
        for owner in &owners {
            person.profiles.extend(named(rows, *owner)?);
        }
        person.prospects.extend(owners.iter().copied());
        let mut next = owners;
        next.extend(person.about_to_leave(rows)?);
        let mut seen: BTreeSet<ProspectId> = BTreeSet::new();
        while let Some(prospect) = next.pop() {
            if !seen.insert(prospect) {
                continue;
            }
            if !person.prospects.contains(&prospect) {
                if named(rows, prospect)?.is_empty() {
                    person.prospects.insert(prospect);
                } else {
                    let parted = person.parted(rows, prospect)?;
                    person.shared.insert(prospect, parted);
                    continue;
                }
            }
            next.extend(came_from(rows, prospect)?);
        }
        Ok(person)
    }

    /// Prospects that have an entry waiting by which a profile of the person leaves them:
    /// until it is applied, what is known of the profile stands in their state.
    fn about_to_leave(&self, rows: &mut impl Rows) -> Result<Vec<ProspectId>, StoreError> {
        let waiting = rows.rows(
            "SELECT e.prospect, e.body FROM partition AS p JOIN entry AS e ON e.partition = p.partition \
             AND e.seq > p.applied WHERE p.last > p.applied AND e.kind = 'leave'",
            &[],
            |row| Ok((row.get::<_, Text<ProspectId>>(0)?.0, row.get::<_, Json<Entry>>(1)?.0)),
        )?;
        let theirs = |entry: &Entry| match entry {
            Entry::Leave { profiles, .. } => profiles.iter().any(|p| self.profiles.contains_key(p)),
            _ => false,
        };
        Ok(waiting.into_iter().filter(|(_, e)| theirs(e)).map(|(p, _)| p).collect())
    }

    /// The last entry by which a profile of the person left a prospect; 0 where none is found.
    fn parted(&self, rows: &mut impl Rows, prospect: ProspectId) -> Result<u64, StoreError> {
        let left = rows.rows(
            "SELECT seq, body FROM entry WHERE partition = ?1 AND prospect = ?2 AND kind = 'leave'",
            &[&prospect.partition().0, &Text(prospect)],
            |row| Ok((row.get::<_, Count>(0)?.0, row.get::<_, Json<Entry>>(1)?.0)),
        )?;
        let last = left.into_iter().filter_map(|(seq, entry)| match entry {
            Entry::Leave { profiles, .. } => profiles.iter().any(|p| self.profiles.contains_key(p)).then_some(seq),
            _ => None,
        });
        Ok(last.max().unwrap_or_default())
    }

    /// The ids of the profiles, for a statement.
    pub(super) fn profile_ids(&self) -> String {
        ids(&self.profiles.keys().copied().collect::<Vec<_>>())
    }

    /// The ids of the prospects that are nobody else's, for a statement.
    pub(super) fn prospect_ids(&self) -> String {
        ids(&self.prospects.iter().copied().collect::<Vec<_>>())
    }

    /// The decisions about the person and the actions that they led to, for statements.
    pub(super) fn decided(&self, rows: &mut impl Rows) -> Result<(String, String), StoreError> {
        let text = |row: &Row<'_>| row.get::<_, String>(0);
        let mut decisions = rows.rows(
            "SELECT id FROM decision WHERE prospect IN (SELECT value FROM json_each(?1)) UNION \
             SELECT decision FROM action WHERE prospect IN (SELECT value FROM json_each(?1))",
            &[&self.prospect_ids()],
            text,
        )?;
        for (prospect, parted) in &self.shared {
            decisions.extend(rows.rows(
                "SELECT id FROM decision WHERE prospect = ?1 AND seq <= ?2",
                &[&Text(*prospect), &int(*parted)],
                text,
            )?);
        }
        let decisions = ids(&decisions);
        let actions = rows.rows(
            "SELECT id FROM action WHERE decision IN (SELECT value FROM json_each(?1))",
            &[&decisions],
            text,
        )?;
        Ok((decisions, ids(&actions)))
    }
}

/// The profiles that a prospect is made of, in the order of their ids.
pub(super) fn profiles_of(rows: &mut impl Rows, prospect: ProspectId) -> Result<Vec<ProfileId>, StoreError> {
    rows.rows(
        "SELECT id FROM profile WHERE prospect = ?1 ORDER BY id",
        &[&Text(prospect)],
        |row| row.get::<_, Text<ProfileId>>(0).map(|t| t.0),
    )
}

/// A prospect's names.
fn named(rows: &mut impl Rows, prospect: ProspectId) -> Result<Vec<(ProfileId, Identity)>, StoreError> {
    rows.rows(
        "SELECT id, scheme, value FROM profile WHERE prospect = ?1",
        &[&Text(prospect)],
        |row| {
            let identity = Identity {
                scheme: row.get(1)?,
                value: row.get(2)?,
            };
            Ok((row.get::<_, Text<ProfileId>>(0)?.0, identity))
        },
    )
}

/// Whose histories arrived at a prospect.
fn came_from(rows: &mut impl Rows, prospect: ProspectId) -> Result<Vec<ProspectId>, StoreError> {
    rows.rows(
        "SELECT DISTINCT body ->> '$.from' FROM entry WHERE partition = ?1 AND prospect = ?2 AND kind = 'join'",
        &[&prospect.partition().0, &Text(prospect)],
        |row| row.get::<_, Text<ProspectId>>(0).map(|t| t.0),
    )
}

/// Ids as a JSON array, for `json_each`.
pub(super) fn ids<T: ToString>(all: &[T]) -> String {
    let texts: Vec<String> = all.iter().map(ToString::to_string).collect();
    serde_json::Value::from(texts).to_string()
}
