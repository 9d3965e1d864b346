//! The queries behind a summary. Each reads an index that holds all that it needs; which one
//! is said where SQLite, which keeps no statistics here, would choose another. An action is
//! decided at its decision's time.

use hearken_model::{Act, ActionState, Instant, Mode};

use super::{
    readers::Reading,
    values::{At, Count, Text, ms, word},
};
use crate::{
    StoreError, Summary,
    summary::{Chosen, Kept, Silence, Unsure},
};

/// How many reasons for silence are told.
const REASONS: i64 = 12;
/// How many decisions are told that could well have been others.
const UNSURE: i64 = 10;

impl Reading<'_> {
    pub(super) fn summary(&self, since: Instant) -> Result<Summary, StoreError> {
        let (decisions, people) = self.count(
            "SELECT count(*), count(DISTINCT prospect) FROM decision WHERE at >= ?1",
            since,
        )?;
        let (silences, _) = self.count(
            "SELECT count(*), 0 FROM decision WHERE at >= ?1 AND act = 'hold'",
            since,
        )?;
        let (told, _) = self.count(
            "SELECT count(DISTINCT prospect), 0 FROM action INDEXED BY action_by_time \
             WHERE decided >= ?1 AND seed = 0 AND state = 'delivered' AND act <> 'hand-over'",
            since,
        )?;
        let (would_be_told, _) = self.count(
            "SELECT count(DISTINCT prospect), 0 FROM decision \
             WHERE at >= ?1 AND act IN ('tell', 'ask') AND mode = 'shadow'",
            since,
        )?;
        Ok(Summary {
            decisions,
            people,
            told,
            would_be_told,
            chosen: self.chosen(since)?,
            kept: self.kept(since)?,
            silences,
            reasons: self.reasons(since)?,
            unsure: self.unsure(since)?,
        })
    }

    fn count(&self, sql: &str, since: Instant) -> Result<(u64, u64), StoreError> {
        let counted = self.first(sql, &[&ms(since)], |row| {
            Ok((row.get::<_, Count>(0)?.0, row.get::<_, Count>(1)?.0))
        })?;
        Ok(counted.unwrap_or_default())
    }

    fn chosen(&self, since: Instant) -> Result<Vec<Chosen>, StoreError> {
        self.all(
            "WITH a AS MATERIALIZED \
             (SELECT id, state FROM action INDEXED BY action_by_time WHERE decided >= ?1 AND seed = 0) \
             SELECT d.act, d.target, d.channel, d.mode, count(*), count(DISTINCT d.prospect) AS people, \
             coalesce(sum(a.state = 'delivered'), 0), coalesce(sum(a.state IN ('queued', 'held', 'started')), 0), \
             coalesce(sum(a.state = 'unknown'), 0), coalesce(sum(a.state IN ('rejected', 'expired')), 0) \
             FROM decision AS d LEFT JOIN a ON a.id = d.id WHERE d.at >= ?1 AND d.act <> 'hold' \
             GROUP BY d.act, d.target, d.channel, d.mode ORDER BY people DESC, d.act, d.target, d.channel, d.mode",
            &[&ms(since)],
            |row| {
                let count = |column| row.get::<_, Count>(column).map(|n| n.0);
                Ok(Chosen {
                    act: word(row, 0, Act::from_word)?,
                    target: row.get(1)?,
                    channel: row.get(2)?,
                    mode: word(row, 3, Mode::from_word)?,
                    times: count(4)?,
                    people: count(5)?,
                    delivered: count(6)?,
                    waiting: count(7)?,
                    unknown: count(8)?,
                    ended: count(9)?,
                })
            },
        )
    }

    fn kept(&self, since: Instant) -> Result<Vec<Kept>, StoreError> {
        self.all(
            "SELECT state, gate, count(*) AS n, count(DISTINCT prospect), max(why) FROM action INDEXED BY action_by_time \
             WHERE decided >= ?1 AND seed = 0 AND gate <> '' AND state <> 'delivered' \
             GROUP BY state, gate ORDER BY n DESC, state, gate",
            &[&ms(since)],
            |row| {
                Ok(Kept {
                    state: word(row, 0, ActionState::from_word)?,
                    gate: row.get(1)?,
                    actions: row.get::<_, Count>(2)?.0,
                    people: row.get::<_, Count>(3)?.0,
                    example: row.get(4)?,
                })
            },
        )
    }

    fn reasons(&self, since: Instant) -> Result<Vec<Silence>, StoreError> {
        self.all(
            "SELECT gate, count(*) AS n, count(DISTINCT prospect), max(reason) FROM decision \
             WHERE at >= ?1 AND act = 'hold' GROUP BY gate, CASE gate WHEN '' THEN reason ELSE '' END \
             ORDER BY n DESC, gate, 4 LIMIT ?2",
            &[&ms(since), &REASONS],
            |row| {
                Ok(Silence {
                    gate: row.get(0)?,
                    times: row.get::<_, Count>(1)?.0,
                    people: row.get::<_, Count>(2)?.0,
                    example: row.get(3)?,
                })
            },
        )
    }

    fn unsure(&self, since: Instant) -> Result<Vec<Unsure>, StoreError> {
        self.all(
            "SELECT id, prospect, at, act, target, channel, propensity, margin FROM decision \
             WHERE at >= ?1 AND margin IS NOT NULL ORDER BY margin, at DESC, id LIMIT ?2",
            &[&ms(since), &UNSURE],
            |row| {
                Ok(Unsure {
                    decision: row.get::<_, Text<_>>(0)?.0,
                    prospect: row.get::<_, Text<_>>(1)?.0,
                    at: row.get::<_, At>(2)?.0,
                    act: word(row, 3, Act::from_word)?,
                    target: row.get(4)?,
                    channel: row.get(5)?,
                    propensity: row.get(6)?,
                    margin: row.get(7)?,
                })
            },
        )
    }
}
