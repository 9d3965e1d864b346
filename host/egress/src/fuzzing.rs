//! The guard without a network, for `fuzz/`.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use async_trait::async_trait;

use crate::{Audit, Egress, Lookup, Outlet, OutletSpec, Request, Row, outlet::Noted, reach::Reach};

/// An outlet that is asked and never sends.
#[derive(Debug)]
pub struct Guard(Outlet);

/// A request as it would be sent.
#[derive(Debug)]
pub struct Sent {
    /// Where to.
    pub url: String,
    /// (name, value).
    pub headers: Vec<(String, String)>,
    /// What.
    pub body: Option<Vec<u8>>,
    /// The names of the secrets that were put in.
    pub used: BTreeSet<String>,
}

struct Nobody;

#[async_trait]
impl Lookup for Nobody {
    async fn addresses(&self, _: &str) -> io::Result<Vec<IpAddr>> {
        Ok(Vec::new())
    }
}

#[async_trait]
impl Audit for Nobody {
    async fn note(&self, _: Row) {}
}

impl Guard {
    /// The guard of such an outlet.
    ///
    /// # Panics
    /// Where there is no such outlet.
    #[must_use]
    pub fn new(spec: OutletSpec) -> Self {
        let egress = Egress::new(Arc::new(Nobody), Arc::new(Nobody));
        Self(egress.outlet(spec).expect("the outlet can be made"))
    }

    /// What the guest has in place of each secret.
    #[must_use]
    pub fn placeholders(&self) -> BTreeMap<String, String> {
        self.0.placeholders()
    }

    /// A request as it would be sent, if it may be sent as far as that can be said without
    /// asking anybody.
    #[must_use]
    pub fn judge(&self, request: &Request) -> Option<Sent> {
        let filled = self
            .0
            .clear(request, &BTreeMap::new(), &mut Noted::default())
            .ok()?
            .filled;
        Some(Sent {
            url: filled.url.into(),
            headers: filled
                .headers
                .into_iter()
                .map(|(name, value, _)| (name, value))
                .collect(),
            body: filled.body,
            used: filled.used,
        })
    }

    /// An answer as the guest sees it.
    #[must_use]
    pub fn mask(&self, answer: Vec<u8>) -> Vec<u8> {
        self.0.secrets.mask(answer)
    }
}

/// Whether a plugin's connection may go there, of whose addresses `opened` are opened.
#[must_use]
pub fn may_be_reached(address: SocketAddr, opened: &[SocketAddr]) -> bool {
    let reach = Reach::Guarded {
        opened: opened.to_vec(),
    };
    reach.check(address.ip(), address.port()).is_ok()
}
