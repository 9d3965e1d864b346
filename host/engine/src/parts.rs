//! What the engine is made from, and what follows from it once.

use std::{collections::BTreeMap, sync::Arc};

use arc_swap::ArcSwap;
use hearken_config::{ConnectorWiring, Wiring};
use hearken_learn::{Evidence, Knowledge};
use hearken_links::Links;
use hearken_mail::Relay;
use hearken_model::{Instant, Story, Vocabulary};
use hearken_sandbox::{Connector, wire};
use hearken_site::Board;
use hearken_store::Store;
use hearken_texts::Texts;

use crate::{Clock, EngineError, StandIn, breaker::Breaker, catalogue::Catalogue, mail::Sender, sight::Shares};

/// What a router is told of a story that invites to talk: with which team.
const INVITES: &str = "invites";

/// What the engine is made from.
pub struct Parts {
    /// The resolved configuration.
    pub wiring: Arc<Wiring>,
    /// Where everything is kept.
    pub store: Arc<dyn Store>,
    /// The connected plugins, by the connectors' names.
    pub connectors: BTreeMap<String, Connector>,
    /// Servers that mail is handed to, by name.
    pub relays: BTreeMap<String, Arc<Relay>>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The installation's secret, from which draws are seeded.
    pub key: [u8; 32],
    /// What makes and reads links for people outside, where they are configured.
    pub links: Option<Arc<Links>>,
    /// Who answers in the place of sinks, where none of them is to be called.
    pub stand_in: Option<Arc<dyn StandIn>>,
}

/// The parts, checked and looked up once.
pub(crate) struct Shared {
    pub(crate) wiring: Arc<Wiring>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) key: [u8; 32],
    pub(crate) links: Option<Arc<Links>>,
    pub(crate) stand_in: Option<Arc<dyn StandIn>>,
    /// Who has a page open; a reload takes it along.
    pub(crate) board: Board,
    pub(crate) catalogue: Catalogue,
    pub(crate) connectors: BTreeMap<String, Connector>,
    pub(crate) relays: BTreeMap<String, Arc<Relay>>,
    /// In whose name mail is written.
    pub(crate) sender: Option<Sender>,
    pub(crate) scorers: Vec<Connector>,
    /// By the names of the scorers and the router.
    pub(crate) breakers: BTreeMap<String, Breaker>,
    pub(crate) weights: BTreeMap<String, f64>,
    /// What of people each connector is shown.
    pub(crate) shares: Shares,
    pub(crate) router: Option<Connector>,
    /// What was learned; a reload takes it along.
    pub(crate) knowledge: ArcSwap<Knowledge>,
    /// As routers are given them, in the order of the wiring.
    pub(crate) stories: Arc<[wire::Story]>,
    /// Their texts, compiled once.
    pub(crate) texts: Texts,
}

impl Shared {
    pub(crate) fn new(parts: Parts) -> Result<Self, EngineError> {
        let Parts {
            wiring,
            store,
            connectors,
            relays,
            clock,
            key,
            links,
            stand_in,
        } = parts;
        for name in wiring.connectors.keys() {
            if !connectors.contains_key(name) {
                return Err(EngineError::Wiring(format!(
                    "connector '{name}' is configured but not connected"
                )));
            }
        }
        for (name, connector) in &wiring.connectors {
            if let Some(relay) = connector.grants.mail.as_ref().filter(|r| !relays.contains_key(*r)) {
                return Err(EngineError::Wiring(format!(
                    "connector '{name}' may mail through '{relay}', which is not there"
                )));
            }
        }
        let sender = wiring
            .mail
            .as_ref()
            .map(|m| Sender::new(m, &wiring.brand))
            .transpose()?;
        let named = |name: &str| {
            connectors
                .get(name)
                .cloned()
                .ok_or_else(|| EngineError::Wiring(format!("no connector '{name}'")))
        };
        let weights: BTreeMap<String, f64> = if wiring.flow.scorers.is_empty() {
            connectors
                .iter()
                .filter(|(_, c)| c.plugin().roles().scorer)
                .map(|(n, _)| (n.clone(), 1.0))
                .collect()
        } else {
            wiring.flow.scorers.iter().cloned().collect()
        };
        let scorers = weights.keys().map(|n| named(n)).collect::<Result<Vec<_>, _>>()?;
        let router = match &wiring.flow.router {
            Some(name) => Some(named(name)?),
            None => connectors.values().find(|c| c.plugin().roles().router).cloned(),
        };
        for scorer in &scorers {
            if !scorer.plugin().roles().scorer {
                return Err(EngineError::Wiring(format!(
                    "connector '{}' is no scorer",
                    scorer.name()
                )));
            }
        }
        let asked = weights
            .keys()
            .cloned()
            .chain(router.iter().map(|r| r.name().to_owned()));
        let breakers = asked.map(|name| (name, Breaker::default())).collect();
        let stories = wiring.stories.iter().map(story).collect();
        let texts = Texts::new(wiring.stories.iter().flat_map(Story::texts));
        let nothing = Evidence::new(Instant::default(), wiring.learn.half_life);
        Ok(Self {
            knowledge: ArcSwap::from_pointee(Knowledge::new(0, nothing)),
            catalogue: Catalogue::load()?,
            shares: Shares::new(&wiring, &connectors),
            wiring,
            store,
            clock,
            key,
            links,
            stand_in,
            board: Board::default(),
            connectors,
            relays,
            sender,
            scorers,
            breakers,
            weights,
            router,
            stories,
            texts,
        })
    }

    /// A connector's wiring. Every connector has one: it was checked when the engine began.
    pub(crate) fn wired(&self, connector: &str) -> Option<&ConnectorWiring> {
        self.wiring.connectors.get(connector)
    }

    pub(crate) fn vocabulary(&self) -> &Vocabulary {
        &self.wiring.vocabulary
    }
}

fn story(story: &Story) -> wire::Story {
    wire::Story {
        id: story.id.0.clone(),
        topics: story.topics.clone(),
        personas: story.personas.clone(),
        lifecycles: story.lifecycles.iter().map(|l| l.word().to_owned()).collect(),
        languages: story.spoken(),
        pressure: story.pressure.word().into(),
        channels: story.channels.clone(),
        kind: story.kind.word().into(),
        question: !story.answers.is_empty(),
        extra: story
            .invites
            .iter()
            .map(|team| (INVITES.to_owned(), team.clone()))
            .collect(),
    }
}
