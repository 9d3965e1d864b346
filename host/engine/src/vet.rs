//! Which of the signals that a plugin reports are taken: it says only what it may, about
//! whom it may, in the catalogue's words, at a time that can be.

use std::{collections::BTreeMap, time::Duration};

use hearken_config::{ConnectorWiring, Vouching, Wiring};
use hearken_model::{Identity, Instant, Signal, SignalId};
use hearken_sandbox::{Connector, wire};
use hearken_store::{Arriving, NewDeadLetter, Stage};
use serde_json::Value;

use crate::{
    catalogue::{Catalogue, matches},
    dead, outward,
    parts::Shared,
};

const MAX_ID_BYTES: usize = 256;
const MAX_PROPERTIES_BYTES: usize = 32 * 1024;
const MAX_TEXT_BYTES: usize = 2048;
/// Declared by plugins whose operators name the schemes.
const ANY_SCHEME: &str = "*";
/// What a source says beside a signal: where it found it.
const PLACE: &str = "place";
const MAX_IDENTITIES: usize = 8;
/// A clock may be this much ahead of ours; then its time is taken to be ours.
const AHEAD: Duration = Duration::from_secs(24 * 3600);
/// 2000-01-01: what claims to be older comes from a clock that was never set.
const EARLIEST: Instant = Instant(946_684_800_000);

/// How a signal came.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Origin<'a> {
    /// The connector that reports it.
    pub(crate) connector: &'a str,
    /// When it came.
    pub(crate) received: Instant,
    /// Whether the sender proved no more than a key that is in every page.
    pub(crate) public: bool,
}

/// What signals are held against.
#[derive(Clone, Copy)]
pub(crate) struct Vetting<'a> {
    pub(crate) wiring: &'a Wiring,
    pub(crate) catalogue: &'a Catalogue,
    pub(crate) connectors: &'a BTreeMap<String, Connector>,
    /// The installation's, by which it is known what an answer answers.
    pub(crate) key: &'a [u8; 32],
}

impl Shared {
    pub(crate) fn vetting(&self) -> Vetting<'_> {
        Vetting {
            wiring: &self.wiring,
            catalogue: &self.catalogue,
            connectors: &self.connectors,
            key: &self.key,
        }
    }

    /// Takes a plugin's signal, or says as a dead letter why not.
    pub(crate) fn vet(&self, signal: wire::Signal, origin: Origin<'_>) -> Result<Arriving, Box<NewDeadLetter>> {
        self.vetting().vet(signal, origin)
    }
}

impl Vetting<'_> {
    fn wired(&self, connector: &str) -> Option<&ConnectorWiring> {
        self.wiring.connectors.get(connector)
    }

    /// Takes a plugin's signal, or says as a dead letter why not.
    pub(crate) fn vet(&self, signal: wire::Signal, origin: Origin<'_>) -> Result<Arriving, Box<NewDeadLetter>> {
        let payload = || serde_json::to_string(&signal).unwrap_or_default();
        match self.try_vet(&signal, origin) {
            Ok(arriving) => Ok(arriving),
            Err(why) => Err(Box::new(NewDeadLetter {
                at: origin.received,
                stage: Stage::Signal,
                connector: origin.connector.into(),
                prospect: None,
                action: None,
                why,
                place: place(&signal).chars().take(MAX_ID_BYTES).collect(),
                payload: dead::payload(&payload(), origin.public),
            })),
        }
    }

    fn try_vet(&self, signal: &wire::Signal, origin: Origin<'_>) -> Result<Arriving, String> {
        if signal.id.is_empty() || signal.id.len() > MAX_ID_BYTES || signal.id.chars().any(char::is_control) {
            return Err(format!(
                "a signal's id has 1 to {MAX_ID_BYTES} bytes and no control characters"
            ));
        }
        self.may_say(&signal.kind, origin)?;
        let properties = properties(&signal.properties)?;
        self.catalogue.check(&signal.kind, &properties)?;
        let at = moment(signal.at, origin.received)?;
        let (identities, verified) = self.identities(&signal.identities, origin)?;
        let fresh = self.wired(origin.connector).map_or(Duration::ZERO, |c| c.fresh);
        let short = |text: &Option<String>| text.as_ref().map(|t| cut(t, MAX_TEXT_BYTES));
        Ok(Arriving {
            signal: Signal {
                id: SignalId(format!("{}:{}", origin.connector, signal.id)),
                kind: signal.kind.clone(),
                at,
                identities,
                company: signal.company.as_ref().and_then(|c| Identity::new(&c.scheme, &c.value)),
                session: short(&signal.session),
                about: short(&signal.about),
                // Anybody can hold a public key, and guess at what they say they answer.
                answers: signal
                    .answers
                    .clone()
                    .filter(|_| !origin.public)
                    .and_then(|reply| outward::answers(self.key, reply)),
                properties,
            },
            connector: origin.connector.into(),
            received: origin.received,
            live: origin.received.since(at) < fresh,
            verified,
        })
    }

    fn may_say(&self, kind: &str, origin: Origin<'_>) -> Result<(), String> {
        let name = origin.connector;
        let declared = self.connectors.get(name).map(|c| &c.plugin().manifest().needs.may_say);
        if !declared.is_some_and(|d| matches(d, kind)) {
            return Err(format!(
                "the plugin of connector '{name}' does not declare '{kind}' under may-say"
            ));
        }
        let granted = self.wired(name).and_then(|c| c.grants.may_say.as_ref());
        if granted.is_some_and(|g| !matches(g, kind)) {
            return Err(format!(
                "connector '{name}' is not granted '{kind}'; [connectors.{name}] grants.may-say would allow it"
            ));
        }
        if origin.public && !self.catalogue.may_be_public(kind) {
            return Err(format!(
                "'{kind}' came with a public key, which anybody can have; send it from a server, with a key that is not public"
            ));
        }
        Ok(())
    }

    /// The identities that may be reported, and whether all of them are vouched for.
    fn identities(&self, given: &[wire::Identity], origin: Origin<'_>) -> Result<(Vec<Identity>, bool), String> {
        if given.len() > MAX_IDENTITIES {
            return Err(format!(
                "{} identities where at most {MAX_IDENTITIES} are taken",
                given.len()
            ));
        }
        let name = origin.connector;
        let declared = self
            .connectors
            .get(name)
            .map(|c| &c.plugin().manifest().needs.may_identify);
        let granted = self.wired(name).and_then(|c| c.grants.may_identify.as_ref());
        let mut taken: Vec<Identity> = Vec::new();
        let mut verified = !origin.public;
        let mut refused = String::new();
        for identity in given {
            let Some(normal) = Identity::new(&identity.scheme, &identity.value) else {
                refused = format!("'{}' is no {}", cut(&identity.value, 80), cut(&identity.scheme, 80));
                continue;
            };
            let declares = declared.and_then(|d| d.get(&normal.scheme).or_else(|| d.get(ANY_SCHEME)));
            let grants = granted.map_or(Some(Vouching::Verified), |g| g.get(&normal.scheme).copied());
            let (Some(declares), Some(grants)) = (declares, grants) else {
                refused = format!("connector '{name}' may not identify by '{}'", normal.scheme);
                continue;
            };
            let vouches = *declares == hearken_sandbox::Vouching::Verified && grants == Vouching::Verified;
            verified &= vouches || !normal.is_known();
            if !taken.contains(&normal) {
                taken.push(normal);
            }
        }
        if taken.is_empty() {
            let why = if refused.is_empty() {
                "no identity is given".to_owned()
            } else {
                refused
            };
            return Err(format!("nobody can be told from it: {why}"));
        }
        Ok((taken, verified))
    }
}

/// Where a signal was found, as far as its source says; else its id.
fn place(signal: &wire::Signal) -> &str {
    let named = signal.extra.iter().find(|(name, _)| name == PLACE);
    named.map_or(&signal.id, |(_, place)| place)
}

fn properties(text: &str) -> Result<Value, String> {
    if text.len() > MAX_PROPERTIES_BYTES {
        return Err(format!(
            "properties of {} bytes where at most {MAX_PROPERTIES_BYTES} are taken",
            text.len()
        ));
    }
    let value: Value = serde_json::from_str(text).map_err(|e| format!("properties are not JSON: {e}"))?;
    if !value.is_object() {
        return Err("properties are not a JSON object".into());
    }
    if !shallow(&value, Arriving::MAX_DEPTH) {
        return Err(format!(
            "properties are nested deeper than {} levels",
            Arriving::MAX_DEPTH
        ));
    }
    Ok(value)
}

/// Whether a value is nested no deeper than `most` levels.
fn shallow(value: &Value, most: usize) -> bool {
    match (value, most.checked_sub(1)) {
        (Value::Array(items), Some(below)) => items.iter().all(|v| shallow(v, below)),
        (Value::Object(items), Some(below)) => items.values().all(|v| shallow(v, below)),
        (Value::Array(_) | Value::Object(_), None) => false,
        _ => true,
    }
}

fn moment(at: u64, received: Instant) -> Result<Instant, String> {
    let at = Instant(at);
    if at < EARLIEST {
        return Err(format!("it says it happened at {at}; a clock was never set"));
    }
    if at > received.after(AHEAD) {
        return Err(format!(
            "it says it happened at {at}, more than a day ahead of {received}"
        ));
    }
    Ok(at.min(received))
}

/// At most `most` bytes of a text, whole characters.
pub(crate) fn cut(text: &str, most: usize) -> String {
    let mut end = text.len().min(most);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text[..end].to_owned()
}
