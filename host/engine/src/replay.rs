//! Dead letters worked off again, when an operator asks for it. A letter goes only with what
//! works it off; a new failure leaves a new one in its place.

use hearken_model::{ActionState, Entry, Instant};
use hearken_sandbox::wire;
use hearken_store::{DeadLetter, Hold, Intake, Outgoing, Stage, StoreError};
use serde::Deserialize;

use crate::{dead::Refused, parts::Shared, vet::Origin};

/// What a letter of stage decide keeps of its situation.
#[derive(Deserialize)]
struct Moved {
    trigger: String,
}

impl Shared {
    /// Works a letter off.
    pub(crate) async fn replay(&self, letter: DeadLetter, now: Instant) -> Result<(), StoreError> {
        let kept = &letter.letter;
        match kept.stage {
            Stage::Signal => self.replay_signal(&letter, now).await,
            Stage::Deliver => self.replay_delivery(&letter, now).await,
            Stage::Assess => self.ask_again(&letter, now, None).await,
            Stage::Decide => {
                // A record that was cut does not say any more what moved.
                let moved = serde_json::from_str::<Moved>(&kept.payload);
                let trigger = moved.map_or_else(|_| "operator:replay".into(), |m| m.trigger);
                self.ask_again(&letter, now, Some(trigger)).await
            }
            Stage::Intake => {
                tracing::warn!(
                    dead_letter = %letter.id,
                    "what never became a signal cannot be worked off again: have it sent once more"
                );
                Ok(())
            }
        }
    }

    /// Has the plugin that failed on somebody asked about them again.
    async fn ask_again(&self, letter: &DeadLetter, now: Instant, trigger: Option<String>) -> Result<(), StoreError> {
        let Some(prospect) = letter.letter.prospect else {
            tracing::warn!(dead_letter = %letter.id, "it names nobody who could be looked at again");
            return Ok(());
        };
        let entry = Entry::Again { trigger };
        let at = now;
        self.store.work_off(letter.id, Outgoing { prospect, at, entry }).await?;
        Ok(())
    }

    async fn replay_delivery(&self, letter: &DeadLetter, now: Instant) -> Result<(), StoreError> {
        let id = letter.id;
        let Some(action) = letter.letter.action else {
            return Ok(());
        };
        let why = format!("tried again from dead letter {id}");
        let hold = Hold {
            action,
            state: ActionState::Queued,
            why,
            gate: String::new(),
            at: now,
            due: Some(now),
        };
        if !self.store.hold(vec![hold]).await?.first().copied().unwrap_or(false) {
            tracing::warn!(dead_letter = %id, %action, "the action is at its end and is not tried again");
            return Ok(());
        }
        self.store.drop_dead_letter(id).await?;
        Ok(())
    }

    async fn replay_signal(&self, letter: &DeadLetter, now: Instant) -> Result<(), StoreError> {
        let id = letter.id;
        let refused = serde_json::from_str::<Refused>(&letter.letter.payload)
            .and_then(|r| Ok((serde_json::from_str::<wire::Signal>(r.signal.get())?, r.public)));
        let Ok((signal, public)) = refused else {
            tracing::warn!(dead_letter = %id, "what is kept of it is not a whole signal");
            return Ok(());
        };
        // Judged by when it came, and told as of now: the log's times do not go back behind
        // what was applied in between.
        let origin = Origin {
            connector: &letter.letter.connector,
            received: letter.letter.at,
            public,
        };
        match self.vet(signal, origin) {
            Ok(mut arriving) => {
                arriving.live = false;
                arriving.received = now;
                let seen_until = now.after(self.wiring.store.dedup_window);
                let intake = Intake {
                    signals: vec![arriving],
                    seen_until,
                    ..Intake::default()
                };
                self.store_intake(&letter.letter.connector, intake).await?;
                self.store.drop_dead_letter(id).await?;
            }
            Err(again) => tracing::warn!(dead_letter = %id, why = again.why, "it is refused again"),
        }
        Ok(())
    }
}
