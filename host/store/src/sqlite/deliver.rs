//! Attempts: started, held back, finished.

use hearken_model::{Action, ActionId, ActionState, CapRule, Entry, Instant, ProspectId, Seq, gate};

use super::{
    accept::Ready,
    values::{Count, Text, int, ms, word},
    writing::Writing,
};
use crate::{ActionChange, Finish, Hold, Start, Started, StoreError, Witness};

/// A finish with its signals made ready outside of the writer's thread.
pub(super) struct ReadyFinish {
    finish: Finish,
    signals: Vec<Ready>,
}

impl ReadyFinish {
    pub(super) fn new(mut finish: Finish) -> Result<Self, StoreError> {
        let signals = std::mem::take(&mut finish.signals)
            .into_iter()
            .map(Ready::new)
            .collect::<Result<_, _>>()?;
        Ok(Self { finish, signals })
    }

    /// Roughly how many rows it writes.
    pub(super) fn weight(&self) -> usize {
        3 + 2 * self.signals.len()
    }
}

/// What is in the way of an action after an attempt.
const fn gate_of(state: ActionState) -> &'static str {
    match state {
        ActionState::Held | ActionState::Unknown => gate::UNKNOWN,
        ActionState::Rejected | ActionState::Queued => gate::SINK,
        _ => "",
    }
}

impl Writing<'_> {
    /// Compares everything first and writes afterwards, so that a start that is refused
    /// leaves nothing behind.
    pub(super) fn start(&mut self, start: &Start) -> Result<Started, StoreError> {
        let Some(prospect) = self.startable(start)? else {
            return Ok(Started::Changed);
        };
        if self.witness_of(prospect)? != Some(start.witness) || self.has_pending(prospect)? {
            return Ok(Started::Changed);
        }
        if let Some(passage) = &start.passage
            && let Some(full) = self.full(passage, start)?
        {
            return Ok(full);
        }
        if let Some(caps) = &start.account
            && let Some(again) = self.account_full(caps, start)?
        {
            return Ok(Started::AccountFull { again });
        }
        let claimed = match &start.claim {
            Some(claim) => self.claim(claim, start)?,
            None => Started::Yes,
        };
        if !claimed.is_started() {
            return Ok(claimed);
        }
        if let Some(cap) = start.new_people
            && let Some(again) = self.new_person(cap, prospect, start)?
        {
            return Ok(Started::TooManyNew { again });
        }
        for seed in &start.seeds {
            self.put_seed(seed)?;
        }
        if let Some(passage) = &start.passage {
            self.pass(passage, start)?;
        }
        self.run(
            "UPDATE action SET state = 'started', why = '', gate = '', attempts = ?2, first_tried = coalesce(first_tried, ?3) \
             WHERE id = ?1",
            &[&Text(start.action), &start.number, &ms(start.at)],
        )?;
        self.run(
            "INSERT INTO attempt (action, number, started) VALUES (?1, ?2, ?3)",
            &[&Text(start.action), &start.number, &ms(start.at)],
        )?;
        Ok(claimed)
    }

    /// The prospect of an action that this attempt may be started of.
    fn startable(&mut self, start: &Start) -> Result<Option<ProspectId>, StoreError> {
        self.first(
            "SELECT prospect FROM action WHERE id = ?1 AND state = 'queued' AND attempts = ?2 - 1 AND due <= ?3",
            &[&Text(start.action), &start.number, &ms(start.at)],
            |row| row.get::<_, Text<ProspectId>>(0).map(|t| t.0),
        )
    }

    fn witness_of(&mut self, prospect: ProspectId) -> Result<Option<Witness>, StoreError> {
        self.first(
            "SELECT coalesce(p.applied_seq, 0), coalesce(p.applied_step, 0), r.version \
             FROM rules AS r LEFT JOIN prospect AS p ON p.id = ?1",
            &[&Text(prospect)],
            |row| {
                let applied = Seq {
                    seq: row.get::<_, Count>(0)?.0,
                    step: row.get(1)?,
                };
                Ok(Witness {
                    applied,
                    rules: row.get::<_, Count>(2)?.0,
                })
            },
        )
    }

    /// Whether entries of the prospect wait to be applied. The log behind the last applied
    /// entry is short while the engine keeps up, so it has no index of its own.
    pub(super) fn has_pending(&mut self, prospect: ProspectId) -> Result<bool, StoreError> {
        let found = self.first(
            "SELECT 1 FROM entry WHERE partition = ?1 \
             AND seq > (SELECT applied FROM partition WHERE partition = ?1) AND prospect = ?2 LIMIT 1",
            &[&prospect.partition().0, &Text(prospect)],
            |_| Ok(()),
        )?;
        Ok(found.is_some())
    }

    /// Counts somebody as a person who is told something for the first time; where there is
    /// no room for one more, when there will be. Nobody is counted twice within the time.
    fn new_person(&mut self, cap: CapRule, prospect: ProspectId, start: &Start) -> Result<Option<Instant>, StoreError> {
        let since = int(start.at.0.saturating_sub(cap.per_ms));
        let counted = self.first(
            "SELECT count(DISTINCT prospect), coalesce(sum(prospect = ?2), 0) FROM new_person WHERE at > ?1",
            &[&since, &Text(prospect)],
            |row| Ok((row.get::<_, Count>(0)?.0, row.get::<_, Count>(1)?.0)),
        )?;
        let (count, own) = counted.unwrap_or_default();
        if own > 0 {
            return Ok(None);
        }
        if count < u64::from(cap.count) {
            self.run(
                "INSERT INTO new_person (action, prospect, at) VALUES (?1, ?2, ?3) \
                 ON CONFLICT (action) DO UPDATE SET prospect = excluded.prospect, at = excluded.at",
                &[&Text(start.action), &Text(prospect), &ms(start.at)],
            )?;
            return Ok(None);
        }
        // As many must have left as make room for one: with a cap that was lowered, several.
        let leaves = self.first(
            "SELECT max(at) AS last FROM new_person WHERE at > ?1 GROUP BY prospect ORDER BY last LIMIT 1 OFFSET ?2",
            &[&since, &int(count - u64::from(cap.count))],
            |row| row.get::<_, Count>(0).map(|n| n.0),
        )?;
        let leaves = leaves.unwrap_or(start.at.0);
        Ok(Some(Instant(leaves.saturating_add(cap.per_ms))))
    }

    /// Queues a colleague's copy, unless there is one already.
    fn put_seed(&mut self, seed: &Action) -> Result<(), StoreError> {
        let known = self.first("SELECT 1 FROM action WHERE id = ?1", &[&Text(seed.id)], |_| Ok(()))?;
        if known.is_none() {
            self.put_action(seed)?;
        }
        Ok(())
    }

    /// Whether the action could be moved.
    pub(super) fn hold(&mut self, hold: Hold) -> Result<bool, StoreError> {
        let Hold {
            action,
            state,
            why,
            gate,
            at,
            due,
        } = hold;
        if !matches!(
            state,
            ActionState::Held | ActionState::Expired | ActionState::Rejected | ActionState::Queued
        ) {
            return Err(self.invalid(format!("action {action} cannot be {state} without an attempt")));
        }
        let Some((prospect, before)) = self.standing(action)? else {
            return Ok(false);
        };
        let change = ActionChange {
            action,
            state,
            why,
            gate,
            due,
        };
        if !self.change_action(&change)? {
            return Ok(false);
        }
        // Why something waits on is no news for the log, however often it is looked at.
        if before != state {
            self.tell(prospect, at, action, state, change.why)?;
        }
        Ok(true)
    }

    fn standing(&mut self, action: ActionId) -> Result<Option<(ProspectId, ActionState)>, StoreError> {
        self.first(
            "SELECT prospect, state FROM action WHERE id = ?1",
            &[&Text(action)],
            |row| {
                Ok((
                    row.get::<_, Text<ProspectId>>(0)?.0,
                    word(row, 1, ActionState::from_word)?,
                ))
            },
        )
    }

    pub(super) fn finish(&mut self, ready: ReadyFinish) -> Result<(), StoreError> {
        let ReadyFinish { finish, signals } = ready;
        if !self.close_attempt(&finish)? {
            tracing::warn!(action = %finish.action, number = finish.number, "store: an attempt was finished twice");
            return Ok(());
        }
        let Some((prospect, before)) = self.standing(finish.action)? else {
            return Ok(());
        };
        let Finish {
            at,
            delivery,
            due,
            dead_letter,
            suppress,
            seen_until,
            ..
        } = finish;
        self.run(
            "UPDATE action SET state = ?2, why = ?3, reference = CASE ?4 WHEN '' THEN reference ELSE ?4 END, \
             due = coalesce(?5, due), gate = ?6 WHERE id = ?1",
            &[
                &Text(delivery.action),
                &delivery.state.word(),
                &delivery.why,
                &delivery.reference,
                &due.map(ms),
                &gate_of(delivery.state),
            ],
        )?;
        if delivery.state == ActionState::Rejected {
            // Nobody was spoken to, so somebody else may be.
            self.run("DELETE FROM new_person WHERE action = ?1", &[&Text(delivery.action)])?;
        }
        // Looking an action up again and again without an answer is no news for the log.
        if before != delivery.state || delivery.memory.is_some() {
            self.append(prospect, at, Entry::Delivery(delivery), None)?;
        }
        if let Some(letter) = &dead_letter {
            self.dead_letter(letter)?;
        }
        if let Some(suppression) = &suppress {
            self.suppress(suppression)?;
        }
        self.accept_signals(signals, seen_until)?;
        Ok(())
    }

    /// Whether the attempt was open, or its outcome unknown.
    fn close_attempt(&mut self, finish: &Finish) -> Result<bool, StoreError> {
        if finish.action != finish.delivery.action {
            return Err(self.invalid(format!(
                "the attempt of action {} cannot tell how action {} went on",
                finish.action, finish.delivery.action
            )));
        }
        let changed = self.run(
            "UPDATE attempt SET ended = ?3, outcome = ?4, detail = ?5 \
             WHERE action = ?1 AND number = ?2 AND (outcome IS NULL OR outcome = 'unknown')",
            &[
                &Text(finish.action),
                &finish.number,
                &ms(finish.at),
                &finish.outcome.word(),
                &finish.detail,
            ],
        )?;
        Ok(changed == 1)
    }
}
