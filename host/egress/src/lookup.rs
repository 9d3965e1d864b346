//! From a name to the addresses that may be connected to.
//!
//! A name is looked up once for a connection. All its addresses are checked, and the
//! connection is made to those that passed: a name whose answer changes between the check
//! and the use has nothing to change any more.

use std::{io, net::IpAddr, sync::Arc};

use async_trait::async_trait;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::{
    Code, Error,
    reach::{Reach, Refused},
};

/// Where names are looked up.
#[async_trait]
pub trait Lookup: Send + Sync + 'static {
    /// All addresses of a name.
    ///
    /// # Errors
    /// Where there are none, or nobody could be asked.
    async fn addresses(&self, name: &str) -> io::Result<Vec<IpAddr>>;
}

/// The system's resolver.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemLookup;

#[async_trait]
impl Lookup for SystemLookup {
    async fn addresses(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        let found = tokio::net::lookup_host((name, 0)).await?;
        Ok(found.map(|address| address.ip()).collect())
    }
}

/// Why a name cannot be connected to.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LookupError {
    #[error("looking up '{name}': {source}")]
    Failed { name: String, source: io::Error },
    #[error("'{name}' has no address")]
    Nothing { name: String },
    /// The first of its addresses; none of them may be used.
    #[error("'{name}' is at {refused}")]
    Refused { name: String, refused: Refused },
}

/// What a guest is told first.
pub(crate) const DENIED: &str = "http is denied: ";

impl From<&LookupError> for Error {
    fn from(error: &LookupError) -> Self {
        match error {
            LookupError::Refused { refused, .. } => Self {
                refused: Some(refused.address),
                ..Self::before(Code::Denied, format!("{DENIED}{error}"))
            },
            LookupError::Failed { .. } | LookupError::Nothing { .. } => Self::before(Code::Dns, error.to_string()),
        }
    }
}

/// The addresses of a name that may be connected to; at least one.
pub(crate) async fn checked(
    lookup: &dyn Lookup,
    name: &str,
    port: u16,
    reach: &Reach,
) -> Result<Vec<IpAddr>, LookupError> {
    let found = lookup.addresses(name).await.map_err(|source| LookupError::Failed {
        name: name.to_owned(),
        source,
    })?;
    let (mut good, mut refused) = (Vec::new(), None);
    for ip in found {
        match reach.check(ip, port) {
            Ok(()) => good.push(ip),
            Err(why) => refused = refused.or(Some(why)),
        }
    }
    match refused {
        _ if !good.is_empty() => Ok(good),
        Some(refused) => Err(LookupError::Refused {
            name: name.to_owned(),
            refused,
        }),
        None => Err(LookupError::Nothing { name: name.to_owned() }),
    }
}

/// The resolver of one client, all of whose connections go to one port.
pub(crate) struct Pinned {
    pub(crate) lookup: Arc<dyn Lookup>,
    pub(crate) reach: Arc<Reach>,
    pub(crate) port: u16,
}

impl Resolve for Pinned {
    fn resolve(&self, name: Name) -> Resolving {
        let (lookup, reach, port) = (Arc::clone(&self.lookup), Arc::clone(&self.reach), self.port);
        Box::pin(async move {
            let good = checked(lookup.as_ref(), name.as_str(), port, &reach).await?;
            let addresses = good.into_iter().map(move |ip| (ip, port).into());
            Ok(Box::new(addresses) as Addrs)
        })
    }
}
