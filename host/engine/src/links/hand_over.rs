//! What sales make of a hand-over, at the link that stands in it.

use hearken_links::{Brief, HandOver, NotALink, Seen, What};
use hearken_model::{Act, Action, Identity, Recorded, Verdict};
use serde_json::{Map, Value, json};

use super::{LinkError, Word, after, following, person::Person};
use crate::{handed::Subject, owned, parts::Shared};

/// What sales say of a hand-over, and of what we had worked out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SalesAnswer {
    /// Whether they take it.
    pub verdict: Verdict,
    /// Whether the role is right; none where they don't say …
    pub right_role: Option<bool>,
    /// … the concern …
    pub right_concern: Option<bool>,
    /// … and the moment.
    pub right_moment: Option<bool>,
    /// Why, or what else; may be empty.
    pub why: String,
    /// Who says so; may be empty.
    pub by: String,
    /// The day before which we do not come back with it (`2027-02-01`); may be empty.
    pub until: String,
}

/// A hand-over as it was sent.
struct Handed {
    action: Action,
    subject: Identity,
}

impl Shared {
    pub(super) async fn look_at_hand_over(&self, link: &HandOver) -> Result<Seen, LinkError> {
        let handed = self.handed(link).await?;
        let person = self.person(&handed.subject).await?;
        let content = &handed.action.content;
        let text = |key: &str| content[key].as_str().map(str::to_owned);
        let reasons = content["reasons"].as_array().into_iter().flatten();
        Ok(Seen {
            // It is read by one of ours, in the language of their browser.
            language: None,
            what: What::HandOver(Brief {
                title: text("title").unwrap_or_default(),
                reasons: reasons.filter_map(Value::as_str).map(str::to_owned).collect(),
                role: text("role"),
                concern: text("concern"),
                given: handed.given(&person).and_then(|word| Verdict::of(&word.signal)),
            }),
        })
    }

    /// Takes an answer. The last one counts: a team may change its mind.
    pub(super) async fn answer_hand_over(&self, link: &HandOver, answer: &SalesAnswer) -> Result<(), LinkError> {
        let handed = self.handed(link).await?;
        let person = self.person(&handed.subject).await?;
        let (kind, properties) = (answer.verdict.kind(), handed.properties(answer));
        let before = handed.given(&person).map(|word| &word.signal);
        if before.is_some_and(|b| b.kind == kind && b.properties == properties) {
            return Ok(());
        }
        let by = before.map_or("", |b| b.id.as_str());
        let word = Word {
            id: following("hand-over", handed.action.id, &format!("{kind} {properties}"), by),
            kind,
            at: after(self.clock.now(), before.map(|b| b.at)),
            to: handed.subject.clone(),
            action: handed.action.id,
            properties,
            live: true,
            // They answer, not the person: that an address is theirs is not shown by it.
            vouched: false,
        };
        self.report(vec![word]).await
    }

    /// What was handed over; nothing is left of an action that was forgotten.
    async fn handed(&self, link: &HandOver) -> Result<Handed, LinkError> {
        let action = self.store.action(link.action).await?.ok_or(NotALink::Expired)?;
        if action.act != Act::HandOver {
            return Err(NotALink::Invalid.into());
        }
        let subject = Subject::of(&action.content).ok_or(NotALink::Expired)?;
        Ok(Handed { action, subject })
    }
}

impl Handed {
    /// The last answer.
    fn given<'p>(&self, person: &'p Person) -> Option<&'p Recorded> {
        let answers = person.words.iter().filter(|word| {
            let to = word.signal.answers.as_ref();
            Verdict::of(&word.signal).is_some() && to.and_then(|a| a.action) == Some(self.action.id)
        });
        answers.max_by_key(|word| word.signal.at)
    }

    fn properties(&self, answer: &SalesAnswer) -> Value {
        let mut all = Map::new();
        let content = &self.action.content;
        for (name, right, said) in [
            ("role", "right_role", answer.right_role),
            ("concern", "right_concern", answer.right_concern),
        ] {
            if let (Some(about), Some(said)) = (content[name].as_str(), said) {
                all.insert(name.into(), about.into());
                all.insert(right.into(), said.into());
            }
        }
        all.extend(
            answer
                .right_moment
                .map(|right| ("right_moment".to_owned(), json!(right))),
        );
        // Who does not say who they are is whoever it was given to.
        let to = owned::assignee(&self.action).map_or("", |to| to.member);
        let by = Some(answer.by.as_str()).filter(|by| !by.is_empty()).unwrap_or(to);
        for (name, text) in [
            ("why", answer.why.as_str()),
            ("by", by),
            ("until", answer.until.as_str()),
        ] {
            if !text.is_empty() {
                all.insert(name.into(), text.into());
            }
        }
        Value::Object(all)
    }
}
