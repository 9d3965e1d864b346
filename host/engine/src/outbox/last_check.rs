//! Everything that must hold right before an attempt.

use std::time::Duration;

use hearken_model::{Act, ActionId, ActionState, Identity, Instant, Mode, Scope, decide};
use hearken_store::{Claim, Due, Hold, Switches};

use super::{CAPACITY_AGAIN, Outbox};
use crate::deliver::reachable;

/// How many actions that a narrow switch stops are looked past to find others that are due …
pub(super) const STOPPED: usize = 64;
/// … and when they are looked at again where there are as many.
const STOPPED_AGAIN: Duration = Duration::from_secs(30);

/// What may become of a due action.
pub(super) enum Verdict {
    /// Call the sink, for those addresses that may be written to now.
    Go(Option<Claim>, Vec<Identity>),
    /// A switch stops it, and says why.
    Stopped(String),
    /// Not now, or never.
    Wait(Hold),
}

impl Outbox {
    /// Everything that must hold right before an attempt.
    pub(super) fn verdict(&self, due: &Due, now: Instant, switches: &Switches) -> Verdict {
        let action = &due.action;
        let wait = |state, why: String, due| {
            Verdict::Wait(Hold {
                action: action.id,
                state,
                why,
                at: now,
                due,
            })
        };
        if now > action.expires {
            return wait(ActionState::Expired, format!("expired at {}", action.expires), None);
        }
        let mut scopes = vec![Scope::All, Scope::Sink(action.sink.clone())];
        if action.act == Act::HandOver {
            scopes.push(Scope::Team(action.target.clone()));
        } else {
            scopes.extend([
                Scope::Channel(action.channel.clone()),
                Scope::Story(action.target.clone()),
            ]);
        }
        if let Some(switch) = switches.stopping(&scopes) {
            return Verdict::Stopped(format!(
                "{} is stopped since {} by {}",
                switch.scope, switch.at, switch.by
            ));
        }
        match self.shared.wiring.policy.mode_for(&scopes) {
            Mode::Live => {}
            mode => return wait(ActionState::Held, format!("the mode is {}", mode.word()), None),
        }
        if let Some(why) = due.suppressed.as_ref().filter(|_| action.act != Act::HandOver) {
            return wait(ActionState::Rejected, format!("the address is suppressed: {why}"), None);
        }
        let view = self.shared.view(&due.prospect, now);
        let facts = self.shared.facts(&due.prospect, &view, Some(action.id));
        if let Some(gate) = decide::attempt_gates(action, &facts).first() {
            return wait(ActionState::Rejected, format!("{}: {}", gate.gate, gate.why), None);
        }
        if action.act == Act::HandOver {
            return self.hand_over_verdict(due, now);
        }
        // Of several addresses some may have become unusable since, or somebody else's.
        let to = action
            .to
            .iter()
            .filter(|i| reachable(&facts, &action.channel, &i.scheme).contains(i));
        Verdict::Go(None, to.cloned().collect())
    }

    fn hand_over_verdict(&self, due: &Due, now: Instant) -> Verdict {
        let action = &due.action;
        let wait = |state, why: String, due| {
            Verdict::Wait(Hold {
                action: action.id,
                state,
                why,
                at: now,
                due,
            })
        };
        let Some(team) = self.shared.wiring.teams.get(&action.target) else {
            return wait(
                ActionState::Rejected,
                format!("there is no team '{}' any more", action.target),
                None,
            );
        };
        if !team.hours.is_open(now.timestamp()) {
            let opens = team.hours.next_open(now.timestamp());
            let due = opens.and_then(|t| u64::try_from(t.as_millisecond()).ok()).map(Instant);
            let due = due.unwrap_or_else(|| now.after(CAPACITY_AGAIN));
            return wait(
                ActionState::Queued,
                format!("team '{}' is closed", team.name),
                Some(due),
            );
        }
        let claim = Claim {
            team: team.name.clone(),
            count: team.capacity.count,
            per_ms: team.capacity.per_ms,
        };
        Verdict::Go(Some(claim), Vec::new())
    }
}

/// What is told of actions that a switch stops. They stay where they are, so that they go on
/// at once when it lets them: only why they wait is told, once. Where there are so many that
/// others behind them would not be seen, they step back for a while.
pub(super) fn stop(stopped: Vec<(ActionId, String, String)>, now: Instant) -> Vec<Hold> {
    let crowded = stopped.len() >= STOPPED;
    let due = crowded.then(|| now.after(STOPPED_AGAIN));
    let news = stopped.into_iter().filter(|(_, why, known)| crowded || why != known);
    news.map(|(action, why, _)| Hold {
        action,
        state: ActionState::Queued,
        why,
        at: now,
        due,
    })
    .collect()
}
