//! How connectors' ways out stand, as people are shown it, and what an operator can do about
//! a destination that needs one.
//!
//! Breakers belong to the way out and not to an outlet: a reload makes outlets anew, and a
//! vendor that has locked an account is not to be asked at once because of a changed story.
//! Only other secrets begin anew: then somebody has looked.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    sync::{Arc, Mutex, PoisonError, Weak},
    time::{Duration, SystemTime},
};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use tokio::time::Instant;

use crate::{
    Condition, Rate,
    breaker::Breaker,
    credential::Credential,
    gates::{Destination, Gates},
    judging::measure,
};

/// How a connector's way out stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The connector.
    pub connector: String,
    /// Its destinations.
    pub destinations: Vec<DestinationStanding>,
    /// The rates that hold for it.
    pub rates: Vec<Rate>,
    /// Bytes that passed in this hour, how many may, and when the next begins.
    pub bytes: (u64, u64, Option<SystemTime>),
    /// Requests under way, and how many may be.
    pub in_flight: (usize, usize),
    /// Until when one of its credentials is left alone, because a vendor asked for it.
    pub paused_until: Option<SystemTime>,
    /// What tells its secrets from others.
    pub secrets: SecretsMark,
}

/// What tells the secrets of a connector from others, and nothing else about them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SecretsMark(pub(crate) [u8; 32]);

impl SecretsMark {
    /// As it may be written down: nobody can try secrets against it who has not the key.
    #[must_use]
    pub fn under(&self, key: &[u8; 32]) -> String {
        let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key).expect("a key of any length will do (RFC 2104)");
        mac.update(&self.0);
        let tag = mac.finalize().into_bytes();
        tag.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl fmt::Debug for SecretsMark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretsMark(…)")
    }
}

/// How a destination stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DestinationStanding {
    /// Scheme, host and port: `https://api.example.com:443`.
    pub destination: String,
    /// Whether it works.
    pub condition: Condition,
    /// When it is looked at again, where it is left alone.
    pub again: Option<SystemTime>,
    /// Until when it is left alone because it asked for it.
    pub paused_until: Option<SystemTime>,
}

/// What is known of all ways out.
#[derive(Default)]
pub(crate) struct Ways {
    /// By connector and destination.
    breakers: Mutex<HashMap<(String, String), Known>>,
    live: Mutex<Vec<Live>>,
}

struct Known {
    breaker: Arc<Breaker>,
    /// The secrets that it was tried with.
    secrets: SecretsMark,
}

struct Live {
    connector: String,
    gates: Weak<Gates>,
    credentials: Vec<Arc<Credential>>,
    secrets: SecretsMark,
}

/// A connector's way out as it is now.
type Current = (Arc<Gates>, Vec<Arc<Credential>>, SecretsMark);

impl Ways {
    /// The breaker of a destination: the one that it had, unless the secrets are others.
    pub(crate) fn breaker(&self, connector: &str, destination: &str, secrets: SecretsMark) -> Arc<Breaker> {
        let mut all = self.breakers.lock().unwrap_or_else(PoisonError::into_inner);
        let known = all.entry((connector.to_owned(), destination.to_owned()));
        let known = known.or_insert_with(|| Known {
            breaker: Arc::default(),
            secrets,
        });
        if known.secrets != secrets {
            let breaker = Arc::default();
            *known = Known { breaker, secrets };
        }
        Arc::clone(&known.breaker)
    }

    /// From now on an outlet is among those that are shown.
    pub(crate) fn watch(
        &self,
        connector: &str,
        gates: &Arc<Gates>,
        credentials: Vec<Arc<Credential>>,
        secrets: SecretsMark,
    ) {
        let mut live = self.live.lock().unwrap_or_else(PoisonError::into_inner);
        live.retain(|live| live.gates.strong_count() > 0);
        live.push(Live {
            connector: connector.to_owned(),
            gates: Arc::downgrade(gates),
            credentials,
            secrets,
        });
    }

    /// Those of now, by connector: where a reload has made another, the newer one.
    fn current(&self) -> BTreeMap<String, Current> {
        let live = self.live.lock().unwrap_or_else(PoisonError::into_inner);
        let all = live.iter().filter_map(|live| {
            let gates = live.gates.upgrade()?;
            Some((live.connector.clone(), (gates, live.credentials.clone(), live.secrets)))
        });
        all.collect()
    }

    pub(crate) fn standing(&self) -> Vec<Standing> {
        let (now, clock) = (Instant::now(), SystemTime::now());
        let then = |left: Option<Duration>| left.filter(|left| !left.is_zero()).map(|left| clock + left);
        let shown = |destination: &Destination| DestinationStanding {
            destination: destination.to_string(),
            condition: destination.breaker.condition(),
            again: then(destination.breaker.left(now)),
            paused_until: then(destination.pause.left()),
        };
        let all = self.current().into_iter();
        all.map(|(connector, (gates, credentials, secrets))| {
            let (used, most, left) = gates.budget.standing(now);
            Standing {
                connector,
                destinations: gates.destinations.iter().map(shown).collect(),
                rates: gates.rates.clone(),
                bytes: (used, most, then(left)),
                in_flight: gates.in_flight(),
                paused_until: then(credentials.iter().filter_map(|c| c.pause.left()).max()),
                secrets,
            }
        })
        .collect()
    }

    pub(crate) fn restore(&self, connector: &str, destination: &str, why: &str, again: SystemTime) {
        let left = again.duration_since(SystemTime::now()).unwrap_or_default();
        self.change(connector, destination, |breaker| {
            breaker.need_the_operator(why, Instant::now() + left);
        });
    }

    pub(crate) fn close(&self, connector: &str, destination: &str) {
        self.change(connector, destination, Breaker::close);
    }

    fn change(&self, connector: &str, destination: &str, change: impl Fn(&Breaker)) {
        let current = self.current();
        let destinations = current
            .get(connector)
            .into_iter()
            .flat_map(|(gates, ..)| &gates.destinations);
        for named in destinations.filter(|d| d.to_string() == destination) {
            change(&named.breaker);
            measure(connector, &named.host.to_string(), &named.breaker.condition());
        }
    }
}
