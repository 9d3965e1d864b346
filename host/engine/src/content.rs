//! What an action says, as `content.schema.json` of the contract has it.
//!
//! A story is filled in when the decision falls, once, with what is known then; so what is
//! approved, recorded and sent is one text. What is personal goes only where somebody
//! vouches that all the addresses are this person's: to others the story is told as to
//! somebody of whom nothing is known.

use hearken_config::Wiring;
use hearken_model::{
    Act, Choice, Identity, Prospect, Story, View, Wording,
    decide::{self, Facts},
};
use hearken_texts::{Rendered, TextError, Texts, Values};
use serde_json::{Value, json};

use crate::{facts, handed, parts::Shared};

/// The brand of a configuration that names none: nothing that people should read.
const NO_BRAND: &str = "default";

/// The field of a content without a text: why there is none.
const UNSAID: &str = "unsaid";

/// A text that cannot be filled in for this person.
pub(crate) struct Unsaid {
    /// What stands in its place. It never leaves.
    pub(crate) content: Value,
    /// For the story's author.
    pub(crate) why: String,
}

/// Why a content has no text, where it has none.
pub(crate) fn unsaid(content: &Value) -> Option<&str> {
    content.get(UNSAID)?.as_str()
}

/// The text of a story that somebody reads.
pub(crate) struct Worded<'s> {
    /// As a story of its own.
    pub(crate) text: &'s Story,
    /// For the record.
    pub(crate) wording: Wording,
}

/// A story as somebody would read it if it were told now.
#[derive(Clone, Debug)]
pub struct Preview {
    /// Whether somebody vouches for all addresses that it could go to. Where nobody does,
    /// what is personal is withheld.
    pub vouched: bool,
    /// The story, or why it would be held.
    pub said: Result<Rendered, TextError>,
}

/// A story as a prospect, who looks like `view`, would read it. Nothing is asked of the
/// router and the gates: whether it would be told is another matter.
#[must_use]
pub fn preview(story: &Story, prospect: &Prospect, view: &View, wiring: &Wiring) -> Preview {
    let known = facts::addresses(wiring, prospect, view.now);
    let mut usable = known
        .iter()
        .filter(|a| story.channels.contains(&a.channel) && a.unusable.is_none());
    let vouched = usable.clone().any(|a| a.verified) && usable.all(|a| a.verified || !wiring.policy.speak_to_claimed);
    Preview {
        vouched,
        said: preview_of(story, view, vouched, wiring),
    }
}

/// A story as somebody who looks like `view` would read it at an address that somebody
/// vouches for, or not.
///
/// # Errors
/// Why it would be held.
pub fn preview_of(story: &Story, view: &View, vouched: bool, wiring: &Wiring) -> Result<Rendered, TextError> {
    Texts::new([story]).render(&story.id, &values(view, vouched, wiring))
}

fn values(view: &View, vouched: bool, wiring: &Wiring) -> Values {
    let brand = Some(wiring.brand.as_str()).filter(|brand| *brand != NO_BRAND);
    let brand = brand.unwrap_or_default();
    if vouched {
        Values::known(view, brand)
    } else {
        Values::withheld(brand)
    }
}

impl Shared {
    /// Which text of its story a choice tells to somebody; none where it tells no story.
    pub(crate) fn worded(&self, choice: &Choice, facts: &Facts, view: &View, seed: u64) -> Option<Worded<'_>> {
        if !matches!(choice.act, Act::Tell | Act::Ask) {
            return None;
        }
        let story = self.wiring.story(&choice.target)?;
        let language = view.language.as_deref();
        let (variant, propensity) = match decide::variant(&story.id, facts, seed) {
            Some((variant, propensity)) => (Some(variant), propensity),
            None => (None, 1.0),
        };
        let mut texts = story.texts_for(language).into_iter();
        // A story that asks to confirm something is told in any language.
        let text = texts
            .find(|text| variant.is_none_or(|v| v == text.variant))
            .unwrap_or(story);
        let wording = Wording {
            variant: text.variant.clone(),
            language: text.told_in(language).map(str::to_owned),
            propensity,
        };
        Some(Worded { text, wording })
    }

    /// What a choice says to somebody at the addresses `to`.
    pub(crate) fn content(
        &self,
        choice: &Choice,
        worded: Option<&Worded<'_>>,
        to: &[Identity],
        facts: &Facts,
        view: &View,
        trigger: &str,
    ) -> Result<Value, Unsaid> {
        if choice.act == Act::HandOver {
            return Ok(handed::brief(choice, view, trigger));
        }
        let Some(story) = worded.map(|worded| worded.text) else {
            return Ok(json!({ "title": choice.target, "text": "" }));
        };
        let values = values(view, is_vouched_for(choice, to, facts), &self.wiring);
        match self.texts.render(&story.id, &values) {
            Ok(rendered) => Ok(told(story, view, &rendered)),
            Err(error) => {
                let why = error.to_string();
                Err(Unsaid {
                    content: json!({ "title": story.title, "text": "", UNSAID: why }),
                    why,
                })
            }
        }
    }
}

/// Whether somebody vouches for every address that an action goes to.
fn is_vouched_for(choice: &Choice, to: &[Identity], facts: &Facts) -> bool {
    let vouched = |value: &str| {
        let mut known = facts.addresses.iter();
        known.any(|a| a.channel == choice.channel && a.value == value && a.verified)
    };
    !to.is_empty() && to.iter().all(|identity| vouched(&identity.value))
}

fn told(story: &Story, view: &View, rendered: &Rendered) -> Value {
    let answers: Vec<Value> = story
        .answers
        .iter()
        .map(|(name, text)| json!({ "name": name, "text": text }))
        .collect();
    let mut content = rendered.to_content();
    content.insert("language".into(), json!(story.told_in(view.language.as_deref())));
    content.insert("answers".into(), answers.into());
    Value::Object(content)
}
