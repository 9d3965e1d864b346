//! Requests to forget somebody, carried out: erased here, asked of every sink, and scrubbed
//! from the files. Each step is stored before the next one begins, so a crash repeats at
//! most a question to a sink.

use std::time::Duration;

use hearken_model::{Identity, Instant};
use hearken_sandbox::{Class, Fault, wire};
use hearken_store::{SinkAsk, SinkOutcome, SinkSaid, StoreError};
use tokio_util::sync::CancellationToken;

use crate::{current::Current, parts::Shared};

/// How often it is looked whether somebody is to be forgotten.
const EVERY: Duration = Duration::from_millis(500);
/// When a sink is asked again that could not be asked; doubled each time …
const AGAIN: Duration = Duration::from_secs(30);
/// … up to this.
const AGAIN_AT_MOST: Duration = Duration::from_secs(6 * 3_600);
/// For how long a sink is asked. The law gives a month (GDPR, article 12(3)); then a person
/// has to see to it, and what was kept for asking goes as well.
const ASKED_FOR: Duration = Duration::from_secs(30 * 86_400);

/// Carries requests out until it is cancelled.
pub(crate) async fn keep_forgetting(current: Current, cancel: CancellationToken) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = cancel.cancelled() => return,
        }
        let shared = current.now();
        tokio::select! {
            done = shared.forget() => if let Err(error) = done {
                tracing::warn!(%error, "forgetting somebody goes on later");
            },
            () = cancel.cancelled() => return,
        }
    }
}

impl Shared {
    /// Does what there is to do for requests to forget.
    async fn forget(&self) -> Result<(), StoreError> {
        let now = self.clock.now();
        let mut to_do = self.store.forgetting_to_do(now).await?;
        if !to_do.erase.is_empty() {
            for number in to_do.erase {
                if let Some(rows) = self.store.erase(number, now, self.sinks()).await? {
                    tracing::info!(number, rows, "somebody was erased");
                }
            }
            to_do = self.store.forgetting_to_do(now).await?;
        }
        let mut scrub = to_do.scrub;
        for ask in to_do.ask {
            let said = self.ask_to_forget(ask).await;
            // The names that it was asked about go with its answer.
            scrub |= !matches!(said.outcome, SinkOutcome::Waiting { .. });
            tracing::info!(
                number = said.number,
                connector = said.sink,
                outcome = said.outcome.word(),
                "a sink was asked to forget somebody"
            );
            self.store.sink_said(said).await?;
        }
        if scrub {
            self.store.scrub(self.clock.now()).await?;
            tracing::info!("nothing of whom was erased is left in the store's files");
        }
        Ok(())
    }

    /// Every connector that may have told others of somebody.
    fn sinks(&self) -> Vec<String> {
        let sinks = self.connectors.iter().filter(|(_, c)| c.plugin().roles().sink);
        sinks.map(|(name, _)| name.clone()).collect()
    }

    async fn ask_to_forget(&self, ask: SinkAsk) -> SinkSaid {
        let now = self.clock.now();
        let said = |outcome, why: String| SinkSaid {
            number: ask.number,
            sink: ask.sink.clone(),
            at: now,
            outcome,
            why,
        };
        let Some(sink) = self.connectors.get(&ask.sink) else {
            return said(later(&ask, now), "no such connector is configured now".into());
        };
        let person = ask.person.iter().map(on_the_wire).collect();
        let answer = sink.forget(now.0, vec![person]).await.into_iter().next();
        match answer {
            Some(Ok(())) => said(SinkOutcome::Forgotten, String::new()),
            Some(Err(fault)) if is_final(&fault) => said(SinkOutcome::Cannot, fault.to_string()),
            Some(Err(fault)) => said(later(&ask, now), fault.to_string()),
            None => said(later(&ask, now), "the plugin gave no answer".into()),
        }
    }
}

fn on_the_wire(identity: &Identity) -> wire::Identity {
    wire::Identity {
        scheme: identity.scheme.clone(),
        value: identity.value.clone(),
    }
}

fn is_final(fault: &Fault) -> bool {
    fault.class() == Class::Permanent
}

/// When a sink is asked again, or that it is not.
fn later(ask: &SinkAsk, now: Instant) -> SinkOutcome {
    if now > ask.asked.after(ASKED_FOR) {
        return SinkOutcome::GaveUp;
    }
    let wait = AGAIN.saturating_mul(2_u32.saturating_pow(ask.tries)).min(AGAIN_AT_MOST);
    SinkOutcome::Waiting { due: now.after(wait) }
}
