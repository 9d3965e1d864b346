//! Requests that were signed for one moment, and how they were answered.

use hearken_model::Instant;

/// How such a request was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnceAnswer {
    /// Whose request it was.
    pub connector: String,
    /// The digest of what was signed.
    pub digest: [u8; 32],
    /// Until when it may come again.
    pub until: Instant,
    /// The answer's status.
    pub status: u16,
    /// Its headers: (name, value).
    pub headers: Vec<(String, String)>,
    /// Its body.
    pub body: Vec<u8>,
}
