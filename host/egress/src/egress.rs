//! What all outlets share.

use std::sync::Arc;

use crate::{Audit, Connecting, Error, Lookup, Outlet, OutletError, OutletSpec, credential::Credentials};

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
    /// for the audit. Whoever asks connects to the addresses that come back and to no name.
    ///
    /// # Errors
    /// [`Error`], where there is no address that may be connected to.
    pub async fn connect(&self, whose: &str, host: &str, port: u16) -> Result<Connecting, Error> {
        Connecting::new(self, whose, host, port).await
    }
}
