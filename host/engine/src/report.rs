//! Signals that come from no plugin: a rehearsal's.

use hearken_sandbox::wire;
use hearken_store::StoreError;

use crate::{Engine, vet::Origin};

impl Engine {
    /// Takes signals as if a connector had reported them now, with a public key or without:
    /// it may say what the connector may. Why of each that was refused.
    ///
    /// # Errors
    /// Where the store fails; then nothing is taken.
    pub async fn report(
        &self,
        connector: &str,
        signals: Vec<wire::Signal>,
        public: bool,
    ) -> Result<Vec<String>, StoreError> {
        let shared = self.current.now();
        let origin = Origin {
            connector,
            received: shared.clock.now(),
            public,
        };
        let intake = shared.vetted(signals, &[], origin);
        let refused = intake.dead_letters.iter().map(|letter| letter.why.clone()).collect();
        shared.store_intake(connector, intake).await?;
        Ok(refused)
    }
}
