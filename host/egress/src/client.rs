//! The connections of one connector, shared with nobody.
//!
//! There is a client for each port, because what may be connected to is said by address
//! and port, and a resolver is told the name alone.

use std::{collections::BTreeMap, sync::Arc};

use reqwest::{Client, Proxy, redirect::Policy, retry};
use rustls::ClientConfig;
use secrecy::ExposeSecret;

use crate::{
    Limits, OutletError, ProxySpec,
    lookup::{Lookup, Pinned},
    reach::Reach,
};

/// Who we say we are where a guest says nothing.
const USER_AGENT: &str = concat!("hearken/", env!("CARGO_PKG_VERSION"));

pub(crate) struct Clients(BTreeMap<u16, Client>);

/// What clients are made from.
pub(crate) struct Making<'a> {
    pub(crate) lookup: &'a Arc<dyn Lookup>,
    pub(crate) reach: &'a Arc<Reach>,
    pub(crate) proxy: Option<&'a ProxySpec>,
    pub(crate) tls: &'a ClientConfig,
    pub(crate) limits: &'a Limits,
}

impl Clients {
    pub(crate) fn new(ports: impl Iterator<Item = u16>, making: &Making<'_>) -> Result<Self, OutletError> {
        let mut clients = BTreeMap::new();
        for port in ports {
            if let std::collections::btree_map::Entry::Vacant(entry) = clients.entry(port) {
                entry.insert(making.client(port)?);
            }
        }
        Ok(Self(clients))
    }

    pub(crate) fn get(&self, port: u16) -> Option<&Client> {
        self.0.get(&port)
    }
}

impl Making<'_> {
    fn client(&self, port: u16) -> Result<Client, OutletError> {
        let Self {
            lookup,
            reach,
            proxy,
            tls,
            limits,
        } = *self;
        // Behind a proxy only the proxy's own name is looked up, and its operator named it.
        let (reach, port) = match proxy {
            Some(proxy) => (
                Arc::new(Reach::Operators),
                proxy.url.port_or_known_default().unwrap_or(port),
            ),
            None => (Arc::clone(reach), port),
        };
        let pinned = Pinned {
            lookup: Arc::clone(lookup),
            reach,
            port,
        };
        // The environment's proxy is not asked: it would see everything and check nothing.
        let mut builder = Client::builder()
            .no_proxy()
            .dns_resolver(Arc::new(pinned))
            .tls_backend_preconfigured(tls.clone())
            .redirect(Policy::none())
            .retry(retry::never())
            .referer(false)
            .user_agent(USER_AGENT)
            .connect_timeout(limits.connect)
            .http1_max_headers(limits.headers)
            .http2_max_header_list_size(u32::try_from(limits.header_bytes).unwrap_or(u32::MAX))
            .pool_max_idle_per_host(limits.in_flight);
        // Where the whole may take no longer, a second clock would say nothing more.
        if limits.read < limits.total {
            builder = builder.read_timeout(limits.read);
        }
        if let Some(proxy) = proxy {
            let mut through = Proxy::all(proxy.url.as_str()).map_err(|error| OutletError::Client(error.to_string()))?;
            if let Some((user, password)) = &proxy.login {
                through = through.basic_auth(user, password.expose_secret());
            }
            builder = builder.proxy(through);
        }
        builder
            .build()
            .map_err(|error| OutletError::Client(error.without_url().to_string()))
    }
}
