//! Everything about one prospect, as text and as JSON.

use std::collections::BTreeMap;

use hearken_model::{Action, Belief, BeliefKey, Consent, ConsentKey, Dated, Decision, Owner, Prospect, Recorded, View};
use serde_json::{Value, json};

use super::{action_view, decision, prospect::identities};
use crate::output::{Table, clean, day_and_time, heading, span};

/// What is shown of a prospect.
pub(crate) struct Shown {
    pub(crate) prospect: Prospect,
    pub(crate) view: View,
    pub(crate) consents: BTreeMap<ConsentKey, Dated<Consent>>,
    /// Whose customer they are.
    pub(crate) owner: Option<Owner>,
    /// The latest, the oldest first.
    pub(crate) signals: Vec<Recorded>,
    /// The latest first.
    pub(crate) decisions: Vec<Decision>,
    /// The latest first.
    pub(crate) actions: Vec<Action>,
}

pub(super) fn described(shown: &Shown) -> String {
    let view = &shown.view;
    let mut text = heading(&format!("prospect {}", view.id));
    let mut line = |name: &str, value: String| text.push_str(&format!("{name:<12} {}\n", clean(&value)));
    for (identity, verified) in &view.identities {
        line(
            "known as",
            format!("{identity} ({})", if *verified { "verified" } else { "claimed" }),
        );
    }
    line("stage", format!("{}: {}", view.lifecycle, view.lifecycle_cause));
    line("floor", format!("{}: {}", view.floor, view.floor_cause));
    if let Some(account) = &view.account {
        line("account", account.clone());
    }
    if let Some(owner) = &shown.owner {
        line("owner", action_view::owned(owner));
    }
    for (name, value) in &view.traits {
        line("trait", format!("{name} = {value}"));
    }
    for (key, consent) in &shown.consents {
        line(
            "consent",
            format!("{key}: {}, since {}", status(consent), day_and_time(consent.at)),
        );
    }
    let seen = (day_and_time(view.first_seen), day_and_time(view.last_seen));
    line("signals", format!("{}, from {} to {}", view.signals, seen.0, seen.1));
    section(&mut text, "what is believed", beliefs(view));
    section(&mut text, "what each scorer says", raw(view));
    section(&mut text, "turns", turns(shown));
    section(&mut text, "decisions", decisions(&shown.decisions));
    section(&mut text, "actions", actions(&shown.actions));
    section(&mut text, "latest signals", signals(&shown.signals));
    text
}

fn section(text: &mut String, name: &str, (rows, table): (usize, Table)) {
    if rows > 0 {
        text.push_str(&format!("\n{}{table}", heading(name)));
    }
}

fn beliefs(view: &View) -> (usize, Table) {
    let mut table = Table::new(&["KIND", "NAME", "VALUE", "CONFIDENCE", "REASON"]);
    for b in &view.beliefs {
        table.row([
            b.kind.word(),
            &b.name,
            &format!("{:.2}", b.value),
            &format!("{:.2}", b.confidence),
            &b.reason,
        ]);
    }
    (view.beliefs.len(), table)
}

fn raw(view: &View) -> (usize, Table) {
    let mut table = Table::new(&[
        "SCORER",
        "KIND",
        "NAME",
        "VALUE",
        "CONFIDENCE",
        "AGE",
        "EVIDENCE",
        "REASON",
    ]);
    for (BeliefKey { scorer, kind, name }, b) in &view.raw {
        let (value, confidence) = (format!("{:.2}", b.value), format!("{:.2}", b.confidence_at(view.now)));
        let (age, evidence) = (span(view.now.since(b.at)), b.evidence.len().to_string());
        table.row([
            scorer,
            kind.word(),
            name,
            &value,
            &confidence,
            &age,
            &evidence,
            &b.reason,
        ]);
    }
    (view.raw.len(), table)
}

fn turns(shown: &Shown) -> (usize, Table) {
    let turns = all_turns(shown);
    let mut table = Table::new(&["AT", "WHO", "WHAT", "CHANNEL", "STATE"]);
    for [at, who, what, channel, state] in turns.values().rev().take(20).rev() {
        table.row([at, who, what, channel, state]);
    }
    (turns.len(), table)
}

/// What was said by either side, the oldest first.
fn all_turns(shown: &Shown) -> BTreeMap<(u64, String), [String; 5]> {
    let mut all = BTreeMap::new();
    for turn in shown.prospect.turns() {
        let cells = [
            day_and_time(turn.at),
            turn.speaker.word().into(),
            turn.what.clone(),
            turn.channel.clone(),
            String::new(),
        ];
        all.insert((turn.at.0, turn.id.clone()), cells);
    }
    for telling in shown.prospect.tellings() {
        let shadow = if telling.shadow { ", shadow" } else { "" };
        let state = format!(
            "{}{shadow}{}",
            telling.state,
            if telling.answered.is_some() { ", answered" } else { "" }
        );
        let what = format!("{} {}", telling.act, telling.target);
        all.insert(
            (telling.at.0, telling.action.to_string()),
            [
                day_and_time(telling.at),
                "us".into(),
                what,
                telling.channel.clone(),
                state,
            ],
        );
    }
    all
}

fn decisions(decisions: &[Decision]) -> (usize, Table) {
    let mut table = Table::new(&["ID", "AT", "TRIGGER", "ACT", "WHAT", "WHY"]);
    for d in decisions {
        let what = format!("{} {}", d.target, d.channel);
        table.row([
            &d.id.to_string(),
            &day_and_time(d.at),
            &d.trigger,
            d.act.word(),
            what.trim_end(),
            &d.reason,
        ]);
    }
    (decisions.len(), table)
}

fn actions(actions: &[Action]) -> (usize, Table) {
    let mut table = Table::new(&["ID", "DECIDED", "ACT", "WHAT", "SINK", "STATE", "ATTEMPTS", "WHY"]);
    for a in actions {
        let (id, decided, attempts) = (a.id.to_string(), day_and_time(a.decided), a.attempts.to_string());
        table.row([
            &id,
            &decided,
            a.act.word(),
            &a.target,
            &a.sink,
            a.state.word(),
            &attempts,
            &action_view::why(a),
        ]);
    }
    (actions.len(), table)
}

fn signals(signals: &[Recorded]) -> (usize, Table) {
    let mut table = Table::new(&["AT", "KIND", "ABOUT", "FROM", "BY", "ID"]);
    for r in signals {
        let by = r.signal.primary().map(ToString::to_string).unwrap_or_default();
        let about = r.signal.about.as_deref().unwrap_or_default();
        table.row([
            &day_and_time(r.signal.at),
            &r.signal.kind,
            about,
            &r.connector,
            &by,
            r.signal.id.as_str(),
        ]);
    }
    (signals.len(), table)
}

/// As `docs/cli.md` describes it. Fields are added, never renamed.
pub(super) fn as_json(shown: &Shown) -> Value {
    let view = &shown.view;
    let actions = shown.actions.iter().map(action_view::in_short);
    let recent = shown.signals.iter().map(signal);
    let turns = all_turns(shown);
    let turns = turns.iter().map(|((at, _), [_, who, what, channel, state])| {
        json!({ "at": hearken_model::Instant(*at).to_string(), "speaker": who, "what": what, "channel": channel, "state": state })
    });
    json!({
        "id": view.id,
        "partition": view.id.partition(),
        "identities": identities(view),
        "lifecycle": view.lifecycle,
        "lifecycle_cause": view.lifecycle_cause,
        "floor": view.floor,
        "floor_cause": view.floor_cause,
        "traits": view.traits,
        "account": view.account,
        "owner": shown.owner,
        "language": view.language,
        "consents": shown.consents.iter().map(consent).collect::<Vec<_>>(),
        "beliefs": view.beliefs.iter().map(belief).collect::<Vec<_>>(),
        "raw_beliefs": view.raw.iter().map(|(key, b)| raw_belief(key, b, view)).collect::<Vec<_>>(),
        "turns": turns.collect::<Vec<_>>(),
        "signals": {
            "count": view.signals,
            "first_seen": view.first_seen.to_string(),
            "last_seen": view.last_seen.to_string(),
            "recent": recent.collect::<Vec<_>>(),
        },
        "decisions": shown.decisions.iter().map(decision::in_short).collect::<Vec<_>>(),
        "actions": actions.collect::<Vec<_>>(),
    })
}

fn belief(b: &Belief) -> Value {
    json!({ "kind": b.kind, "name": b.name, "value": b.value, "confidence": b.confidence, "reason": b.reason })
}

fn raw_belief(key: &BeliefKey, b: &Belief, view: &View) -> Value {
    json!({
        "scorer": key.scorer,
        "kind": key.kind,
        "name": key.name,
        "value": b.value,
        "confidence": b.confidence_at(view.now),
        "at": b.at.to_string(),
        "half_life_ms": b.half_life_ms,
        "evidence": b.evidence,
        "reason": b.reason,
    })
}

fn consent((key, consent): (&ConsentKey, &Dated<Consent>)) -> Value {
    json!({
        "brand": key.brand,
        "purpose": key.purpose,
        "channel": key.channel,
        "status": consent.value.status,
        "basis": consent.value.basis,
        "proof": consent.value.proof,
        "at": consent.at.to_string(),
    })
}

fn signal(r: &Recorded) -> Value {
    let identities = r
        .signal
        .identities
        .iter()
        .map(|i| json!({ "scheme": i.scheme, "value": i.value }));
    json!({
        "id": r.signal.id,
        "kind": r.signal.kind,
        "at": r.signal.at.to_string(),
        "received": r.received.to_string(),
        "identities": identities.collect::<Vec<_>>(),
        "about": r.signal.about,
        "session": r.signal.session,
        "connector": r.connector,
        "verified": r.verified,
        "properties": r.signal.properties,
    })
}

fn status(consent: &Dated<Consent>) -> &'static str {
    match consent.value.status {
        hearken_model::ConsentStatus::Granted => "granted",
        hearken_model::ConsentStatus::Pending => "pending",
        hearken_model::ConsentStatus::Withdrawn => "withdrawn",
    }
}
