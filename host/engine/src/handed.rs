//! Hand-overs: the brief that a team gets, and the way on where it lets one lie.

use hearken_links::{HandOver, Link, Links};
use hearken_model::{
    Act, Action, BeliefKind, Choice, Identity, Instant, Prospect, View,
    decide::{self, Facts},
};
use hearken_texts::Rendered;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{owned, parts::Shared};

/// How many beliefs a brief tells.
const MAX_BELIEFS: usize = 12;
/// For how long a hand-over can be answered.
const ANSWERED_WITHIN: std::time::Duration = std::time::Duration::from_secs(180 * 86_400);
/// Where an action's content keeps whom it is about.
const FIELD: &str = "subject";
/// Where an action's content keeps that it was passed on.
const PASSED_ON: &str = "passed_on";
/// In the place of a router, in the record of a decision that passes a hand-over on.
pub(crate) const PASSED_ON_BY: &str = "hearken";

/// Whom a hand-over is about: nothing that a sink is told there, since it may not be allowed
/// to know.
#[derive(Serialize, Deserialize)]
pub(crate) struct Subject(Identity);

impl Subject {
    /// Of a hand-over's content as it was decided.
    pub(crate) fn of(content: &Value) -> Option<Identity> {
        let Self(identity) = serde_json::from_value(content.get(FIELD)?.clone()).ok()?;
        Some(identity)
    }

    /// Takes it out of what a sink is given.
    pub(crate) fn take_from(content: &mut Value) {
        if let Some(fields) = content.as_object_mut() {
            fields.remove(FIELD);
        }
    }
}

/// Marks a hand-over that another team has let lie. The mark is the host's.
pub(crate) fn pass_on(content: &mut Value) {
    content[PASSED_ON] = true.into();
}

/// Whether another team has let it lie.
pub(crate) fn is_passed_on(content: &Value) -> bool {
    content.get(PASSED_ON) == Some(&Value::Bool(true))
}

/// Says at the head of a hand-over who of the team gets it, and takes out what is the host's.
pub(crate) fn address(action: &Action, content: &mut Value) {
    if let Some(fields) = content.as_object_mut() {
        fields.remove(PASSED_ON);
    }
    let (Some(to), Some(brief)) = (owned::assignee(action), Rendered::of_content(content)) else {
        return;
    };
    let brief = brief.headed(&format!("For {}: {}.", to.name, to.why));
    if let Value::Object(fields) = content {
        fields.extend(brief.to_content());
    }
}

/// Puts the link into a hand-over by which its team answers.
pub(crate) fn add_answer(links: &Links, action: &Action, content: &mut Value) {
    let link = Link::HandOver(HandOver {
        action: action.id,
        // Counted from when it was decided, so that every attempt says the same.
        expires: action.decided.after(ANSWERED_WITHIN),
    });
    content["respond"] = links.url(&link).into();
}

/// For a sales person: who, why, and what we think we know.
pub(crate) fn brief(choice: &Choice, view: &View, trigger: &str) -> Value {
    let top = |kind| view.top(kind).map(|b| b.name.clone());
    let (role, concern) = (top(BeliefKind::Persona), top(BeliefKind::Interest));
    let about: Vec<String> = [role.clone(), view.account.clone(), top(BeliefKind::Pace)]
        .into_iter()
        .flatten()
        .collect();
    let about = if about.is_empty() {
        String::new()
    } else {
        format!(" ({})", about.join(", "))
    };
    let mut reasons = vec![choice.reason.clone()];
    let believed = view.beliefs.iter().take(5).map(|b| b.reason.clone());
    reasons.extend(believed.filter(|r| !r.is_empty()));
    let beliefs = view.beliefs.iter().take(MAX_BELIEFS);
    let beliefs: Vec<Value> = beliefs
        .map(|b| json!({ "kind": b.kind, "name": b.name, "value": b.value, "confidence": b.confidence, "reason": b.reason }))
        .collect();
    let moved = format!(
        "What moved: {trigger}. Stage: {}, because {}.",
        view.lifecycle, view.lifecycle_cause
    );
    let title = format!("{}{about}: {}", who(view), choice.reason);
    let mut content = Rendered::of_paragraphs(&title, &[&choice.reason, &moved]).to_content();
    content.insert("reasons".into(), json!(reasons));
    content.insert("beliefs".into(), beliefs.into());
    content.extend(role.map(|role| ("role".to_owned(), role.into())));
    content.extend(concern.map(|concern| ("concern".to_owned(), concern.into())));
    if let Some((identity, _)) = view.identities.first() {
        content.insert(FIELD.into(), json!(Subject(identity.clone())));
    }
    Value::Object(content)
}

fn who(view: &View) -> String {
    let name = ["name", "firstName", "first_name"]
        .iter()
        .find_map(|n| view.traits.get(*n))
        .and_then(Value::as_str);
    let identity = || view.identities.first().map(|(i, _)| i.value.clone());
    name.map(str::to_owned)
        .or_else(identity)
        .unwrap_or_else(|| "somebody".into())
}

impl Shared {
    /// When a team that gets a hand-over at `now` should have taken it, counted in its hours;
    /// none where it has time.
    pub(crate) fn to_be_taken_by(&self, team: &str, now: Instant) -> Option<Instant> {
        let team = self.wiring.teams.get(team)?;
        let by = team.hours.after(now.timestamp(), team.accept_within?)?;
        Instant::of_timestamp(by)
    }

    /// Whom a hand-over goes to next that its team has let lie; none where it goes to nobody,
    /// or may not now: then the router is asked what becomes of them.
    pub(crate) fn passed_on(&self, prospect: &Prospect, facts: &Facts) -> Option<(Choice, Facts)> {
        let left = prospect.left_lying(facts.now)?;
        let next = self.wiring.teams.get(&left.target)?.escalate_to.clone()?;
        let choice = Choice {
            act: Act::HandOver,
            target: next,
            channel: String::new(),
            weight: 1.0,
            reason: format!("{} has not taken them since {}", left.target, left.at),
            expires_in_ms: None,
        };
        // Where it goes is the operator's word, whosever customer they are.
        let facts = Facts {
            owner: None,
            teams: owned::open_teams(&self.wiring, facts.now),
            ..facts.clone()
        };
        decide::gates(&choice, &facts).is_empty().then_some((choice, facts))
    }
}
