//! Intake: from arriving signals to entries of the log.

use hearken_model::{Entry, Identity, Instant, ProfileId, Recorded};
use serde_json::Value;

use super::{
    values::{Text, json, ms},
    writing::Writing,
};
use crate::{Accepted, Arriving, Intake, NewDeadLetter, StoreError};

const DOING: &str = "accepting signals";

/// A signal made ready outside of the writer's thread: what costs time is done there.
pub(super) struct Ready {
    recorded: Box<Recorded>,
    primary: Identity,
    /// The identities that the signal joins to its primary one.
    others: Vec<Identity>,
    /// The entry's JSON, where it does not depend on who is who.
    body: Option<String>,
}

/// An intake made ready.
pub(super) struct ReadyIntake {
    signals: Vec<Ready>,
    dead_letters: Vec<NewDeadLetter>,
    cursor: Option<(String, String)>,
    seen_until: Instant,
}

impl ReadyIntake {
    pub(super) fn new(intake: Intake) -> Result<Self, StoreError> {
        let signals = intake.signals.into_iter().map(Ready::new).collect::<Result<_, _>>()?;
        let Intake {
            dead_letters,
            cursor,
            seen_until,
            ..
        } = intake;
        Ok(Self {
            signals,
            dead_letters,
            cursor,
            seen_until,
        })
    }

    /// Roughly how many rows it writes.
    pub(super) fn weight(&self) -> usize {
        2 * self.signals.len() + self.dead_letters.len() + 1
    }
}

impl Ready {
    pub(super) fn new(arriving: Arriving) -> Result<Self, StoreError> {
        let Arriving {
            signal,
            connector,
            received,
            live,
            verified,
        } = arriving;
        let refused = |why: &str| StoreError::Invalid {
            doing: DOING,
            why: format!("signal '{}' {why}", signal.id),
        };
        let primary = signal.primary().cloned().ok_or_else(|| refused("has no identity"))?;
        if depth_exceeds(&signal.properties, Arriving::MAX_DEPTH) {
            return Err(refused("has properties that are nested too deeply to be read again"));
        }
        let others: Vec<Identity> = if signal.joins() {
            signal.identities.iter().filter(|i| **i != primary).cloned().collect()
        } else {
            Vec::new()
        };
        let profile = ProfileId::of(&primary);
        let recorded = Recorded {
            signal,
            connector,
            received,
            live,
            verified,
            profile,
            with: Vec::new(),
        };
        let entry = Entry::Signal(Box::new(recorded));
        let body = if others.is_empty() {
            Some(json(&entry, DOING)?)
        } else {
            None
        };
        match entry {
            Entry::Signal(recorded) => Ok(Self {
                recorded,
                primary,
                others,
                body,
            }),
            _ => Err(StoreError::Invalid {
                doing: DOING,
                why: "an entry is not the signal that it was made of".into(),
            }),
        }
    }
}

impl Ready {
    /// Whom the signal names.
    pub(super) fn identities(&self) -> &[Identity] {
        &self.recorded.signal.identities
    }

    /// Whose it is.
    pub(super) const fn primary(&self) -> &Identity {
        &self.primary
    }

    /// Whether it says that its names are one person's.
    pub(super) fn joins(&self) -> bool {
        self.recorded.signal.joins()
    }

    /// The same signal without some of its names.
    pub(super) fn without(self, names: &[Identity]) -> Result<Self, StoreError> {
        let Recorded {
            mut signal,
            connector,
            received,
            live,
            verified,
            ..
        } = *self.recorded;
        signal.identities.retain(|i| !names.contains(i));
        Self::new(Arriving {
            signal,
            connector,
            received,
            live,
            verified,
        })
    }
}

/// Whether a value is nested deeper than `left` levels.
fn depth_exceeds(value: &Value, left: usize) -> bool {
    let deeper = |v: &Value| left == 0 || depth_exceeds(v, left - 1);
    match value {
        Value::Array(items) => items.iter().any(deeper),
        Value::Object(fields) => fields.values().any(deeper),
        _ => false,
    }
}

impl Writing<'_> {
    pub(super) fn accept(&mut self, intake: ReadyIntake) -> Result<Vec<Accepted>, StoreError> {
        let accepted = self.accept_signals(intake.signals, intake.seen_until)?;
        for letter in &intake.dead_letters {
            self.dead_letter(letter)?;
        }
        if let Some((connector, cursor)) = &intake.cursor {
            self.run(
                "INSERT INTO cursor (connector, cursor) VALUES (?1, ?2) \
                 ON CONFLICT (connector) DO UPDATE SET cursor = excluded.cursor",
                &[connector, cursor],
            )?;
        }
        Ok(accepted)
    }

    pub(super) fn accept_signals(&mut self, signals: Vec<Ready>, until: Instant) -> Result<Vec<Accepted>, StoreError> {
        signals.into_iter().map(|ready| self.accept_one(ready, until)).collect()
    }

    fn accept_one(&mut self, ready: Ready, until: Instant) -> Result<Accepted, StoreError> {
        let Some(ready) = self.returning(ready)? else {
            return Ok(Accepted::Forgotten);
        };
        let Ready {
            mut recorded,
            primary,
            others,
            body,
        } = ready;
        if !self.is_new(&recorded, until)? {
            return Ok(Accepted::Repeated);
        }
        let owner = self.identify(&recorded, &primary, &others)?;
        recorded.with = owner.with;
        self.note_fate(&recorded)?;
        let at = recorded.received;
        let place = self.append(owner.prospect, at, Entry::Signal(recorded), body)?;
        Ok(Accepted::Stored {
            prospect: owner.prospect,
            place,
        })
    }

    /// Remembers a signal's id; whether it was not remembered already. An id that should
    /// have been forgotten when the signal arrived is as good as forgotten.
    fn is_new(&mut self, recorded: &Recorded, until: Instant) -> Result<bool, StoreError> {
        let changed = self.run(
            "INSERT INTO seen (signal, until) VALUES (?1, ?2) \
             ON CONFLICT (signal) DO UPDATE SET until = excluded.until WHERE seen.until <= ?3",
            &[&recorded.signal.id.as_str(), &ms(until), &ms(recorded.received)],
        )?;
        Ok(changed == 1)
    }

    pub(super) fn dead_letter(&mut self, letter: &NewDeadLetter) -> Result<(), StoreError> {
        self.run(
            "INSERT INTO dead_letter (at, stage, connector, prospect, action, why, place, payload) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            &[
                &ms(letter.at),
                &letter.stage.word(),
                &letter.connector,
                &letter.prospect.map(Text),
                &letter.action.map(Text),
                &letter.why,
                &letter.place,
                &letter.payload,
            ],
        )?;
        Ok(())
    }
}
