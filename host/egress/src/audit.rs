//! What left, what did not, and on whose behalf.

use std::time::{Duration, SystemTime};

use async_trait::async_trait;

use crate::Code;

/// One attempt or one denial.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// When it began.
    pub at: SystemTime,
    /// On whose behalf: a connector's name, or what the daemon itself connects for.
    pub connector: String,
    /// As it was written in the URL, in its usual notation; empty where it cannot be read.
    pub host: String,
    /// The port; 0 where it cannot be read.
    pub port: u16,
    /// The method; `CONNECT` for a connection that is not HTTP.
    pub method: String,
    /// Without the query; at most 512 bytes.
    pub path: String,
    /// What came of it.
    pub outcome: Outcome,
    /// Why there is no answer; empty where there is one.
    pub why: String,
    /// The body and the headers that were sent.
    pub bytes_out: u64,
    /// The body, packed as it came, and the headers.
    pub bytes_in: u64,
    /// From the first check to the last byte.
    pub took: Duration,
    /// The action or other item that it was for.
    pub item: Option<String>,
}

/// What came of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// An answer with this status; 0 for a connection that is not HTTP.
    Status(u16),
    /// No answer.
    Failed(Code),
}

/// Whoever keeps the rows.
#[async_trait]
pub trait Audit: Send + Sync + 'static {
    /// Called once for every attempt and every denial. May wait, so that nothing is lost
    /// where more comes than can be kept.
    async fn note(&self, row: Row);
}
