//! How much one call may use, and how much is asked of it at once.

use std::time::Duration;

use crate::manifest::Needs;

/// How much one call of a connector may use. Every limit is per call and per instance; what
/// one connector uses up is never taken from another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Processor time, instantiation and configuration included. Waiting for the host is
    /// not counted.
    pub cpu: Duration,
    /// From the start of the call to its answer, waiting for the host included.
    pub wall: Duration,
    /// All memories and tables of an instance together.
    pub memory_bytes: usize,
    /// What one call may hand to the host, its answer and each call of an import apart.
    pub output_bytes: usize,
    /// Lines that it may log.
    pub log_lines: u32,
    /// Bytes that it may log.
    pub log_bytes: usize,
    /// Requests that one call may send.
    pub http_calls: u32,
    /// Bytes that the answers to them may have together; the last one may exceed it.
    pub http_bytes: usize,
    /// Calls that may run at once; more wait.
    pub in_flight: usize,
    /// Items that a call may have; more are split.
    pub batch: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            cpu: Duration::from_secs(1),
            wall: Duration::from_secs(10),
            memory_bytes: 64 << 20,
            output_bytes: 8 << 20,
            log_lines: 100,
            log_bytes: 16 << 10,
            http_calls: 1000,
            http_bytes: 32 << 20,
            in_flight: 4,
            batch: 256,
        }
    }
}

impl Limits {
    /// The defaults with what the plugin's manifest asks for in their place.
    pub fn asked_by(needs: &Needs) -> Self {
        let default = Self::default();
        Self {
            cpu: needs.limits.cpu_ms.map_or(default.cpu, Duration::from_millis),
            wall: needs.limits.wall_ms.map_or(default.wall, Duration::from_millis),
            memory_bytes: needs.limits.memory_bytes.map_or(default.memory_bytes, |bytes| {
                usize::try_from(bytes).unwrap_or(usize::MAX)
            }),
            in_flight: needs.in_flight as usize,
            batch: needs.batch as usize,
            ..default
        }
    }

    /// What a call's input may weigh. The guest keeps a copy of it and builds its own
    /// structures from it, so that a batch near the whole memory could never succeed.
    pub(crate) fn input_bytes(&self) -> usize {
        (self.memory_bytes / 8).max(64 << 10)
    }
}
