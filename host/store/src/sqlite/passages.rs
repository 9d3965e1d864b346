//! What goes through relays: whether one more may, and what became of those that did.

use hearken_model::{Instant, Recorded};
use serde_json::Value;

use super::{
    readers::Reading,
    values::{At, Count, Text, int, ms},
    writing::Writing,
};
use crate::{Full, Passage, Standing, Start, Started, StoreError, relay::day_of};

/// What is older says nothing about how a relay does now.
const KEPT_MS: u64 = 100 * 86_400_000;

impl Writing<'_> {
    /// Why a passage is not free, where it is not. An action's own one does not count: its
    /// next attempt takes the same place.
    pub(super) fn full(&mut self, passage: &Passage, start: &Start) -> Result<Option<Started>, StoreError> {
        let now = start.at;
        let first = self.first("SELECT first FROM relay WHERE name = ?1", &[&passage.relay], |row| {
            row.get::<_, At>(0).map(|at| at.0)
        })?;
        let (number, most) = passage.of_day(first.unwrap_or(now), now);
        if let Some(most) = most {
            let (began, next) = day_of(now);
            let taken = self.first(
                "SELECT count(*) FROM passage WHERE relay = ?1 AND at >= ?2 AND action <> ?3",
                &[&passage.relay, &ms(began), &Text(start.action)],
                |row| row.get::<_, Count>(0).map(|n| n.0),
            )?;
            if taken.unwrap_or_default() >= u64::from(most) {
                let why = Full::Day { number, most };
                return Ok(Some(Started::RelayFull { why, again: next }));
            }
        }
        let Some(rule) = passage.per_domain else {
            return Ok(None);
        };
        let since = now.0.saturating_sub(rule.per_ms);
        // The one whose leaving makes room: as many as may be are younger or the same age.
        let filling = self.first(
            "SELECT at FROM passage WHERE relay = ?1 AND domain = ?2 AND at > ?3 AND action <> ?4 \
             ORDER BY at DESC LIMIT 1 OFFSET ?5",
            &[
                &passage.relay,
                &passage.domain,
                &int(since),
                &Text(start.action),
                &(rule.count.saturating_sub(1)),
            ],
            |row| row.get::<_, At>(0).map(|at| at.0),
        )?;
        Ok(filling.map(|at| Started::RelayFull {
            why: Full::Domain,
            again: Instant(at.0.saturating_add(rule.per_ms)),
        }))
    }

    /// Takes it.
    pub(super) fn pass(&mut self, passage: &Passage, start: &Start) -> Result<(), StoreError> {
        self.run(
            "INSERT INTO relay (name, first) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
            &[&passage.relay, &ms(start.at)],
        )?;
        self.run(
            "INSERT INTO passage (relay, action, domain, at) VALUES (?1, ?2, ?3, ?4) \
             ON CONFLICT (relay, action) DO UPDATE SET domain = excluded.domain, at = excluded.at",
            &[&passage.relay, &Text(start.action), &passage.domain, &ms(start.at)],
        )?;
        Ok(())
    }

    /// Notes a bounce or a complaint with what went through.
    pub(super) fn note_fate(&mut self, recorded: &Recorded) -> Result<(), StoreError> {
        let signal = &recorded.signal;
        let bounced =
            signal.kind == "message.bounced" && signal.properties.get("permanent") == Some(&Value::Bool(true));
        let complained = signal.kind == "message.complained";
        if !(bounced || complained) {
            return Ok(());
        }
        let Some(answers) = &signal.answers else {
            return Ok(());
        };
        if let Some(action) = answers.action {
            self.run(
                "UPDATE passage SET bounced = max(bounced, ?2), complained = max(complained, ?3) WHERE action = ?1",
                &[&Text(action), &bounced, &complained],
            )?;
        } else if let Some(reference) = answers.reference.as_ref().filter(|r| !r.is_empty()) {
            self.run(
                "UPDATE passage SET bounced = max(bounced, ?2), complained = max(complained, ?3) \
                 WHERE action IN (SELECT id FROM action WHERE reference = ?1 AND reference <> '')",
                &[reference, &bounced, &complained],
            )?;
        }
        Ok(())
    }

    pub(super) fn purge_passages(&mut self, now: Instant, most: usize) -> Result<usize, StoreError> {
        self.run(
            "DELETE FROM passage WHERE (relay, action) IN \
             (SELECT relay, action FROM passage WHERE at <= ?1 LIMIT ?2)",
            &[&int(now.0.saturating_sub(KEPT_MS)), &super::values::limit(most)],
        )
    }
}

impl Reading<'_> {
    pub(super) fn standing(&self, relay: &str, since: Instant, over: u32) -> Result<Standing, StoreError> {
        let found = self.first(
            "SELECT count(*), coalesce(sum(bounced), 0), coalesce(sum(complained), 0) FROM \
             (SELECT bounced, complained FROM passage WHERE relay = ?1 AND at > ?2 ORDER BY at DESC LIMIT ?3)",
            &[&relay, &ms(since), &over],
            |row| {
                Ok(Standing {
                    mails: row.get(0)?,
                    bounced: row.get(1)?,
                    complained: row.get(2)?,
                })
            },
        )?;
        Ok(found.unwrap_or_default())
    }
}
