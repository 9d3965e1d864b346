//! Whether something may be sent for an item, asked at the last moment.

use async_trait::async_trait;

/// Whoever knows consents and modes.
#[async_trait]
pub trait Permission: Send + Sync {
    /// Asked for every request right before it is sent, after all waiting.
    ///
    /// # Errors
    /// Why not, for a person.
    async fn may_send(&self, item: Option<&str>) -> Result<(), String>;
}

/// Nobody has to be asked.
#[derive(Clone, Copy, Debug, Default)]
pub struct Always;

#[async_trait]
impl Permission for Always {
    async fn may_send(&self, _: Option<&str>) -> Result<(), String> {
        Ok(())
    }
}
