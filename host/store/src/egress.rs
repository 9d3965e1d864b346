//! What connectors sent to others.

use hearken_model::Instant;

/// One attempt, or one denial.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EgressRow {
    /// When it began.
    pub at: Instant,
    /// On whose behalf.
    pub connector: String,
    /// The host; empty where it could not be read.
    pub host: String,
    /// The port.
    pub port: u16,
    /// The method; `CONNECT` for what is not HTTP.
    pub method: String,
    /// Without the query.
    pub path: String,
    /// The answer's status; none where there is none.
    pub status: Option<u16>,
    /// Why there is none, in one word; else empty.
    pub code: String,
    /// Why there is none, for a person.
    pub why: String,
    /// Bytes that were sent.
    pub bytes_out: u64,
    /// Bytes that came back.
    pub bytes_in: u64,
    /// From the first check to the last byte, in milliseconds.
    pub took_ms: u64,
    /// The action or other item that it was for.
    pub item: Option<String>,
}

/// Which rows, the latest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EgressQuery {
    /// Of one connector only.
    pub connector: Option<String>,
    /// Not older than this.
    pub since: Option<Instant>,
    /// How many at most.
    pub limit: usize,
}
