//! Answers as text, under the contract's names, so that renaming something in the SDK is
//! no difference.

use std::fmt::Write as _;

use hearken_harness::Fault;
use hearken_sdk::{Assessment, Belief, Choice, Identity, Page, Receipt, Reception, Reject, Signal};
use serde_json::{Value, json};

/// A line for each value that holds no others; what has several lines follows indented.
pub(crate) fn lines(value: &Value) -> String {
    let mut text = String::new();
    write(&mut text, "", value);
    text
}

fn write(text: &mut String, name: &str, value: &Value) {
    let below = |part: &str| match name {
        "" => part.to_owned(),
        name => format!("{name}.{part}"),
    };
    match value {
        Value::Object(parts) if !parts.is_empty() => {
            // The order in a map depends on what else is built.
            let mut parts: Vec<_> = parts.iter().collect();
            parts.sort_by_key(|(part, _)| part.as_str());
            for (part, value) in parts {
                write(text, &below(part), value);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for (place, item) in items.iter().enumerate() {
                write(text, &below(&place.to_string()), item);
            }
        }
        Value::String(told) if told.contains('\n') => {
            let _ = writeln!(text, "{name}:");
            for line in told.lines() {
                let _ = writeln!(text, "    {line}");
            }
        }
        plain => {
            let _ = writeln!(text, "{name} = {plain}");
        }
    }
}

/// Without what is null, false or empty: the host may learn to read a need that a released
/// plugin does not have.
pub(crate) fn needed(needs: Value) -> Value {
    match needs {
        Value::Object(needs) => needs
            .into_iter()
            .map(|(name, need)| (name, needed(need)))
            .filter(|(_, need)| ![json!(null), json!(false), json!([]), json!({})].contains(need))
            .collect(),
        Value::Array(needs) => needs.into_iter().map(needed).collect(),
        plain => plain,
    }
}

/// An answer, or what stands in its place.
pub(crate) fn answer<T>(answer: Result<T, Fault>, show: impl FnOnce(T) -> Value) -> Value {
    match answer {
        Ok(answer) => json!({"answer": show(answer)}),
        Err(Fault::Failure {
            class,
            code,
            message,
            retry_after,
        }) => json!({"failure": {
            "class": class.as_str(), "code": code, "message": message,
            "retry-after-ms": retry_after.map(|after| after.as_millis() as u64),
        }}),
        Err(fault) => json!({"fault": fault.to_string()}),
    }
}

fn each<T>(items: Vec<T>, show: impl Fn(T) -> Value) -> Vec<Value> {
    items.into_iter().map(show).collect()
}

/// The witness's memory is text.
fn bytes(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}

fn identity(identity: Identity) -> Value {
    let Identity { scheme, value } = identity;
    json!({"scheme": scheme, "value": value})
}

fn signal(signal: Signal) -> Value {
    json!({
        "id": signal.id, "kind": signal.kind, "at": signal.at.as_millis(),
        "identities": each(signal.identities, identity),
        "company": signal.company.map(identity), "session": signal.session,
        "about": signal.about,
        "answers": signal.answers.map(|to| json!({"action": to.action, "reference": to.reference})),
        "properties": signal.properties, "extra": signal.extra,
    })
}

fn reject(Reject { at, why, text }: Reject) -> Value {
    json!({"at": at, "why": why, "text": text})
}

fn belief(belief: Belief) -> Value {
    json!({
        "kind": belief.kind, "name": belief.name, "value": belief.value,
        "confidence": belief.confidence, "at": belief.at.as_millis(),
        "evidence": belief.evidence,
        "half-life-ms": belief.half_life.map(|time| time.as_millis() as u64),
        "reason": belief.reason, "extra": belief.extra,
    })
}

pub(crate) fn page(page: Page) -> Value {
    json!({
        "signals": each(page.signals, signal), "rejects": each(page.rejects, reject),
        "cursor": page.cursor,
        "again-in-ms": page.again_in.map(|time| time.as_millis() as u64),
        "progress": page.progress, "extra": page.extra,
    })
}

pub(crate) fn reception(reception: Reception) -> Value {
    json!({
        "signals": each(reception.signals, signal),
        "rejects": each(reception.rejects, reject),
        "status": reception.status, "headers": reception.headers,
        "body": bytes(reception.body), "extra": reception.extra,
    })
}

pub(crate) fn assessment(assessment: Assessment) -> Value {
    json!({
        "beliefs": each(assessment.beliefs, belief), "cue": assessment.cue,
        "memory": assessment.memory.map(bytes), "extra": assessment.extra,
    })
}

pub(crate) fn choices(choices: Vec<Choice>) -> Value {
    let choice = |choice: Choice| {
        json!({
            "act": choice.act.as_str(), "target": choice.target, "channel": choice.channel,
            "weight": choice.weight, "reason": choice.reason,
            "expires-in-ms": choice.expires_in.map(|time| time.as_millis() as u64),
            "extra": choice.extra,
        })
    };
    Value::Array(each(choices, choice))
}

pub(crate) fn receipt(receipt: Receipt) -> Value {
    json!({
        "reference": receipt.reference, "delivered": receipt.delivered,
        "detail": receipt.detail, "memory": receipt.memory.map(bytes),
        "signals": each(receipt.signals, signal), "extra": receipt.extra,
    })
}
