//! Links put into what an action says, right before an attempt.

use std::time::Duration;

use hearken_links::{Answer, Click, Confirm, Link, Links, Preferences, Unsubscribe};
use hearken_model::{Act, Action, StoryKind};
use hearken_texts::Rendered;
use serde_json::Value;

use crate::{
    confirmation::Asked,
    handed::{self, Subject},
    parts::Shared,
};

/// For how long a question can be answered.
const ANSWERED_WITHIN: Duration = Duration::from_secs(90 * 86_400);
/// For how long a consent that was asked for can be confirmed: whoever wanted it has looked by
/// then, and a link that says yes should not lie around in old mail.
const CONFIRMED_WITHIN: Duration = Duration::from_secs(14 * 86_400);

impl Shared {
    /// What an action says, with its links: the same for every attempt, as long as no key is
    /// added. A hand-over goes to our own people, who have nothing to unsubscribe from, and
    /// answer it.
    pub(crate) fn linked(&self, action: &Action) -> Value {
        let mut content = action.content.clone();
        let asked = Asked::taken_from(&mut content);
        Subject::take_from(&mut content);
        if action.act == Act::HandOver {
            handed::address(action, &mut content);
        }
        let Some(links) = self.links.as_ref().filter(|_| content.is_object()) else {
            return content;
        };
        if action.act == Act::HandOver {
            handed::add_answer(links, action, &mut content);
        } else {
            if self.wiring.links.as_ref().is_some_and(|l| l.tracking) {
                track(links, action, &mut content);
            }
            add_addressed(links, action, &mut content);
            add_answers(links, action, &mut content);
            if let Some(asked) = asked {
                add_confirmation(links, action, asked, &mut content);
            }
        }
        content
    }
}

/// Leads the links of a story's text over us, in its HTML and its plain text. Its Markdown
/// keeps them: what shows Markdown is a conversation, where whoever follows a link tells so.
/// What asks for a consent is not tracked: nobody has agreed to anything yet.
fn track(links: &Links, action: &Action, content: &mut Value) {
    if action.purpose == StoryKind::Service.word() {
        return;
    }
    let Some(mut rendered) = Rendered::of_content(content) else {
        return;
    };
    rendered.replace_links(|place, _| {
        let link = u16::try_from(place).ok()?;
        Some(links.url(&Link::Click(Click {
            action: action.id,
            link,
        })))
    });
    if let Value::Object(fields) = content {
        fields.extend(rendered.to_content());
    }
}

fn add_confirmation(links: &Links, action: &Action, asked: Asked, content: &mut Value) {
    let Some(to) = action.to.first() else { return };
    let confirm = Link::Confirm(Confirm {
        action: action.id,
        to: to.clone(),
        purpose: asked.purpose,
        channel: asked.channel,
        expires: action.decided.after(CONFIRMED_WITHIN),
    });
    content["confirm"] = links.url(&confirm).into();
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
