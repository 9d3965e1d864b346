//! A prospect's state: a set of profiles and what was inferred about sets of them.
//!
//! State is a map, merging is the union of maps, and taking a merge back is restricting
//! the map to some of its profiles. So what was inferred about profiles before they were
//! joined comes back as it was, and what was inferred about the joined person goes; the
//! scorers then look at each of the two again. Everything bounded: the latest by evidence
//! time are kept, so that the order of arrival makes no difference.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{
    Act, ActionId, ActionState, Assessment, BeliefKey, Delivery, Entry, HOST_CONNECTOR, HUMAN, Instant, Memory, Part,
    Profile, ProfileId, ProspectId, Recorded, Seq, Telling, Turn,
    conversation::Speaker,
    part::put_belief,
    profile::{MAX_TELLINGS, keep_latest},
};

/// A person, anonymous or known.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Prospect {
    /// Its id.
    pub id: ProspectId,
    /// What is known.
    #[serde(flatten)]
    pub part: Part,
    /// The last entry that was applied.
    pub applied: Seq,
    /// Counts the times its timers were set.
    #[serde(default)]
    pub timers: u64,
}

impl Prospect {
    /// Nobody yet.
    #[must_use]
    pub fn new(id: ProspectId) -> Self {
        Self {
            id,
            part: Part::default(),
            applied: Seq::default(),
            timers: 0,
        }
    }

    /// Applies an entry: the only way in which state changes. `at` is the entry's own
    /// time. What leaves for another prospect is returned.
    pub fn apply(&mut self, place: Seq, at: Instant, entry: &Entry) -> Option<(ProspectId, Part)> {
        self.applied = self.applied.max(place);
        match entry {
            Entry::Signal(recorded) => {
                self.observe(recorded);
                self.part.carry_on();
            }
            Entry::Assessed(assessment) => self.assess(assessment),
            Entry::Missed { scorer } => {
                self.part.current_mut().memories.remove(scorer);
            }
            Entry::Decided { standing, telling, .. } => {
                self.part.current_mut().standing = standing.clone();
                if let Some(telling) = telling {
                    self.tell(telling, at);
                }
            }
            Entry::Delivery(delivery) => self.delivered(delivery, at),
            Entry::Stage { to, .. } => self.part.current_mut().stage = *to,
            Entry::Timer(_) | Entry::Again { .. } | Entry::Forgotten => {}
            Entry::Join { part, .. } => {
                self.part.absorb((**part).clone());
                self.part.carry_on();
            }
            Entry::Leave { profiles, to, .. } => {
                let set: BTreeSet<ProfileId> = profiles.iter().copied().collect();
                let left = self.part.split_off(&set);
                self.part.carry_on();
                return Some((*to, left));
            }
        }
        None
    }

    fn observe(&mut self, recorded: &Recorded) {
        for identity in &recorded.signal.identities {
            let id = ProfileId::of(identity);
            if id != recorded.profile && !recorded.with.contains(&id) {
                continue;
            }
            let profile = self
                .part
                .profiles
                .entry(id)
                .or_insert_with(|| Profile::new(identity.clone(), recorded.signal.at));
            // Nobody can vouch for a device.
            profile.verified |= recorded.verified && identity.is_known();
            profile.first_seen = profile.first_seen.min(recorded.signal.at);
            profile.last_seen = profile.last_seen.max(recorded.signal.at);
            if id == recorded.profile {
                profile.observe(recorded);
            }
        }
        self.answer(recorded);
    }

    /// Marks what a signal answers. Only signals of the connector that delivered count, and
    /// the host's own, whose links stand in what any of them delivers.
    fn answer(&mut self, recorded: &Recorded) {
        let Some(answers) = &recorded.signal.answers else {
            return;
        };
        let is_answer = matches!(
            recorded.signal.kind.as_str(),
            "message.replied"
                | "message.clicked"
                | "message.dismissed"
                | "question.answered"
                | "consent.granted"
                | "consent.withdrawn"
                | "meeting.requested"
                | "meeting.booked"
                | "chat.message"
                | "form.submitted"
                | "handover.accepted"
                | "handover.rejected"
                | "handover.recycled"
        );
        if !is_answer || recorded.signal.human() < HUMAN {
            return;
        }
        for telling in self.part.profiles.values_mut().flat_map(|p| &mut p.tellings) {
            let named = Some(telling.action) == answers.action
                || !telling.reference.is_empty() && Some(&telling.reference) == answers.reference.as_ref();
            let theirs = telling.sink == recorded.connector || recorded.connector == HOST_CONNECTOR;
            if named && theirs {
                let at = telling
                    .answered
                    .map_or(recorded.signal.at, |a| a.min(recorded.signal.at));
                telling.answered = Some(at);
                telling.dismissed |= recorded.signal.kind == "message.dismissed";
            }
        }
    }

    fn assess(&mut self, assessment: &Assessment) {
        let group = self.part.current_mut();
        for belief in &assessment.beliefs {
            let key = BeliefKey {
                scorer: assessment.scorer.clone(),
                kind: belief.kind,
                name: belief.name.clone(),
            };
            put_belief(&mut group.beliefs, key, belief.clone());
        }
        match &assessment.memory {
            Some(data) => {
                let memory = Memory {
                    version: assessment.version.clone(),
                    data: data.clone(),
                };
                group.memories.insert(assessment.scorer.clone(), memory);
            }
            None => {
                group.memories.remove(&assessment.scorer);
            }
        }
    }

    fn tell(&mut self, telling: &Telling, at: Instant) {
        let place = if self.part.profiles.contains_key(&telling.profile) {
            telling.profile
        } else {
            match self.part.profiles.keys().next() {
                Some(first) => *first,
                None => return,
            }
        };
        if let Some(profile) = self.part.profiles.get_mut(&place) {
            if profile.tellings.iter().any(|t| t.action == telling.action) {
                return;
            }
            profile.tellings.push(Telling { at, ..telling.clone() });
            keep_latest(&mut profile.tellings, MAX_TELLINGS);
        }
    }

    fn delivered(&mut self, delivery: &Delivery, at: Instant) {
        for profile in self.part.profiles.values_mut() {
            let Some(telling) = profile.tellings.iter_mut().find(|t| t.action == delivery.action) else {
                continue;
            };
            telling.state = delivery.state;
            if !delivery.reference.is_empty() {
                telling.reference.clone_from(&delivery.reference);
            }
            // What came to nothing was never told later than it was decided: in shadow, where
            // everything expires, it still counts for the caps of that day.
            if !matches!(delivery.state, ActionState::Expired | ActionState::Rejected) {
                let later = at.0.saturating_sub(telling.at.0);
                telling.at = telling.at.max(at);
                // Its team has as long as if it had got it at once.
                telling.answer_by = telling.answer_by.map(|by| Instant(by.0.saturating_add(later)));
            }
            if telling.awaits_reply() {
                self.timers += 1;
            }
            if let Some(memory) = &delivery.memory {
                let sink = telling.sink.clone();
                profile.receipts.insert(sink, memory.clone());
            }
        }
    }

    /// When the latest live signal was accepted.
    #[must_use]
    pub fn last_live(&self) -> Instant {
        self.part
            .profiles
            .values()
            .map(|p| p.last_live)
            .max()
            .unwrap_or_default()
    }

    /// All tellings, oldest first.
    #[must_use]
    pub fn tellings(&self) -> Vec<&Telling> {
        let mut all: Vec<&Telling> = self.part.profiles.values().flat_map(|p| &p.tellings).collect();
        all.sort_by_key(|t| (t.at, t.action));
        all
    }

    /// What was told last and has neither been answered nor been followed by a word of the
    /// prospect's own.
    #[must_use]
    pub fn unanswered(&self) -> Option<&Telling> {
        let word = self.last_word();
        let told = self.tellings().into_iter().rev();
        told.filter(|t| t.awaits_reply())
            .find(|t| word.is_none_or(|w| w < t.at))
    }

    /// The last message of another tool of ours, where no word of the prospect's own has
    /// followed it.
    #[must_use]
    pub fn unanswered_of_others(&self) -> Option<&Turn> {
        let word = self.last_word();
        let latest = self.turns().into_iter().rev().find(|turn| turn.is_another_tools());
        latest.filter(|turn| word.is_none_or(|word| word < turn.at))
    }

    /// Whether anything was ever told to it, by us or by another tool of ours, but for the
    /// action `but`. What may have arrived counts.
    #[must_use]
    pub fn was_told(&self, but: ActionId) -> bool {
        let arrived = |t: &Telling| {
            t.action != but
                && t.act != Act::HandOver
                && !t.shadow
                && matches!(t.state, ActionState::Delivered | ActionState::Unknown)
        };
        self.part
            .profiles
            .values()
            .any(|p| p.tellings.iter().any(arrived) || p.turns.iter().any(|t| t.speaker != Speaker::Prospect))
    }

    /// Why it wants to be left alone at `now`, if that is the last that it said.
    #[must_use]
    pub fn left_alone(&self, now: Instant) -> Option<String> {
        let replies = self.part.profiles.values().filter_map(|p| p.reply.as_ref());
        let last = replies.max_by(|x, y| (x.at, &x.by).cmp(&(y.at, &y.by)))?;
        let word = self.last_word();
        crate::reply::left_alone(last, now).filter(|_| word.is_none_or(|word| word <= last.at))
    }

    /// Whether a ticket of one of its profiles is open.
    #[must_use]
    pub fn has_open_ticket(&self) -> bool {
        let profiles = self.part.profiles.values();
        profiles.flat_map(|p| p.tickets.values()).any(|open| open.value)
    }

    /// All turns that signals reported, oldest first.
    #[must_use]
    pub fn turns(&self) -> Vec<&Turn> {
        let mut all: Vec<&Turn> = self.part.profiles.values().flat_map(|p| &p.turns).collect();
        all.sort_by(|x, y| (x.at, &x.id).cmp(&(y.at, &y.id)));
        all
    }

    /// When the prospect last spoke itself.
    #[must_use]
    pub fn last_word(&self) -> Option<Instant> {
        self.part
            .profiles
            .values()
            .flat_map(|p| &p.turns)
            .filter(|t| t.speaker == Speaker::Prospect)
            .map(|t| t.at)
            .max()
    }

    /// A scorer's memory, if it is of this version and of the present set of profiles.
    #[must_use]
    pub fn memory(&self, scorer: &str, version: &str) -> Option<&str> {
        let memory = self.part.current()?.memories.get(scorer)?;
        (memory.version == version).then_some(memory.data.as_str())
    }
}
