//! What connectors report, on its way into the log.

use hearken_model::Instant;
use hearken_sandbox::wire;
use hearken_store::{Accepted, Intake, NewDeadLetter, Stage, Store, StoreError};

use crate::{
    dead,
    parts::Shared,
    vet::{Origin, Vetting},
};

/// The most rejects of one request or page that are kept one by one; the rest is counted.
const MAX_REJECTS: usize = 100;

/// What became of a delivery.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Taken {
    /// Stored now.
    pub(crate) stored: u64,
    /// Known already.
    pub(crate) repeated: u64,
    /// In the dead letters.
    pub(crate) refused: u64,
    /// About people who were forgotten, and not stored.
    pub(crate) forgotten: u64,
}

impl Vetting<'_> {
    /// Vets what a plugin reported: the intake to be stored.
    pub(crate) fn vetted(&self, signals: Vec<wire::Signal>, rejects: &[wire::Reject], origin: Origin<'_>) -> Intake {
        let mut intake = Intake {
            seen_until: origin.received.after(self.wiring.store.dedup_window),
            ..Intake::default()
        };
        for signal in signals {
            match self.vet(signal, origin) {
                Ok(arriving) => intake.signals.push(arriving),
                Err(letter) => intake.dead_letters.push(*letter),
            }
        }
        intake
            .dead_letters
            .extend(rejects.iter().take(MAX_REJECTS).map(|r| NewDeadLetter {
                at: origin.received,
                stage: Stage::Intake,
                connector: origin.connector.into(),
                prospect: None,
                action: None,
                why: r.why.clone(),
                place: r.at.clone(),
                payload: dead::record(&r.text),
            }));
        if rejects.len() > MAX_REJECTS {
            let why = format!(
                "{} more records of the same delivery were rejected",
                rejects.len() - MAX_REJECTS
            );
            intake
                .dead_letters
                .push(letter(origin.connector, origin.received, why, String::new()));
        }
        intake
    }
}

impl Shared {
    /// Vets what a plugin reported: the intake to be stored.
    pub(crate) fn vetted(&self, signals: Vec<wire::Signal>, rejects: &[wire::Reject], origin: Origin<'_>) -> Intake {
        self.vetting().vetted(signals, rejects, origin)
    }

    /// Stores an intake, says what of it was refused, and counts what became of it.
    pub(crate) async fn store_intake(&self, connector: &str, intake: Intake) -> Result<Taken, StoreError> {
        for letter in &intake.dead_letters {
            tracing::warn!(connector, stage = %letter.stage, place = letter.place, why = letter.why, "refused, kept as a dead letter");
        }
        store(&*self.store, connector, intake).await
    }
}

/// Stores an intake and counts what became of it.
pub(crate) async fn store(store: &dyn Store, connector: &str, intake: Intake) -> Result<Taken, StoreError> {
    let refused = intake.dead_letters.len() as u64;
    let accepted = store.accept(intake).await?;
    let count = |which: fn(&Accepted) -> bool| accepted.iter().filter(|a| which(a)).count() as u64;
    let taken = Taken {
        stored: count(|a| matches!(a, Accepted::Stored { .. })),
        repeated: count(|a| matches!(a, Accepted::Repeated)),
        refused,
        forgotten: count(|a| matches!(a, Accepted::Forgotten)),
    };
    for (what, n) in [
        ("stored", taken.stored),
        ("repeated", taken.repeated),
        ("refused", taken.refused),
        ("forgotten", taken.forgotten),
    ] {
        metrics::counter!("hearken_signals_total", "connector" => connector.to_owned(), "result" => what).increment(n);
    }
    Ok(taken)
}

/// A dead letter of the intake.
pub(crate) fn letter(connector: &str, at: Instant, why: String, payload: String) -> NewDeadLetter {
    NewDeadLetter {
        at,
        stage: Stage::Intake,
        connector: connector.into(),
        prospect: None,
        action: None,
        why,
        place: String::new(),
        payload,
    }
}
