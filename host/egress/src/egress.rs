//! What all outlets share.

use std::{sync::Arc, time::SystemTime};

use crate::{
    Audit, Connecting, Error, Lookup, Outlet, OutletError, OutletSpec, Standing, credential::Credentials,
    standing::Ways,
};

/// The way out. Clones are the same one.
#[derive(Clone)]
pub struct Egress {
    pub(crate) lookup: Arc<dyn Lookup>,
    pub(crate) audit: Arc<dyn Audit>,
    pub(crate) credentials: Arc<Credentials>,
    pub(crate) ways: Arc<Ways>,
}

impl Egress {
    /// With names looked up by `lookup` and every attempt told to `audit`.
    #[must_use]
    pub fn new(lookup: Arc<dyn Lookup>, audit: Arc<dyn Audit>) -> Self {
        Self {
            lookup,
            audit,
            credentials: Arc::default(),
            ways: Arc::default(),
        }
    }

    /// A connector's way out. Nothing is connected yet.
    ///
    /// # Errors
    /// [`OutletError`], where its certificates cannot be read or a client cannot be made.
    pub fn outlet(&self, spec: OutletSpec) -> Result<Outlet, OutletError> {
        Outlet::new(self, spec)
    }

    /// How all ways out stand, by connector.
    #[must_use]
    pub fn standing(&self) -> Vec<Standing> {
        self.ways.standing()
    }

    /// Takes it that a destination of a connector needs its operator, as a daemon before this
    /// one found. It is looked at again at `again`.
    pub fn restore(&self, connector: &str, destination: &str, why: &str, again: SystemTime) {
        self.ways.restore(connector, destination, why, again);
    }

    /// Takes a destination as if nothing had been: an operator says so.
    pub fn close(&self, connector: &str, destination: &str) {
        self.ways.close(connector, destination);
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
