//! The shape of `needs` on the wire, as `manifest.schema.json` describes it. What was not
//! asked for is not written.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Challenge, Credential, Host, Use, Vouch};

#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Needs {
    #[serde(skip_serializing_if = "is_default")]
    pub(super) vocabulary: bool,
    #[serde(skip_serializing_if = "is_default")]
    pub(super) may_say: Vec<String>,
    #[serde(skip_serializing_if = "is_default")]
    pub(super) may_identify: BTreeMap<String, Vouch>,
    #[serde(skip_serializing_if = "is_default")]
    pub(super) webhook: Option<Web>,
    #[serde(skip_serializing_if = "is_default")]
    pub(super) reads: Option<Reads>,
    #[serde(skip_serializing_if = "is_default")]
    pub(super) channels: Vec<String>,
    #[serde(skip_serializing_if = "is_default")]
    pub(super) folder: Option<&'static str>,
    #[serde(skip_serializing_if = "is_default")]
    pub(super) hosts: Vec<Host>,
    #[serde(skip_serializing_if = "is_default")]
    pub(super) secrets: Vec<SecretUse>,
    #[serde(skip_serializing_if = "is_default")]
    pub(super) mail: bool,
    #[serde(skip_serializing_if = "is_default")]
    pub(super) batch: Option<u32>,
    #[serde(skip_serializing_if = "is_default")]
    pub(super) in_flight: Option<u32>,
    #[serde(skip_serializing_if = "is_default")]
    pub(super) limits: Option<Limits>,
    #[serde(skip_serializing_if = "is_default")]
    pub(super) quota: Option<Quota>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Web {
    pub(super) credentials: Vec<Credential>,
    #[serde(skip_serializing_if = "is_default")]
    pub(super) challenges: Vec<Challenge>,
    pub(super) open: Vec<String>,
    pub(super) cors: bool,
    #[serde(skip_serializing_if = "is_default")]
    pub(super) max_body_bytes: Option<u64>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Reads {
    #[serde(skip_serializing_if = "is_default")]
    pub(super) kinds: Option<Vec<String>>,
    pub(super) recent: u32,
    #[serde(skip_serializing_if = "is_default")]
    pub(super) recent_when: Option<&'static str>,
    pub(super) turns: u32,
    pub(super) traits: Vec<String>,
    #[serde(skip_serializing_if = "is_default")]
    pub(super) identities: Vec<String>,
    #[serde(skip_serializing_if = "is_default")]
    pub(super) query: Vec<String>,
    #[serde(skip_serializing_if = "is_default")]
    pub(super) properties: Vec<String>,
    pub(super) others: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct SecretUse {
    pub(super) name: String,
    pub(super) r#use: Use,
    pub(super) optional: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Limits {
    #[serde(skip_serializing_if = "is_default")]
    pub(super) cpu_ms: Option<u64>,
    #[serde(skip_serializing_if = "is_default")]
    pub(super) wall_ms: Option<u64>,
    #[serde(skip_serializing_if = "is_default")]
    pub(super) memory_bytes: Option<u64>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Quota {
    pub(super) requests: u32,
    pub(super) per_ms: u64,
}

pub(super) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
