//! From rows to the model's values.

use hearken_model::{Act, Action, ActionState, Answer, Approval, Attempt, Instant, Partition, Prospect, Seq};
use rusqlite::{Result, Row};

use super::values::{At, Count, Json, Text, unknown_word, word};
use crate::{DeadLetter, DeadLetterId, Logged, NewDeadLetter, Stage};

/// The columns that [`action`] reads, of `action AS a`.
pub(super) const ACTION: &str = "a.id, a.decision, a.prospect, a.sink, a.channel, a.act, a.target, a.purpose, \
     a.recipients, a.decided, a.due, a.expires, a.state, a.why, a.attempts, a.first_tried, a.reference, a.content, \
     a.gate, a.text, a.seed, a.answer, a.answered_by, a.answered_at, a.answered_why";

/// How many columns [`ACTION`] has.
pub(super) const ACTION_COLUMNS: usize = 25;

pub(super) fn action(row: &Row<'_>) -> Result<Action> {
    Ok(Action {
        id: row.get::<_, Text<_>>(0)?.0,
        decision: row.get::<_, Text<_>>(1)?.0,
        prospect: row.get::<_, Text<_>>(2)?.0,
        sink: row.get(3)?,
        channel: row.get(4)?,
        act: word(row, 5, Act::from_word)?,
        target: row.get(6)?,
        purpose: row.get(7)?,
        to: row.get::<_, Json<_>>(8)?.0,
        decided: row.get::<_, At>(9)?.0,
        due: row.get::<_, At>(10)?.0,
        expires: row.get::<_, At>(11)?.0,
        state: word(row, 12, ActionState::from_word)?,
        why: row.get(13)?,
        attempts: row.get(14)?,
        first_tried: row.get::<_, Option<At>>(15)?.map(|at| at.0),
        reference: row.get(16)?,
        content: row.get::<_, Json<_>>(17)?.0,
        gate: row.get(18)?,
        text: row.get(19)?,
        seed: row.get(20)?,
        approval: approval(row)?,
    })
}

fn approval(row: &Row<'_>) -> Result<Option<Approval>> {
    let Some(answer) = row.get_ref(21)?.as_str_or_null()? else {
        return Ok(None);
    };
    let answer = Answer::from_word(answer).ok_or_else(|| unknown_word(21, answer))?;
    Ok(Some(Approval {
        answer,
        by: row.get::<_, Option<_>>(22)?.unwrap_or_default(),
        at: row.get::<_, Option<At>>(23)?.map_or_else(Instant::default, |at| at.0),
        why: row.get::<_, Option<_>>(24)?.unwrap_or_default(),
    }))
}

/// An attempt in columns that begin at `first`: action, number, started.
pub(super) fn attempt(row: &Row<'_>, first: usize) -> Result<Attempt> {
    Ok(Attempt {
        action: row.get::<_, Text<_>>(first)?.0,
        number: row.get(first + 1)?,
        started: row.get::<_, At>(first + 2)?.0,
    })
}

/// Columns partition, seq, step, received, prospect, body.
pub(super) fn logged(row: &Row<'_>) -> Result<Logged> {
    Ok(Logged {
        partition: Partition(row.get(0)?),
        place: Seq {
            seq: row.get::<_, Count>(1)?.0,
            step: row.get(2)?,
        },
        at: row.get::<_, At>(3)?.0,
        prospect: row.get::<_, Text<_>>(4)?.0,
        entry: row.get::<_, Json<_>>(5)?.0,
    })
}

/// A prospect's state in a column.
pub(super) fn prospect(row: &Row<'_>, column: usize) -> Result<Prospect> {
    row.get::<_, Json<Prospect>>(column).map(|json| json.0)
}

/// All columns of a dead letter in the order of the table.
pub(super) fn dead_letter(row: &Row<'_>) -> Result<DeadLetter> {
    Ok(DeadLetter {
        id: DeadLetterId(row.get::<_, Count>(0)?.0),
        replay_asked: row.get::<_, Option<At>>(9)?.map(|at| at.0),
        letter: NewDeadLetter {
            at: row.get::<_, At>(1)?.0,
            stage: word(row, 2, Stage::from_word)?,
            connector: row.get(3)?,
            prospect: row.get::<_, Option<Text<_>>>(4)?.map(|id| id.0),
            action: row.get::<_, Option<Text<_>>>(5)?.map(|id| id.0),
            why: row.get(6)?,
            place: row.get(7)?,
            payload: row.get(8)?,
        },
    })
}
