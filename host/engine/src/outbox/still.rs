//! Whether something may still be said, asked once more for every message and request.
//!
//! The last check is made before a batch is handed to its sink. Until a request leaves,
//! seconds may pass: the batch is worked off, a vendor's quota is waited for. Somebody who
//! has unsubscribed meanwhile, or an operator who has pressed stop, is not to be told that
//! it was too late.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use hearken_model::ActionId;
use hearken_sandbox::{Class, Fault, Permit, wire};
use hearken_store::Due;

use super::{Verdict, stopped_by};
use crate::parts::Shared;

/// The actions of one call of a sink.
pub(crate) struct Still {
    shared: Arc<Shared>,
    /// By the ids that the sink knows them by.
    going: BTreeMap<String, ActionId>,
    /// What was not let go, and why.
    refused: Mutex<BTreeMap<String, String>>,
}

impl Still {
    pub(super) fn new(shared: &Arc<Shared>, going: &[(u32, Due)]) -> Self {
        let going = going
            .iter()
            .map(|(_, due)| (shared.outward_id(due.action.id), due.action.id));
        Self {
            shared: Arc::clone(shared),
            going: going.collect(),
            refused: Mutex::default(),
        }
    }

    /// What an action's answer is that was not let go: it is tried again, and then the last
    /// check says what becomes of it, whatever the sink makes of the refusal.
    pub(super) fn settle(&self, item: &str, answer: Result<wire::Receipt, Fault>) -> Result<wire::Receipt, Fault> {
        let refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        match (refused.get(item), answer) {
            (Some(why), Err(fault)) if !fault.may_have_been_sent() => Err(Fault::Failure {
                class: Class::Transient,
                code: String::new(),
                message: why.clone(),
                retry_after: None,
            }),
            (_, answer) => answer,
        }
    }

    async fn check(&self, item: &str) -> Result<(), String> {
        let action = self.going.get(item).ok_or("it is for an action of another call")?;
        let unread = |error| format!("whether it may still be sent cannot be read: {error}");
        let store = &self.shared.store;
        let switches = store.switches().await.map_err(unread)?;
        let due = store.due_again(*action).await.map_err(unread)?;
        let due = due.ok_or("the action is gone")?;
        match self.shared.verdict(&due, self.shared.clock.now(), &switches) {
            Verdict::Stopped(switch) => Err(stopped_by(&switch)),
            Verdict::Wait(hold) => Err(hold.why),
            Verdict::Go(_) => Ok(()),
        }
    }
}

#[async_trait]
impl Permit for Still {
    async fn may_still(&self, item: &str) -> Result<(), String> {
        let checked = self.check(item).await;
        if let Err(why) = &checked {
            let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
            refused.insert(item.to_owned(), why.clone());
        }
        checked
    }
}
