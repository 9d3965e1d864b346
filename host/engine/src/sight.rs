//! A person as a connector is given them.
//!
//! Everything that is known of people goes to plugins through here, and nowhere else is it
//! made into values of the contract: with a fresh signal or a recent one, live or replayed
//! from a dead letter, to a scorer, a router, a sink or who looks up what became of an action.
//! So what [`Share`] leaves out is left out on every way, and a dead letter that keeps what a
//! plugin was given keeps no more.

use std::{borrow::Cow, collections::BTreeMap};

use hearken_config::Wiring;
use hearken_model::{Belief, Identity, Prospect, Recorded, Signal, SignalId, Telling, Turn, View};
use hearken_sandbox::{Connector, Reads, wire};
use hearken_share::{Asked, Granted, Share, Shown};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Map, Value};
use sha2::Sha256;

use crate::parts::Shared;

/// Tells this use of the key from others.
const PURPOSE: &[u8] = b"signal ids that are not shown";
/// What the router is told of a scorer's word on why it is asked.
const CUE: &str = "cue:";

/// What each connector is shown, by its name.
pub(crate) struct Shares {
    thinking: BTreeMap<String, Share>,
    speaking: BTreeMap<String, Share>,
    /// For a name that is nobody's.
    nothing: Share,
}

impl Shares {
    pub(crate) fn new(wiring: &Wiring, connectors: &BTreeMap<String, Connector>) -> Self {
        let all = |share: fn(&Asked<'_>, &Granted) -> Share| {
            let shares = connectors.iter().map(|(name, connector)| {
                let asked = asked_by(&connector.plugin().manifest().needs.reads);
                let granted = wiring.connectors.get(name).map(|c| c.grants.share.clone());
                (name.clone(), share(&asked, &granted.unwrap_or_default()))
            });
            shares.collect()
        };
        Self {
            thinking: all(Share::with_thinker),
            speaking: all(Share::with_sink),
            nothing: Share::with_thinker(&Asked::default(), &Granted::default()),
        }
    }

    /// What a scorer or router is shown.
    pub(crate) fn thinking(&self, connector: &str) -> &Share {
        self.thinking.get(connector).unwrap_or(&self.nothing)
    }

    fn speaking(&self, connector: &str) -> &Share {
        self.speaking.get(connector).unwrap_or(&self.nothing)
    }
}

/// What a manifest asks for.
#[must_use]
pub fn asked_by(reads: &Reads) -> Asked<'_> {
    Asked {
        traits: &reads.traits,
        identities: &reads.identities,
        query: &reads.query,
        properties: &reads.properties,
    }
}

/// One person as one connector sees them.
pub(crate) struct Sight<'a> {
    shown: Shown<'a>,
    key: &'a [u8; 32],
}

impl Shared {
    /// Somebody as a scorer or router sees them.
    pub(crate) fn sight_of_thinker(&self, connector: &str, view: &View) -> Sight<'_> {
        self.sight(self.shares.thinking(connector), view)
    }

    /// Somebody as a sink sees them.
    pub(crate) fn sight_of_sink(&self, connector: &str, view: &View) -> Sight<'_> {
        self.sight(self.shares.speaking(connector), view)
    }

    fn sight<'a>(&'a self, share: &'a Share, view: &View) -> Sight<'a> {
        let identities = view
            .identities
            .iter()
            .map(|(i, _)| (i.scheme.as_str(), i.value.as_str()));
        Sight {
            shown: share.shown(identities, &view.traits),
            key: &self.key,
        }
    }
}

impl Sight<'_> {
    /// A signal. Its id is the whole id, connector included, so that signals of two connectors
    /// can be told apart as evidence.
    pub(crate) fn signal(&self, recorded: &Recorded) -> wire::Signal {
        let Signal {
            id,
            kind,
            at,
            identities,
            company,
            session,
            about,
            answers,
            properties,
        } = &recorded.signal;
        wire::Signal {
            id: self.id(id).into_owned(),
            kind: self.kind(kind),
            at: at.0,
            identities: self.identities(identities),
            company: company.as_ref().map(|company| wire::Identity {
                scheme: company.scheme.clone(),
                value: self.text(&company.value),
            }),
            session: session.as_deref().map(|session| self.text(session)),
            about: about.as_deref().map(|about| self.text(about)),
            answers: answers.as_ref().map(|a| wire::ReplyTo {
                // As people see it: a scorer or router has no use for what a vendor is given.
                action: a.action.map(|id| id.to_string()),
                reference: a.reference.as_deref().map(|reference| self.text(reference)),
            }),
            properties: self.shown.properties(kind, properties),
            extra: Vec::new(),
        }
    }

    /// A signal's id; where a source has put somebody's address into it, another one that
    /// means the same signal and tells nothing.
    pub(crate) fn id<'i>(&self, id: &'i SignalId) -> Cow<'i, str> {
        if self.shown.text(id.as_str()) == id.as_str() {
            return Cow::Borrowed(id.as_str());
        }
        let mut mac = Hmac::<Sha256>::new_from_slice(self.key).expect("HMAC takes a key of any length");
        mac.update(PURPOSE);
        mac.update(id.as_str().as_bytes());
        let digits: String = mac
            .finalize()
            .into_bytes()
            .iter()
            .take(16)
            .map(|b| format!("{b:02x}"))
            .collect();
        // Letters alone, or what stands in for a number would be taken for one.
        Cow::Owned(digits.chars().filter_map(|c| c.to_digit(16)).map(letter).collect())
    }

    /// A word of the catalogue, or what a source has made up.
    fn kind(&self, kind: &str) -> String {
        match hearken_kinds::schema(kind) {
            Some(_) => kind.to_owned(),
            None => self.text(kind),
        }
    }

    /// Identities of the schemes that are shown.
    pub(crate) fn identities<'i>(&self, all: impl IntoIterator<Item = &'i Identity>) -> Vec<wire::Identity> {
        let shown = all.into_iter().filter(|i| self.shown.shows(&i.scheme));
        shown.map(identity).collect()
    }

    /// Traits as JSON text.
    pub(crate) fn traits(&self, traits: &Map<String, Value>) -> String {
        self.shown.traits(traits)
    }

    /// A text in which nobody is named who is not shown.
    pub(crate) fn text(&self, text: &str) -> String {
        self.shown.text(text).into_owned()
    }

    /// What moved, as far as it is not the host's own word: a scorer that is shown more than
    /// the router must not tell it.
    pub(crate) fn trigger(&self, trigger: &str) -> String {
        match trigger.strip_prefix(CUE) {
            Some(cue) => format!("{CUE}{}", self.text(cue)),
            None => trigger.to_owned(),
        }
    }

    /// A belief. Its reason is another plugin's word, which may have been shown more.
    pub(crate) fn belief(&self, belief: &Belief) -> wire::Belief {
        wire::Belief {
            kind: belief.kind.word().into(),
            name: belief.name.clone(),
            value: belief.value,
            confidence: belief.confidence,
            at: belief.at.0,
            evidence: belief.evidence.iter().map(|id| self.id(id).into_owned()).collect(),
            half_life_ms: belief.half_life_ms,
            reason: self.text(&belief.reason),
            extra: Vec::new(),
        }
    }

    /// The latest `most` turns, what we told included, oldest first.
    pub(crate) fn turns(&self, prospect: &Prospect, most: usize) -> Vec<wire::Turn> {
        if most == 0 {
            return Vec::new();
        }
        let mut all: Vec<wire::Turn> = prospect.turns().iter().map(|t| self.turn(t)).collect();
        all.extend(prospect.tellings().iter().filter(|t| !t.shadow).map(|t| told(t)));
        all.sort_by_key(|t| t.at);
        let surplus = all.len().saturating_sub(most);
        all.drain(..surplus);
        all
    }

    fn turn(&self, turn: &Turn) -> wire::Turn {
        wire::Turn {
            at: turn.at.0,
            speaker: turn.speaker.word().into(),
            // As a source names it.
            channel: self.text(&turn.channel),
            what: self.kind(&turn.what),
            extra: Vec::new(),
        }
    }
}

fn told(telling: &Telling) -> wire::Turn {
    wire::Turn {
        at: telling.at.0,
        speaker: "us".into(),
        channel: telling.channel.clone(),
        what: telling.target.clone(),
        extra: Vec::new(),
    }
}

/// Who something goes to, whatever else is shown: without it nothing could be delivered.
pub(crate) fn recipients(to: &[Identity]) -> Vec<wire::Identity> {
    to.iter().map(identity).collect()
}

fn identity(identity: &Identity) -> wire::Identity {
    wire::Identity {
        scheme: identity.scheme.clone(),
        value: identity.value.clone(),
    }
}

fn letter(digit: u32) -> char {
    char::from_u32(u32::from('a') + digit).unwrap_or('a')
}
