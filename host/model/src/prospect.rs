//! A prospect's state: a set of profiles and what was inferred about sets of them.
//!
//! State is a map, merging is the union of maps, and taking a merge back is restricting
//! the map to some of its profiles. So what was inferred about profiles before they were
//! joined comes back as it was, and what was inferred about the joined person goes; the
//! scorers then look at each of the two again. Everything bounded: the latest by evidence
//! time are kept, so that the order of arrival makes no difference.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    Assessment, Belief, BeliefKey, Consent, ConsentKey, ConsentStatus, Dated, Delivery, Entry, Identity, Instant,
    Lifecycle, ProfileId, ProspectId, Recorded, Seq, Telling, Turn, conversation::Speaker,
};

const MAX_TRAITS: usize = 128;
const MAX_CONSENTS: usize = 64;
const MAX_TURNS: usize = 64;
const MAX_TELLINGS: usize = 64;
const MAX_GROUPS: usize = 12;
const MAX_BELIEFS: usize = 512;

/// One identity's own history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// Whose.
    pub identity: Identity,
    /// Whether a connector that may vouch for it has reported it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub verified: bool,
    /// How many signals it gave.
    pub signals: u64,
    /// The earliest.
    pub first_seen: Instant,
    /// The latest.
    pub last_seen: Instant,
    /// When the latest live one was accepted.
    #[serde(default)]
    pub last_live: Instant,
    /// By name; null where it was taken back.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub traits: BTreeMap<String, Dated<Value>>,
    /// What was allowed.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub consents: BTreeMap<ConsentKey, Dated<Consent>>,
    /// The company.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company: Option<Dated<Identity>>,
    /// The stage, where a CRM or sales said one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lifecycle: Option<Dated<Lifecycle>>,
    /// Why its address cannot be used: a permanent bounce, a complaint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unusable: Option<Dated<String>>,
    /// The latest turns, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub turns: Vec<Turn>,
    /// What we decided to do, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tellings: Vec<Telling>,
    /// What sinks want to be given with the next action (base64), by connector.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub receipts: BTreeMap<String, String>,
}

impl Profile {
    fn new(identity: Identity, at: Instant) -> Self {
        Self {
            identity,
            verified: false,
            signals: 0,
            first_seen: at,
            last_seen: at,
            last_live: Instant::default(),
            traits: BTreeMap::new(),
            consents: BTreeMap::new(),
            company: None,
            lifecycle: None,
            unusable: None,
            turns: Vec::new(),
            tellings: Vec::new(),
            receipts: BTreeMap::new(),
        }
    }

    /// Takes over what another history of the same identity holds.
    fn absorb(&mut self, other: Self) {
        self.verified |= other.verified;
        self.signals += other.signals;
        self.first_seen = self.first_seen.min(other.first_seen);
        self.last_seen = self.last_seen.max(other.last_seen);
        self.last_live = self.last_live.max(other.last_live);
        for (name, value) in other.traits {
            put(&mut self.traits, name, value, MAX_TRAITS);
        }
        for (key, consent) in other.consents {
            put(&mut self.consents, key, consent, MAX_CONSENTS);
        }
        if let Some(new) = other.company {
            Dated::put(&mut self.company, new);
        }
        if let Some(new) = other.lifecycle {
            Dated::put(&mut self.lifecycle, new);
        }
        if let Some(new) = other.unusable {
            Dated::put(&mut self.unusable, new);
        }
        for turn in other.turns {
            self.turn(turn);
        }
        for telling in other.tellings {
            if !self.tellings.iter().any(|t| t.action == telling.action) {
                self.tellings.push(telling);
            }
        }
        self.tellings.sort_by_key(|t| (t.at, t.action));
        keep_latest(&mut self.tellings, MAX_TELLINGS);
        self.receipts.extend(other.receipts);
    }

    fn turn(&mut self, turn: Turn) {
        if self.turns.iter().any(|t| t.id == turn.id) {
            return;
        }
        let place = self.turns.partition_point(|t| (t.at, &t.id) < (turn.at, &turn.id));
        self.turns.insert(place, turn);
        keep_latest(&mut self.turns, MAX_TURNS);
    }

    fn observe(&mut self, recorded: &Recorded) {
        let signal = &recorded.signal;
        let by = || signal.id.to_string();
        self.signals += 1;
        if recorded.live {
            self.last_live = self.last_live.max(recorded.received);
        }
        self.first_seen = self.first_seen.min(signal.at);
        self.last_seen = self.last_seen.max(signal.at);
        if let Some(company) = &signal.company {
            Dated::put(
                &mut self.company,
                Dated {
                    at: signal.at,
                    by: by(),
                    value: company.clone(),
                },
            );
        }
        if let Some(turn) = Turn::of(recorded) {
            self.turn(turn);
        }
        match signal.kind.as_str() {
            "person.identified" | "person.described" => {
                for (name, value) in signal
                    .properties
                    .get("traits")
                    .and_then(Value::as_object)
                    .into_iter()
                    .flatten()
                {
                    let dated = Dated {
                        at: signal.at,
                        by: by(),
                        value: value.clone(),
                    };
                    put(&mut self.traits, name.clone(), dated, MAX_TRAITS);
                }
            }
            "consent.granted" => self.consent(recorded, ConsentStatus::Granted),
            "consent.pending" => self.consent(recorded, ConsentStatus::Pending),
            "consent.withdrawn" | "message.unsubscribed" => self.consent(recorded, ConsentStatus::Withdrawn),
            "message.complained" => {
                self.consent(recorded, ConsentStatus::Withdrawn);
                let why = "complained about a message".to_owned();
                Dated::put(
                    &mut self.unusable,
                    Dated {
                        at: signal.at,
                        by: by(),
                        value: why,
                    },
                );
            }
            "message.bounced" if signal.properties.get("permanent") == Some(&Value::Bool(true)) => {
                let why = signal.text("detail").unwrap_or("a message bounced for good").to_owned();
                Dated::put(
                    &mut self.unusable,
                    Dated {
                        at: signal.at,
                        by: by(),
                        value: why,
                    },
                );
            }
            kind => {
                if let Some(stage) = stage_of(kind, signal.text("to")) {
                    Dated::put(
                        &mut self.lifecycle,
                        Dated {
                            at: signal.at,
                            by: by(),
                            value: stage,
                        },
                    );
                }
            }
        }
    }

    fn consent(&mut self, recorded: &Recorded, status: ConsentStatus) {
        let signal = &recorded.signal;
        let text = |name: &str, default: &str| signal.text(name).unwrap_or(default).to_owned();
        let key = ConsentKey {
            brand: text("brand", "*"),
            purpose: text("purpose", "marketing"),
            channel: text("channel", "*"),
        };
        let consent = Consent {
            status,
            basis: text("basis", ""),
            proof: text("proof", ""),
        };
        let dated = Dated {
            at: signal.at,
            by: signal.id.to_string(),
            value: consent,
        };
        put(&mut self.consents, key, dated, MAX_CONSENTS);
    }
}

/// The stage that a signal's kind says.
fn stage_of(kind: &str, to: Option<&str>) -> Option<Lifecycle> {
    match kind {
        "lifecycle.changed" => to.and_then(Lifecycle::from_word),
        "deal.opened" => Some(Lifecycle::Opportunity),
        "deal.won" => Some(Lifecycle::Customer),
        "deal.lost" | "handover.recycled" => Some(Lifecycle::Recycled),
        "handover.accepted" => Some(Lifecycle::Accepted),
        "handover.rejected" => Some(Lifecycle::Lead),
        _ => None,
    }
}

/// Puts a dated value where it is the later word, and keeps the latest `most`.
fn put<K: Ord + Clone, T>(map: &mut BTreeMap<K, Dated<T>>, key: K, new: Dated<T>, most: usize) {
    match map.get_mut(&key) {
        Some(old) if new.outranks(old) => *old = new,
        Some(_) => {}
        None => {
            map.insert(key, new);
            if map.len() > most {
                let oldest = map
                    .iter()
                    .min_by_key(|(k, d)| (d.at, &d.by, *k))
                    .map(|(k, _)| k.clone());
                if let Some(oldest) = oldest {
                    map.remove(&oldest);
                }
            }
        }
    }
}

fn keep_latest<T>(list: &mut Vec<T>, most: usize) {
    if list.len() > most {
        list.drain(..list.len() - most);
    }
}

/// What a scorer wants to be given the next time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memory {
    /// The plugin's version: another one does not get it.
    pub version: String,
    /// Base64.
    pub data: String,
}

/// What was inferred about a set of profiles while they were the whole person.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Assessed {
    /// The set.
    pub of: BTreeSet<ProfileId>,
    /// Raw, as scorers gave them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub beliefs: BTreeMap<BeliefKey, Belief>,
    /// By scorer.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub memories: BTreeMap<String, Memory>,
    /// The stage that was last announced.
    #[serde(default)]
    pub stage: Lifecycle,
    /// What stood out when the last decision was made.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub standing: BTreeSet<String>,
}

/// What is known of some profiles: all of a prospect, or what moves to another one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// The histories.
    pub profiles: BTreeMap<ProfileId, Profile>,
    /// What was inferred, the latest set last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assessed: Vec<Assessed>,
}

impl Part {
    /// The union. A profile that both know has its histories joined.
    pub fn absorb(&mut self, other: Self) {
        for (id, profile) in other.profiles {
            match self.profiles.get_mut(&id) {
                Some(mine) => mine.absorb(profile),
                None => {
                    self.profiles.insert(id, profile);
                }
            }
        }
        for group in other.assessed {
            match self.assessed.iter_mut().find(|mine| mine.of == group.of) {
                Some(mine) => {
                    for (key, belief) in group.beliefs {
                        if mine.beliefs.get(&key).is_none_or(|old| old.at < belief.at) {
                            put_belief(&mut mine.beliefs, key, belief);
                        }
                    }
                }
                None => self.assessed.push(group),
            }
        }
        self.assessed
            .sort_by(|x, y| (x.of.len(), &x.of).cmp(&(y.of.len(), &y.of)));
        keep_latest(&mut self.assessed, MAX_GROUPS);
    }

    /// Takes out what concerns `profiles` alone, and forgets what was inferred about sets
    /// that the two parts share.
    pub fn split_off(&mut self, profiles: &BTreeSet<ProfileId>) -> Self {
        let (theirs, mine) = std::mem::take(&mut self.profiles)
            .into_iter()
            .partition(|(id, _)| profiles.contains(id));
        self.profiles = mine;
        let (theirs_said, rest): (Vec<_>, Vec<_>) = std::mem::take(&mut self.assessed)
            .into_iter()
            .partition(|g| g.of.is_subset(profiles));
        self.assessed = rest.into_iter().filter(|g| g.of.is_disjoint(profiles)).collect();
        Self {
            profiles: theirs,
            assessed: theirs_said,
        }
    }

    /// Whose profiles these are.
    #[must_use]
    pub fn members(&self) -> BTreeSet<ProfileId> {
        self.profiles.keys().copied().collect()
    }

    /// What was inferred about exactly the present set of profiles.
    #[must_use]
    pub fn current(&self) -> Option<&Assessed> {
        self.assessed
            .iter()
            .find(|g| g.of.len() == self.profiles.len() && g.of.iter().all(|p| self.profiles.contains_key(p)))
    }

    /// The stage that was last announced: of the present set of profiles, or else of the
    /// largest part of it, so that who joins is not announced again as what they were.
    #[must_use]
    pub fn announced(&self) -> Lifecycle {
        let parts = self
            .assessed
            .iter()
            .filter(|g| g.of.iter().all(|p| self.profiles.contains_key(p)));
        parts
            .max_by_key(|g| (g.of.len(), g.stage))
            .map(|g| g.stage)
            .unwrap_or_default()
    }

    /// Takes over what was announced of a part when the set of profiles has changed.
    fn carry_on(&mut self) {
        if self.current().is_none() && self.announced() != Lifecycle::default() {
            self.current_mut();
        }
    }

    fn current_mut(&mut self) -> &mut Assessed {
        let members = self.members();
        let stage = self.announced();
        let place = match self.assessed.iter().position(|g| g.of == members) {
            Some(place) => place,
            None => {
                if self.assessed.len() >= MAX_GROUPS {
                    self.assessed.remove(0);
                }
                self.assessed.push(Assessed {
                    of: members,
                    stage,
                    ..Assessed::default()
                });
                self.assessed.len() - 1
            }
        };
        &mut self.assessed[place]
    }
}

/// The last word in the log holds; a withdrawn belief stays as such, so that what was said
/// about fewer profiles earlier does not come back.
fn put_belief(beliefs: &mut BTreeMap<BeliefKey, Belief>, key: BeliefKey, new: Belief) {
    if beliefs.len() < MAX_BELIEFS || beliefs.contains_key(&key) {
        beliefs.insert(key, new);
    }
}

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
            Entry::Timer(_) => {}
            Entry::Join { part, .. } => {
                self.part.absorb((**part).clone());
                self.part.carry_on();
            }
            Entry::Leave { profiles, to } => {
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

    /// Marks what a signal answers. Only signals of the connector that delivered count.
    fn answer(&mut self, recorded: &Recorded) {
        let Some(answers) = &recorded.signal.answers else {
            return;
        };
        let is_answer = matches!(
            recorded.signal.kind.as_str(),
            "message.replied"
                | "message.clicked"
                | "question.answered"
                | "meeting.requested"
                | "meeting.booked"
                | "chat.message"
                | "form.submitted"
                | "handover.accepted"
                | "handover.rejected"
                | "handover.recycled"
        );
        let automatic = recorded.signal.properties.get("automatic") == Some(&Value::Bool(true));
        if !is_answer || automatic {
            return;
        }
        for telling in self.part.profiles.values_mut().flat_map(|p| &mut p.tellings) {
            if Some(telling.action) == answers.action && telling.sink == recorded.connector {
                let at = telling
                    .answered
                    .map_or(recorded.signal.at, |a| a.min(recorded.signal.at));
                telling.answered = Some(at);
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
            telling.at = telling.at.max(at);
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
