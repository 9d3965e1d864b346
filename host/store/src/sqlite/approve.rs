//! What waits for a person: answers, approved texts, and what nobody answered in time.

use hearken_model::{Action, ActionId, ActionState, Answer, Approval, Delivery, Entry, Instant, ProspectId, gate};

use super::{
    readers::Reading,
    rows::{self, ACTION},
    values::{At, Text, limit, ms, word},
    writing::Writing,
};
use crate::{ActionChange, HeldQuery, StoreError, TextApproval};

/// An action that is about to be moved.
struct Moved {
    prospect: ProspectId,
    action: ActionId,
    why: String,
    gate: String,
}

impl Reading<'_> {
    pub(super) fn held(&self, query: &HeldQuery) -> Result<Vec<Action>, StoreError> {
        let sql = format!(
            "SELECT {ACTION} FROM action AS a WHERE a.state = 'held' AND a.gate = ?1 \
             AND (a.answer IS NULL OR (a.answer = 'yes' AND a.gate <> 'approval')) \
             AND (?2 IS NULL OR (a.target = ?2 AND a.act <> 'hand-over')) \
             AND (?3 IS NULL OR (a.target = ?3 AND a.act = 'hand-over')) \
             AND a.decided <= ?4 AND (a.decided, a.id) > (?5, ?6) ORDER BY a.decided, a.id LIMIT ?7"
        );
        let until = query.until.unwrap_or(Instant(u64::MAX));
        let (at, id) = match query.after {
            Some((at, id)) => (at, id.to_string()),
            None => (Instant::default(), String::new()),
        };
        let story = query.story.as_ref().map(|s| s.as_str());
        self.all(
            &sql,
            &[
                &query.gate,
                &story,
                &query.team,
                &ms(until),
                &ms(at),
                &id,
                &limit(query.limit),
            ],
            rows::action,
        )
    }

    pub(super) fn approved_texts(&self) -> Result<Vec<TextApproval>, StoreError> {
        self.all(
            "SELECT story, digest, by, at FROM approved_text ORDER BY story, at DESC, digest",
            &[],
            |row| {
                Ok(TextApproval {
                    story: row.get::<_, String>(0)?.as_str().into(),
                    digest: row.get(1)?,
                    by: row.get(2)?,
                    at: row.get::<_, At>(3)?.0,
                })
            },
        )
    }
}

impl Writing<'_> {
    pub(super) fn answer(&mut self, actions: &[ActionId], approval: &Approval) -> Result<Vec<bool>, StoreError> {
        let Approval { answer, by, at, why } = approval;
        let mut taken = Vec::with_capacity(actions.len());
        for action in actions {
            let changed = self.run(
                "UPDATE action SET answer = ?2, answered_by = ?3, answered_at = ?4, answered_why = ?5 \
                 WHERE id = ?1 AND expires >= ?4 AND (answer IS NULL OR answer <> 'no') \
                 AND ((?2 = 'yes' AND state = 'held' AND gate = 'approval' AND answer IS NULL) \
                 OR (?2 = 'no' AND state IN ('held', 'queued') AND gate <> 'shadow' AND attempts = 0))",
                &[&Text(*action), &answer.word(), by, &ms(*at), why],
            )?;
            taken.push(changed == 1);
        }
        if taken.contains(&true) {
            // What is about to start was checked without the answer.
            self.raise_rules()?;
        }
        Ok(taken)
    }

    pub(super) fn take_answers(&mut self, now: Instant, most: usize) -> Result<usize, StoreError> {
        let answered = self.all(
            "SELECT prospect, id, answer, answered_by, answered_why FROM action \
             WHERE state IN ('held', 'queued') AND answer IS NOT NULL \
             AND (answer = 'no' OR (gate = 'approval' AND state = 'held')) ORDER BY answered_at, id LIMIT ?1",
            &[&limit(most)],
            |row| {
                let (answer, by) = (word(row, 2, Answer::from_word)?, row.get::<_, String>(3)?);
                let said: String = row.get(4)?;
                let because = if said.is_empty() {
                    String::new()
                } else {
                    format!(": {said}")
                };
                let (why, gate) = match answer {
                    Answer::Yes => (format!("approved by {by}{because}"), String::new()),
                    Answer::No => (format!("refused by {by}{because}"), gate::REFUSED.to_owned()),
                };
                let moved = Moved {
                    prospect: row.get::<_, Text<_>>(0)?.0,
                    action: row.get::<_, Text<_>>(1)?.0,
                    why,
                    gate,
                };
                Ok((moved, answer))
            },
        )?;
        let count = answered.len();
        for (moved, answer) in answered {
            let (state, due) = match answer {
                Answer::Yes => (ActionState::Queued, Some(now)),
                Answer::No => (ActionState::Rejected, None),
            };
            self.move_on(moved, state, due, now)?;
        }
        Ok(count)
    }

    pub(super) fn expire(&mut self, now: Instant, most: usize) -> Result<usize, StoreError> {
        let late = self.all(
            "SELECT prospect, id, why, gate, expires FROM action \
             WHERE state IN ('held', 'queued') AND expires < ?1 AND gate <> 'unknown' ORDER BY expires, id LIMIT ?2",
            &[&ms(now), &limit(most)],
            |row| {
                let (until, gate): (String, String) = (row.get(2)?, row.get(3)?);
                let expired = format!("expired at {}", row.get::<_, At>(4)?.0);
                Ok(Moved {
                    prospect: row.get::<_, Text<_>>(0)?.0,
                    action: row.get::<_, Text<_>>(1)?.0,
                    why: if until.is_empty() {
                        expired
                    } else {
                        format!("{expired}; until then: {until}")
                    },
                    gate: if gate.is_empty() { gate::EXPIRED.into() } else { gate },
                })
            },
        )?;
        let count = late.len();
        for moved in late {
            self.move_on(moved, ActionState::Expired, None, now)?;
        }
        Ok(count)
    }

    pub(super) fn approve_text(&mut self, approval: &TextApproval) -> Result<bool, StoreError> {
        let TextApproval { story, digest, by, at } = approval;
        let changed = self.run(
            "INSERT INTO approved_text (story, digest, by, at) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
            &[&story.as_str(), digest, by, &ms(*at)],
        )?;
        Ok(changed == 1)
    }

    pub(super) fn release_texts(&mut self, now: Instant, most: usize) -> Result<usize, StoreError> {
        let free = self.all(
            "SELECT a.prospect, a.id, t.by FROM action AS a JOIN approved_text AS t \
             ON t.story = a.target AND t.digest = a.text \
             WHERE a.state = 'held' AND a.gate = 'draft' ORDER BY a.decided, a.id LIMIT ?1",
            &[&limit(most)],
            |row| {
                Ok(Moved {
                    prospect: row.get::<_, Text<_>>(0)?.0,
                    action: row.get::<_, Text<_>>(1)?.0,
                    why: format!("its text was approved by {}", row.get::<_, String>(2)?),
                    gate: String::new(),
                })
            },
        )?;
        let count = free.len();
        for moved in free {
            self.move_on(moved, ActionState::Queued, Some(now), now)?;
        }
        Ok(count)
    }

    /// Moves an action and tells its prospect's log.
    fn move_on(
        &mut self,
        moved: Moved,
        state: ActionState,
        due: Option<Instant>,
        at: Instant,
    ) -> Result<(), StoreError> {
        let Moved {
            prospect,
            action,
            why,
            gate,
        } = moved;
        let change = ActionChange {
            action,
            state,
            why,
            gate,
            due,
        };
        if self.change_action(&change)? {
            self.tell(prospect, at, action, state, change.why)?;
        }
        Ok(())
    }

    /// Tells a prospect's log how an action goes on without an attempt.
    pub(super) fn tell(
        &mut self,
        prospect: ProspectId,
        at: Instant,
        action: ActionId,
        state: ActionState,
        why: String,
    ) -> Result<(), StoreError> {
        let delivery = Delivery {
            action,
            state,
            why,
            reference: String::new(),
            memory: None,
        };
        self.append(prospect, at, Entry::Delivery(delivery), None)?;
        Ok(())
    }
}
