//! Who has a page open now, and the one notice that is meant for each of them.
//!
//! A page waits here for its notice ([`Board::wait`]); the outbox lays one down
//! ([`Board::lay`]) and is told when it was shown. Where nobody is there, the outbox leaves a
//! mark ([`Board::expect`]) and is woken when they come: on the next page, most often. The
//! mark stays while the notice is current, so that who goes on to another page finds it there.
//!
//! All of it is in memory and bounded. A restart forgets it, and pages come back within a
//! second.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use tokio::sync::{Notify, oneshot};

use crate::Notice;

/// How many pages wait at most, over all visitors.
const MOST_PAGES: usize = 1024;
/// How many pages of one visitor wait at most: somebody with many tabs looks at one of them.
const MOST_PAGES_OF_ONE: usize = 4;
/// How many visitors are expected at most.
const MOST_EXPECTED: usize = 16 * 1024;

/// Somebody at the pages of one connector.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Visitor {
    /// The connector that their pages report to.
    pub page: String,
    /// What they are called there.
    pub id: String,
}

/// The board. Cloned freely: all clones are the same one.
#[derive(Clone, Debug, Default)]
pub struct Board(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    state: Mutex<State>,
    /// Raised when somebody has come who was expected.
    arrived: Notify,
}

#[derive(Debug, Default)]
struct State {
    /// Pages that are open, each visitor's in the order in which they came.
    waiting: HashMap<Visitor, Vec<Page>>,
    pages: usize,
    /// Who waits to hear that a notice was shown, by its id.
    laid: HashMap<String, Laid>,
    expected: HashMap<Visitor, Expected>,
    /// Notices whose visitors have come, by the connector of the pages.
    arrived: BTreeMap<String, BTreeSet<u64>>,
    count: u64,
}

#[derive(Debug)]
struct Page {
    number: u64,
    notice: oneshot::Sender<Notice>,
}

#[derive(Debug)]
struct Laid {
    visitor: Visitor,
    shown: oneshot::Sender<()>,
}

#[derive(Clone, Copy, Debug)]
struct Expected {
    action: u64,
    until: Instant,
}

/// A page that waits for its notice. It counts as open until this is dropped.
#[derive(Debug)]
pub struct Waiting {
    board: Board,
    visitor: Visitor,
    number: u64,
    notice: oneshot::Receiver<Notice>,
}

/// Resolves once a notice was shown that was laid down.
#[derive(Debug)]
pub struct Shown {
    board: Board,
    id: String,
    shown: oneshot::Receiver<()>,
}

impl Board {
    /// A page of somebody's waits; none where there is no room for it.
    #[must_use]
    pub fn wait(&self, visitor: Visitor) -> Option<Waiting> {
        let mut state = self.state();
        let open = state.waiting.get(&visitor).map_or(0, Vec::len);
        if state.pages >= MOST_PAGES && open == 0 {
            return None;
        }
        if open >= MOST_PAGES_OF_ONE {
            // The one that was opened first is not what they look at.
            state.waiting.get_mut(&visitor)?.remove(0);
            state.pages -= 1;
        }
        state.count += 1;
        let number = state.count;
        let (sender, notice) = oneshot::channel();
        let page = Page { number, notice: sender };
        state.waiting.entry(visitor.clone()).or_default().push(page);
        state.pages += 1;
        // A page that was given something and has said nothing was left for this one.
        state.laid.retain(|_, laid| laid.visitor != visitor);
        let expected = state.expected.get(&visitor).copied();
        if let Some(expected) = expected.filter(|e| e.until > Instant::now()) {
            let arrived = state.arrived.entry(visitor.page.clone()).or_default();
            arrived.insert(expected.action);
            self.0.arrived.notify_waiters();
        }
        drop(state);
        Some(Waiting {
            board: self.clone(),
            visitor,
            number,
            notice,
        })
    }

    /// Gives a notice to the page that one of these visitors opened last; none where nobody
    /// of them has a page open.
    #[must_use]
    pub fn lay(&self, visitors: &[Visitor], notice: &Notice) -> Option<Shown> {
        let mut state = self.state();
        let (sender, shown) = oneshot::channel();
        for visitor in visitors {
            while let Some(page) = state.take_page(visitor) {
                if page.notice.send(notice.clone()).is_ok() {
                    let laid = Laid {
                        visitor: visitor.clone(),
                        shown: sender,
                    };
                    state.laid.insert(notice.id.clone(), laid);
                    return Some(Shown {
                        board: self.clone(),
                        id: notice.id.clone(),
                        shown,
                    });
                }
            }
        }
        None
    }

    /// A page says that it shows a notice.
    pub fn shown(&self, notice: &str) {
        if let Some(laid) = self.state().laid.remove(notice) {
            // Whoever waited may have given up a moment ago.
            let _ = laid.shown.send(());
        }
    }

    /// Whether one of these visitors has a page open. Where none has, or once they have seen
    /// it here, they are expected until `until` for this action: when one of them comes, it is
    /// among the next [`Board::arrivals`]. The last action for somebody is the one that counts.
    pub fn expect(&self, visitors: &[Visitor], action: u64, until: Instant) -> bool {
        let mut state = self.state();
        if state.expected.len() >= MOST_EXPECTED {
            let now = Instant::now();
            state.expected.retain(|_, expected| expected.until > now);
        }
        for visitor in visitors {
            if state.expected.len() < MOST_EXPECTED || state.expected.contains_key(visitor) {
                state.expected.insert(visitor.clone(), Expected { action, until });
            }
        }
        visitors.iter().any(|visitor| state.has_page(visitor))
    }

    /// Whether one of these visitors has a page open.
    #[must_use]
    pub fn is_there(&self, visitors: &[Visitor]) -> bool {
        let state = self.state();
        visitors.iter().any(|visitor| state.has_page(visitor))
    }

    /// An action is not meant for somebody any more.
    pub fn forget(&self, visitor: &Visitor, action: u64) {
        let mut state = self.state();
        if state.expected.get(visitor).is_some_and(|e| e.action == action) {
            state.expected.remove(visitor);
        }
    }

    /// The actions whose visitors have come since this was asked last.
    #[must_use]
    pub fn arrivals(&self, page: &str) -> BTreeSet<u64> {
        self.state().arrived.remove(page).unwrap_or_default()
    }

    /// Returns when somebody has come who was expected.
    pub async fn somebody_arrives(&self, page: &str) {
        loop {
            let arrived = self.0.arrived.notified();
            tokio::pin!(arrived);
            // Before it is looked, so that nobody comes in between unseen.
            arrived.as_mut().enable();
            if self.state().arrived.contains_key(page) {
                return;
            }
            arrived.await;
        }
    }

    /// How many pages are open.
    #[must_use]
    pub fn pages(&self) -> usize {
        self.state().pages
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // No step in between leaves it half changed in a way that matters after a panic.
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn has_page(&self, visitor: &Visitor) -> bool {
        let mut pages = self.waiting.get(visitor).into_iter().flatten();
        pages.any(|page| !page.notice.is_closed())
    }

    fn take_page(&mut self, visitor: &Visitor) -> Option<Page> {
        let page = self.waiting.get_mut(visitor)?.pop()?;
        self.tidy(visitor);
        self.pages -= 1;
        Some(page)
    }

    fn leave(&mut self, visitor: &Visitor, number: u64) {
        let Some(pages) = self.waiting.get_mut(visitor) else {
            return;
        };
        let before = pages.len();
        pages.retain(|page| page.number != number);
        self.pages -= before - pages.len();
        self.tidy(visitor);
    }

    fn tidy(&mut self, visitor: &Visitor) {
        if self.waiting.get(visitor).is_some_and(Vec::is_empty) {
            self.waiting.remove(visitor);
        }
    }
}

impl Waiting {
    /// The notice, once there is one; none where it is for another page of theirs.
    pub async fn notice(&mut self) -> Option<Notice> {
        (&mut self.notice).await.ok()
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.board.state().leave(&self.visitor, self.number);
    }
}

impl Shown {
    /// Whether it was shown. A page that is closed in this moment never says so; one that was
    /// left for another has not shown it, as far as anybody knows.
    pub async fn was_shown(mut self) -> bool {
        (&mut self.shown).await.is_ok()
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        self.shown.close();
        let mut state = self.board.state();
        // The same notice may have been laid down for another page meanwhile.
        if state.laid.get(&self.id).is_some_and(|laid| laid.shown.is_closed()) {
            state.laid.remove(&self.id);
        }
    }
}

#[cfg(test)]
#[path = "board_tests.rs"]
mod tests;
