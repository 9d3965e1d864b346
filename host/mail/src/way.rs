//! How a relay's name becomes addresses, and who is told what came of connecting.

use std::net::SocketAddr;

use async_trait::async_trait;

/// The way to a relay. Whoever has one connects to the addresses that it gives and to no
/// name, so that what was checked is what is connected to.
#[async_trait]
pub trait Way: Send + Sync + 'static {
    /// Where the relay may be connected to.
    ///
    /// # Errors
    /// Why nowhere, for a person.
    async fn to(&self, relay: &str, host: &str, port: u16) -> Result<Box<dyn Connecting>, String>;
}

/// A connection that is about to be made.
#[async_trait]
pub trait Connecting: Send {
    /// Where to; at least one.
    fn addresses(&self) -> &[SocketAddr];

    /// What came of it.
    async fn told(self: Box<Self>, connected: Result<(), String>);
}

/// Whatever the system's resolver says, told to nobody: for tests.
#[derive(Clone, Copy, Debug, Default)]
pub struct Direct;

struct Found(Vec<SocketAddr>);

#[async_trait]
impl Way for Direct {
    async fn to(&self, _: &str, host: &str, port: u16) -> Result<Box<dyn Connecting>, String> {
        let found = tokio::net::lookup_host((host, port))
            .await
            .map_err(|error| error.to_string())?;
        Ok(Box::new(Found(found.collect())))
    }
}

#[async_trait]
impl Connecting for Found {
    fn addresses(&self) -> &[SocketAddr] {
        &self.0
    }

    async fn told(self: Box<Self>, _: Result<(), String>) {}
}
