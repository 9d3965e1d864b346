//! What a plugin says it is and needs: `sdk/wit/manifest.schema.json` as types.
//!
//! Names that this host does not know are refused, so that a misspelt need is not silently
//! without effect.

mod needs;
mod webhook;

use serde::Serialize;

use crate::wire;

pub use needs::*;
pub use webhook::{Credential, WebhookNeeds};

/// What a plugin says it is.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Manifest {
    /// Lower case, digits and hyphens.
    pub name: String,
    /// Semantic version.
    pub version: String,
    /// One sentence: what it does.
    pub summary: String,
    /// JSON Schema of a connector's configuration.
    pub config_schema: serde_json::Value,
    /// What it needs and reads.
    pub needs: Needs,
}

/// What is wrong with a manifest.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// The name is not one.
    #[error("the name {name:?} is not lower case letters, digits and hyphens")]
    Name {
        /// As given.
        name: String,
    },
    /// The version is not one.
    #[error("the version {version:?} is not a semantic version such as 1.2.3")]
    Version {
        /// As given.
        version: String,
    },
    /// `config-schema` is not a JSON object.
    #[error("reading `config-schema`, which must be a JSON object: {what}")]
    Schema {
        /// Why not.
        what: String,
    },
    /// `needs` is not as `manifest.schema.json` says.
    #[error("reading `needs`: {what}")]
    Needs {
        /// Why not.
        what: String,
    },
}

impl Manifest {
    pub(crate) fn read(raw: wire::RawManifest) -> Result<Self, ManifestError> {
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if raw.name.is_empty() || raw.name.len() > 64 || !raw.name.chars().all(fits) {
            return Err(ManifestError::Name { name: raw.name });
        }
        if !is_version(&raw.version) {
            return Err(ManifestError::Version { version: raw.version });
        }
        let config_schema: serde_json::Value =
            serde_json::from_str(&raw.config_schema).map_err(|error| ManifestError::Schema {
                what: error.to_string(),
            })?;
        if !config_schema.is_object() {
            return Err(ManifestError::Schema {
                what: "it is something else".into(),
            });
        }
        let needs: Needs = serde_json::from_str(&raw.needs).map_err(|error| ManifestError::Needs {
            what: error.to_string(),
        })?;
        needs.check()?;
        Ok(Self {
            name: raw.name,
            version: raw.version,
            summary: raw.summary,
            config_schema,
            needs,
        })
    }
}

/// Three numbers, then whatever a semantic version may say after `-` or `+`.
fn is_version(text: &str) -> bool {
    let numbers = text.split(['-', '+']).next().unwrap_or_default();
    let mut parts = numbers.split('.');
    let all_numbers = parts
        .by_ref()
        .take(3)
        .filter(|part| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit()))
        .count()
        == 3;
    all_numbers && parts.next().is_none() && text.len() <= 64
}

#[cfg(test)]
mod tests;
