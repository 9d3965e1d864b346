//! What follows from a decision that speaks: an action, and the telling that a prospect keeps
//! of it.

use std::time::Duration;

use hearken_model::{
    Act, Action, ActionId, ActionState, Choice, Decision, Instant, Mode, ProfileId, StoryId, Telling, View, gate,
};

use super::Wave;
use crate::{
    confirmation::Asked,
    content::{Unsaid, Worded},
    deliver,
    facts::ON_PAGE,
    handed::{self, PASSED_ON_BY},
    outbox::waits_for_approval,
};

impl Wave<'_> {
    pub(super) fn action(
        &self,
        index: usize,
        decision: &Decision,
        choice: &Choice,
        worded: Option<&Worded<'_>>,
        view: &View,
        pending: Option<&Asked>,
    ) -> Option<(Action, Telling)> {
        let shared = self.shared;
        let t = &self.touched[index];
        let (sink, purpose, to) = match choice.act {
            Act::Hold => return None,
            Act::HandOver => (
                shared.wiring.teams.get(&choice.target)?.sink.clone(),
                "sales".to_owned(),
                Vec::new(),
            ),
            Act::Tell | Act::Ask => {
                let channel = shared.wiring.channels.get(&choice.channel)?;
                let story = shared.wiring.story(&choice.target)?;
                (
                    channel.carrier.connector().to_owned(),
                    story.kind.word().to_owned(),
                    deliver::reachable(&decision.facts, &choice.channel, &channel.address),
                )
            }
        };
        let id = ActionId::from(decision.id);
        let profile = to
            .first()
            .map(ProfileId::of)
            .or_else(|| t.prospect.part.profiles.keys().next().copied())?;
        let expires = expires(choice, decision);
        // What is shown on a page is for who is there.
        let expires = match shared.wiring.channels.get(&choice.channel) {
            Some(channel) if channel.is_page() => expires.min(view.now.after(ON_PAGE)),
            _ => expires,
        };
        let mut action = Action {
            id,
            decision: decision.id,
            prospect: decision.prospect,
            sink: sink.clone(),
            channel: choice.channel.clone(),
            act: choice.act,
            target: choice.target.clone(),
            purpose,
            to,
            decided: view.now,
            due: view.now,
            expires,
            state: ActionState::Queued,
            why: String::new(),
            gate: String::new(),
            attempts: 0,
            first_tried: None,
            reference: String::new(),
            content: serde_json::Value::Null,
            text: worded.map(|worded| worded.text.digest()).unwrap_or_default(),
            approval: None,
            seed: false,
        };
        hold_back(&mut action, decision);
        match shared.content(choice, worded, &action.to, &decision.facts, view, &decision.trigger) {
            Ok(content) => action.content = content,
            // It waits for no mode and no approval: with the text as it is, it never goes.
            Err(Unsaid { content, why }) => {
                (action.state, action.gate, action.why) = (ActionState::Held, gate::TEXT.into(), why);
                action.content = content;
            }
        }
        if decision.router == PASSED_ON_BY {
            handed::pass_on(&mut action.content);
        }
        if let Some(pending) = pending {
            pending.put_into(&mut action.content);
        }
        let telling = Telling {
            action: id,
            profile,
            at: view.now,
            act: choice.act,
            target: choice.target.clone(),
            channel: choice.channel.clone(),
            sink,
            state: action.state,
            reference: String::new(),
            shadow: decision.mode == Mode::Shadow,
            answered: None,
            dismissed: false,
            answer_by: match choice.act {
                Act::HandOver => shared.to_be_taken_by(&choice.target, view.now),
                Act::Hold | Act::Tell | Act::Ask => None,
            },
        };
        Some((action, telling))
    }
}

/// When an action makes no sense any more: at the latest when its story is told no more.
fn expires(choice: &Choice, decision: &Decision) -> Instant {
    let Decision { at, facts, .. } = decision;
    let within = choice.expires_in_ms.map_or(facts.policy.expires, Duration::from_millis);
    let until = facts
        .terms
        .get(&StoryId(choice.target.clone()))
        .and_then(|terms| terms.until);
    until
        .filter(|_| choice.act != Act::HandOver)
        .map_or(at.after(within), |until| until.min(at.after(within)))
}

/// Holds back what the mode does not let go.
fn hold_back(action: &mut Action, decision: &Decision) {
    let (_, scope) = decision.facts.policy.most_careful(&action.scopes());
    let (gate, why) = match decision.mode {
        Mode::Live => return,
        Mode::Shadow => {
            let why = format!(
                "the mode in {} is shadow: what is decided in shadow is never sent",
                scope.table()
            );
            (gate::SHADOW, why)
        }
        Mode::Approve => (gate::APPROVAL, waits_for_approval(action.id, &scope)),
    };
    action.state = ActionState::Held;
    action.gate = gate.into();
    action.why = why;
}
