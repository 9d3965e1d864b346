//! What forbids a choice, and an action before each of its attempts.

use std::collections::BTreeMap;

use super::{Address, Facts, mode};
use crate::{
    Act, Action, Choice, Colleagues, ConsentRule, ConsentStatus, Floor, GateResult, Instant, Owner, StoryId, gate,
};

/// Nobody is asked to confirm the same twice within it: a day.
const CONFIRM_AGAIN_MS: u64 = 86_400_000;

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
    let another = |owner: &&Owner| owner.team != choice.target;
    match facts.owner.as_ref().filter(another) {
        _ if facts.teams.contains(&choice.target) => {}
        Some(Owner { team, member, .. }) => out.push(no(
            gate::OWNER,
            format!("{member} of '{team}' is their owner, and escalate-to of it does not lead here, or to nobody now"),
        )),
        None => out.push(no("team", format!("team '{}' is not open now", choice.target))),
    }
    match &facts.floor {
        (Floor::WithSales, why) => out.push(no("floor", format!("sales have the floor: {why}"))),
        (Floor::Closed, why) => out.push(no("floor", format!("the conversation is closed: {why}"))),
        _ => {}
    }
    if facts.let_it_lie.contains(&choice.target) {
        let why = format!("team '{}' has let the last hand-over lie", choice.target);
        out.push(no("team", why));
    }
    if let Some(from) = facts.not_handed_over_before.filter(|from| facts.now < *from) {
        out.push(no("sales", format!("sales want them back at {from} and not before")));
    }
    out.extend(exclusion_gate(facts));
    // Who only looks at a page cannot be called back.
    if facts.addresses.iter().all(|a| a.on_page) {
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
    out.extend(until_gate(&story, facts));
    if let Some(asked) = facts.confirms.get(&story) {
        out.extend(confirmation_gates(asked, choice, facts));
        return out;
    }
    let service = purpose == "service";
    match &facts.floor {
        (Floor::Listening, _) => {}
        (Floor::AwaitingReply, why) => out.push(no("unanswered", format!("one unanswered story at a time: {why}"))),
        (Floor::Ours, why) => out.push(no("unanswered", format!("something is on its way: {why}"))),
        (Floor::WithSales, why) => out.push(no("floor", format!("sales have the floor: {why}"))),
        (Floor::Closed, why) => out.push(no("floor", format!("the conversation is closed: {why}"))),
    }
    if !service {
        out.extend(exclusion_gate(facts));
        out.extend(ticket_gate(facts));
        out.extend(deal_gate(facts));
    }
    if let Some(team) = facts.invites.get(&story) {
        out.extend(invitation_gates(team, facts));
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
    out.extend(dismissed_gate(choice, facts));
    if !service {
        out.extend(consent_gate(purpose, &choice.channel, facts));
        out.extend(cap_gates(choice, facts));
        out.extend(account_cap_gates(choice, facts));
    }
    let mode = mode(choice, facts);
    let told = || facts.told.iter().rev().filter(|t| t.counts_for(mode));
    if let Some(before) = told().find(|t| t.story == story)
        && facts.now < before.at.after(facts.again(&story))
    {
        out.push(no("again", format!("told already at {}", before.at)));
    }
    out
}

/// What forbids asking somebody to confirm a consent. They wait for it, whoever has the floor;
/// but a form takes any address, so nobody is asked twice a day because somebody typed theirs.
fn confirmation_gates(asked: &str, choice: &Choice, facts: &Facts) -> Vec<GateResult> {
    let mut out: Vec<GateResult> = closed_gate(facts).into_iter().collect();
    out.extend(address_gate(&choice.channel, facts));
    out.extend(pending_gate(asked, &choice.channel, facts));
    let mode = mode(choice, facts);
    let mut before = facts.told.iter().rev().filter(|t| t.counts_for(mode));
    if let Some(before) = before.find(|t| {
        facts.confirms.get(&t.story).is_some_and(|a| a == asked)
            && facts.now.0 < t.at.0.saturating_add(CONFIRM_AGAIN_MS)
    }) {
        out.push(no("again", format!("asked to confirm already at {}", before.at)));
    }
    out
}

/// What forbids inviting somebody to talk with a team: whatever would forbid that they are
/// handed over to it once they say yes.
fn invitation_gates(team: &str, facts: &Facts) -> Vec<GateResult> {
    let mut out = Vec::new();
    if !facts.teams.iter().any(|open| open == team) {
        out.push(no("team", format!("team '{team}' is not open now")));
    }
    if let Some(from) = facts.not_handed_over_before.filter(|from| facts.now < *from) {
        out.push(no("sales", format!("sales want them back at {from} and not before")));
    }
    out.extend(exclusion_gate(facts));
    out
}

/// Who has closed something is left alone there for as long as an unanswered story keeps the
/// next one waiting.
fn dismissed_gate(choice: &Choice, facts: &Facts) -> Option<GateResult> {
    let mode = mode(choice, facts);
    let mut told = facts.told.iter().rev().filter(|t| t.counts_for(mode));
    let closed = told.find(|t| t.dismissed && t.channel == choice.channel)?;
    (facts.now < closed.at.after(facts.policy.await_reply))
        .then(|| no("dismissed", format!("closed '{}', told at {}", closed.story, closed.at)))
}

/// A story that has an end is told to nobody after it.
fn until_gate(story: &StoryId, facts: &Facts) -> Option<GateResult> {
    let until = facts.over_since(story)?;
    Some(no(
        "until",
        format!("story '{story}' is told until {until} and not after"),
    ))
}

fn exclusion_gate(facts: &Facts) -> Option<GateResult> {
    facts.excluded.as_ref().map(|why| no("excluded", why.clone()))
}

/// Who waits for help is not sold to. Whoever asks for a person gets one all the same.
fn ticket_gate(facts: &Facts) -> Option<GateResult> {
    let why = "a ticket of theirs is open: only service stories are told";
    facts.open_ticket.then(|| no("ticket", why))
}

/// Two stories can be on their way to what turns out to be one person, and another tool may
/// have written since: one of them is told, and no other while it is not answered.
fn unanswered_gate(facts: &Facts) -> Option<GateResult> {
    let why = facts.unanswered.as_ref()?;
    Some(no("unanswered", format!("one unanswered story at a time: {why}")))
}

/// While sales are in a deal with one of them, nobody of their company is sold to by us.
fn deal_gate(facts: &Facts) -> Option<GateResult> {
    let Colleagues { account, deal, .. } = facts.colleagues.as_ref()?;
    let since = (*deal)?;
    Some(no(
        "deal",
        format!("a deal with '{account}' is open since {since}: sales talk with them"),
    ))
}

/// Over all people of an account, this one included.
fn account_cap_gates(choice: &Choice, facts: &Facts) -> Vec<GateResult> {
    let Some(colleagues) = &facts.colleagues else {
        return Vec::new();
    };
    let mode = mode(choice, facts);
    let told = || colleagues.told.iter().chain(&facts.told).filter(|t| t.counts_for(mode));
    let caps = facts.policy.account_caps.iter();
    let full = caps.filter_map(|cap| {
        let since = facts.now.0.saturating_sub(cap.per_ms);
        let told = told().filter(|t| t.at.0 > since).count();
        let days = cap.per_ms as f64 / 86_400_000.0;
        (told >= cap.count as usize).then(|| {
            no(
                "cap",
                format!(
                    "'{}' was told {told} of at most {} in {days} days, as account-caps in [policy] say",
                    colleagues.account, cap.count
                ),
            )
        })
    });
    full.collect()
}

/// What they say ends what was about to be said: the next decision knows their words.
fn overtaken_gate(action: &Action, facts: &Facts) -> Option<GateResult> {
    let spoke = facts.last_word.filter(|word| *word > action.decided)?;
    Some(no("overtaken", format!("they spoke at {spoke}, after it was decided")))
}

fn closed_gate(facts: &Facts) -> Option<GateResult> {
    match &facts.floor {
        (Floor::Closed, why) => Some(no("floor", format!("the conversation is closed: {why}"))),
        _ => None,
    }
}

/// What is confirmed, or taken back, need not be asked for.
fn pending_gate(asked: &str, channel: &str, facts: &Facts) -> Option<GateResult> {
    let status = consent(asked, channel, &facts.consents);
    (status != Some(ConsentStatus::Pending)).then(|| {
        no(
            "consent",
            format!("no consent to {asked} by {channel} waits to be confirmed"),
        )
    })
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
    let vouched: Vec<_> = usable.iter().filter(|a| a.may_be_spoken_to(&facts.policy)).collect();
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
    let story = StoryId(action.target.clone());
    let asked = facts.confirms.get(&story).cloned();
    let asked = asked.filter(|_| action.act != Act::HandOver);
    let mut out: Vec<GateResult> = closed_gate(facts).into_iter().collect();
    if let (Floor::WithSales, why) = &facts.floor
        && action.act != Act::HandOver
        && asked.is_none()
    {
        out.push(no("floor", format!("sales have the floor: {why}")));
    }
    if action.act == Act::HandOver || action.purpose != "service" {
        out.extend(exclusion_gate(facts));
    }
    if action.act != Act::HandOver && action.purpose != "service" {
        out.extend(ticket_gate(facts));
        out.extend(deal_gate(facts));
        out.extend(overtaken_gate(action, facts));
    }
    if action.act == Act::HandOver {
        return out;
    }
    if let Some(team) = facts.invites.get(&StoryId(action.target.clone())) {
        out.extend(invitation_gates(team, facts));
    }
    out.extend(until_gate(&story, facts));
    let to: Vec<Address> = facts
        .addresses
        .iter()
        .filter(|a| action.to.iter().any(|i| i.value == a.value))
        .cloned()
        .collect();
    if asked.is_none() {
        out.extend(unanswered_gate(facts));
    }
    let facts = Facts {
        addresses: to,
        ..facts.clone()
    };
    out.extend(address_gate(&action.channel, &facts));
    out.extend(asked.and_then(|asked| pending_gate(&asked, &action.channel, &facts)));
    if action.purpose != "service" {
        out.extend(consent_gate(&action.purpose, &action.channel, &facts));
    }
    out
}
