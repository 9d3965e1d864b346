//! What the host knows of an action's message before a plugin has written it.

use hearken_mail::{Address, Footer, Mailbox};
use hearken_model::{Act, Action, StoryKind, View};
use hearken_sandbox::wire;
use hearken_store::Due;
use serde_json::Value;

use crate::{owned, parts::Shared};

/// Who a message goes to, and what has to be in it.
#[derive(Clone, Debug)]
pub(crate) struct Envelope {
    pub(crate) to: Mailbox,
    pub(crate) footer: Option<Footer>,
    /// Where one click unsubscribes.
    pub(crate) unsubscribe: Option<String>,
}

impl Shared {
    /// The envelope of an action as it is given to its sink, links included.
    pub(crate) fn envelope(&self, due: &Due, outward: &wire::Action, view: &View) -> Result<Envelope, wire::Failure> {
        if due.action.act == Act::HandOver {
            return self.to_team(&due.action);
        }
        let content: Value = serde_json::from_str(&outward.content).unwrap_or_default();
        let link = |name: &str| content.get(name).and_then(Value::as_str).map(str::to_owned);
        let unsubscribe = link("unsubscribe");
        let kind = self.wiring.story(&due.action.target);
        let kind = kind.map_or(StoryKind::Marketing, |story| story.kind);
        if kind == StoryKind::Marketing && unsubscribe.is_none() {
            let why = "a marketing mail needs a link to unsubscribe, and there is none: [links] public-url says where \
                       people reach this daemon";
            return Err(failure("config", "", why.into()));
        }
        let first = due.action.to.first().map(|identity| identity.value.as_str());
        let address = Address::parse(first.unwrap_or_default())
            .map_err(|error| failure("permanent", "address-invalid", error.to_string()))?;
        let footer = (kind != StoryKind::Service).then(|| Footer {
            brand: self.wiring.brand.clone(),
            postal_address: self
                .sender
                .as_ref()
                .map(|s| s.postal_address.clone())
                .unwrap_or_default(),
            unsubscribe: unsubscribe.clone(),
            preferences: link("preferences"),
            language: link("language").unwrap_or_default(),
        });
        Ok(Envelope {
            to: Mailbox {
                name: if vouched(due) { name(view) } else { None },
                address,
            },
            footer,
            unsubscribe,
        })
    }

    /// To the member who gets it, where they have an address of their own.
    fn to_team(&self, action: &Action) -> Result<Envelope, wire::Failure> {
        let (name, team) = (&action.target, self.wiring.teams.get(&action.target));
        let member = owned::assignee(action).and_then(|to| team?.members.get(to.member));
        let own = member.and_then(|member| member.address.as_deref());
        let address = own.or_else(|| team?.address.as_deref());
        let Some(address) = address else {
            let why = format!("the team '{name}' has no address: [teams.{name}] address = \"{name}@example.com\"");
            return Err(failure("config", "", why));
        };
        let address = Address::parse(address).map_err(|error| failure("config", "", error.to_string()))?;
        Ok(Envelope {
            to: address.into(),
            footer: None,
            unsubscribe: None,
        })
    }
}

/// Whether somebody vouches that an address of the action is this person's: only then is
/// anything personal sent there.
pub(crate) fn vouched(due: &Due) -> bool {
    let mut profiles = due.prospect.part.profiles.values();
    profiles.any(|p| p.verified && due.action.to.contains(&p.identity))
}

/// The person's name, where it is known.
fn name(view: &View) -> Option<String> {
    let trait_of = |names: &[&str]| {
        let found = names.iter().find_map(|name| view.traits.get(*name)?.as_str());
        found.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    trait_of(&["name"]).or_else(|| {
        let halves = [
            trait_of(&["firstName", "first_name"]),
            trait_of(&["lastName", "last_name"]),
        ];
        let name = halves.into_iter().flatten().collect::<Vec<_>>().join(" ");
        (!name.is_empty()).then_some(name)
    })
}

pub(super) fn failure(class: &str, code: &str, message: String) -> wire::Failure {
    wire::Failure {
        class: class.into(),
        code: code.into(),
        message,
        retry_after_ms: None,
    }
}

#[cfg(test)]
mod tests {
    use hearken_config::grammar;

    use super::*;

    #[test]
    fn a_sender_of_the_configuration_is_one_for_mail() {
        for text in ["hello@example.com", "Example <hello@bücher.example>", "root@localhost"] {
            let mailbox = grammar::mailbox(text).expect(text);
            assert!(Address::parse(&mailbox.address).is_ok(), "{text}");
        }
    }
}
