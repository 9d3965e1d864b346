//! What is held, looked at again under the configuration that the daemon starts with: what
//! its operator lets go by now is queued, and checked as everything else is.
//!
//! What was decided in shadow is not among it: it was never meant to be sent, and a switch to
//! live must not set free what had piled up.

use hearken_model::{Action, ActionState, Instant, Mode, gate};
use hearken_store::{HeldQuery, Hold, StoreError};

use crate::parts::Shared;

/// How many are read at once.
const PAGE: usize = 500;

/// Queues what is held without a cause any more. Returns how many.
pub(crate) async fn look_again(shared: &Shared) -> Result<usize, StoreError> {
    let now = shared.clock.now();
    let mut released = 0;
    for gate in [gate::MODE, gate::APPROVAL, gate::DRAFT] {
        let mut after = None;
        loop {
            let page = shared
                .store
                .held(HeldQuery {
                    gate: gate.into(),
                    after,
                    limit: PAGE,
                    ..HeldQuery::default()
                })
                .await?;
            after = page.last().map(|a| (a.decided, a.id));
            let whole = page.len() == PAGE;
            let holds: Vec<Hold> = page.iter().filter_map(|a| shared.let_go(a, now)).collect();
            released += holds.len();
            if !holds.is_empty() {
                shared.store.hold(holds).await?;
            }
            if !whole {
                break;
            }
        }
    }
    if released > 0 {
        tracing::info!(released, "the configuration lets go what was held");
    }
    Ok(released)
}

/// Says which stories nobody may be told as they are.
pub(crate) async fn tell_drafts(shared: &Shared) -> Result<(), StoreError> {
    if !shared.wiring.policy.approve_texts {
        return Ok(());
    }
    let approved = shared.store.approved_texts().await?;
    for story in &shared.wiring.stories {
        let is_approved = |digest: &str| approved.iter().any(|a| a.story == story.id && a.digest == digest);
        for text in story.texts().filter(|text| !is_approved(&text.digest())) {
            tracing::warn!(
                story = %text.id,
                "its text is a draft and is told to nobody: hearken approve story {}", story.id
            );
        }
    }
    Ok(())
}

impl Shared {
    /// Lets a held action go if what holds it is not asked for any more.
    pub(crate) fn let_go(&self, action: &Action, now: Instant) -> Option<Hold> {
        let policy = &self.wiring.policy;
        let mode = policy.mode_for(&action.scopes());
        let free = match action.gate.as_str() {
            gate::MODE => mode > Mode::Shadow,
            gate::APPROVAL => mode == Mode::Live,
            gate::DRAFT => !policy.approve_texts,
            _ => false,
        };
        free.then(|| Hold {
            action: action.id,
            state: ActionState::Queued,
            why: "the configuration lets it go by now".into(),
            gate: String::new(),
            at: now,
            due: Some(now),
        })
    }
}
