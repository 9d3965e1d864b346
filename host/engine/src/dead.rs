//! What goes into a dead letter's payload, so that it can be understood and replayed.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::vet::cut;

/// The most that is kept of one record.
const MAX_BYTES: usize = 64 * 1024;

/// A refused signal with what else is needed to vet it again.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Refused {
    /// As the plugin reported it.
    pub(crate) signal: Box<RawValue>,
    /// Whether it came with a public key.
    pub(crate) public: bool,
}

/// The payload for a refused signal, given as JSON.
pub(crate) fn payload(signal: &str, public: bool) -> String {
    match RawValue::from_string(signal.to_owned()) {
        Ok(signal) if signal.get().len() <= MAX_BYTES => {
            serde_json::to_string(&Refused { signal, public }).unwrap_or_default()
        }
        _ => cut(signal, MAX_BYTES),
    }
}

/// A record that a plugin could not understand, as far as it is kept.
pub(crate) fn record(text: &str) -> String {
    cut(text, MAX_BYTES)
}
