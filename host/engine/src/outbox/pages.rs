//! What is shown on pages: by the daemon itself, to whoever has one open.
//!
//! The last check before an attempt is the one of all actions. Then the attempt is committed as
//! started, the notice is laid on the board, and it is delivered when the page says that it
//! shows it. Where nobody has a page open nothing is attempted: the action waits, for a short
//! time, until they come. Who goes on to another page meanwhile finds the notice there, after
//! one more check, unless they have closed or answered it.

use std::time::Duration;

use hearken_model::{Action, ActionId, ActionState, Instant, gate};
use hearken_sandbox::{Class, Fault, wire};
use hearken_store::{Due, Hold, StoreError, Switches};

use tokio::time::timeout_at;

use super::{Outbox, Verdict, Way};
use crate::site::{is_answered, visitors};

/// How long a page may take to say that it shows a notice.
const SAYS_SO: Duration = Duration::from_secs(5);
/// How many open actions are read at once.
const PAGE: usize = 500;
/// When it is looked again whether somebody is there who was not, should their coming be
/// missed.
const LOOK_AGAIN: Duration = Duration::from_secs(60);

impl Outbox {
    /// Whether an action is for a page that nobody has open. Then its reader is expected.
    pub(super) fn is_away(&self, action: &Action, now: Instant) -> bool {
        let (Way::Pages(page), None) = (&self.way, &self.shared.stand_in) else {
            return false;
        };
        let until = std::time::Instant::now() + action.expires.since(now);
        !self
            .shared
            .board
            .expect(&visitors(page, action), action.id.as_u64(), until)
    }

    /// Expects those anew whom the board has forgotten with a restart: what waits for them is
    /// looked at once more.
    pub(super) async fn expect_again(&self) {
        let Way::Pages(page) = &self.way else { return };
        let (now, mut after) = (self.shared.clock.now(), None);
        loop {
            let open = match self.shared.store.open_actions(after, PAGE).await {
                Ok(open) => open,
                Err(error) => {
                    tracing::error!(page, %error, "who was expected at a page is found by and by");
                    return;
                }
            };
            let whole = open.len() == PAGE;
            after = open.last().map(|due| due.action.id);
            let waiting = open.iter().map(|due| &due.action);
            let waiting = waiting.filter(|a| a.sink == *page && a.state == ActionState::Queued && a.gate == gate::AWAY);
            let holds: Vec<Hold> = waiting.map(|action| here(action.id, now)).collect();
            if !holds.is_empty()
                && let Err(error) = self.shared.store.hold(holds).await
            {
                tracing::error!(page, %error, "who was expected at a page is found by and by");
            }
            if !whole {
                return;
            }
        }
    }

    /// Looks after those who have opened a page and for whom something waits, or is current.
    pub(super) async fn welcome(&self, now: Instant, switches: &Switches) -> Result<bool, StoreError> {
        let Way::Pages(page) = &self.way else {
            return Ok(false);
        };
        let mut worked = false;
        for action in self.shared.board.arrivals(page) {
            worked |= self.receive(page, ActionId::from_u64(action), now, switches).await?;
        }
        Ok(worked)
    }

    /// Shows somebody who is at a page now what waits for them there, or what is current.
    /// Whether something is due by that.
    async fn receive(
        &self,
        page: &str,
        action: ActionId,
        now: Instant,
        switches: &Switches,
    ) -> Result<bool, StoreError> {
        let due = self.shared.store.due_again(action).await?;
        let Some(due) = due.filter(|due| due.action.expires > now) else {
            return Ok(false);
        };
        match due.action.state {
            ActionState::Queued if due.action.due > now && waits_for_a_page(&due.action) => {
                self.shared.store.hold(vec![here(due.action.id, now)]).await?;
                Ok(true)
            }
            ActionState::Delivered => {
                self.show_again(page, &due, now, switches);
                Ok(false)
            }
            // An attempt under way looks itself when it has ended.
            _ => Ok(false),
        }
    }

    /// What is current on one page is shown on the next one too. That is no attempt: it was
    /// delivered.
    fn show_again(&self, page: &str, due: &Due, now: Instant, switches: &Switches) {
        if !is_answered(due) && matches!(self.shared.verdict(due, now, switches), Verdict::Go(_)) {
            let notice = self.shared.notice(due);
            // Nobody waits to hear whether it is shown.
            drop(self.shared.board.lay(&visitors(page, &due.action), &notice));
        }
    }

    /// Shows what is committed as started, each by itself: nobody waits for somebody else's
    /// page.
    pub(super) fn show(&self, going: Vec<(u32, Due)>) {
        for (number, due) in going {
            let outbox = self.clone();
            self.showing.spawn(async move {
                let answer = outbox.shown(&due).await;
                let finish = outbox.shared.finish(&due.action, number, answer);
                let ended = match outbox.close(vec![finish]).await {
                    Ok(()) => outbox.go_on(&due.action).await,
                    failed => failed,
                };
                if let Err(error) = ended {
                    tracing::error!(page = outbox.way.name(), %error, "what came of a notice could not be stored");
                }
            });
        }
    }

    /// Who has opened another page while an attempt was under way is there already.
    async fn go_on(&self, action: &Action) -> Result<(), StoreError> {
        let page = self.way.name();
        if self.shared.board.is_there(&visitors(page, action)) {
            let switches = self.shared.store.switches().await?;
            let now = self.shared.clock.now();
            self.receive(page, action.id, now, &switches).await?;
        }
        Ok(())
    }

    /// Lays it on the board until a page says that it shows it: who is in a hurry may be on
    /// the next page before this one could.
    async fn shown(&self, due: &Due) -> Result<wire::Receipt, Fault> {
        let notice = self.shared.notice(due);
        let visitors = visitors(self.way.name(), &due.action);
        let until = tokio::time::Instant::now() + SAYS_SO;
        while let Some(laid) = self.shared.board.lay(&visitors, &notice) {
            let shown = tokio::select! {
                shown = timeout_at(until, laid.was_shown()) => shown,
                () = self.cancel.cancelled() => return Err(not_now("the daemon stopped before the page could say so")),
            };
            match shown {
                Ok(true) => return Ok(receipt()),
                Ok(false) => {}
                Err(_) => return Err(not_now("a page was given it and did not say that it shows it")),
            }
        }
        Err(not_now("they left the page at this moment"))
    }
}

/// Whether nothing keeps it but that nobody was there, or that somebody left when it came.
fn waits_for_a_page(action: &Action) -> bool {
    matches!(action.gate.as_str(), gate::AWAY | gate::SINK)
}

/// It waits for its reader to open a page.
pub(super) fn away(action: &Action, now: Instant) -> Hold {
    Hold {
        action: action.id,
        state: ActionState::Queued,
        why: "they have no page open; it is shown on the next one that they open in time".into(),
        gate: gate::AWAY.into(),
        at: now,
        // It is due once more when it is over, to be ended.
        due: Some(
            now.after(LOOK_AGAIN)
                .min(action.expires.after(Duration::from_millis(1))),
        ),
    }
}

fn here(action: ActionId, now: Instant) -> Hold {
    Hold {
        action,
        state: ActionState::Queued,
        why: "they have opened a page".into(),
        gate: String::new(),
        at: now,
        due: Some(now),
    }
}

fn not_now(why: &str) -> Fault {
    Fault::Failure {
        class: Class::Transient,
        code: String::new(),
        message: why.into(),
        retry_after: None,
    }
}

fn receipt() -> wire::Receipt {
    wire::Receipt {
        delivered: true,
        reference: String::new(),
        detail: "a page has shown it".into(),
        signals: Vec::new(),
        memory: None,
        extra: Vec::new(),
    }
}
