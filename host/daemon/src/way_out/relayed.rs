//! Mail's way to its relays.

use std::net::SocketAddr;

use async_trait::async_trait;
use hearken_egress::Egress;
use hearken_mail::{Connecting, Way};

/// Mail's way to its relays, through egress.
pub(crate) struct Relayed(pub(crate) Egress);

struct Checked(hearken_egress::Connecting);

#[async_trait]
impl Way for Relayed {
    async fn to(&self, relay: &str, host: &str, port: u16) -> Result<Box<dyn Connecting>, String> {
        let connecting = self.0.connect(&format!("relays.{relay}"), host, port).await;
        let connecting = connecting.map_err(|error| error.message)?;
        Ok(Box::new(Checked(connecting)))
    }
}

#[async_trait]
impl Connecting for Checked {
    fn addresses(&self) -> &[SocketAddr] {
        self.0.addresses()
    }

    async fn told(self: Box<Self>, connected: Result<(), String>) {
        self.0.told(connected).await;
    }
}
