//! An action, as lists and records show it.

use hearken_engine::assignee;
use hearken_model::{Action, Answer, Approval, Owner};
use serde_json::{Value, json};

use crate::output::day_and_time;

/// What a record shows of an action.
pub(super) fn in_short(a: &Action) -> Value {
    json!({
        "id": a.id,
        "decision": a.decision,
        "act": a.act,
        "target": a.target,
        "channel": a.channel,
        "sink": a.sink,
        "state": a.state,
        "why": a.why,
        "gate": a.gate,
        "attempts": a.attempts,
        "decided": a.decided.to_string(),
        "due": a.due.to_string(),
        "expires": a.expires.to_string(),
        "reference": a.reference,
        "text_digest": a.text,
        "approval": a.approval.as_ref().map(approval),
        "seed": a.seed,
        "assignee": assignee(a).map(|to| json!({ "member": to.member, "name": to.name, "why": to.why })),
    })
}

fn approval(a: &Approval) -> Value {
    json!({ "answer": a.answer, "by": a.by, "at": a.at.to_string(), "why": a.why })
}

/// `approved by ann, 2026-03-01 09:30:00Z: fits`.
pub(super) fn approval_in_words(a: &Approval) -> String {
    let word = match a.answer {
        Answer::Yes => "approved",
        Answer::No => "refused",
    };
    let because = if a.why.is_empty() {
        String::new()
    } else {
        format!(": {}", a.why)
    };
    format!("{word} by {}, {}{because}", a.by, day_and_time(a.at))
}

/// What is in its way or became of it, with what a person said to it.
pub(super) fn why(a: &Action) -> String {
    let said = a.approval.as_ref().map(approval_in_words);
    let copy = a.seed.then(|| "a copy for a colleague".to_owned());
    let given = assignee(a).map(|to| format!("for {}: {}", to.member, to.why));
    let parts = [Some(a.why.clone()).filter(|w| !w.is_empty()), given, said, copy];
    parts.into_iter().flatten().collect::<Vec<_>>().join("; ")
}

/// `robin of sales: 'robin@example.com' is said to be their owner`.
pub(super) fn owned(owner: &Owner) -> String {
    format!("{} of {}: {}", owner.member, owner.team, owner.why)
}
