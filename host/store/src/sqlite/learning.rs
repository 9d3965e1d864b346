//! What learning reads of the log, and its snapshots.

use hearken_model::{Act, Entry, Instant, ProfileId, ProspectId, Recorded};

use rusqlite::Row;

use super::{
    person::profiles_of,
    readers::Reading,
    values::{At, Count, Json, Text, int, limit, ms, word},
    writing::Writing,
};
use crate::{History, HistoryQuery, Snapshot, StageReached, StoreError, Told};

/// How many snapshots are kept. What an older decision was given stands in its record.
const SNAPSHOTS: u64 = 500;

impl Reading<'_> {
    /// An action belongs to whom its prospect's first profile belongs by now.
    pub(super) fn told_or_did(
        &self,
        after: Option<ProspectId>,
        since: Instant,
        kinds: &[String],
        most: usize,
    ) -> Result<Vec<ProspectId>, StoreError> {
        let after = after.map(|id| id.to_string()).unwrap_or_default();
        let kinds = serde_json::Value::from(kinds).to_string();
        self.all(
            "SELECT DISTINCT f.prospect FROM profile AS f WHERE f.prospect > ?1 AND (EXISTS (SELECT 1 FROM action AS a \
             WHERE a.prospect = f.id AND a.decided >= ?2 AND a.state = 'delivered' AND a.seed = 0) \
             OR EXISTS (SELECT 1 FROM entry AS e WHERE e.profile = f.id AND e.at >= ?2 \
             AND e.name IN (SELECT value FROM json_each(?3)))) ORDER BY f.prospect LIMIT ?4",
            &[&after, &ms(since), &kinds, &limit(most)],
            |row| row.get::<_, Text<ProspectId>>(0).map(|id| id.0),
        )
    }

    pub(super) fn histories(&self, query: &HistoryQuery) -> Result<Vec<History>, StoreError> {
        query.prospects.iter().map(|id| self.history(*id, query)).collect()
    }

    fn history(&self, prospect: ProspectId, query: &HistoryQuery) -> Result<History, StoreError> {
        let mut rows = self;
        let profiles = profiles_of(&mut rows, prospect)?;
        let (mut signals, mut stages) = (Vec::new(), Vec::new());
        for profile in profiles {
            signals.extend(self.signals_since(profile, query)?);
            stages.extend(self.stages_since(profile, query.since)?);
        }
        signals.sort_by(|x, y| (x.signal.at, &x.signal.id).cmp(&(y.signal.at, &y.signal.id)));
        stages.sort_by_key(|stage| stage.at);
        Ok(History {
            prospect,
            tellings: self.tellings_since(prospect, query.since)?,
            signals,
            stages,
        })
    }

    fn tellings_since(&self, prospect: ProspectId, since: Instant) -> Result<Vec<Told>, StoreError> {
        let mut told = self.all(
            "SELECT a.id, a.decision, a.decided, a.act, a.target, a.sink, a.reference, \
             coalesce(d.record ->> '$.snapshot', 0), coalesce(d.record -> '$.situation', 'null'), \
             coalesce(d.record ->> '$.wording.variant', 'a') \
             FROM profile AS f JOIN action AS a ON a.prospect = f.id JOIN decision AS d ON d.id = a.decision \
             WHERE f.prospect = ?1 AND a.decided >= ?2 AND a.state = 'delivered' AND a.seed = 0 AND d.mode <> 'shadow' \
             ORDER BY a.decided DESC, a.id DESC LIMIT ?3",
            &[&Text(prospect), &ms(since), &limit(HistoryQuery::MOST)],
            |row| {
                Ok(Told {
                    action: row.get::<_, Text<_>>(0)?.0,
                    decision: row.get::<_, Text<_>>(1)?.0,
                    at: row.get::<_, At>(2)?.0,
                    act: word(row, 3, Act::from_word)?,
                    target: row.get(4)?,
                    sink: row.get(5)?,
                    reference: row.get(6)?,
                    snapshot: row.get::<_, Count>(7)?.0,
                    situation: row.get::<_, Json<_>>(8)?.0,
                    variant: row.get(9)?,
                })
            },
        )?;
        told.reverse();
        Ok(told)
    }

    /// The index tells which kind a signal is; only those that are wanted are read.
    fn signals_since(&self, profile: ProfileId, query: &HistoryQuery) -> Result<Vec<Recorded>, StoreError> {
        let kinds = serde_json::Value::from(query.kinds.clone()).to_string();
        let entries = self.all(
            "SELECT body FROM entry WHERE profile = ?1 AND at >= ?2 AND name IN (SELECT value FROM json_each(?3)) \
             ORDER BY at DESC LIMIT ?4",
            &[&Text(profile), &ms(query.since), &kinds, &limit(HistoryQuery::MOST)],
            |row| row.get::<_, Json<Entry>>(0).map(|json| json.0),
        )?;
        let signal = |entry| match entry {
            Entry::Signal(recorded) => Some(*recorded),
            _ => None,
        };
        Ok(entries.into_iter().filter_map(signal).collect())
    }

    /// A prospect that joined another one was the one that began with this profile.
    fn stages_since(&self, profile: ProfileId, since: Instant) -> Result<Vec<StageReached>, StoreError> {
        let entries = self.all(
            "SELECT received, body FROM entry INDEXED BY entry_stage \
             WHERE prospect = ?1 AND kind = 'stage' AND received >= ?2 \
             ORDER BY partition DESC, seq DESC, step DESC LIMIT ?3",
            &[&Text(profile), &ms(since), &limit(HistoryQuery::MOST)],
            |row| Ok((row.get::<_, At>(0)?.0, row.get::<_, Json<Entry>>(1)?.0)),
        )?;
        let stage = |(at, entry)| match entry {
            Entry::Stage { from, to, .. } => Some(StageReached { at, from, to }),
            _ => None,
        };
        Ok(entries.into_iter().rev().filter_map(stage).collect())
    }

    pub(super) fn latest_snapshot(&self) -> Result<Option<Snapshot>, StoreError> {
        self.first(
            "SELECT number, at, body FROM posterior ORDER BY number DESC LIMIT 1",
            &[],
            snapshot,
        )
    }

    pub(super) fn snapshot(&self, number: u64) -> Result<Option<Snapshot>, StoreError> {
        self.first(
            "SELECT number, at, body FROM posterior WHERE number = ?1",
            &[&int(number)],
            snapshot,
        )
    }

    pub(super) fn snapshot_numbers(&self) -> Result<Vec<(u64, Instant)>, StoreError> {
        self.all("SELECT number, at FROM posterior ORDER BY number", &[], |row| {
            Ok((row.get::<_, Count>(0)?.0, row.get::<_, At>(1)?.0))
        })
    }
}

fn snapshot(row: &Row<'_>) -> rusqlite::Result<Snapshot> {
    Ok(Snapshot {
        number: row.get::<_, Count>(0)?.0,
        at: row.get::<_, At>(1)?.0,
        body: row.get(2)?,
    })
}

impl Writing<'_> {
    pub(super) fn keep_snapshot(&mut self, at: Instant, body: &str) -> Result<u64, StoreError> {
        let number = self.first(
            "INSERT INTO posterior (at, body) VALUES (?1, ?2) RETURNING number",
            &[&ms(at), &body],
            |row| row.get::<_, Count>(0).map(|number| number.0),
        )?;
        let number = number.unwrap_or_default();
        self.run(
            "DELETE FROM posterior WHERE number <= ?1",
            &[&int(number.saturating_sub(SNAPSHOTS))],
        )?;
        Ok(number)
    }
}
