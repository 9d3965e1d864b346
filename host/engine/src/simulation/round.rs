//! One round: of each partition what comes next, applied in one wave.

use std::{collections::HashMap, time::Duration};

use hearken_model::{ActionId, Decision, Entry, Instant, Partition, Prospect, ProspectId};
use hearken_store::{Commit, Logged, StoreError, TimerSet};

use super::{
    Run,
    compared::{Likeness, Made, Pair},
    lane::Group,
};
use crate::wave::{Share, Wave};

/// How far apart in time partitions are that go through a round together. They know nothing of
/// each other but for what joins people; so it matters for how much is asked at once.
const TOGETHER: Duration = Duration::from_secs(3_600);

/// What happens next in a partition.
pub(super) struct Turn {
    pub(super) lane: usize,
    pub(super) at: Instant,
    pub(super) share: Share,
    /// What applying it brought about then; none where it was not recorded.
    pub(super) derived: Option<Vec<Logged>>,
}

impl Run<'_> {
    /// Goes a step further; whether there was anything.
    pub(super) async fn round(&mut self) -> Result<bool, StoreError> {
        self.past.begin();
        let mut first: Option<Instant> = None;
        for lane in &mut self.lanes {
            lane.look_ahead(self.shared.store.as_ref()).await?;
            first = lane.when().into_iter().chain(first).min();
        }
        let Some(first) = first else { return Ok(false) };
        let mut turns = self.turns(first.after(TOGETHER)).await?;
        if turns.is_empty() {
            // Who waits for what left somebody else further ahead.
            turns = self.turns(Instant(u64::MAX)).await?;
        }
        if turns.is_empty() && !self.give_up_waiting() {
            return Ok(self.lanes.iter().any(|lane| lane.when().is_some()));
        }
        let at = turns.iter().map(|turn| turn.at).max().unwrap_or_default();
        self.clock.set(at);
        let (before, compared): (Vec<Turn>, Vec<Turn>) = turns.into_iter().partition(|turn| turn.at < self.since);
        self.remember(before).await?;
        self.decide(compared).await?;
        Ok(true)
    }

    async fn turns(&mut self, until: Instant) -> Result<Vec<Turn>, StoreError> {
        let mut turns = Vec::new();
        for index in 0..self.lanes.len() {
            if self.lanes[index].when().is_some_and(|when| when <= until)
                && let Some(turn) = self.turn(index).await?
            {
                turns.push(turn);
            }
        }
        Ok(turns)
    }

    /// What comes next in a partition; none where nothing does, or where it waits.
    async fn turn(&mut self, index: usize) -> Result<Option<Turn>, StoreError> {
        if let Some(turn) = self.by_itself(index).await? {
            return Ok(Some(turn));
        }
        if self.lanes[index].next().any(|logged| self.is_awaited(logged)) {
            return Ok(None);
        }
        let Some(group) = self.lanes[index].take() else {
            return Ok(None);
        };
        if group.at > self.until {
            self.lanes[index].close();
            return Ok(None);
        }
        let Group {
            to,
            at,
            entries,
            derived,
        } = group;
        self.found.entries += entries.len() as u64;
        let partition = self.lanes[index].partition;
        if at >= self.since {
            let (from, _) = self.found.compared.unwrap_or((at, at));
            let last = self.found.compared.map_or(at, |(_, last)| last.max(at));
            self.found.compared = Some((from.min(at), last));
            self.past.recall(partition, to, at, &derived).await?;
        }
        let entries = entries
            .into_iter()
            .filter_map(|l| self.as_it_is_here(index, l, at))
            .collect();
        let share = Share {
            partition,
            epoch: 0,
            applied: 0,
            to,
            step: self.lanes[index].step,
            entries,
        };
        let derived = Some(derived);
        Ok(Some(Turn {
            lane: index,
            at,
            share,
            derived,
        }))
    }

    /// Whether an entry has to wait for what has yet to leave another prospect.
    fn is_awaited(&self, logged: &Logged) -> bool {
        let Entry::Join { from, part, .. } = &logged.entry else {
            return false;
        };
        let there = self.moving.get(from);
        part.profiles
            .keys()
            .any(|id| there.is_none_or(|p| !p.profiles.contains_key(id)))
    }

    /// Where everything waits, the log is not whole: what is awaited is taken as it was recorded.
    /// Whether there is anything.
    fn give_up_waiting(&mut self) -> bool {
        let waiting: Vec<Logged> = self
            .lanes
            .iter()
            .flat_map(|lane| lane.next().filter(|l| self.is_awaited(l)).cloned())
            .collect();
        self.found.broken += waiting.len() as u64;
        for logged in &waiting {
            if let Entry::Join { from, part, .. } = &logged.entry {
                self.moving.entry(*from).or_default().absorb((**part).clone());
            }
        }
        !waiting.is_empty()
    }

    /// An entry as it is in the simulation; none where there is none.
    fn as_it_is_here(&mut self, index: usize, mut logged: Logged, now: Instant) -> Option<Logged> {
        let recorded = now < self.since;
        match &mut logged.entry {
            Entry::Join { from, part, .. } => {
                let profiles = part.profiles.keys().copied().collect();
                let left = self.moving.get_mut(from)?;
                **part = left.split_off(&profiles);
                if left.profiles.is_empty() {
                    self.moving.remove(from);
                }
            }
            Entry::Delivery(delivery) if !self.followed.contains(&delivery.action) => return None,
            Entry::Timer(timer) => {
                let timers = &mut self.lanes[index].timers;
                let key = (logged.prospect, timer.name.clone());
                let due = timers.get(&key).is_some_and(|(due, _)| *due <= logged.at);
                if let Some((_, generation)) = due.then(|| timers.take(&key)).flatten() {
                    timer.generation = generation;
                } else if !recorded {
                    return None;
                }
            }
            _ => {}
        }
        Some(logged)
    }

    /// Applies what lies before all that is compared: decisions are those that were made.
    async fn remember(&mut self, turns: Vec<Turn>) -> Result<(), StoreError> {
        let derived: Vec<Logged> = turns
            .iter()
            .flat_map(|t| t.derived.clone().unwrap_or_default())
            .collect();
        let lanes: Vec<usize> = turns.iter().map(|t| t.lane).collect();
        let (shared, people) = (self.shared, &mut self.people);
        let shares = turns.into_iter().map(|turn| turn.share).collect();
        let wave = Wave::apply(shared, &self.past, shares, |id| take(people, id));
        let done = wave.reflect().await?;
        for commit in done.commits {
            self.keep(commit, &lanes);
        }
        for logged in derived {
            let Entry::Decided { telling, .. } = &logged.entry else {
                continue;
            };
            self.followed.extend(telling.as_ref().map(|t| t.action));
            if let Some(prospect) = self.people.get_mut(&logged.prospect) {
                prospect.apply(logged.place, logged.at, &logged.entry);
            }
        }
        Ok(())
    }

    /// Applies what is compared.
    async fn decide(&mut self, turns: Vec<Turn>) -> Result<(), StoreError> {
        let lanes: Vec<usize> = turns.iter().map(|t| t.lane).collect();
        let recorded: Vec<(Partition, u64)> = turns
            .iter()
            .filter(|t| t.derived.is_some())
            .map(|t| (t.share.partition, t.share.to))
            .collect();
        let (shared, people) = (self.shared, &mut self.people);
        let shares = turns.into_iter().map(|turn| turn.share).collect();
        let wave = Wave::apply(shared, &self.past, shares, |id| take(people, id));
        let done = wave.think().await?;
        let mut decided: Vec<Made> = Vec::new();
        for mut commit in done.commits {
            let decisions = std::mem::take(&mut commit.decisions);
            let state = |d: &Decision| commit.actions.iter().find(|a| a.decision == d.id).map(|a| a.state);
            decided.extend(decisions.iter().map(|d| Made::of(d, state(d))));
            self.begin_actions(&mut commit);
            self.keep(commit, &lanes);
        }
        self.compare(&recorded, decided);
        Ok(())
    }

    /// Keeps what a wave brought about.
    fn keep(&mut self, commit: Commit, lanes: &[usize]) {
        let partition = commit.partition;
        let Some(index) = lanes.iter().copied().find(|i| self.lanes[*i].partition == partition) else {
            return;
        };
        let lane = &mut self.lanes[index];
        let steps = commit.derived.iter().map(|l| l.place.step);
        lane.step = steps.max().unwrap_or_default().max(lane.step);
        for TimerSet {
            prospect,
            name,
            due,
            generation,
        } in commit.timers
        {
            match due {
                Some(due) => lane.timers.put((prospect, name), due, generation),
                None => drop(lane.timers.take(&(prospect, name))),
            }
        }
        for prospect in commit.prospects {
            self.people.insert(prospect.id, prospect);
        }
        for outgoing in commit.outgoing {
            if let Entry::Join { from, part, .. } = outgoing.entry {
                let told = part.profiles.values().flat_map(|p| &p.tellings).map(|t| t.action);
                let told: Vec<ActionId> = told.collect();
                self.moving.entry(from).or_default().absorb(*part);
                self.take_along(&told, index, outgoing.prospect);
            }
        }
        for suppression in commit.suppressions {
            let known = (suppression.at, suppression.why);
            self.suppressed.entry(suppression.identity).or_insert(known);
        }
        self.found.unusable += commit.dead_letters.len() as u64;
    }

    /// Puts what was decided beside what was recorded.
    fn compare(&mut self, recorded: &[(Partition, u64)], decided: Vec<Made>) {
        let mut pairs: Vec<Pair> = Vec::new();
        let then = recorded
            .iter()
            .flat_map(|(partition, to)| self.past.of(*partition, *to));
        for recorded in then {
            let made = Made::of(&recorded.decision, recorded.state);
            pairs.push(Pair {
                then: Some(made),
                now: None,
                who: String::new(),
            });
        }
        for now in decided {
            let same = |pair: &&mut Pair| {
                pair.now.is_none() && pair.then.as_ref().is_some_and(|then| then.prospect == now.prospect)
            };
            // A wave decides about somebody once.
            match pairs.iter_mut().find(same) {
                Some(pair) => pair.now = Some(now),
                None => pairs.push(Pair {
                    then: None,
                    now: Some(now),
                    who: String::new(),
                }),
            }
        }
        for mut pair in pairs {
            let made = pair.now.as_ref().or(pair.then.as_ref());
            let Some((prospect, at)) = made.map(|m| (m.prospect, m.at)) else {
                continue;
            };
            match pair.likeness() {
                Likeness::Silent => {
                    self.found.silent += 1;
                    continue;
                }
                Likeness::Same => {
                    let both = pair.then.iter_mut().chain(pair.now.iter_mut());
                    both.for_each(Made::forget_alternatives);
                }
                _ => {}
            }
            pair.who = self.name(prospect, at);
            self.found.pairs.push(pair);
        }
    }

    fn name(&self, prospect: ProspectId, at: Instant) -> String {
        let Some(prospect) = self.people.get(&prospect) else {
            return String::new();
        };
        let view = self.shared.view(prospect, at);
        view.identities.first().map(|(i, _)| i.to_string()).unwrap_or_default()
    }
}

fn take(people: &mut HashMap<ProspectId, Prospect>, id: ProspectId) -> Prospect {
    people.remove(&id).unwrap_or_else(|| Prospect::new(id))
}
