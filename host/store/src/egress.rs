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

/// How a connector's way out stands, as the daemon that runs said last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EgressStanding {
    /// The connector.
    pub connector: String,
    /// When that was said.
    pub at: Instant,
    /// The rates that hold: `100/1min`, with commas between.
    pub rates: String,
    /// Bytes that passed in this hour.
    pub bytes: u64,
    /// How many may.
    pub most_bytes: u64,
    /// When the next hour begins.
    pub hour_ends: Option<Instant>,
    /// Requests under way.
    pub in_flight: u64,
    /// How many may be.
    pub most_in_flight: u64,
    /// Until when one of its credentials is left alone, because a vendor asked for it.
    pub paused_until: Option<Instant>,
    /// Its destinations.
    pub destinations: Vec<EgressDestination>,
}

/// How a destination of a connector stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EgressDestination {
    /// Scheme, host and port.
    pub destination: String,
    /// `closed`, `open`, `probing`, `needs-operator`.
    pub condition: String,
    /// Why it is left alone; else empty.
    pub why: String,
    /// When it is looked at again.
    pub again: Option<Instant>,
    /// Until when it is left alone because it asked for it.
    pub paused_until: Option<Instant>,
    /// What tells the connector's secrets from others.
    pub secrets: String,
}
