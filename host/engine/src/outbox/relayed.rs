//! A sink that mails: nothing is attempted while its relay cannot be used, and what it may
//! mail is known before it is called.

use std::sync::Arc;

use hearken_model::{ActionState, Instant, gate};
use hearken_sandbox::{Permit, wire};
use hearken_store::{Due, Hold, Start};

use super::{Outbox, still::Still};
use crate::mail::Round;

impl Outbox {
    /// Puts off what would be mailed while the relay cannot be used, so that no action is
    /// charged for what cannot succeed.
    pub(super) async fn wait_for_relay(&self, starts: &mut Vec<Start>, holds: &mut Vec<Hold>, now: Instant) {
        let Some((relay, wired)) = self.shared.relay_of(self.way.name()) else {
            return;
        };
        let up = metrics::gauge!("hearken_relay_up", "relay" => wired.name.clone());
        let Err(down) = relay.ready().await else {
            up.set(1.0);
            return;
        };
        up.set(0.0);
        if down.news {
            tracing::error!(
                relay = wired.name,
                why = down.why,
                "nothing can be mailed through this relay; what is to be sent waits"
            );
        }
        let again = now.after(down.again);
        holds.extend(starts.drain(..).map(|start| Hold {
            action: start.action,
            state: ActionState::Queued,
            why: down.why.clone(),
            gate: gate::RELAY.into(),
            at: now,
            due: Some(again),
        }));
    }

    /// What the sink may mail for these actions, if anything.
    pub(super) fn mail_round(
        &self,
        going: &[(u32, Due)],
        actions: &[wire::Action],
        now: Instant,
        permit: &Arc<Still>,
    ) -> Option<Arc<Round>> {
        let (relay, _) = self.shared.relay_of(self.way.name())?;
        let envelopes = going.iter().zip(actions).map(|((_, due), outward)| {
            let view = self.shared.view(&due.prospect, now);
            (outward.id.clone(), self.shared.envelope(due, outward, &view))
        });
        Some(Arc::new(Round {
            sender: self.shared.sender.clone()?,
            relay: Arc::clone(relay),
            clock: Arc::clone(&self.shared.clock),
            envelopes: envelopes.collect(),
            permit: Some(Arc::clone(permit) as Arc<dyn Permit>),
            known: std::sync::Mutex::default(),
        }))
    }
}
