//! Links of a story's text that lead over us: where they lead, and who followed them.
//!
//! Programs follow links too: what scans a mailbox opens every one of them before its owner
//! sees the message. So a click is told with what is needed to tell them apart later, one
//! that is surely a program's is marked as such, and none of them vouches for anything.

use std::time::Duration;

use hearken_links::{Click, NotALink};
use hearken_model::{Action, ActionState, Instant};
use serde_json::json;

use super::{LinkError, Word};
use crate::{Engine, parts::Shared};

/// Somebody who follows the same link twice within this time has followed it once: mail
/// programs and people press twice.
const ONCE_WITHIN: Duration = Duration::from_secs(60);
/// Nobody reads a message and presses a link in it so soon after it was handed over.
const TOO_SOON: Duration = Duration::from_secs(1);

/// What has followed a link, as far as it says so itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Agent {
    /// What people browse with, or calls itself so.
    Browser,
    /// What a mailbox provider loads messages with.
    MailProxy,
    /// What says that it is a robot.
    Bot,
    /// A library or a command.
    Library,
    /// It says nothing.
    None,
}

impl Agent {
    /// Its word in the signal.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Browser => "browser",
            Self::MailProxy => "mail-proxy",
            Self::Bot => "bot",
            Self::Library => "library",
            Self::None => "none",
        }
    }
}

/// Who follows a link. Not where from: an address says where somebody lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Visitor {
    /// With what.
    pub agent: Agent,
    /// Whether it is fetched ahead, in case somebody will want it.
    pub ahead: bool,
}

impl Engine {
    /// Where a tracked link leads. The target was in the story's text when it was sent.
    ///
    /// # Errors
    /// Where nothing of it is known any more, or the store fails.
    pub async fn target(&self, click: &Click) -> Result<String, LinkError> {
        Ok(self.current.now().sent_link(click).await?.1)
    }

    /// Notes that a tracked link was followed, and returns once that is stored.
    ///
    /// # Errors
    /// As for [`Engine::target`].
    pub async fn followed(&self, click: &Click, visitor: Visitor) -> Result<(), LinkError> {
        self.current.now().followed(click, visitor).await
    }
}

impl Shared {
    async fn sent_link(&self, click: &Click) -> Result<(Action, String), LinkError> {
        let action = self.store.action(click.action).await?.ok_or(NotALink::Expired)?;
        let url = action.content["links"][usize::from(click.link)]["url"].as_str();
        let url = url.filter(|url| url.starts_with("https://") || url.starts_with("http://"));
        let url = url.ok_or(NotALink::Expired)?.to_owned();
        Ok((action, url))
    }

    async fn followed(&self, click: &Click, visitor: Visitor) -> Result<(), LinkError> {
        let (action, url) = self.sent_link(click).await?;
        let to = action.to.first().cloned().ok_or(NotALink::Expired)?;
        let now = self.clock.now();
        let delivered = self.delivered_at(&action).await?;
        let since = delivered.map(|at| now.since(at));
        let automatic = visitor.ahead
            || matches!(
                visitor.agent,
                Agent::Bot | Agent::Library | Agent::MailProxy | Agent::None
            )
            || since.is_none_or(|since| since < TOO_SOON);
        let mut properties = json!({
            "url": url,
            "link": click.link,
            "channel": action.channel,
            "automatic": automatic,
            "agent": visitor.agent.word(),
        });
        if let Some(since) = since {
            properties["since_delivery_s"] = since.as_secs().into();
        }
        let window = now.0 / u64::try_from(ONCE_WITHIN.as_millis()).unwrap_or(u64::MAX);
        let who = if automatic { "automatic" } else { visitor.agent.word() };
        let word = Word {
            id: format!("click:{}:{}:{who}:{window}", click.action, click.link),
            kind: "message.clicked",
            at: now,
            to,
            action: action.id,
            properties,
            live: !automatic,
            vouched: false,
        };
        self.report(vec![word]).await
    }

    /// When the message was handed over; none where it was not, as far as is known.
    async fn delivered_at(&self, action: &Action) -> Result<Option<Instant>, LinkError> {
        let prospect = self
            .store
            .prospects(&[action.prospect])
            .await?
            .into_iter()
            .flatten()
            .next();
        let tellings = prospect.iter().flat_map(|p| p.tellings());
        let told = tellings.filter(|t| t.action == action.id && t.state == ActionState::Delivered);
        // Merged away, or answered before the sink's word was applied.
        Ok(told.map(|t| t.at).max().or(action.first_tried))
    }
}
