//! Links put into what an action says, right before an attempt.

use std::time::Duration;

use hearken_links::{Answer, Link, Links, Preferences, Unsubscribe};
use hearken_model::{Act, Action, StoryKind};
use serde_json::Value;

use crate::parts::Shared;

/// For how long a question can be answered.
const ANSWERED_WITHIN: Duration = Duration::from_secs(90 * 86_400);

impl Shared {
    /// What an action says, with its links: the same for every attempt, as long as no key is
    /// added. A hand-over goes to our own people, who have nothing to unsubscribe from.
    pub(crate) fn linked(&self, action: &Action) -> Value {
        let mut content = action.content.clone();
        let speaks = action.act != Act::HandOver && content.is_object();
        if let Some(links) = self.links.as_ref().filter(|_| speaks) {
            add_addressed(links, action, &mut content);
            add_answers(links, action, &mut content);
        }
        content
    }
}

/// The ways to say no. What is owed to a person (service) asks for no consent, so there is
/// nothing to unsubscribe from.
fn add_addressed(links: &Links, action: &Action, content: &mut Value) {
    let Some(to) = action.to.first() else { return };
    let preferences = Link::Preferences(Preferences {
        action: action.id,
        to: to.clone(),
    });
    content["preferences"] = links.url(&preferences).into();
    if action.purpose == StoryKind::Service.word() {
        return;
    }
    let unsubscribe = Link::Unsubscribe(Unsubscribe {
        action: action.id,
        to: to.clone(),
        purpose: action.purpose.clone(),
        channel: action.channel.clone(),
    });
    content["unsubscribe"] = links.url(&unsubscribe).into();
}

fn add_answers(links: &Links, action: &Action, content: &mut Value) {
    // Counted from when it was decided, so that every attempt says the same.
    let expires = action.decided.after(ANSWERED_WITHIN);
    let Some(answers) = content["answers"].as_array_mut() else {
        return;
    };
    for (option, answer) in (0..).zip(answers).filter(|(_, answer)| answer.is_object()) {
        let link = Link::Answer(Answer {
            action: action.id,
            option,
            expires,
        });
        answer["url"] = links.url(&link).into();
    }
}
