//! What happens in a simulation by itself: timers that only it has set, and actions that only it
//! has decided.

use std::time::Duration;

use hearken_model::{Action, ActionId, ActionState, Delivery, Entry, Instant, ProspectId, Seq, StoryId, TimerFired};
use hearken_store::{Commit, Due, Logged, StoreError, Switches, Witness};

use super::{Run, SLACK, round::Turn};
use crate::{outbox::Verdict, wave::Share};

/// What waits is looked at again after so long at the earliest.
const AGAIN: Duration = Duration::from_secs(1);
/// When an action is looked at again whose prospect is just moving to another one.
const MOVING: Duration = Duration::from_secs(60);

impl Run<'_> {
    /// What happens in a partition by itself, before its log goes on.
    pub(super) async fn by_itself(&mut self, index: usize) -> Result<Option<Turn>, StoreError> {
        loop {
            let lane = &self.lanes[index];
            let next = lane.next_at();
            let before = |due: Instant| next.is_none_or(|next| due < next);
            let timer = lane
                .timers
                .first()
                .filter(|(due, _)| *due <= self.horizon && before(*due));
            let action = lane.open.first().filter(|(due, _)| *due <= self.until && before(*due));
            let happens = match (timer, action) {
                (Some((due, key)), action) if action.as_ref().is_none_or(|(other, _)| due <= *other) => self
                    .runs_out(index, due, key)
                    .map(|(prospect, entry)| (due, prospect, entry)),
                (_, Some((due, id))) => self
                    .goes_on(index, due, id)
                    .map(|(prospect, entry)| (due, prospect, entry)),
                _ => {
                    self.end_of_time(index);
                    return Ok(None);
                }
            };
            if let Some((due, prospect, entry)) = happens {
                return self.unrecorded(index, due, prospect, entry).await.map(Some);
            }
        }
    }

    /// Where the log has ended, what is due behind its end never is.
    fn end_of_time(&mut self, index: usize) {
        let (horizon, until) = (self.horizon, self.until);
        let lane = &mut self.lanes[index];
        if lane.next_at().is_some() {
            return;
        }
        while let Some((_, key)) = lane.timers.first().filter(|(due, _)| *due > horizon) {
            lane.timers.leave(&key);
        }
        while let Some((_, id)) = lane.open.first().filter(|(due, _)| *due > until) {
            lane.open.leave(&id);
        }
    }

    async fn unrecorded(
        &mut self,
        index: usize,
        due: Instant,
        prospect: ProspectId,
        entry: Entry,
    ) -> Result<Turn, StoreError> {
        let lane = &mut self.lanes[index];
        lane.now = lane.now.max(due);
        lane.step += 1;
        let (partition, at, to, step) = (lane.partition, lane.now, lane.taken, lane.step);
        let place = Seq { seq: to, step };
        self.past.expect_unrecorded(partition, at).await?;
        let entries = vec![Logged {
            partition,
            place,
            at,
            prospect,
            entry,
        }];
        let share = Share {
            partition,
            epoch: 0,
            applied: 0,
            to,
            step,
            entries,
        };
        Ok(Turn {
            lane: index,
            at,
            share,
            derived: None,
        })
    }

    /// A timer is due. Where the record has it run out, that is when it does; and what was due
    /// before all that is compared has done what the record says.
    fn runs_out(&mut self, index: usize, due: Instant, key: (ProspectId, String)) -> Option<(ProspectId, Entry)> {
        let lane = &mut self.lanes[index];
        let (_, generation) = *lane.timers.get(&key)?;
        let next = lane.next_at().unwrap_or_default().max(due);
        if lane.has_run_out(&key, generation, (due, next.after(SLACK))) {
            lane.timers.leave(&key);
            return None;
        }
        lane.timers.take(&key);
        let (prospect, name) = key;
        (due >= self.since).then_some((prospect, Entry::Timer(TimerFired { name, generation })))
    }

    /// Notes the actions that a wave has decided: those that were recorded go on as they did,
    /// the others by themselves.
    pub(super) fn begin_actions(&mut self, commit: &mut Commit) {
        let Some(index) = self.lanes.iter().position(|l| l.partition == commit.partition) else {
            return;
        };
        for action in std::mem::take(&mut commit.actions) {
            if self.past.has(&action, commit.to) {
                self.followed.insert(action.id);
                continue;
            }
            let due = if action.state == ActionState::Held {
                action.expires
            } else {
                action.due
            };
            self.lanes[index].open.put(action.id, due, action);
        }
    }

    /// What goes with its profile to another prospect.
    pub(super) fn take_along(&mut self, told: &[ActionId], from: usize, to: ProspectId) {
        let Some(index) = self.lanes.iter().position(|l| l.partition == to.partition()) else {
            return;
        };
        for id in told {
            if let Some((due, mut action)) = self.lanes[from].open.take(id) {
                action.prospect = to;
                self.lanes[index].open.put(*id, due, action);
            }
        }
    }

    /// An action that only the simulation has is looked at: what becomes of it, if anything
    /// does now. What may go is delivered.
    fn goes_on(&mut self, index: usize, due: Instant, id: ActionId) -> Option<(ProspectId, Entry)> {
        let (_, mut action) = self.lanes[index].open.take(&id)?;
        let now = self.lanes[index].now.max(due);
        let prospect = self.people.get(&action.prospect);
        let Some(prospect) = prospect.filter(|p| p.tellings().iter().any(|t| t.action == id)) else {
            self.lanes[index].open.put(id, now.after(MOVING), action);
            return None;
        };
        let held = action.state == ActionState::Held;
        let (state, why, again) = if held {
            (ActionState::Expired, format!("expired at {}", action.expires), None)
        } else {
            let suppressed = self.suppressed_for(&action, now);
            let looked_at = Due {
                action: action.clone(),
                prospect: prospect.clone(),
                witness: Witness {
                    applied: prospect.applied,
                    rules: 0,
                },
                memory: None,
                suppressed,
                text_approved: self.is_approved(&action, now),
                colleagues: None,
            };
            match self.shared.verdict(&looked_at, now, &Switches::default()) {
                Verdict::Go(_) | Verdict::Stopped(_) => (ActionState::Delivered, String::new(), None),
                Verdict::Wait(hold) => (hold.state, hold.why, hold.due),
            }
        };
        let changed = state != action.state;
        let prospect = action.prospect;
        if !state.is_final() {
            action.state = state;
            let later = || again.unwrap_or_default().max(now.after(AGAIN));
            let due = if state == ActionState::Held {
                action.expires
            } else {
                later()
            };
            self.lanes[index].open.put(id, due, action);
        }
        changed.then(|| {
            let delivery = Delivery {
                action: id,
                state,
                why,
                reference: String::new(),
                memory: None,
            };
            (prospect, Entry::Delivery(delivery))
        })
    }

    fn is_approved(&self, action: &Action, now: Instant) -> bool {
        let text = (StoryId(action.target.clone()), action.text.clone());
        self.approved.get(&text).is_some_and(|at| *at <= now)
    }

    fn suppressed_for(&self, action: &Action, now: Instant) -> Option<String> {
        let known = action.to.iter().filter_map(|identity| self.suppressed.get(identity));
        known.filter(|(at, _)| *at <= now).map(|(_, why)| why.clone()).next()
    }
}
