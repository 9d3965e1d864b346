//! One identity's own history. Everything bounded: the latest by evidence time are kept, so
//! that the order of arrival makes no difference.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    Consent, ConsentKey, ConsentStatus, Dated, HOST_CONNECTOR, Identity, Instant, Lifecycle, Recorded, Reply,
    SalesWord, Signal, Telling, Turn,
    sales::{corrections, taker},
};

const MAX_TRAITS: usize = 128;
const MAX_CONSENTS: usize = 64;
const MAX_TURNS: usize = 64;
const MAX_TICKETS: usize = 32;
const MAX_CORRECTIONS: usize = 32;
pub(crate) const MAX_TELLINGS: usize = 64;

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
    /// Of a device: the connector that reported the latest of its signals.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reported: Option<Dated<String>>,
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
    /// What their last reply meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply: Option<Dated<Reply>>,
    /// What sales said last of a hand-over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sales: Option<Dated<SalesWord>>,
    /// Who took them, as they or their system said, when a hand-over was last accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken: Option<Dated<String>>,
    /// Whether what was believed is so, as sales said: by `persona/NAME`, `interest/NAME`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub corrections: BTreeMap<String, Dated<bool>>,
    /// Whether each ticket is open, by whatever its system calls it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tickets: BTreeMap<String, Dated<bool>>,
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
    pub(crate) fn new(identity: Identity, at: Instant) -> Self {
        Self {
            identity,
            verified: false,
            signals: 0,
            first_seen: at,
            last_seen: at,
            last_live: Instant::default(),
            reported: None,
            traits: BTreeMap::new(),
            consents: BTreeMap::new(),
            company: None,
            lifecycle: None,
            unusable: None,
            reply: None,
            sales: None,
            taken: None,
            corrections: BTreeMap::new(),
            tickets: BTreeMap::new(),
            turns: Vec::new(),
            tellings: Vec::new(),
            receipts: BTreeMap::new(),
        }
    }

    /// Takes over what another history of the same identity holds.
    pub(crate) fn absorb(&mut self, other: Self) {
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
        if let Some(new) = other.reported {
            Dated::put(&mut self.reported, new);
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
        if let Some(new) = other.reply {
            Dated::put(&mut self.reply, new);
        }
        if let Some(new) = other.sales {
            Dated::put(&mut self.sales, new);
        }
        if let Some(new) = other.taken {
            Dated::put(&mut self.taken, new);
        }
        for (name, right) in other.corrections {
            put(&mut self.corrections, name, right, MAX_CORRECTIONS);
        }
        for (name, open) in other.tickets {
            put(&mut self.tickets, name, open, MAX_TICKETS);
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

    pub(crate) fn observe(&mut self, recorded: &Recorded) {
        let signal = &recorded.signal;
        let by = || signal.id.to_string();
        self.signals += 1;
        if recorded.live {
            self.last_live = self.last_live.max(recorded.received);
        }
        self.first_seen = self.first_seen.min(signal.at);
        self.last_seen = self.last_seen.max(signal.at);
        // What happened at a notice says nothing of where its reader is now.
        if !self.identity.is_known() && recorded.connector != HOST_CONNECTOR {
            let reported = Dated {
                at: signal.at,
                by: by(),
                value: recorded.connector.clone(),
            };
            Dated::put(&mut self.reported, reported);
        }
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
        if let Some(value) = Reply::of(signal).filter(|reply| *reply != Reply::Automatic) {
            let reply = Dated {
                at: signal.at,
                by: by(),
                value,
            };
            Dated::put(&mut self.reply, reply);
        }
        self.hear_sales(signal);
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
            "ticket.opened" | "ticket.closed" => {
                let name = signal.text("ticket").or(signal.about.as_deref()).unwrap_or_default();
                let open = Dated {
                    at: signal.at,
                    by: by(),
                    value: signal.kind == "ticket.opened",
                };
                put(&mut self.tickets, name.to_owned(), open, MAX_TICKETS);
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
            "address.suppressed" => {
                let why = signal
                    .text("reason")
                    .unwrap_or("it is on a list of suppressed addresses");
                Dated::put(
                    &mut self.unusable,
                    Dated {
                        at: signal.at,
                        by: by(),
                        value: why.to_owned(),
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

    fn hear_sales(&mut self, signal: &Signal) {
        let (at, by) = (signal.at, signal.id.to_string());
        for (label, value) in corrections(signal) {
            let by = by.clone();
            put(&mut self.corrections, label, Dated { at, by, value }, MAX_CORRECTIONS);
        }
        if let Some(value) = taker(signal) {
            let by = by.clone();
            Dated::put(&mut self.taken, Dated { at, by, value });
        }
        if let Some(value) = SalesWord::of(signal) {
            Dated::put(&mut self.sales, Dated { at, by, value });
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

pub(crate) fn keep_latest<T>(list: &mut Vec<T>, most: usize) {
    if list.len() > most {
        list.drain(..list.len() - most);
    }
}
