//! What all outlets share.

use std::{sync::Arc, time::Duration};

use tokio::net::TcpStream;

use crate::{Audit, Error, Lookup, Outlet, OutletError, OutletSpec, credential::Credentials, dial};

/// The way out. Clones are the same one.
#[derive(Clone)]
pub struct Egress {
    pub(crate) lookup: Arc<dyn Lookup>,
    pub(crate) audit: Arc<dyn Audit>,
    pub(crate) credentials: Arc<Credentials>,
}

impl Egress {
    /// With names looked up by `lookup` and every attempt told to `audit`.
    #[must_use]
    pub fn new(lookup: Arc<dyn Lookup>, audit: Arc<dyn Audit>) -> Self {
        Self {
            lookup,
            audit,
            credentials: Arc::default(),
        }
    }

    /// A connector's way out. Nothing is connected yet.
    ///
    /// # Errors
    /// [`OutletError`], where its certificates cannot be read or a client cannot be made.
    pub fn outlet(&self, spec: OutletSpec) -> Result<Outlet, OutletError> {
        Outlet::new(self, spec)
    }

    /// A connection that is not HTTP, to a host that stands in the operator's own
    /// configuration: it may be near, but is no metadata service. `whose` is on whose behalf,
    /// for the audit. The connection is to one of the addresses that were checked.
    ///
    /// # Errors
    /// [`Error`], of which nothing has arrived.
    pub async fn connect(&self, whose: &str, host: &str, port: u16, timeout: Duration) -> Result<TcpStream, Error> {
        dial::connect(self, whose, host, port, timeout).await
    }
}
