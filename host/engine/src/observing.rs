//! Who does not want to be observed is not: what they were seen doing is left out before it is
//! stored.
//!
//! It concerns what comes with a public key, from somebody's own browser. What the company's own
//! servers report, it has from its own business. What somebody says, and what they allow or take
//! back, is not observed and always kept.
//!
//! The first of these that says something counts: the last word of the person's that is stored;
//! that the page says, of this very signal, that its visitor allowed it; Global Privacy Control;
//! `consent.observing` in `[policy]`. A page's word is a claim, as all that it says, and is no
//! consent that is kept. Whoever makes one up can do so about what they make up themselves.

use std::collections::BTreeMap;

use hearken_config::Carrier;
use hearken_model::{ConsentRule, ConsentStatus, Identity, OBSERVING, decide};
use hearken_sandbox::wire;
use hearken_store::StoreError;

use crate::{facts::consents, parts::Shared, webhook::Request};

/// What a page's script says of a signal: whether its visitor allowed it.
const CLAIM: &str = "observing";
const GRANTED: &str = "granted";
/// Global Privacy Control, as browsers send it.
const PRIVACY_CONTROL: (&str, &str) = ("sec-gpc", "1");

/// What is left of what a public key reports, and how much is left out.
pub(crate) struct Observed {
    pub(crate) signals: Vec<wire::Signal>,
    pub(crate) left_out: u64,
}

/// Whether a browser asks for its user that nothing is kept of them.
pub(crate) fn asks_for_privacy(request: &Request) -> bool {
    let (name, value) = PRIVACY_CONTROL;
    request.headers.iter().any(|(n, v)| n == name && v.trim() == value)
}

impl Shared {
    /// Leaves out what was observed of those who do not want it.
    pub(crate) async fn observed(
        &self,
        connector: &str,
        signals: Vec<wire::Signal>,
        asks_for_privacy: bool,
    ) -> Result<Observed, StoreError> {
        let mut words: BTreeMap<Identity, Option<ConsentStatus>> = BTreeMap::new();
        let mut kept = Vec::with_capacity(signals.len());
        let mut left_out = 0;
        for signal in signals {
            if !self.catalogue.is_observed(&signal.kind) {
                kept.push(signal);
                continue;
            }
            let mut said = None;
            let named = signal.identities.iter();
            for identity in named.filter_map(|i| Identity::new(&i.scheme, &i.value)) {
                let word = match words.get(&identity) {
                    Some(word) => *word,
                    None => self.said_of_observing(connector, &identity).await?,
                };
                words.insert(identity, word);
                // A no by any of their names is a no.
                if said != Some(ConsentStatus::Withdrawn) {
                    said = word.or(said);
                }
            }
            if self.may_observe(said, claims_so(&signal), asks_for_privacy) {
                kept.push(signal);
            } else {
                left_out += 1;
            }
        }
        Ok(Observed {
            signals: kept,
            left_out,
        })
    }

    fn may_observe(&self, said: Option<ConsentStatus>, claimed: bool, asks_for_privacy: bool) -> bool {
        match said {
            Some(ConsentStatus::Granted) => true,
            Some(ConsentStatus::Withdrawn) => false,
            Some(ConsentStatus::Pending) | None if claimed => true,
            Some(ConsentStatus::Pending) | None => {
                !asks_for_privacy && self.wiring.policy.observing() == ConsentRule::OptOut
            }
        }
    }

    /// The last word of whoever has a name on being observed at a connector's pages.
    async fn said_of_observing(
        &self,
        connector: &str,
        identity: &Identity,
    ) -> Result<Option<ConsentStatus>, StoreError> {
        let Some(known) = self.store.find_prospect(identity).await? else {
            return Ok(None);
        };
        let Some(prospect) = self.store.prospects(&[known]).await?.into_iter().flatten().next() else {
            return Ok(None);
        };
        let is_here = |carrier: &Carrier| matches!(carrier, Carrier::Page(page) if page == connector);
        let mut channels = self.wiring.channels.values();
        let channel = channels.find(|c| is_here(&c.carrier)).map_or("*", |c| c.name.as_str());
        Ok(decide::consent(OBSERVING, channel, &consents(&self.wiring, &prospect)))
    }
}

fn claims_so(signal: &wire::Signal) -> bool {
    signal
        .extra
        .iter()
        .any(|(name, value)| name == CLAIM && value == GRANTED)
}

/// Counts how much of a request was left out, and says so in its answer, where that has room.
pub(crate) fn tell(connector: &str, body: Vec<u8>, left_out: u64) -> Vec<u8> {
    if left_out == 0 {
        return body;
    }
    metrics::counter!("hearken_signals_total", "connector" => connector.to_owned(), "result" => "not-observed")
        .increment(left_out);
    match serde_json::from_slice(&body) {
        Ok(serde_json::Value::Object(mut fields)) => {
            fields.insert("left_out".into(), left_out.into());
            serde_json::Value::Object(fields).to_string().into_bytes()
        }
        _ => body,
    }
}
