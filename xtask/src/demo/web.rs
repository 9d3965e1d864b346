//! HTTP to the daemon's own listeners.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::Value;
use ureq::Agent;

use super::interrupt::Interrupt;

/// How often a request that the daemon was too busy for is tried.
const ATTEMPTS: u32 = 20;

/// A client for loopback.
pub(super) struct Web(Agent);

impl Web {
    pub(super) fn new() -> Self {
        let config = Agent::config_builder()
            // A proxy of the environment has no business with loopback.
            .proxy(None)
            .timeout_global(Some(Duration::from_secs(10)))
            .http_status_as_error(false)
            .build();
        Self(config.new_agent())
    }

    /// Whether the daemon says that it is ready.
    pub(super) fn is_ready(&self, admin: &str) -> bool {
        self.0
            .get(format!("{admin}/ready"))
            .call()
            .is_ok_and(|r| r.status().is_success())
    }

    /// Posts JSON with the key as the user of Basic authentication, until it is accepted.
    pub(super) fn post(&self, url: &str, key: &str, body: &Value, interrupt: &Interrupt) -> Result<()> {
        let authorization = format!("Basic {}", STANDARD.encode(format!("{key}:")));
        for _ in 0..ATTEMPTS {
            let mut answer = self
                .0
                .post(url)
                .header("authorization", &authorization)
                .send_json(body)
                .with_context(|| format!("posting to {url}"))?;
            match answer.status().as_u16() {
                200..=299 => return Ok(()),
                429 | 503 => interrupt.pause(Duration::from_millis(250))?,
                status => {
                    let said = answer.body_mut().read_to_string().unwrap_or_default();
                    bail!("posting to {url}: status {status}: {said}")
                }
            }
        }
        bail!("posting to {url}: refused {ATTEMPTS} times because the daemon was busy")
    }
}
