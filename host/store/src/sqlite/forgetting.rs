//! Requests to forget: stored, looked for, answered, shown.

use hearken_model::{Instant, ProspectId};

use super::{
    mentions::Mentions,
    person::{ids, profiles_of},
    readers::Reading,
    values::{At, Count, Json, int, limit, ms},
    writing::Writing,
};
use crate::{Forgetting, Receipt, SinkAsk, SinkOutcome, SinkSaid, StoreError, ToForget};

/// How many sinks are asked in one round.
const ASKED_AT_ONCE: usize = 100;

impl Writing<'_> {
    /// Stores a request; the present one where there is one that waits.
    pub(super) fn ask_forgetting(&mut self, prospect: ProspectId, at: Instant) -> Result<Option<u64>, StoreError> {
        let profiles = profiles_of(self, prospect)?;
        if profiles.is_empty() {
            return Ok(None);
        }
        let whom = ids(&profiles);
        let number = |row: &rusqlite::Row<'_>| row.get::<_, Count>(0).map(|n| n.0);
        if let Some(waiting) = self.first("SELECT number FROM forgetting WHERE whom = ?1", &[&whom], number)? {
            return Ok(Some(waiting));
        }
        self.first(
            "INSERT INTO forgetting (asked, whom) VALUES (?1, ?2) RETURNING number",
            &[&ms(at), &whom],
            number,
        )
    }

    /// Keeps what a sink said. Why it did not may name the person; that is left out.
    pub(super) fn sink_said(&mut self, said: &SinkSaid) -> Result<(), StoreError> {
        let people = self.first(
            "SELECT people FROM forgetting_sink WHERE number = ?1 AND sink = ?2 AND answered IS NULL",
            &[&int(said.number), &said.sink],
            |row| row.get::<_, Json<Vec<hearken_model::Identity>>>(0).map(|j| j.0),
        )?;
        let Some(people) = people else { return Ok(()) };
        let why = Mentions::of(&people).left_out_of(&said.why);
        let word = said.outcome.word();
        if let SinkOutcome::Waiting { due } = said.outcome {
            self.run(
                "UPDATE forgetting_sink SET due = ?3, tries = tries + 1, why = ?4 WHERE number = ?1 AND sink = ?2",
                &[&int(said.number), &said.sink, &ms(due), &why],
            )?;
            return Ok(());
        }
        self.run(
            "UPDATE forgetting_sink SET people = NULL, answered = ?3, tries = tries + 1, outcome = ?4, why = ?5 \
             WHERE number = ?1 AND sink = ?2",
            &[&int(said.number), &said.sink, &ms(said.at), &word, &why],
        )?;
        // The names that the sink was asked about were in the file until now.
        self.remembers_anew();
        self.run(
            "UPDATE forgetting SET scrubbed = NULL WHERE number = ?1",
            &[&int(said.number)],
        )?;
        Ok(())
    }

    /// Marks everything that is deleted as gone from the files.
    pub(super) fn scrubbed(&mut self, at: Instant) -> Result<(), StoreError> {
        self.run(
            "UPDATE forgetting SET scrubbed = ?1 WHERE scrubbed IS NULL AND erased IS NOT NULL",
            &[&ms(at)],
        )?;
        Ok(())
    }
}

impl Reading<'_> {
    pub(super) fn forgetting_to_do(&self, now: Instant) -> Result<ToForget, StoreError> {
        let waiting = self.all(
            "SELECT number, erased IS NULL FROM forgetting WHERE scrubbed IS NULL ORDER BY number",
            &[],
            |row| Ok((row.get::<_, Count>(0)?.0, row.get::<_, bool>(1)?)),
        )?;
        let ask = self.all(
            "SELECT s.number, s.sink, s.people, s.tries, f.asked FROM forgetting_sink AS s \
             JOIN forgetting AS f ON f.number = s.number WHERE s.answered IS NULL AND s.due <= ?1 \
             ORDER BY s.due LIMIT ?2",
            &[&ms(now), &limit(ASKED_AT_ONCE)],
            |row| {
                Ok(SinkAsk {
                    number: row.get::<_, Count>(0)?.0,
                    sink: row.get(1)?,
                    person: row.get::<_, Json<_>>(2)?.0,
                    tries: row.get(3)?,
                    asked: row.get::<_, At>(4)?.0,
                })
            },
        )?;
        Ok(ToForget {
            erase: waiting.iter().filter(|(_, open)| *open).map(|(n, _)| *n).collect(),
            scrub: waiting.iter().any(|(_, open)| !open),
            ask,
        })
    }

    pub(super) fn forgettings(&self, most: usize) -> Result<Vec<Forgetting>, StoreError> {
        let requests = self.all(
            "SELECT number, asked, erased, \"rows\", scrubbed FROM forgetting ORDER BY number DESC LIMIT ?1",
            &[&limit(most)],
            request,
        )?;
        requests
            .into_iter()
            .map(|request| self.with_receipts(request))
            .collect()
    }

    pub(super) fn forgetting(&self, number: u64) -> Result<Option<Forgetting>, StoreError> {
        let found = self.first(
            "SELECT number, asked, erased, \"rows\", scrubbed FROM forgetting WHERE number = ?1",
            &[&int(number)],
            request,
        )?;
        found.map(|request| self.with_receipts(request)).transpose()
    }

    fn with_receipts(&self, request: Forgetting) -> Result<Forgetting, StoreError> {
        let sinks = self.all(
            "SELECT sink, outcome, answered, tries, why FROM forgetting_sink WHERE number = ?1 ORDER BY sink",
            &[&int(request.number)],
            |row| {
                Ok(Receipt {
                    sink: row.get(0)?,
                    outcome: row.get(1)?,
                    answered: row.get::<_, Option<At>>(2)?.map(|at| at.0),
                    tries: row.get(3)?,
                    why: row.get(4)?,
                })
            },
        )?;
        Ok(Forgetting { sinks, ..request })
    }
}

/// A request without what sinks said.
fn request(row: &rusqlite::Row<'_>) -> rusqlite::Result<Forgetting> {
    let at = |column| Ok::<_, rusqlite::Error>(row.get::<_, Option<At>>(column)?.map(|at| at.0));
    Ok(Forgetting {
        number: row.get::<_, Count>(0)?.0,
        asked: row.get::<_, At>(1)?.0,
        erased: at(2)?,
        rows: row.get::<_, Count>(3)?.0,
        scrubbed: at(4)?,
        sinks: Vec::new(),
    })
}
