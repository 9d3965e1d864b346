//! Deleting everything of a person, and what keeps them away afterwards.
//!
//! Every statement here has its counterpart in `everything`, which shows what is deleted.

use hearken_model::{Entry, Identity, Instant, ProfileId, ProspectId};

use super::{
    commit::ReadyProspect,
    everything::mentioning,
    mentions::Mentions,
    person::{Person, ids},
    values::{Json, Text, int, json, ms},
    writing::Writing,
};
use crate::{StoreError, Suppression};

/// Two statements: entries that wait to be applied keep their place in the log and lose
/// everything else (their prospect is nobody, of the same partition); the others are deleted.
macro_rules! entries {
    ($which:literal) => {
        (
            concat!(
                "UPDATE entry SET kind = 'forgotten', prospect = printf('%02x00000000000000', partition), \
                 profile = NULL, connector = NULL, signal = NULL, name = NULL, body = '{\"entry\":\"forgotten\"}' \
                 WHERE seq > (SELECT applied FROM partition AS p WHERE p.partition = entry.partition) AND ",
                $which
            ),
            concat!("DELETE FROM entry WHERE kind <> 'forgotten' AND ", $which),
        )
    };
}

impl Writing<'_> {
    /// Deletes everything of whom a request names; how many rows. None where it is unknown or
    /// was carried out before.
    pub(super) fn erase(&mut self, number: u64, at: Instant, sinks: &[String]) -> Result<Option<u64>, StoreError> {
        let asked = self.first(
            "SELECT whom FROM forgetting WHERE number = ?1 AND erased IS NULL",
            &[&int(number)],
            |row| row.get::<_, Json<Vec<ProfileId>>>(0),
        )?;
        let Some(Json(whom)) = asked else { return Ok(None) };
        let person = Person::find(self, &whom)?;
        self.fence(&person)?;
        let rows = self.erase_person(&person)?;
        self.remember(&person, at)?;
        let people = json(&person.profiles.values().collect::<Vec<_>>(), self.doing())?;
        for sink in sinks {
            self.run(
                "INSERT INTO forgetting_sink (number, sink, people, due) VALUES (?1, ?2, ?3, ?4)",
                &[&int(number), sink, &people, &ms(at)],
            )?;
        }
        self.run(
            "UPDATE forgetting SET whom = NULL, erased = ?2, \"rows\" = ?3 WHERE number = ?1",
            &[&int(number), &ms(at), &int(rows)],
        )?;
        Ok(Some(rows))
    }

    /// Whoever computes from the state of somebody concerned cannot commit it any more.
    pub(super) fn fence(&mut self, person: &Person) -> Result<(), StoreError> {
        let all = person.prospects.iter().chain(person.shared.keys());
        let partitions: Vec<u8> = all.map(|p| p.partition().0).collect();
        let partitions = json(&partitions, self.doing())?;
        self.run(
            "UPDATE partition SET epoch = epoch + 1 WHERE partition IN (SELECT value FROM json_each(?1))",
            &[&partitions],
        )?;
        Ok(())
    }

    /// Deletes everything of a person without remembering them; how many rows.
    pub(super) fn erase_person(&mut self, person: &Person) -> Result<u64, StoreError> {
        let mut rows = 0;
        let (decisions, actions) = person.decided(self)?;
        let mentions = Mentions::of(person.profiles.values());
        rows += self.erase_actions(&decisions, &actions)?;
        rows += self.erase_mentions(&mentions)?;
        let prospects = person.prospect_ids();
        rows += self.run(
            "DELETE FROM dead_letter WHERE prospect IN (SELECT value FROM json_each(?1))",
            &[&prospects],
        )?;
        rows += self.run(
            "DELETE FROM timer WHERE prospect IN (SELECT value FROM json_each(?1))",
            &[&prospects],
        )?;
        // How many were new to us in an hour stays true; who they were does not.
        self.run(
            "UPDATE new_person SET prospect = lower(hex(randomblob(8))) \
             WHERE prospect IN (SELECT value FROM json_each(?1))",
            &[&prospects],
        )?;
        rows += self.erase_entries(person)?;
        rows += self.run(
            "DELETE FROM prospect WHERE id IN (SELECT value FROM json_each(?1))",
            &[&prospects],
        )?;
        let profiles = person.profile_ids();
        rows += self.run(
            "DELETE FROM link WHERE a IN (SELECT value FROM json_each(?1)) OR b IN (SELECT value FROM json_each(?1))",
            &[&profiles],
        )?;
        rows += self.run(
            "DELETE FROM profile WHERE id IN (SELECT value FROM json_each(?1))",
            &[&profiles],
        )?;
        Ok(rows as u64)
    }

    /// Relays and teams keep count of what they took; of what action it was, nothing is left.
    fn erase_actions(&mut self, decisions: &str, actions: &str) -> Result<usize, StoreError> {
        let mut rows = 0;
        for unlink in [
            "UPDATE passage SET action = lower(hex(randomblob(8))), domain = '' \
             WHERE action IN (SELECT value FROM json_each(?1))",
            "UPDATE claim SET action = lower(hex(randomblob(8))) WHERE action IN (SELECT value FROM json_each(?1))",
            "UPDATE new_person SET action = lower(hex(randomblob(8))) WHERE action IN (SELECT value FROM json_each(?1))",
        ] {
            self.run(unlink, &[&actions])?;
        }
        for delete in [
            "DELETE FROM dead_letter WHERE action IN (SELECT value FROM json_each(?1))",
            "DELETE FROM egress WHERE substr(item, 1, 16) IN (SELECT value FROM json_each(?1))",
            "DELETE FROM attempt WHERE action IN (SELECT value FROM json_each(?1))",
            "DELETE FROM action WHERE id IN (SELECT value FROM json_each(?1))",
        ] {
            rows += self.run(delete, &[&actions])?;
        }
        Ok(rows
            + self.run(
                "DELETE FROM decision WHERE id IN (SELECT value FROM json_each(?1))",
                &[&decisions],
            )?)
    }

    /// What is nobody's by its columns, and names the person all the same.
    fn erase_mentions(&mut self, mentions: &Mentions) -> Result<usize, StoreError> {
        let (letters, calls, answers) = mentioning(self, mentions)?;
        let mut rows = self.run(
            "DELETE FROM dead_letter WHERE id IN (SELECT value FROM json_each(?1))",
            &[&json(&letters, self.doing())?],
        )?;
        rows += self.run(
            "DELETE FROM egress WHERE id IN (SELECT value FROM json_each(?1))",
            &[&json(&calls, self.doing())?],
        )?;
        for (connector, digest) in answers {
            rows += self.run(
                "DELETE FROM webhook_answer WHERE connector = ?1 AND digest = ?2",
                &[&connector, &digest],
            )?;
        }
        Ok(rows)
    }

    fn erase_entries(&mut self, person: &Person) -> Result<usize, StoreError> {
        let mut rows = self.run(
            "DELETE FROM seen WHERE signal IN (SELECT signal FROM entry WHERE profile IN \
             (SELECT value FROM json_each(?1)))",
            &[&person.profile_ids()],
        )?;
        let (empty, delete) = entries!("profile IN (SELECT value FROM json_each(?1))");
        for sql in [empty, delete] {
            rows += self.run(sql, &[&person.profile_ids()])?;
        }
        let (empty, delete) = entries!("partition = ?1 AND prospect = ?2");
        for prospect in &person.prospects {
            for sql in [empty, delete] {
                rows += self.run(sql, &[&prospect.partition().0, &Text(*prospect)])?;
            }
        }
        for (prospect, parted) in &person.shared {
            rows += self.erase_share(person, *prospect, *parted)?;
        }
        self.leave_out_of_others(person)?;
        Ok(rows)
    }

    /// Takes a person out of the log and the state of a prospect that somebody else is now.
    fn erase_share(&mut self, person: &Person, prospect: ProspectId, parted: u64) -> Result<usize, StoreError> {
        let (partition, id) = (prospect.partition().0, Text(prospect));
        let mut rows = self.run(
            "DELETE FROM entry WHERE partition = ?1 AND prospect = ?2 AND seq <= ?3 \
             AND kind IN ('assessed', 'missed', 'decided', 'stage', 'delivery')",
            &[&partition, &id, &int(parted)],
        )?;
        let (empty, delete) = entries!(
            "partition = ?1 AND prospect = ?2 AND kind IN ('leave', 'join') \
             AND EXISTS (SELECT 1 FROM json_each(?3) WHERE instr(entry.body, value) > 0)"
        );
        for sql in [empty, delete] {
            rows += self.run(sql, &[&partition, &id, &person.profile_ids()])?;
        }
        let state = self.first("SELECT state FROM prospect WHERE id = ?1", &[&id], |row| {
            super::rows::prospect(row, 0)
        })?;
        if let Some(mut state) = state {
            state.part.split_off(&person.profiles.keys().copied().collect());
            let ready = ReadyProspect::new(&state, self.doing())?;
            self.put_prospect(&state, &ready)?;
        }
        Ok(rows)
    }

    /// Signals of others that name the person beside their own names go on without them.
    fn leave_out_of_others(&mut self, person: &Person) -> Result<(), StoreError> {
        let values: Vec<&str> = person.profiles.values().map(|i| i.value.as_str()).collect();
        let naming = self.all(
            "SELECT partition, seq, body FROM entry WHERE kind = 'signal' AND json_array_length(body, \
             '$.signal.identities') > 1 AND EXISTS (SELECT 1 FROM json_each(entry.body, '$.signal.identities') AS i, \
             json_each(?1) AS v WHERE i.value ->> '$.value' = v.value)",
            &[&ids(&values)],
            |row| {
                Ok((
                    row.get::<_, u8>(0)?,
                    row.get::<_, i64>(1)?,
                    row.get::<_, Json<Entry>>(2)?.0,
                ))
            },
        )?;
        for (partition, seq, mut entry) in naming {
            if let Entry::Signal(recorded) = &mut entry {
                recorded
                    .signal
                    .identities
                    .retain(|i| !person.profiles.contains_key(&ProfileId::of(i)));
                recorded.with.retain(|p| !person.profiles.contains_key(p));
            }
            let body = json(&entry, self.doing())?;
            self.run(
                "UPDATE entry SET body = ?3 WHERE partition = ?1 AND seq = ?2 AND step = 0",
                &[&partition, &seq, &body],
            )?;
        }
        Ok(())
    }

    /// Keeps names as keyed hashes, and with them whether they may be written to.
    fn remember(&mut self, person: &Person, at: Instant) -> Result<(), StoreError> {
        let key = self.key_of_names()?;
        self.remembers_anew();
        for identity in person.profiles.values() {
            let suppressed = self.run(
                "DELETE FROM suppression WHERE scheme = ?1 AND value = ?2",
                &[&identity.scheme, &identity.value],
            )? > 0;
            self.run(
                "INSERT INTO forgotten (name, at, suppressed) VALUES (?1, ?2, ?3) ON CONFLICT (name) DO UPDATE \
                 SET suppressed = max(suppressed, excluded.suppressed)",
                &[&key.name(identity), &ms(at), &suppressed],
            )?;
        }
        Ok(())
    }

    /// Lets somebody come back; whether they were forgotten. What must not be written to
    /// must not be written to by its plain name from now on.
    pub(super) fn readmit(&mut self, identity: &Identity, at: Instant) -> Result<bool, StoreError> {
        let name = self.key_of_names()?.name(identity);
        let suppressed = self.first("SELECT suppressed FROM forgotten WHERE name = ?1", &[&name], |row| {
            row.get::<_, bool>(0)
        })?;
        self.run("DELETE FROM forgotten WHERE name = ?1", &[&name])?;
        self.remembers_anew();
        if suppressed == Some(true) {
            self.suppress(&Suppression {
                identity: identity.clone(),
                why: "suppressed before they were forgotten and came back".into(),
                at,
            })?;
        }
        Ok(suppressed.is_some())
    }
}
