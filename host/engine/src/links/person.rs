//! Somebody at a link, as the log has them at this moment.

use hearken_model::{Entry, Identity, ProfileId, Prospect, ProspectId, Recorded};
use hearken_store::{RecentAsk, StoreError};

use crate::parts::Shared;

/// What pages show and what is said at them.
const KINDS: [&str; 5] = [
    "consent.*",
    "message.unsubscribed",
    "message.complained",
    "question.answered",
    "handover.*",
];
/// How many of these signals are looked at: more than anybody says about consent in a life.
const SIGNALS: usize = 64;

/// Somebody, as stored, with what they said since.
pub(super) struct Person {
    pub(super) prospect: Prospect,
    /// The latest that they said, the oldest first.
    pub(super) words: Vec<Recorded>,
}

impl Shared {
    /// Whoever has an address now. What was accepted and not applied yet is applied to this
    /// copy, so that nobody is shown, or judged by, what they have changed a moment ago.
    pub(super) async fn person(&self, to: &Identity) -> Result<Person, StoreError> {
        let profile = ProfileId::of(to);
        let known = self.store.find_prospect(to).await?;
        let id = known.unwrap_or_else(|| ProspectId::beginning_with(profile));
        let stored = self.store.prospects(&[id]).await?.into_iter().flatten().next();
        let mut prospect = stored.unwrap_or_else(|| Prospect::new(id));
        let mut profiles: Vec<ProfileId> = prospect.part.profiles.keys().copied().collect();
        if !profiles.contains(&profile) {
            profiles.push(profile);
        }
        let ask = RecentAsk {
            profiles,
            kinds: KINDS.map(str::to_owned).to_vec(),
            limit: SIGNALS,
            ..RecentAsk::default()
        };
        let words = self
            .store
            .recent(vec![ask])
            .await?
            .into_iter()
            .next()
            .unwrap_or_default();
        for word in &words {
            let entry = Entry::Signal(Box::new(word.clone()));
            prospect.apply(prospect.applied, word.received, &entry);
        }
        Ok(Person { prospect, words })
    }

    pub(super) fn language_of(&self, person: &Person) -> Option<String> {
        self.view(&person.prospect, self.clock.now()).language
    }
}
