//! Copies for colleagues, who see each text when it first goes out.
//!
//! A copy is an action of its own, for the colleague's address and whoever is behind it, with
//! the same content through the same sink. Its id is made from story, text and address, so
//! that there is one, however many attempts begin at the same time and whatever crashes. It is
//! queued in the transaction that starts an attempt: where that is refused there is no copy.

use hearken_model::{Act, Action, ActionId, ActionState, Instant, ProfileId, ProspectId};

use crate::parts::Shared;

impl Shared {
    /// The copies that go out with an attempt, whether they did before or not.
    pub(super) fn seeds(&self, action: &Action, now: Instant) -> Vec<Action> {
        if action.seed || action.act == Act::HandOver || action.text.is_empty() {
            return Vec::new();
        }
        let Some(channel) = self.wiring.channels.get(&action.channel) else {
            return Vec::new();
        };
        let seeds = self.wiring.policy.seeds.iter();
        seeds
            .filter(|to| to.scheme == channel.address)
            .map(|to| Action {
                id: ActionId::of_seed(&action.target, &action.text, to),
                prospect: ProspectId::beginning_with(ProfileId::of(to)),
                to: vec![to.clone()],
                due: now,
                state: ActionState::Queued,
                why: String::new(),
                gate: String::new(),
                attempts: 0,
                first_tried: None,
                reference: String::new(),
                seed: true,
                ..action.clone()
            })
            .collect()
    }
}
