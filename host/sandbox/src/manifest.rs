//! What a plugin says it is and needs: `sdk/wit/manifest.schema.json` as types.
//!
//! Names that this host does not know are refused, so that a misspelt need is not silently
//! without effect.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::wire;

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
    fn check(&self) -> Result<(), ManifestError> {
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
        let credentials = self.webhook.iter().flat_map(|w| &w.credentials);
        for credential in credentials {
            if credential.places.is_empty() {
                return Err(ManifestError::Needs {
                    what: format!(
                        "`webhook/credentials`: {:?} names no place where a request carries it",
                        credential.name
                    ),
                });
            }
        }
        Ok(())
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

/// How requests authenticate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct WebhookNeeds {
    /// What a request may prove.
    pub credentials: Vec<Credential>,
    /// Paths (globs) that need no credential and may produce no signals.
    pub open: Vec<String>,
    /// Whether browsers on any site may call it.
    pub cors: bool,
    /// The largest body, unpacked.
    pub max_body_bytes: u64,
}

impl Default for WebhookNeeds {
    fn default() -> Self {
        Self {
            credentials: Vec::new(),
            open: Vec::new(),
            cors: false,
            max_body_bytes: 1 << 20,
        }
    }
}

/// A secret that a request carries.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Credential {
    /// The secret's name in the connector's `secrets`, and the request's `principal`.
    pub name: String,
    /// Shipped in pages or apps, so that anybody can have it.
    #[serde(default)]
    pub public: bool,
    /// Whether a connector works without it.
    #[serde(default)]
    pub optional: bool,
    /// Where a request carries it; the first that is there counts.
    pub places: Vec<Place>,
}

/// Where a request carries a credential.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Place {
    /// What kind of place.
    #[serde(rename = "in")]
    pub kind: PlaceKind,
    /// The header's or the parameter's name, a JSON pointer into the body, or for a path the
    /// text before the value.
    #[serde(default)]
    pub name: Option<String>,
}

/// A kind of place in a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PlaceKind {
    /// The user of basic authentication.
    BasicUser,
    /// `Authorization: Bearer …`.
    Bearer,
    /// A header.
    Header,
    /// A parameter of the query.
    Query,
    /// A field of a JSON body.
    JsonField,
    /// A segment of the path.
    Path,
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
    /// A name, or `*.example.com`.
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

#[cfg(test)]
mod tests {
    use super::*;

    fn read(needs: &str) -> Result<Manifest, ManifestError> {
        Manifest::read(wire::RawManifest {
            name: "generated-example".into(),
            version: "1.2.3".into(),
            summary: "Does nothing.".into(),
            config_schema: "{}".into(),
            needs: needs.into(),
            extra: Vec::new(),
        })
    }

    #[test]
    fn nothing_said_is_the_schemas_defaults() {
        let needs = read("{}").unwrap().needs;
        assert_eq!(needs, Needs::default());
        assert_eq!((needs.batch, needs.in_flight), (256, 4));
        assert_eq!(needs.reads.kinds, ["*"]);
    }

    #[test]
    fn a_misspelt_need_is_refused_by_name() {
        let error = read(r#"{"vocabullary": true}"#).unwrap_err().to_string();
        assert!(error.contains("vocabullary"), "{error}");
    }

    #[test]
    fn every_part_of_the_schema_is_understood() {
        let needs = read(
            r#"{"vocabulary":true,"may-say":["page.*"],"may-identify":{"email":"claimed"},
                "webhook":{"credentials":[{"name":"write-key","public":true,
                  "places":[{"in":"basic-user"},{"in":"json-field","name":"/writeKey"}]}],
                  "open":["/v1/projects/*"],"cors":true,"max-body-bytes":512000},
                "reads":{"kinds":["page.*"],"recent":30,"recent-when":"without-memory",
                  "turns":4,"traits":["*"],"others":true},
                "channels":["email"],"folder":"create",
                "hosts":[{"host":"api.example.com","methods":["GET"]}],
                "secrets":[{"name":"token","use":"header"}],"mail":true,"batch":16,
                "in-flight":2,"limits":{"cpu-ms":5000},"quota":{"requests":10,"per-ms":1000}}"#,
        )
        .unwrap()
        .needs;
        assert_eq!(needs.folder, Some(Folder::Create));
        assert_eq!(needs.hosts[0].path, "/");
        assert_eq!(needs.reads.recent_when, RecentWhen::WithoutMemory);
        assert_eq!(needs.may_identify["email"], Vouching::Claimed);
    }

    #[test]
    fn a_number_outside_the_schemas_range_is_refused() {
        for needs in [
            r#"{"batch":0}"#,
            r#"{"batch":1025}"#,
            r#"{"in-flight":65}"#,
            r#"{"reads":{"recent":1001}}"#,
            r#"{"limits":{"memory-bytes":1}}"#,
            r#"{"webhook":{"credentials":[{"name":"k","places":[]}]}}"#,
        ] {
            assert!(read(needs).is_err(), "{needs}");
        }
    }

    #[test]
    fn a_version_has_three_numbers() {
        for good in ["0.1.0", "1.2.3-rc.1", "1.2.3+build"] {
            assert!(is_version(good), "{good}");
        }
        for bad in ["", "1", "1.2", "1.2.x", "1.2.3.4", "1..3"] {
            assert!(!is_version(bad), "{bad}");
        }
    }
}
