//! Switches, suppressions, timers, dead letters: the smaller writes.

use hearken_model::{Entry, Instant, Partition, ProspectId, Scope, TimerFired};

use super::{
    rows,
    values::{Count, Text, limit, ms},
    writing::Writing,
};
use crate::{DeadLetter, DeadLetterId, Lease, Outgoing, Purge, StoreError, Suppression, Switch};

/// A scope as it stands in two columns.
pub(super) fn scope_columns(scope: &Scope) -> (&'static str, &str) {
    match scope {
        Scope::All => ("all", ""),
        Scope::Channel(name) => ("channel", name),
        Scope::Story(name) => ("story", name),
        Scope::Team(name) => ("team", name),
        Scope::Sink(name) => ("sink", name),
    }
}

/// The scope of two columns.
pub(super) fn scope_of(word: &str, name: String) -> Option<Scope> {
    Some(match word {
        "all" => Scope::All,
        "channel" => Scope::Channel(name),
        "story" => Scope::Story(name),
        "team" => Scope::Team(name),
        "sink" => Scope::Sink(name),
        _ => return None,
    })
}

impl Writing<'_> {
    pub(super) fn lease(&mut self) -> Result<Vec<Lease>, StoreError> {
        self.run("UPDATE partition SET epoch = epoch + 1", &[])?;
        self.all(
            "SELECT partition, epoch, applied, last FROM partition ORDER BY partition",
            &[],
            |row| {
                Ok(Lease {
                    partition: Partition(row.get(0)?),
                    epoch: row.get::<_, Count>(1)?.0,
                    applied: row.get::<_, Count>(2)?.0,
                    last: row.get::<_, Count>(3)?.0,
                })
            },
        )
    }

    pub(super) fn set_switch(&mut self, switch: &Switch) -> Result<(), StoreError> {
        let (scope, name) = scope_columns(&switch.scope);
        self.run(
            "INSERT INTO switch (scope, name, stopped, at, by) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (scope, name) \
             DO UPDATE SET stopped = excluded.stopped, at = excluded.at, by = excluded.by",
            &[&scope, &name, &switch.stopped, &ms(switch.at), &switch.by],
        )?;
        // What stops it may be another switch now, or none: it is told anew.
        self.run(
            "UPDATE action SET gate = '', why = '' WHERE state = 'queued' AND gate = 'stopped'",
            &[],
        )?;
        self.raise_rules()
    }

    pub(super) fn suppress(&mut self, suppression: &Suppression) -> Result<(), StoreError> {
        let Suppression { identity, why, at } = suppression;
        if self.suppress_forgotten(identity)? {
            return Ok(());
        }
        let changed = self.run(
            "INSERT INTO suppression (scheme, value, why, at) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
            &[&identity.scheme, &identity.value, why, &ms(*at)],
        )?;
        if changed == 1 { self.raise_rules() } else { Ok(()) }
    }

    pub(super) fn raise_rules(&mut self) -> Result<(), StoreError> {
        self.run("UPDATE rules SET version = version + 1", &[])?;
        Ok(())
    }

    /// Timers that ran out become entries. They are told with the time at which they were
    /// found: the log's times then never go back behind what was applied in between.
    pub(super) fn fire(&mut self, now: Instant, most: usize) -> Result<usize, StoreError> {
        let due = self.all(
            "SELECT prospect, name, generation FROM timer WHERE due <= ?1 ORDER BY due, prospect, name LIMIT ?2",
            &[&ms(now), &limit(most)],
            |row| {
                Ok((
                    row.get::<_, Text<ProspectId>>(0)?.0,
                    row.get::<_, String>(1)?,
                    row.get::<_, Count>(2)?.0,
                ))
            },
        )?;
        let fired = due.len();
        for (prospect, name, generation) in due {
            self.run(
                "DELETE FROM timer WHERE prospect = ?1 AND name = ?2",
                &[&Text(prospect), &name],
            )?;
            self.append(prospect, now, Entry::Timer(TimerFired { name, generation }), None)?;
        }
        Ok(fired)
    }

    pub(super) fn drop_dead_letter(&mut self, id: DeadLetterId) -> Result<bool, StoreError> {
        Ok(self.run("DELETE FROM dead_letter WHERE id = ?1", &[&super::values::int(id.0)])? == 1)
    }

    pub(super) fn work_off(&mut self, id: DeadLetterId, outgoing: Outgoing) -> Result<bool, StoreError> {
        if !self.drop_dead_letter(id)? {
            return Ok(false);
        }
        let Outgoing { prospect, at, entry } = outgoing;
        self.append(prospect, at, entry, None)?;
        Ok(true)
    }

    pub(super) fn ask_replay(&mut self, id: DeadLetterId, at: Instant) -> Result<bool, StoreError> {
        let id = super::values::int(id.0);
        Ok(self.run(
            "UPDATE dead_letter SET replay_asked = ?2 WHERE id = ?1",
            &[&id, &ms(at)],
        )? == 1)
    }

    pub(super) fn take_replays(&mut self, most: usize) -> Result<Vec<DeadLetter>, StoreError> {
        let marked = self.all(
            "SELECT id, at, stage, connector, prospect, action, why, place, payload, replay_asked FROM dead_letter \
             WHERE replay_asked IS NOT NULL ORDER BY id LIMIT ?1",
            &[&limit(most)],
            rows::dead_letter,
        )?;
        for letter in &marked {
            self.run(
                "UPDATE dead_letter SET replay_asked = NULL WHERE id = ?1",
                &[&super::values::int(letter.id.0)],
            )?;
        }
        Ok(marked
            .into_iter()
            .map(|letter| DeadLetter {
                replay_asked: None,
                ..letter
            })
            .collect())
    }

    pub(super) fn purge(&mut self, what: Purge, most: usize) -> Result<usize, StoreError> {
        let Purge { now, egress_until } = what;
        // No cap on new people looks back further than a day.
        self.run(
            "DELETE FROM new_person WHERE at <= ?1",
            &[&ms(now.before(std::time::Duration::from_secs(86_400)))],
        )?;
        let ids = self.run(
            "DELETE FROM seen WHERE signal IN (SELECT signal FROM seen WHERE until <= ?1 ORDER BY until LIMIT ?2)",
            &[&ms(now), &limit(most)],
        )?;
        let passages = self.purge_passages(now, most - ids)?;
        let answers = self.purge_answers(now, most - ids - passages)?;
        let gone = ids + passages + answers;
        Ok(gone + self.purge_egress(egress_until, most - gone)?)
    }

    /// SQLite's own count of what other connections have committed.
    pub(super) fn changed_elsewhere(&mut self) -> Result<u64, StoreError> {
        let version = self.first("PRAGMA data_version", &[], |row| row.get::<_, Count>(0).map(|n| n.0))?;
        Ok(version.unwrap_or_default())
    }
}
