//! What a call has done outside the sandbox.
//!
//! A call that fails is tried again in smaller parts, but nothing may be sent twice. So
//! every effect is noted before it begins. Where it is known which item it was for (mail),
//! only that item is kept from being tried again; where it is not (files), the whole call
//! is. An effect for an item goes on when the guest is gone, since stopping it half way
//! would leave nobody knowing; so whoever wants to know waits until all of them have ended.

use std::{
    collections::{BTreeMap, BTreeSet},
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::Notify;

/// The effects of one call, those under way included.
#[derive(Default)]
pub(crate) struct Effects {
    ledger: Mutex<Ledger>,
    ended: Notify,
}

#[derive(Default)]
struct Ledger {
    /// Of which nobody says for which item.
    unattributed: u32,
    /// How many for each item: requests for one may be made at the same time.
    under_way: BTreeMap<String, u32>,
    /// Items for which something has left, or may have.
    left: BTreeSet<String>,
    over: bool,
}

/// What a call has done.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Happened {
    /// For these items, of which there may be none.
    For(BTreeSet<String>),
    /// For any of its items.
    ForAny,
}

impl Effects {
    /// An effect begins of which nobody says for which item.
    pub(crate) fn begin(&self) {
        self.ledger().unattributed += 1;
    }

    /// Takes one back that certainly did not happen.
    pub(crate) fn did_not_happen(&self) {
        let mut ledger = self.ledger();
        ledger.unattributed = ledger.unattributed.saturating_sub(1);
    }

    /// An effect begins for an item; none where the call is over.
    pub(crate) fn begin_for(self: &Arc<Self>, item: &str) -> Option<UnderWay> {
        let mut ledger = self.ledger();
        if ledger.over {
            return None;
        }
        *ledger.under_way.entry(item.to_owned()).or_default() += 1;
        Some(UnderWay {
            effects: self.clone(),
            item: item.to_owned(),
            happened: true,
        })
    }

    /// Whoever does something for this call can ask whether it is over.
    pub(crate) fn calling(self: &Arc<Self>) -> Calling {
        Calling(self.clone())
    }

    /// Ends the call: from now on nothing begins. Returns once nothing is under way.
    pub(crate) async fn settled(&self) -> Happened {
        loop {
            let ended = self.ended.notified();
            {
                let mut ledger = self.ledger();
                ledger.over = true;
                if ledger.unattributed > 0 {
                    return Happened::ForAny;
                }
                if ledger.under_way.is_empty() {
                    return Happened::For(mem::take(&mut ledger.left));
                }
            }
            ended.await;
        }
    }

    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        // Each change of it is a single one, whole after a panic elsewhere.
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An effect for an item that has begun. Dropped without a word, it may have happened.
pub(crate) struct UnderWay {
    effects: Arc<Effects>,
    item: String,
    happened: bool,
}

impl UnderWay {
    /// Whether the call that wanted it has ended meanwhile.
    pub(crate) fn call(&self) -> Calling {
        self.effects.calling()
    }

    /// It certainly did not happen.
    pub(crate) fn did_not_happen(mut self) {
        self.happened = false;
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        let item = mem::take(&mut self.item);
        let mut ledger = self.effects.ledger();
        if let Some(count) = ledger.under_way.get_mut(&item) {
            *count -= 1;
            if *count == 0 {
                ledger.under_way.remove(&item);
            }
        }
        if self.happened {
            ledger.left.insert(item);
        }
        drop(ledger);
        // There is one who waits at most, and it looks before it waits.
        self.effects.ended.notify_one();
    }
}

/// The call on whose behalf something is done.
pub struct Calling(Arc<Effects>);

impl Calling {
    /// Whether it has ended, well or not. What has not left by then must not leave any more.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.0.ledger().over
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(items: &[&str]) -> BTreeSet<String> {
        items.iter().map(|i| (*i).to_owned()).collect()
    }

    #[tokio::test]
    async fn what_did_not_happen_counts_for_nothing_and_the_rest_is_named() {
        let effects = Arc::new(Effects::default());
        let (a, b) = (effects.begin_for("a").unwrap(), effects.begin_for("b").unwrap());
        a.did_not_happen();
        drop(b);
        assert_eq!(effects.settled().await, Happened::For(set(&["b"])));
    }

    #[tokio::test]
    async fn of_two_effects_for_an_item_one_is_enough_and_both_are_waited_for() {
        let effects = Arc::new(Effects::default());
        let (first, second) = (effects.begin_for("a").unwrap(), effects.begin_for("a").unwrap());
        first.did_not_happen();
        let asked = tokio::spawn({
            let effects = effects.clone();
            async move { effects.settled().await }
        });
        while !second.call().is_over() {
            tokio::task::yield_now().await;
        }
        assert!(!asked.is_finished());
        drop(second);
        assert_eq!(asked.await.unwrap(), Happened::For(set(&["a"])));
    }

    #[tokio::test]
    async fn whoever_asks_waits_for_what_is_under_way_and_nothing_begins_any_more() {
        let effects = Arc::new(Effects::default());
        let under_way = effects.begin_for("a").unwrap();
        let call = under_way.call();
        let asked = tokio::spawn({
            let effects = effects.clone();
            async move { effects.settled().await }
        });
        while !call.is_over() {
            tokio::task::yield_now().await;
        }
        assert!(!asked.is_finished() && effects.begin_for("b").is_none());
        drop(under_way);
        assert_eq!(asked.await.unwrap(), Happened::For(set(&["a"])));
    }

    #[tokio::test]
    async fn an_effect_that_nobody_attributes_may_be_any_items() {
        let effects = Arc::new(Effects::default());
        effects.begin();
        assert_eq!(effects.settled().await, Happened::ForAny);
        effects.did_not_happen();
        assert_eq!(effects.settled().await, Happened::For(set(&[])));
    }
}
