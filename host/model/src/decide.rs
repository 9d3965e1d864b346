//! From a router's choices to one decision: gates, renormalised weights, one draw from a
//! recorded seed. Everything that it reads is in [`Facts`], which the record keeps, so that
//! a decision made again from its record is the same decision.

use std::collections::BTreeMap;

use rand_chacha::{
    ChaCha8Rng,
    rand_core::{RngCore, SeedableRng},
};
use serde::{Deserialize, Serialize};

use crate::{
    Act, Action, Alternative, Choice, ConsentRule, ConsentStatus, Floor, GateResult, Instant, Mode, Policy, Scope,
    StoryId,
};

/// An identity that a channel reaches.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Address {
    /// The channel.
    pub channel: String,
    /// The sink that serves it.
    pub sink: String,
    /// The address.
    pub value: String,
    /// Whether somebody vouches for it.
    pub verified: bool,
    /// Why it cannot be used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unusable: Option<String>,
}

/// A story told before.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ToldBefore {
    /// When.
    pub at: Instant,
    /// Which.
    pub story: StoryId,
    /// By which channel.
    pub channel: String,
    /// Whether in shadow: then it counts for what is decided in shadow, and for nothing else.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub shadow: bool,
}

impl ToldBefore {
    /// Whether it counts for what is decided under a mode. Nobody has heard what was decided
    /// in shadow, so it keeps nothing from being said in earnest.
    #[must_use]
    pub fn counts_for(&self, mode: Mode) -> bool {
        !self.shadow || mode == Mode::Shadow
    }
}

/// What the gates know of a prospect at a moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// The moment.
    pub now: Instant,
    /// The operator's rules as they were.
    pub policy: Policy,
    /// Who has the floor, and why.
    pub floor: (Floor, String),
    /// How many signals the prospect gave.
    pub signals: u64,
    /// Where it can be reached.
    pub addresses: Vec<Address>,
    /// The latest word by `purpose/channel`, `*` for any, with its time.
    pub consents: BTreeMap<String, (ConsentStatus, Instant)>,
    /// Told within the longest window that matters, shadow included.
    pub told: Vec<ToldBefore>,
    /// What the choices' stories are for: by story, `marketing`, `service` or `sales`.
    pub purposes: BTreeMap<StoryId, String>,
    /// Teams that take hand-overs now.
    pub teams: Vec<String>,
    /// The sinks of teams.
    pub team_sinks: BTreeMap<String, String>,
}

/// What was chosen, with everything that could have been.
#[derive(Clone, Debug, PartialEq)]
pub struct Chosen {
    /// In the router's order.
    pub alternatives: Vec<Alternative>,
    /// What was chosen; none where everything is forbidden: then we hold.
    pub index: Option<usize>,
}

impl Chosen {
    /// The alternative that was drawn.
    #[must_use]
    pub fn alternative(&self) -> Option<&Alternative> {
        self.index.and_then(|i| self.alternatives.get(i))
    }
}

/// Gates each choice, renormalises, and draws.
#[must_use]
pub fn decide(choices: Vec<Choice>, facts: &Facts, seed: u64) -> Chosen {
    let mut alternatives: Vec<Alternative> = choices
        .into_iter()
        .map(|choice| Alternative {
            forbidden: gates(&choice, facts),
            propensity: 0.0,
            choice,
        })
        .collect();
    let weight = |a: &Alternative| {
        if a.forbidden.is_empty() {
            a.choice.weight.max(0.0)
        } else {
            0.0
        }
    };
    let largest = alternatives.iter().map(weight).fold(0.0, f64::max);
    if largest <= 0.0 || !largest.is_finite() {
        return Chosen {
            alternatives,
            index: None,
        };
    }
    // Scaled by the largest first, so that the sum of large weights stays finite.
    let sum: f64 = alternatives.iter().map(|a| weight(a) / largest).sum();
    for a in &mut alternatives {
        a.propensity = weight(a) / largest / sum;
    }
    let drawn = uniform(seed);
    let mut below = 0.0;
    let mut index = None;
    for (i, a) in alternatives.iter().enumerate().filter(|(_, a)| a.propensity > 0.0) {
        below += a.propensity;
        index = Some(i);
        if drawn < below {
            break;
        }
    }
    Chosen { alternatives, index }
}

/// 0 ≤ x < 1, from the upper 53 bits of the first word of ChaCha8 seeded with `seed`.
fn uniform(seed: u64) -> f64 {
    let word = ChaCha8Rng::seed_from_u64(seed).next_u64();
    (word >> 11) as f64 / (1_u64 << 53) as f64
}

/// What forbids a choice now; empty where nothing does.
#[must_use]
pub fn gates(choice: &Choice, facts: &Facts) -> Vec<GateResult> {
    match choice.act {
        Act::Hold => Vec::new(),
        Act::HandOver => hand_over_gates(choice, facts),
        Act::Tell | Act::Ask => story_gates(choice, facts),
    }
}

fn no(gate: &str, why: impl Into<String>) -> GateResult {
    GateResult {
        gate: gate.into(),
        why: why.into(),
    }
}

fn hand_over_gates(choice: &Choice, facts: &Facts) -> Vec<GateResult> {
    let mut out = Vec::new();
    if !facts.teams.contains(&choice.target) {
        out.push(no("team", format!("team '{}' is not open now", choice.target)));
    }
    match &facts.floor {
        (Floor::WithSales, why) => out.push(no("floor", format!("sales have the floor: {why}"))),
        (Floor::Closed, why) => out.push(no("floor", format!("the conversation is closed: {why}"))),
        _ => {}
    }
    if facts.addresses.is_empty() {
        out.push(no("address", "nobody could be reached: no address is known"));
    }
    out
}

fn story_gates(choice: &Choice, facts: &Facts) -> Vec<GateResult> {
    let mut out = Vec::new();
    let story = StoryId(choice.target.clone());
    let Some(purpose) = facts.purposes.get(&story) else {
        return vec![no("story", format!("story '{story}' may not be told now"))];
    };
    let service = purpose == "service";
    match &facts.floor {
        (Floor::Listening, _) => {}
        (Floor::AwaitingReply, why) => out.push(no("unanswered", format!("one unanswered story at a time: {why}"))),
        (Floor::Ours, why) => out.push(no("unanswered", format!("something is on its way: {why}"))),
        (Floor::WithSales, why) => out.push(no("floor", format!("sales have the floor: {why}"))),
        (Floor::Closed, why) => out.push(no("floor", format!("the conversation is closed: {why}"))),
    }
    if !service && facts.signals < u64::from(facts.policy.listen_first) {
        out.push(no(
            "listen-first",
            format!(
                "{} of {} signals heard that listen-first in [policy] asks for",
                facts.signals, facts.policy.listen_first
            ),
        ));
    }
    out.extend(address_gate(&choice.channel, facts));
    if !service {
        out.extend(consent_gate(purpose, &choice.channel, facts));
        out.extend(cap_gates(choice, facts));
    }
    let mode = mode(choice, facts);
    let told = || facts.told.iter().rev().filter(|t| t.counts_for(mode));
    if let Some(before) = told().find(|t| t.story == story)
        && facts.now < before.at.after(facts.policy.story_again)
    {
        out.push(no("again", format!("told already at {}", before.at)));
    }
    out
}

fn address_gate(channel: &str, facts: &Facts) -> Option<GateResult> {
    let all: Vec<&Address> = facts.addresses.iter().filter(|a| a.channel == channel).collect();
    if all.is_empty() {
        return Some(no("address", format!("no address for channel '{channel}'")));
    }
    let usable: Vec<&&Address> = all.iter().filter(|a| a.unusable.is_none()).collect();
    if usable.is_empty() {
        let why = all.iter().find_map(|a| a.unusable.as_deref()).unwrap_or_default();
        return Some(no("suppressed", format!("the address cannot be used: {why}")));
    }
    let vouched: Vec<_> = usable
        .iter()
        .filter(|a| a.verified || facts.policy.speak_to_claimed)
        .collect();
    if vouched.is_empty() {
        return Some(no(
            "verified",
            "the address is only claimed, by a public key, and speak-to-claimed in [policy] is not set",
        ));
    }
    let reachable = vouched.iter().any(|a| facts.policy.may_reach(&a.value));
    (!reachable).then(|| no("only-to", "the address is not among only-to in [policy]"))
}

/// The latest word on a purpose and channel, the withdrawal among equals.
#[must_use]
pub fn consent(
    purpose: &str,
    channel: &str,
    consents: &BTreeMap<String, (ConsentStatus, Instant)>,
) -> Option<ConsentStatus> {
    let keys = [
        format!("{purpose}/{channel}"),
        format!("{purpose}/*"),
        format!("*/{channel}"),
        "*/*".to_owned(),
    ];
    keys.iter()
        .filter_map(|k| consents.get(k))
        .max_by_key(|(status, at)| (*at, *status == ConsentStatus::Withdrawn))
        .map(|(status, _)| *status)
}

fn consent_gate(purpose: &str, channel: &str, facts: &Facts) -> Option<GateResult> {
    let status = consent(purpose, channel, &facts.consents);
    let rule = facts.policy.consent_rule(purpose);
    let why = match (status, rule) {
        (Some(ConsentStatus::Granted), _) | (None, ConsentRule::OptOut) => return None,
        (Some(ConsentStatus::Withdrawn), _) => format!("{purpose} by {channel} was withdrawn"),
        (Some(ConsentStatus::Pending), _) => format!("{purpose} by {channel} is not confirmed yet"),
        (None, ConsentRule::OptIn) => {
            format!("no consent to {purpose} by {channel}, and consent.{purpose} in [policy] is opt-in")
        }
    };
    Some(no("consent", why))
}

fn cap_gates(choice: &Choice, facts: &Facts) -> Vec<GateResult> {
    let of_channel = facts
        .policy
        .channel_caps
        .get(&choice.channel)
        .map(Vec::as_slice)
        .unwrap_or_default();
    let mode = mode(choice, facts);
    let all = facts.policy.caps.iter().map(|c| (c, None));
    let narrow = of_channel.iter().map(|c| (c, Some(choice.channel.as_str())));
    all.chain(narrow)
        .filter_map(|(cap, channel)| {
            let since = facts.now.0.saturating_sub(cap.per_ms);
            let told = facts
                .told
                .iter()
                .filter(|t| t.counts_for(mode))
                .filter(|t| t.at.0 > since && channel.is_none_or(|c| t.channel == c))
                .count();
            let days = cap.per_ms as f64 / 86_400_000.0;
            (told >= cap.count as usize).then(|| {
                let place = channel.map_or_else(String::new, |c| format!(" by {c}"));
                let table = channel.map_or_else(|| "[policy]".to_owned(), |c| format!("[channels.{c}]"));
                no(
                    "cap",
                    format!(
                        "told {told} of at most {} in {days} days{place}, as caps in {table} say",
                        cap.count
                    ),
                )
            })
        })
        .collect()
}

/// What forbids an action right before an attempt: consent, address, floor and `only-to`
/// again, as they are now. Caps and the order of stories were its decision's affair; the
/// action itself is not among `facts.told`.
#[must_use]
pub fn attempt_gates(action: &Action, facts: &Facts) -> Vec<GateResult> {
    let closed = match &facts.floor {
        (Floor::Closed, why) => Some(no("floor", format!("the conversation is closed: {why}"))),
        (Floor::WithSales, why) if action.act != Act::HandOver => {
            Some(no("floor", format!("sales have the floor: {why}")))
        }
        _ => None,
    };
    let mut out: Vec<GateResult> = closed.into_iter().collect();
    if action.act == Act::HandOver {
        return out;
    }
    let to: Vec<Address> = facts
        .addresses
        .iter()
        .filter(|a| action.to.iter().any(|i| i.value == a.value))
        .cloned()
        .collect();
    let facts = Facts {
        addresses: to,
        ..facts.clone()
    };
    out.extend(address_gate(&action.channel, &facts));
    if action.purpose != "service" {
        out.extend(consent_gate(&action.purpose, &action.channel, &facts));
    }
    out
}

/// How far trust goes for a choice: the most careful mode of all that it falls under.
#[must_use]
pub fn mode(choice: &Choice, facts: &Facts) -> Mode {
    let mut scopes = vec![Scope::All];
    match choice.act {
        Act::Hold => return Mode::Live,
        Act::HandOver => {
            scopes.push(Scope::Team(choice.target.clone()));
            scopes.extend(facts.team_sinks.get(&choice.target).map(|s| Scope::Sink(s.clone())));
        }
        Act::Tell | Act::Ask => {
            scopes.push(Scope::Channel(choice.channel.clone()));
            scopes.push(Scope::Story(choice.target.clone()));
            let sink = facts.addresses.iter().find(|a| a.channel == choice.channel);
            scopes.extend(sink.map(|a| Scope::Sink(a.sink.clone())));
        }
    }
    facts.policy.mode_for(&scopes)
}
