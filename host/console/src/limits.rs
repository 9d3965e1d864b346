//! What a listener allows its peers.

use std::time::Duration;

/// Bounds on what anybody on the network can make the daemon hold or wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How long a peer may take to send a request's head.
    pub head_time: Duration,
    /// How long a request may take in all, from its head to its answer.
    pub request_time: Duration,
    /// How many headers a request may have.
    pub headers: usize,
    /// How large a request's head may be, in bytes.
    pub head_bytes: usize,
    /// How many requests are worked on at once; further ones are told to come back.
    pub requests: usize,
    /// How many connections are open at once; further ones wait to be accepted.
    pub connections: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head_time: Duration::from_secs(10),
            request_time: Duration::from_secs(30),
            headers: 100,
            head_bytes: 64 * 1024,
            requests: 256,
            connections: 2048,
        }
    }
}
