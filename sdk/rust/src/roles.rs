//! The roles, a trait each. A component has the roles that it hands to
//! [`export!`](crate::export!).
//!
//! Four rules hold for every function of a role: its answer for an item is a function of
//! that item and the configuration, never of other items or of calls before; time is part
//! of the item; there is no randomness; a failure is a value. The traits are written so
//! that most of it cannot be broken by accident: one item goes in and `&self` cannot
//! change.

use crate::{
    Action, Assessment, Choice, Dossier, Failure, Identity, Instant, Page, Plugin, Receipt, Reception, Request,
    Situation, Story,
};

/// Fetches signals from somewhere, page by page.
pub trait Source: Plugin {
    /// At most `limit` signals from where `cursor` says (none: from the beginning). The
    /// same cursor gives the same signals again, with the same ids.
    ///
    /// # Errors
    /// A [`Failure`]; the host asks again with the same cursor, as its class says.
    fn poll(&self, now: Instant, cursor: Option<&str>, limit: u32) -> Result<Page, Failure>;
}

/// Is told: given requests that the host has authenticated as the manifest says.
pub trait Webhook: Plugin {
    /// What the request means and what to answer.
    ///
    /// # Errors
    /// A [`Failure`] of class permanent answers 400 with its message, any other 503.
    fn receive(&self, request: &Request) -> Result<Reception, Failure>;
}

/// Reads dossiers, returns beliefs. It should take less than 20 µs.
pub trait Scorer: Plugin {
    /// What it makes of a dossier: the beliefs that changed.
    ///
    /// # Errors
    /// A [`Failure`]; what was believed before stays.
    fn assess(&self, dossier: &Dossier) -> Result<Assessment, Failure>;
}

/// Given a situation, says what could be done and how much speaks for each.
pub trait Router: Plugin {
    /// At most 64 choices; at least one, if only to hold. A function of the situation and
    /// the stories.
    ///
    /// # Errors
    /// A [`Failure`]; the host holds.
    fn decide(&self, stories: &[Story], situation: &Situation) -> Result<Vec<Choice>, Failure>;
}

/// Carries actions out.
pub trait Sink: Plugin {
    /// Carries out one action. Requests made for it say so with
    /// [`http::Request::item`](crate::http::Request::item).
    ///
    /// # Errors
    /// A [`Failure`]: [`Failure::unknown`] where it may have arrived. Anything else tells
    /// the host that it did not.
    fn deliver(&self, now: Instant, action: &Action) -> Result<Receipt, Failure>;

    /// Carries out many: one by one, unless written otherwise for a vendor that takes
    /// batches. Answers name their action; an action without an answer is unknown.
    fn deliver_all(&self, now: Instant, actions: &[Action]) -> Vec<(String, Result<Receipt, Failure>)> {
        actions
            .iter()
            .map(|action| (action.id.clone(), self.deliver(now, action)))
            .collect()
    }

    /// Erases at the vendor what it holds of a person.
    ///
    /// # Errors
    /// A [`Failure`]. Unless written, a permanent one that says that this sink cannot.
    fn forget(&self, now: Instant, person: &[Identity]) -> Result<(), Failure> {
        let _ = (now, person);
        Err(Failure::permanent("this sink cannot erase what was sent through it"))
    }
}

/// Looks up what became of actions whose delivery is unknown.
pub trait Reconciler: Sink {
    /// None: certainly not there, so it may be sent again.
    ///
    /// # Errors
    /// [`Failure::transient`], where it is not sure yet.
    fn reconcile(&self, now: Instant, action: &Action) -> Result<Option<Receipt>, Failure>;
}
