//! What a plugin is and needs, for the operator to grant and the host to enforce.

use std::time::Duration;

use serde::Serialize;

use crate::instant::millis;

mod credential;
mod needs;
mod outside;
mod signature;

pub use credential::Credential;
use needs::{Needs, Quota, Reads, SecretUse, Web};
pub use outside::Host;
pub use signature::{Algorithm, Challenge, Place, Signature};

/// A [`Manifest`] with the name, version and description of the crate that calls it.
#[macro_export]
macro_rules! manifest {
    () => {
        $crate::Manifest::new(
            env!("CARGO_PKG_NAME"),
            env!("CARGO_PKG_VERSION"),
            env!("CARGO_PKG_DESCRIPTION"),
        )
    };
}

/// What a plugin is and needs. What is not asked for here is neither given nor allowed.
///
/// ```
/// use hearken_sdk::{Credential, Manifest, Vouch};
///
/// let manifest = Manifest::new("segment", "0.1.0", "takes what Segment's SDKs send")
///     .says(["page.*", "person.*"])
///     .identifies("anonymous", Vouch::Claimed)
///     .identifies("user", Vouch::Claimed)
///     .credential(Credential::new("write-key").public().basic_user().json_field("/writeKey"))
///     .open("/v1/projects/*/settings")
///     .cors();
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Manifest {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) summary: String,
    needs: Needs,
}

/// Whether a plugin can vouch for the identities that it reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Vouch {
    /// Anybody could have said it: it joins histories for scoring only.
    Claimed,
    /// The vendor authenticated it.
    Verified,
}

/// How a secret is used on the way out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Use {
    /// In a header.
    Header,
    /// As part of HTTP Basic.
    Basic,
    /// In the query.
    Query,
    /// In the body.
    Body,
    /// As the key of [`crypto::hmac`](crate::crypto::hmac).
    Hmac,
    /// For a token that the host fetches or signs.
    Token,
}

fn texts<I: IntoIterator>(items: I) -> impl Iterator<Item = String>
where
    I::Item: Into<String>,
{
    items.into_iter().map(Into::into)
}

impl Manifest {
    /// The name: lower case, digits and hyphens. The version: semantic. The summary: one
    /// sentence that says what the plugin does.
    pub fn new(name: impl Into<String>, version: impl Into<String>, summary: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            version: version.into(),
            summary: summary.into(),
            needs: Needs::default(),
        }
    }

    /// Under another name than the crate's.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// Wants the operator's vocabulary.
    #[must_use]
    pub fn vocabulary(mut self) -> Self {
        self.needs.vocabulary = true;
        self
    }

    /// Produces signals of these kinds; a trailing `*` stands for any rest (`page.*`).
    #[must_use]
    pub fn says<I: IntoIterator>(mut self, kinds: I) -> Self
    where
        I::Item: Into<String>,
    {
        self.needs.may_say.extend(texts(kinds));
        self
    }

    /// Reports identities of this scheme.
    #[must_use]
    pub fn identifies(mut self, scheme: impl Into<String>, vouch: Vouch) -> Self {
        self.needs.may_identify.insert(scheme.into(), vouch);
        self
    }

    /// A webhook's way to authenticate; a request needs to prove one of them.
    #[must_use]
    pub fn credential(mut self, credential: Credential) -> Self {
        self.web().credentials.push(credential);
        self
    }

    /// A vendor's question that the host answers for a webhook.
    #[must_use]
    pub fn challenge(mut self, challenge: Challenge) -> Self {
        self.web().challenges.push(challenge);
        self
    }

    /// A webhook's path (a glob) that needs no credential. Such requests may produce no
    /// signals.
    #[must_use]
    pub fn open(mut self, path: impl Into<String>) -> Self {
        self.web().open.push(path.into());
        self
    }

    /// A webhook that browsers on any site may call; the host answers `OPTIONS`.
    #[must_use]
    pub fn cors(mut self) -> Self {
        self.web().cors = true;
        self
    }

    /// A webhook's largest body, unpacked; 1 MiB unless said.
    #[must_use]
    pub fn max_body_bytes(mut self, bytes: u64) -> Self {
        self.web().max_body_bytes = Some(bytes);
        self
    }

    /// Reads signals of these kinds only; a trailing `*` stands for any rest. All, unless
    /// said.
    #[must_use]
    pub fn reads<I: IntoIterator>(mut self, kinds: I) -> Self
    where
        I::Item: Into<String>,
    {
        self.reading().kinds.get_or_insert_default().extend(texts(kinds));
        self
    }

    /// Reads so many earlier signals (at most 1000) with every dossier.
    #[must_use]
    pub fn recent(mut self, signals: u32) -> Self {
        self.reading().recent = signals;
        self
    }

    /// Reads so many earlier signals (at most 1000), but only where it has no memory of
    /// the prospect: cheaper, for plugins that remember what they need.
    #[must_use]
    pub fn recent_without_memory(mut self, signals: u32) -> Self {
        self.reading().recent = signals;
        self.reading().recent_when = Some("without-memory");
        self
    }

    /// Reads so many of the latest turns (at most 64).
    #[must_use]
    pub fn turns(mut self, turns: u32) -> Self {
        self.reading().turns = turns;
        self
    }

    /// Reads these traits; `*` for all. A scorer or router is not given those that are called
    /// like a person's name, address or number, unless its operator grants them by name.
    #[must_use]
    pub fn traits<I: IntoIterator>(mut self, names: I) -> Self
    where
        I::Item: Into<String>,
    {
        self.reading().traits.extend(texts(names));
        self
    }

    /// Reads signals' identities of these schemes; `*` for all. Only for scorers that cannot do
    /// without: an operator has to grant it. What is not granted is left out, and masked
    /// (`***`) where it stands in texts.
    #[must_use]
    pub fn identities<I: IntoIterator>(mut self, schemes: I) -> Self
    where
        I::Item: Into<String>,
    {
        self.reading().identities.extend(texts(schemes));
        self
    }

    /// Reads these query parameters of URLs in signals; a trailing `*` stands for any rest
    /// (`utm_*`). An operator has to grant it; all others are removed, fragments as well.
    #[must_use]
    pub fn query<I: IntoIterator>(mut self, parameters: I) -> Self
    where
        I::Item: Into<String>,
    {
        self.reading().query.extend(texts(parameters));
        self
    }

    /// Reads these properties of signals beside those that the catalogue has; a trailing `*`
    /// stands for any rest. An operator has to grant it.
    #[must_use]
    pub fn properties<I: IntoIterator>(mut self, names: I) -> Self
    where
        I::Item: Into<String>,
    {
        self.reading().properties.extend(texts(names));
        self
    }

    /// Reads other scorers' beliefs.
    #[must_use]
    pub fn others(mut self) -> Self {
        self.reading().others = true;
        self
    }

    /// A sink that carries these channels; `*` for any, `hand-over` for hand-overs.
    #[must_use]
    pub fn channels<I: IntoIterator>(mut self, channels: I) -> Self
    where
        I::Item: Into<String>,
    {
        self.needs.channels.extend(texts(channels));
        self
    }

    /// Reads [`files`](crate::files) of a granted folder.
    #[must_use]
    pub fn reads_files(mut self) -> Self {
        self.needs.folder = Some("read");
        self
    }

    /// Creates [`files`](crate::files) in a granted folder.
    #[must_use]
    pub fn creates_files(mut self) -> Self {
        self.needs.folder = Some("create");
        self
    }

    /// Calls this host by [`http`](crate::http).
    #[must_use]
    pub fn host(mut self, host: Host) -> Self {
        self.needs.hosts.push(host);
        self
    }

    /// Needs a secret for calls out, bound to a use.
    #[must_use]
    pub fn secret(mut self, name: impl Into<String>, r#use: Use) -> Self {
        self.needs.secrets.push(SecretUse {
            name: name.into(),
            r#use,
            optional: false,
        });
        self
    }

    /// Works better with a secret, and without it.
    #[must_use]
    pub fn optional_secret(mut self, name: impl Into<String>, r#use: Use) -> Self {
        self.needs.secrets.push(SecretUse {
            name: name.into(),
            r#use,
            optional: true,
        });
        self
    }

    /// Sends [`mail`](crate::mail).
    #[must_use]
    pub fn mail(mut self) -> Self {
        self.needs.mail = true;
        self
    }

    /// Takes at most so many items a call (1 to 1024; 256 unless said).
    #[must_use]
    pub fn batch(mut self, items: u32) -> Self {
        self.needs.batch = Some(items);
        self
    }

    /// Is called at most so many times at once (1 to 64; 4 unless said).
    #[must_use]
    pub fn in_flight(mut self, calls: u32) -> Self {
        self.needs.in_flight = Some(calls);
        self
    }

    /// Needs more CPU time a call than the host's default; the plugin's README says why.
    #[must_use]
    pub fn cpu(mut self, time: Duration) -> Self {
        self.needs.limits.get_or_insert_default().cpu_ms = Some(millis(time).max(1));
        self
    }

    /// Needs more wall time a call than the host's default; the plugin's README says why.
    #[must_use]
    pub fn wall(mut self, time: Duration) -> Self {
        self.needs.limits.get_or_insert_default().wall_ms = Some(millis(time).max(1));
        self
    }

    /// Needs more memory than the host's default; the plugin's README says why.
    #[must_use]
    pub fn memory_bytes(mut self, bytes: u64) -> Self {
        self.needs.limits.get_or_insert_default().memory_bytes = Some(bytes);
        self
    }

    /// The vendor's limit: so many requests in that time.
    #[must_use]
    pub fn quota(mut self, requests: u32, per: Duration) -> Self {
        self.needs.quota = Some(Quota {
            requests,
            per_ms: millis(per).max(1),
        });
        self
    }

    /// What it needs, as the JSON that `manifest.schema.json` describes.
    #[must_use]
    pub fn needs(&self) -> String {
        // Strings, numbers, lists and maps with string keys: JSON can say all of it.
        serde_json::to_string(&self.needs).expect("needs consist of what JSON can say")
    }

    fn web(&mut self) -> &mut Web {
        self.needs.webhook.get_or_insert_default()
    }

    fn reading(&mut self) -> &mut Reads {
        self.needs.reads.get_or_insert_default()
    }
}
