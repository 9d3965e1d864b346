//! Questions: what was asked, and what is answered.

use hearken_links::{Answer, NotALink, Seen, What};
use hearken_model::{Action, Identity, Signal};
use serde_json::{Value, json};

use super::{LinkError, Word, after, following, person::Person};
use crate::parts::Shared;

/// A question as it was sent.
struct Asked {
    action: Action,
    to: Identity,
    /// (name, text).
    options: Vec<(String, String)>,
}

impl Shared {
    pub(super) async fn look_at_question(&self, link: &Answer) -> Result<Seen, LinkError> {
        let asked = self.asked(link).await?;
        let person = self.person(&asked.to).await?;
        let given = asked.given(&person).and_then(|s| s.text("answer"));
        Ok(Seen {
            language: self.language_of(&person),
            what: What::Question {
                title: asked.title().to_owned(),
                given: given.and_then(|given| asked.options.iter().position(|(name, _)| *name == given)),
                options: asked.options.into_iter().map(|(_, text)| text).collect(),
                meant: usize::from(link.option),
            },
        })
    }

    /// Takes an answer. The last one counts: whoever changes their mind may say so.
    pub(crate) async fn answer(&self, link: &Answer, option: usize) -> Result<(), LinkError> {
        let asked = self.asked(link).await?;
        let (name, _) = asked.options.get(option).ok_or(NotALink::Invalid)?;
        let person = self.person(&asked.to).await?;
        let before = asked.given(&person);
        if before.and_then(|b| b.text("answer")) == Some(name) {
            return Ok(());
        }
        let by = before.map_or("", |b| b.id.as_str());
        let word = Word {
            id: following("answer", asked.action.id, name, by),
            kind: "question.answered",
            at: after(self.clock.now(), before.map(|b| b.at)),
            to: asked.to.clone(),
            action: asked.action.id,
            properties: json!({
                "question": asked.action.target,
                "answer": name,
                "channel": asked.action.channel,
            }),
            live: true,
            vouched: true,
        };
        self.report(vec![word]).await
    }

    /// What was asked; nothing is left of an action that was forgotten.
    async fn asked(&self, link: &Answer) -> Result<Asked, LinkError> {
        let action = self.store.action(link.action).await?.ok_or(NotALink::Expired)?;
        let to = action.to.first().cloned().ok_or(NotALink::Invalid)?;
        let text = |answer: &Value, key: &str| answer[key].as_str().map(str::to_owned);
        let options: Vec<(String, String)> = action.content["answers"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|answer| Some((text(answer, "name")?, text(answer, "text")?)))
            .collect();
        if usize::from(link.option) >= options.len() {
            return Err(NotALink::Invalid.into());
        }
        Ok(Asked { action, to, options })
    }
}

impl Asked {
    fn title(&self) -> &str {
        self.action.content["title"].as_str().unwrap_or_default()
    }

    /// The signal with the last answer.
    fn given<'p>(&self, person: &'p Person) -> Option<&'p Signal> {
        let answers = person.words.iter().filter(|w| {
            let to = w.signal.answers.as_ref();
            w.signal.kind == "question.answered" && to.and_then(|a| a.action) == Some(self.action.id)
        });
        answers.map(|w| &w.signal).max_by_key(|s| s.at)
    }
}
