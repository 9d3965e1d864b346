//! The plugin.
//!
//! It writes what a message says. To whom it goes and in whose name, what has to stand below
//! it and how it leaves is the host's: a message names its action and no address.

use std::collections::BTreeMap;
use std::time::Duration;

use hearken_sdk::{
    Act, Action, Failure, Identity, Instant, Manifest, Plugin, Problem, Receipt, Sink, Vocabulary, mail,
};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{brief, page, story};

/// Messages in one call. The relay's answers are waited for, a few at a time.
const BATCH: u32 = 20;
/// A relay may take minutes to look through a message.
const WALL: Duration = Duration::from_secs(15 * 60);

/// The connector's configuration.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Headers of every message, by name: X-… only. Relays read some of them.
    pub headers: BTreeMap<String, String>,
}

/// The configured plugin.
#[derive(Clone, Debug)]
pub struct Smtp {
    headers: Vec<(String, String)>,
}

impl Plugin for Smtp {
    type Config = Config;

    fn manifest() -> Manifest {
        hearken_sdk::manifest!()
            .channels(["*", "hand-over"])
            .mail()
            .batch(BATCH)
            .wall(WALL)
            .traits([
                "name",
                "firstName",
                "lastName",
                "first_name",
                "last_name",
                "title",
                "phone",
            ])
    }

    fn check(config: &Config, _: &Vocabulary) -> Vec<Problem> {
        let wrong = config.headers.keys().filter(|name| !is_free(name));
        wrong
            .map(|name| {
                Problem::new(
                    format!("/headers/{}", name.replace('~', "~0").replace('/', "~1")),
                    format!("the header '{name}' may not be set: its name has to begin with X-"),
                )
            })
            .collect()
    }

    fn configure(config: Config, _: Vocabulary) -> Result<Self, Failure> {
        Ok(Self {
            headers: config.headers.into_iter().collect(),
        })
    }
}

impl Sink for Smtp {
    fn deliver(&self, now: Instant, action: &Action) -> Result<Receipt, Failure> {
        let mut all = self.deliver_all(now, std::slice::from_ref(action));
        all.pop()
            .map_or_else(|| Err(Failure::permanent("no message was made")), |(_, answer)| answer)
    }

    fn deliver_all(&self, _: Instant, actions: &[Action]) -> Vec<(String, Result<Receipt, Failure>)> {
        let answers = mail::send_all(actions.iter().map(|action| self.message(action)).collect());
        let ids = actions.iter().map(|action| action.id.clone());
        // The relay has it; that it has arrived nobody says.
        ids.zip(answers)
            .map(|(id, answer)| (id, answer.map(Receipt::accepted)))
            .collect()
    }

    fn forget(&self, _: Instant, _: &[Identity]) -> Result<(), Failure> {
        // Nothing is kept here, and nobody can take a message back.
        Ok(())
    }
}

impl Smtp {
    fn message(&self, action: &Action) -> mail::Message {
        let (text, html) = match action.act {
            Act::HandOver => (brief::text(action), Some(brief::html(action))),
            _ => (story::text(action), story::html(action)),
        };
        let content = &action.content;
        let mut headers = self.headers.clone();
        if let Some(thread) = action.thread.as_deref().and_then(message_id) {
            headers.push(("In-Reply-To".to_owned(), thread.clone()));
            headers.push(("References".to_owned(), thread));
        }
        mail::Message {
            item: action.id.clone(),
            subject: content.title.clone(),
            headers,
            text,
            html: html.map(|html| page::around(&html, &content.title, content.language.as_deref())),
        }
    }
}

fn is_free(name: &str) -> bool {
    let rest = name.strip_prefix("X-").or_else(|| name.strip_prefix("x-"));
    rest.is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'))
}

/// A thread's id as mail names one; none where it is some other vendor's.
fn message_id(thread: &str) -> Option<String> {
    let bare = thread.trim().trim_start_matches('<').trim_end_matches('>');
    let (left, right) = bare.split_once('@')?;
    let half =
        |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic() && !b"<>@,;\"()".contains(&b));
    (half(left) && half(right)).then(|| format!("<{bare}>"))
}

#[cfg(test)]
#[path = "smtp_tests.rs"]
mod tests;
