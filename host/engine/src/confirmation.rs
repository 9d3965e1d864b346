//! Double opt-in: whoever is said to have asked for something is asked whether it was them.
//!
//! A form takes any address, so a consent that came by one is *pending* (`consent.pending`)
//! until whoever reads mail there says yes. The host asks by itself, with the story that
//! `confirms` the purpose: no router is asked whether that would be a good moment, since the
//! person waits for it. Everything else is as for any decision: gates, mode, record, outbox.

use hearken_model::{Act, Choice, ConsentStatus, Recorded, Story, View, decide};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::parts::Shared;

/// In the place of a router, in the record of a decision.
pub(crate) const ASKED_BY: &str = "hearken";
/// What such a decision's trigger begins with.
const TRIGGER: &str = "confirm:";
/// Where an action's content keeps what it asks for, until its link is made.
const FIELD: &str = "asked";

/// A consent that waits for a person's yes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Asked {
    /// For what.
    pub(crate) purpose: String,
    /// By which channel, `*` for any.
    pub(crate) channel: String,
}

impl Asked {
    /// What a live signal has just asked for in somebody's name.
    pub(crate) fn by(recorded: &Recorded) -> Option<Self> {
        let signal = &recorded.signal;
        if signal.kind != "consent.pending" || !recorded.live {
            return None;
        }
        Some(Self {
            purpose: signal.text("purpose")?.to_owned(),
            channel: signal.text("channel").unwrap_or("*").to_owned(),
        })
    }

    pub(crate) fn trigger(&self) -> String {
        format!("{TRIGGER}{}/{}", self.purpose, self.channel)
    }

    /// Notes it in what an action says.
    pub(crate) fn put_into(&self, content: &mut Value) {
        content[FIELD] = json!(self);
    }

    /// Whether something is asked for in what an action says.
    pub(crate) fn is_in(content: &Value) -> bool {
        content.get(FIELD).is_some()
    }

    /// Takes it out again: it is nothing that a sink is told.
    pub(crate) fn taken_from(content: &mut Value) -> Option<Self> {
        let taken = content.as_object_mut()?.remove(FIELD)?;
        serde_json::from_value(taken).ok()
    }
}

impl Shared {
    /// How somebody is asked to confirm; none where nothing is to be confirmed any more, or no
    /// story asks for it.
    pub(crate) fn confirmation(&self, asked: &Asked, view: &View, facts: &decide::Facts) -> Option<Choice> {
        if self.links.is_none()
            || decide::consent(&asked.purpose, &asked.channel, &facts.consents) != Some(ConsentStatus::Pending)
        {
            return None;
        }
        let language = view.language.as_deref();
        let asks =
            |story: &&Story| story.confirms.as_deref() == Some(&asked.purpose) && facts.over_since(&story.id).is_none();
        let speaks = |story: &Story| !story.texts_for(language).is_empty();
        let stories = self.wiring.stories.iter().filter(asks);
        let (story, channel) = stories
            .filter_map(|story| Some((story, self.way(story, asked, facts)?)))
            // In their language where there is one in it, in any where there is none: they
            // have asked, and would wait in vain.
            .max_by_key(|(story, _)| (speaks(story), std::cmp::Reverse(story.id.clone())))?;
        Some(Choice {
            act: Act::Tell,
            target: story.id.0.clone(),
            channel,
            weight: 1.0,
            reason: format!("{} waits to be confirmed", asked.purpose),
            expires_in_ms: None,
        })
    }

    /// The channel that a story asks by: the one that is asked for, or the first by which
    /// somebody can be reached.
    fn way(&self, story: &Story, asked: &Asked, facts: &decide::Facts) -> Option<String> {
        let fits = |channel: &&String| asked.channel == "*" || **channel == asked.channel;
        let known = |channel: &&String| facts.addresses.iter().any(|a| a.channel == **channel);
        story.channels.iter().filter(fits).find(known).cloned()
    }
}
