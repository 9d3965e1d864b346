//! Everything that must hold right before an attempt.

use hearken_config::Waking;
use hearken_model::{
    Act, Action, ActionId, ActionState, Answer, CapRule, Identity, Instant, Mode, Scope, StoryKind, View, decide, gate,
};
use hearken_store::{AccountCaps, Claim, Due, Hold, Switch, Switches};

use super::CAPACITY_AGAIN;
use crate::{confirmation::Asked, content, deliver::reachable, owned, parts::Shared};

/// The time over which new people are counted, in milliseconds: an hour.
const HOUR_MS: u64 = 3_600_000;

/// What may become of a due action.
pub(crate) enum Verdict {
    /// Call the sink.
    Go(Go),
    /// A switch stops it: it stays where it is.
    Stopped(Switch),
    /// Not now, or never.
    Wait(Hold),
}

/// With what an attempt may go.
#[derive(Default)]
pub(crate) struct Go {
    /// What it takes of a team's capacity.
    pub(crate) claim: Option<Claim>,
    /// Of somebody who was never told anything: how many such people there may be.
    pub(crate) new_people: Option<CapRule>,
    /// How much their account may be told.
    pub(crate) account: Option<AccountCaps>,
    /// Those addresses that may be written to now.
    pub(crate) to: Vec<Identity>,
}

/// What keeps an action from being attempted.
pub(super) struct Kept {
    state: ActionState,
    gate: String,
    why: String,
    due: Option<Instant>,
}

impl Kept {
    fn held(gate: &str, why: String) -> Self {
        Self::until(ActionState::Held, gate, why, None)
    }

    pub(super) fn ended(state: ActionState, gate: &str, why: String) -> Self {
        Self::until(state, gate, why, None)
    }

    pub(super) fn until(state: ActionState, gate: &str, why: String, due: Option<Instant>) -> Self {
        Self {
            state,
            gate: gate.to_owned(),
            why,
            due,
        }
    }
}

impl Shared {
    /// Everything that must hold right before an attempt.
    pub(crate) fn verdict(&self, due: &Due, now: Instant, switches: &Switches) -> Verdict {
        let action = &due.action;
        let scopes = action.scopes();
        let checked = match is_over(action, now) {
            Some(kept) => Err(kept),
            None => {
                if let Some(switch) = switches.stopping(&scopes) {
                    return Verdict::Stopped(switch.clone());
                }
                self.trusted(due, &scopes).and_then(|()| self.reaches(due, now))
            }
        };
        match checked {
            Ok(go) => Verdict::Go(go),
            Err(Kept { state, gate, why, due }) => Verdict::Wait(Hold {
                action: action.id,
                state,
                why,
                gate,
                at: now,
                due,
            }),
        }
    }

    /// Whether there is something to say, and the operator trusts this far: mode, approval,
    /// the text's approval.
    fn trusted(&self, due: &Due, scopes: &[Scope]) -> Result<(), Kept> {
        let action = &due.action;
        let policy = &self.wiring.policy;
        if let Some(why) = content::unsaid(&action.content) {
            return Err(Kept::held(gate::TEXT, why.to_owned()));
        }
        let (mode, scope) = policy.most_careful(scopes);
        match mode {
            Mode::Live => {}
            Mode::Approve if action.is_approved() => {}
            Mode::Approve => return Err(Kept::held(gate::APPROVAL, waits_for_approval(action.id, &scope))),
            Mode::Shadow => {
                let why = format!(
                    "the mode is shadow by now, as {} says: it goes when that is changed",
                    scope.table()
                );
                return Err(Kept::held(gate::MODE, why));
            }
        }
        if policy.approve_texts && action.act != Act::HandOver && !due.text_approved {
            return Err(Kept::held(gate::DRAFT, is_a_draft(&action.target)));
        }
        if let Some(why) = due.suppressed.as_ref().filter(|_| action.act != Act::HandOver) {
            let why = format!("the address is suppressed: {why}");
            return Err(Kept::ended(ActionState::Rejected, gate::SUPPRESSED, why));
        }
        Ok(())
    }

    /// Whether the person may be reached, and with what.
    fn reaches(&self, due: &Due, now: Instant) -> Result<Go, Kept> {
        let action = &due.action;
        if action.seed {
            return Ok(Go {
                to: action.to.clone(),
                ..Go::default()
            });
        }
        let view = self.view(&due.prospect, now);
        let mut facts = self.facts(&due.prospect, &view, Some(action.id));
        owned::join(&mut facts, due.colleagues.clone(), &self.wiring);
        if let Some(found) = decide::attempt_gates(action, &facts).first() {
            let why = format!("{}: {}", found.gate, found.why);
            return Err(Kept::ended(ActionState::Rejected, &found.gate, why));
        }
        if action.act == Act::HandOver {
            return self.hands_over(action, &facts);
        }
        self.is_their_hour(action, &view, now)?;
        // Of several addresses some may have become unusable since, or somebody else's.
        let to = action
            .to
            .iter()
            .filter(|i| reachable(&facts, &action.channel, &i.scheme).contains(i));
        let cap = self
            .wiring
            .policy
            .new_people_per_hour
            .map(|count| CapRule { count, per_ms: HOUR_MS });
        Ok(Go {
            claim: None,
            account: self
                .account_caps(&due.prospect)
                .filter(|_| action.purpose != StoryKind::Service.word()),
            new_people: cap.filter(|_| !due.prospect.was_told(action.id)),
            to: to.cloned().collect(),
        })
    }

    /// Whether it is the reader's time of day for it. Service stories, and what somebody is
    /// asked to confirm, are waited for.
    fn is_their_hour(&self, action: &Action, view: &View, now: Instant) -> Result<(), Kept> {
        let awaited = action.purpose == StoryKind::Service.word() || Asked::is_in(&action.content);
        let Some(waking) = self.wiring.waking.as_ref().filter(|_| !awaited) else {
            return Ok(());
        };
        let zone = view.zone.as_deref().and_then(Waking::zone);
        let clock = zone
            .as_ref()
            .map_or("a clock that may be theirs", |_| "their own clock");
        match waking.next(zone, now.timestamp()).and_then(Instant::of_timestamp) {
            // To the millisecond, the moment may lie a little before itself.
            Some(at) if at <= now => Ok(()),
            at => {
                let why = format!("it is outside waking-hours in [policy] by {clock}");
                Err(Kept::until(
                    ActionState::Queued,
                    gate::HOUR,
                    why,
                    at.or_else(|| Some(now.after(CAPACITY_AGAIN))),
                ))
            }
        }
    }
}

/// Whether it is too late for it, or a person has said no.
fn is_over(action: &Action, now: Instant) -> Option<Kept> {
    if let Some(no) = action.approval.as_ref().filter(|a| a.answer == Answer::No) {
        let why = format!("refused by {}", no.by);
        return Some(Kept::ended(ActionState::Rejected, gate::REFUSED, why));
    }
    (now > action.expires).then(|| {
        let why = format!("expired at {}", action.expires);
        Kept::ended(ActionState::Expired, gate::EXPIRED, why)
    })
}

/// Why something waits for approval, and what lets it go.
pub(crate) fn waits_for_approval(action: ActionId, scope: &Scope) -> String {
    format!(
        "waits for approval, as the mode in {} says: hearken approve yes {action}",
        scope.table()
    )
}

/// Why something waits for its text's approval, and what lets it go.
pub(crate) fn is_a_draft(story: &str) -> String {
    format!("the text of '{story}' is a draft, and approve in [stories] asks for more: hearken approve story {story}")
}

/// Why something is stopped, and what lets it go.
pub(super) fn stopped_by(switch: &Switch) -> String {
    let Switch { scope, at, by, .. } = switch;
    let option = match scope {
        Scope::All => String::new(),
        Scope::Channel(name) => format!(" --channel {name}"),
        Scope::Story(name) => format!(" --story {name}"),
        Scope::Team(name) => format!(" --team {name}"),
        Scope::Sink(name) => format!(" --sink {name}"),
    };
    format!("{scope} is stopped since {at} by {by}: hearken go{option}")
}
