//! Requests as vendors sign them.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ring::hmac;

use crate::{Answer, send};

/// HMAC with SHA-256.
#[must_use]
pub fn sha256(key: &[u8], signed: &str) -> Vec<u8> {
    tag(hmac::HMAC_SHA256, key, signed)
}

/// HMAC with SHA-1.
#[must_use]
pub fn sha1(key: &[u8], signed: &str) -> Vec<u8> {
    tag(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, key, signed)
}

fn tag(algorithm: hmac::Algorithm, key: &[u8], signed: &str) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(algorithm, key), signed.as_bytes())
        .as_ref()
        .to_vec()
}

/// In hex.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// In base64.
#[must_use]
pub fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Now, in seconds since 1970.
#[must_use]
pub fn now_s() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}

/// The headers with which Slack sends a body that it signed at `at_s`.
#[must_use]
pub fn slack(secret: &str, at_s: u64, body: &str) -> Vec<(String, String)> {
    let signature = sha256(secret.as_bytes(), &format!("v0:{at_s}:{body}"));
    vec![
        ("x-slack-request-timestamp".into(), at_s.to_string()),
        ("x-slack-signature".into(), format!("v0={}", hex(&signature))),
    ]
}

/// Posts a body with headers.
#[must_use]
pub fn post(url: &str, headers: &[(String, String)], body: &str) -> Answer {
    let headers: Vec<(&str, &str)> = headers.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    send("POST", url, &headers, body.as_bytes())
}
