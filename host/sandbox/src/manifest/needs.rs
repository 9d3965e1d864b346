//! `needs`: what a plugin asks for and reads.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{ManifestError, webhook::WebhookNeeds};

/// What a plugin needs and reads.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Needs {
    /// Whether the settings carry the operator's vocabulary.
    pub vocabulary: bool,
    /// Kinds of signals that it produces; a trailing `*` stands for any rest.
    pub may_say: Vec<String>,
    /// Schemes of identities that it reports, and whether it can vouch for them.
    pub may_identify: BTreeMap<String, Vouching>,
    /// How requests authenticate; none for a plugin without requests.
    pub webhook: Option<WebhookNeeds>,
    /// What of a prospect it is given.
    pub reads: Reads,
    /// Channels that a sink can carry; `*` for any.
    pub channels: Vec<String>,
    /// Whether it needs a folder.
    pub folder: Option<Folder>,
    /// What `http` is needed for.
    pub hosts: Vec<Host>,
    /// Secrets for calls out.
    pub secrets: Vec<Secret>,
    /// Whether it sends mail.
    pub mail: bool,
    /// How many items a call may have at most.
    pub batch: u32,
    /// How many calls may run at once.
    pub in_flight: u32,
    /// More than the host's defaults.
    pub limits: AskedLimits,
    /// The vendor's limits.
    pub quota: Option<Quota>,
}

impl Default for Needs {
    fn default() -> Self {
        Self {
            vocabulary: false,
            may_say: Vec::new(),
            may_identify: BTreeMap::new(),
            webhook: None,
            reads: Reads::default(),
            channels: Vec::new(),
            folder: None,
            hosts: Vec::new(),
            secrets: Vec::new(),
            mail: false,
            batch: 256,
            in_flight: 4,
            limits: AskedLimits::default(),
            quota: None,
        }
    }
}

impl Needs {
    /// The schema's ranges, which types do not express.
    pub(super) fn check(&self) -> Result<(), ManifestError> {
        let at_least_one = |value: Option<u64>| value.unwrap_or(1);
        let quota = self.quota.unwrap_or(Quota {
            requests: None,
            per_ms: None,
        });
        let max_body = self.webhook.as_ref().map_or(1, |w| w.max_body_bytes);
        let ranges: [(&str, u64, u64, u64); 10] = [
            ("batch", self.batch.into(), 1, 1024),
            ("in-flight", self.in_flight.into(), 1, 64),
            ("reads/recent", self.reads.recent.into(), 0, 1000),
            ("reads/turns", self.reads.turns.into(), 0, 64),
            ("limits/cpu-ms", at_least_one(self.limits.cpu_ms), 1, u64::MAX),
            ("limits/wall-ms", at_least_one(self.limits.wall_ms), 1, u64::MAX),
            (
                "limits/memory-bytes",
                self.limits.memory_bytes.unwrap_or(65536),
                65536,
                u64::MAX,
            ),
            ("webhook/max-body-bytes", max_body, 1, u64::MAX),
            ("quota/requests", at_least_one(quota.requests), 1, u64::MAX),
            ("quota/per-ms", at_least_one(quota.per_ms), 1, u64::MAX),
        ];
        for (name, value, least, most) in ranges {
            if !(least..=most).contains(&value) {
                return Err(ManifestError::Needs {
                    what: format!("`{name}` is {value}, but must be {least} to {most}"),
                });
            }
        }
        self.webhook.as_ref().map_or(Ok(()), WebhookNeeds::check)
    }
}

/// Whether a plugin can vouch for an identity that it reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Vouching {
    /// Somebody said so.
    Claimed,
    /// The vendor knows.
    Verified,
}

/// What of a prospect a scorer, router or sink is given.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Reads {
    /// Kinds of signals; a trailing `*` stands for any rest.
    pub kinds: Vec<String>,
    /// How many earlier signals.
    pub recent: u32,
    /// When earlier signals are given.
    pub recent_when: RecentWhen,
    /// How many turns.
    pub turns: u32,
    /// Names of traits; `*` for all.
    pub traits: Vec<String>,
    /// Schemes of signals' identities; `*` for all.
    pub identities: Vec<String>,
    /// Query parameters of URLs in signals; a trailing `*` stands for any rest.
    pub query: Vec<String>,
    /// Properties of signals beside those of the catalogue; a trailing `*` stands for any rest.
    pub properties: Vec<String>,
    /// Whether other scorers' beliefs are given.
    pub others: bool,
}

impl Default for Reads {
    fn default() -> Self {
        Self {
            kinds: vec!["*".into()],
            recent: 0,
            recent_when: RecentWhen::Always,
            turns: 0,
            traits: Vec::new(),
            identities: Vec::new(),
            query: Vec::new(),
            properties: Vec::new(),
            others: false,
        }
    }
}

/// When earlier signals are given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RecentWhen {
    /// With every dossier.
    #[default]
    Always,
    /// Only where the dossier has no memory.
    WithoutMemory,
}

/// What a plugin does in a granted folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Folder {
    /// Reads files.
    Read,
    /// Creates files.
    Create,
}

/// A host that a plugin calls.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Host {
    /// `https` unless said otherwise.
    #[serde(default)]
    pub scheme: Scheme,
    /// A name, `*.example.com`, or `*`: one that its operator names.
    pub host: String,
    /// None for the scheme's own.
    #[serde(default)]
    pub port: Option<std::num::NonZeroU16>,
    /// Empty for any.
    #[serde(default)]
    pub methods: Vec<String>,
    /// A prefix.
    #[serde(default = "root")]
    pub path: String,
}

fn root() -> String {
    "/".into()
}

/// A URL's scheme.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scheme {
    /// Encrypted.
    #[default]
    Https,
    /// In the clear.
    Http,
}

/// A secret for calls out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Secret {
    /// Its name in the connector's `secrets`.
    pub name: String,
    /// Where the host puts it.
    #[serde(rename = "use")]
    pub used_as: SecretUse,
    /// Whether a connector works without it.
    #[serde(default)]
    pub optional: bool,
}

/// Where the host puts a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SecretUse {
    /// Into a header.
    Header,
    /// Into basic authentication.
    Basic,
    /// Into a parameter of the query.
    Query,
    /// Into the body.
    Body,
    /// As the key of a digest.
    Hmac,
    /// Into a token that the host makes.
    Token,
}

/// More than the host's defaults.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct AskedLimits {
    /// Processor time of a call.
    pub cpu_ms: Option<u64>,
    /// Wall time of a call.
    pub wall_ms: Option<u64>,
    /// Memory of an instance.
    pub memory_bytes: Option<u64>,
}

/// A vendor's limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Quota {
    /// So many requests
    #[serde(default)]
    pub requests: Option<u64>,
    /// in so many milliseconds.
    #[serde(default)]
    pub per_ms: Option<u64>,
}
