//! What was learned, given to the router: the current snapshot, and who is left out of it.

use std::sync::Arc;

use hearken_learn::{Buyer, Fared, Knowledge, LearnError, Settings, is_held_out, load, refresh, report::HOLDOUT};
use hearken_model::{Pressure, Story, View};
use hearken_sandbox::wire;
use tokio_util::sync::CancellationToken;

use crate::{current::Current, parts::Shared};

impl Shared {
    /// How evidence is gathered.
    pub(crate) fn learn_settings(&self) -> Settings {
        Settings {
            half_life: self.wiring.learn.half_life,
            window: self.wiring.learn.window,
        }
    }

    /// Takes up the latest snapshot. What cannot be read is taken for nothing learned yet.
    pub(crate) async fn remember(&self) {
        match load(self.store.as_ref(), self.learn_settings()).await {
            Ok(knowledge) => self.knowledge.store(Arc::new(knowledge)),
            Err(error) => tracing::warn!(%error, "what was learned is not used until it is learned anew"),
        }
    }

    /// Whether nothing that was learned is used for somebody: their whole account is left out.
    pub(crate) fn is_held_out(&self, view: &View) -> bool {
        let id = view.id.to_string();
        is_held_out(
            &self.key,
            view.account.as_deref().unwrap_or(&id),
            self.wiring.learn.holdout,
        )
    }

    /// How each of `stories` fared with people like this one; as if nothing had been learned
    /// where `knowledge` is not used.
    pub(crate) fn fared(&self, view: &View, stories: &[(&Story, u32)], knowledge: Option<&Knowledge>) -> Vec<Fared> {
        let Some(knowledge) = knowledge else {
            return Fared::unknown(stories.len());
        };
        let beliefs = view.beliefs.iter();
        let buyer = Buyer::of(
            view.lifecycle,
            beliefs.map(|b| (b.kind.word(), b.name.as_str(), b.weight_at(view.now))),
        );
        let asked: Vec<(&str, Pressure)> = stories.iter().map(|(s, _)| (s.id.as_str(), s.pressure)).collect();
        knowledge.fared(&buyer, &asked)
    }

    async fn learn(&self) -> Result<(), LearnError> {
        let pressure = |id: &str| self.wiring.pressure(id);
        let (now, current) = (self.clock.now(), self.knowledge.load_full());
        let store = self.store.as_ref();
        if let Some(new) = refresh(store, self.learn_settings(), now, pressure, &current).await? {
            tracing::info!(
                snapshot = new.number,
                tellings = new.evidence().total().samples,
                "learned anew"
            );
            self.knowledge.store(Arc::new(new));
        }
        Ok(())
    }
}

/// What a situation says of somebody in the holdout, for the record.
pub(crate) fn extra(held_out: bool) -> Vec<(String, String)> {
    let note = || (HOLDOUT.to_owned(), "true".to_owned());
    held_out.then(note).into_iter().collect()
}

/// A story's record on the wire.
pub(crate) fn candidate(story: u32, fared: Fared) -> wire::Candidate {
    wire::Candidate {
        story,
        fared: wire::TrackRecord {
            told: fared.told,
            engaged: fared.engaged,
            advanced: fared.advanced,
            won: fared.won,
            harmed: fared.harmed,
            samples: fared.samples,
        },
        best: fared.best,
        extra: Vec::new(),
    }
}

/// Learns anew now and then, until it is cancelled: first when the daemon has started.
pub(crate) async fn keep_learning(current: Current, cancel: CancellationToken) {
    loop {
        let shared = current.now();
        tokio::select! {
            learned = shared.learn() => if let Err(error) = learned {
                tracing::error!(%error, "learning is put off");
            },
            () = cancel.cancelled() => return,
        }
        // A reload may have put another one in its place; its knowledge went along.
        tokio::select! {
            () = tokio::time::sleep(shared.wiring.learn.every) => {}
            () = cancel.cancelled() => return,
        }
    }
}
