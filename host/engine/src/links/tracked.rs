//! Links of a story's text that lead over us: where they lead, and who followed them.
//!
//! Programs follow links too: what scans a mailbox opens every one of them before its owner
//! sees the message. So a click is told with how sure it is that a person made it, and with
//! what is needed to judge it anew; none of them vouches for anything.

use std::{collections::BTreeSet, net::IpAddr, time::Duration};

use hearken_config::Machines;
use hearken_links::{Click, NotALink};
use hearken_model::{Action, ActionState, Followed, HUMAN, Identity, Instant, ProfileId, Recorded};
use serde_json::json;

use super::{LinkError, Word};
use crate::{Engine, parts::Shared};

/// Somebody who follows the same link twice within this time has followed it once: mail
/// programs and people press twice.
const ONCE_WITHIN: Duration = Duration::from_secs(60);
/// Links of a message that are followed within this time are followed at once.
const AT_ONCE: Duration = Duration::from_secs(5);
/// How many of somebody's latest signals are looked at for others that were.
const LATEST: usize = 50;

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

/// Who follows a link. Where they ask from is looked at and kept nowhere: an address says
/// where somebody lives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visitor {
    /// With what.
    pub agent: Agent,
    /// Whether it is fetched ahead, in case somebody will want it.
    pub ahead: bool,
    /// What it calls itself.
    pub called: String,
    /// Where it asks from, of an IPv6 address its network.
    pub asking: IpAddr,
}

impl Visitor {
    /// Whether it says so itself, or the operator knows it as one.
    fn is_a_program(&self, machines: Option<&Machines>) -> bool {
        let says_so = matches!(self.agent, Agent::Bot | Agent::Library | Agent::MailProxy | Agent::None);
        self.ahead || says_so || machines.is_some_and(|machines| machines.has(&self.called, self.asking))
    }
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
        let human = Followed {
            by_a_program: visitor.is_a_program(self.wiring.links.as_ref().map(|links| &links.machines)),
            since_delivery: since,
            others_at_once: self.others_at_once(click, &to, now).await?,
            links: action.content["links"].as_array().map_or(1, Vec::len) as u32,
        }
        .human();
        let automatic = human < HUMAN;
        let mut properties = json!({
            "url": url,
            "link": click.link,
            "channel": action.channel,
            "automatic": automatic,
            "human": human,
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

    /// How many other links of the same message were followed just before.
    async fn others_at_once(&self, click: &Click, to: &Identity, now: Instant) -> Result<u32, LinkError> {
        let recent = self.store.signals_of(&[ProfileId::of(to)], LATEST).await?;
        let same = |r: &&Recorded| {
            r.signal.kind == "message.clicked"
                && r.signal.at >= now.before(AT_ONCE)
                && r.signal.answers.as_ref().and_then(|a| a.action) == Some(click.action)
        };
        let links = recent
            .iter()
            .filter(same)
            .filter_map(|r| r.signal.properties["link"].as_u64());
        let others: BTreeSet<u64> = links.filter(|link| *link != u64::from(click.link)).collect();
        Ok(others.len() as u32)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn browser(called: &str, asking: [u8; 4]) -> Visitor {
        Visitor {
            agent: Agent::Browser,
            ahead: false,
            called: called.into(),
            asking: asking.into(),
        }
    }

    #[test]
    fn what_the_operator_knows_as_a_program_is_one_by_its_name_or_its_network() {
        let machines = Machines {
            agents: vec!["acme-gateway".into()],
            ranges: vec!["198.51.100.0/24".parse().expect("a network")],
        };
        let person = browser("Mozilla/5.0 (X11)", [192, 0, 2, 1]);
        assert!(!person.is_a_program(Some(&machines)) && !person.is_a_program(None));
        assert!(browser("Mozilla/5.0 Acme-Gateway/2", [192, 0, 2, 1]).is_a_program(Some(&machines)));
        assert!(browser("Mozilla/5.0 (X11)", [198, 51, 100, 7]).is_a_program(Some(&machines)));
        assert!(!browser("Mozilla/5.0 Acme-Gateway/2", [198, 51, 100, 7]).is_a_program(None));
    }
}
