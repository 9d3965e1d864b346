//! Between the model's values and those of the contract with plugins.

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD as BASE64};
use hearken_model::{Belief, Identity, Recorded, Signal, Telling, Turn};
use hearken_sandbox::wire;
use serde_json::{Map, Value};

/// A signal as a plugin is given it. Its id is the whole id, connector included, so that
/// signals of two connectors can be told apart as evidence.
pub(crate) fn signal(recorded: &Recorded) -> wire::Signal {
    let Signal {
        id,
        kind,
        at,
        identities,
        company,
        session,
        about,
        answers,
        properties,
    } = &recorded.signal;
    wire::Signal {
        id: id.0.clone(),
        kind: kind.clone(),
        at: at.0,
        identities: identities.iter().map(identity).collect(),
        company: company.as_ref().map(identity),
        session: session.clone(),
        about: about.clone(),
        answers: answers.as_ref().map(|a| wire::ReplyTo {
            // As people see it: a scorer or router has no use for what a vendor is given.
            action: a.action.map(|id| id.to_string()),
            reference: a.reference.clone(),
        }),
        properties: properties.to_string(),
        extra: Vec::new(),
    }
}

pub(crate) fn identity(identity: &Identity) -> wire::Identity {
    wire::Identity {
        scheme: identity.scheme.clone(),
        value: identity.value.clone(),
    }
}

pub(crate) fn belief(belief: &Belief) -> wire::Belief {
    wire::Belief {
        kind: belief.kind.word().into(),
        name: belief.name.clone(),
        value: belief.value,
        confidence: belief.confidence,
        at: belief.at.0,
        evidence: belief.evidence.iter().map(|e| e.0.clone()).collect(),
        half_life_ms: belief.half_life_ms,
        reason: belief.reason.clone(),
        extra: Vec::new(),
    }
}

fn turn(turn: &Turn) -> wire::Turn {
    wire::Turn {
        at: turn.at.0,
        speaker: turn.speaker.word().into(),
        channel: turn.channel.clone(),
        what: turn.what.clone(),
        extra: Vec::new(),
    }
}

fn told(telling: &Telling) -> wire::Turn {
    wire::Turn {
        at: telling.at.0,
        speaker: "us".into(),
        channel: telling.channel.clone(),
        what: telling.target.clone(),
        extra: Vec::new(),
    }
}

/// The latest `most` turns, what we told included, oldest first.
pub(crate) fn turns(turns: &[&Turn], tellings: &[&Telling], most: usize) -> Vec<wire::Turn> {
    if most == 0 {
        return Vec::new();
    }
    let mut all: Vec<wire::Turn> = turns.iter().map(|t| turn(t)).collect();
    all.extend(tellings.iter().filter(|t| !t.shadow).map(|t| told(t)));
    all.sort_by_key(|t| t.at);
    let surplus = all.len().saturating_sub(most);
    all.drain(..surplus);
    all
}

/// The traits that a manifest names, as JSON text; `*` stands for all.
pub(crate) fn traits(traits: &Map<String, Value>, names: &[String]) -> String {
    if names.is_empty() || traits.is_empty() {
        return "{}".into();
    }
    let all = names.iter().any(|n| n == "*");
    let some: Map<String, Value> = traits
        .iter()
        .filter(|(n, _)| all || names.contains(n))
        .map(|(n, v)| (n.clone(), v.clone()))
        .collect();
    Value::Object(some).to_string()
}

/// Bytes as they are kept in the log.
pub(crate) fn pack(bytes: &[u8]) -> String {
    BASE64.encode(bytes)
}

/// Bytes as they were kept; none where they are not what [`pack`] made.
pub(crate) fn unpack(text: &str) -> Option<Vec<u8>> {
    BASE64.decode(text).ok()
}
