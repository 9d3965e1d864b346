//! A connector as the operator wires it: what it is granted, how it calls out, its limits.

use std::{collections::BTreeMap, net::SocketAddr, path::PathBuf, time::Duration};

use hearken_model::CapRule;
use hearken_share::Granted;
use url::Url;

use crate::Secret;

/// A plugin as wired by the operator.
#[derive(Clone, Debug)]
pub struct ConnectorWiring {
    /// The connector's name.
    pub name: String,
    /// A name to be looked up in [`Wiring::plugin_dirs`], or the path of a `.wasm` file
    /// (with a separator in it).
    pub plugin: String,
    /// The SHA-256 that the plugin must have, in hexadecimal; `None` for any.
    pub digest: Option<String>,
    /// The plugin's own configuration: always a JSON object.
    pub config: serde_json::Value,
    /// By the names that the plugin's manifest gives them.
    pub secrets: BTreeMap<String, Secret>,
    /// Tokens that the host asks for, by the names that the plugin's manifest gives them.
    pub tokens: BTreeMap<String, TokenWiring>,
    /// What `/in/{name}` is called outside, without a slash at its end; `None` where nobody
    /// said what the public listener is called.
    pub public_url: Option<String>,
    /// What the operator allows.
    pub grants: GrantsWiring,
    /// What the operator limits; `None` is the host's or the manifest's default.
    pub limits: LimitsWiring,
    /// Up to which age a signal may trigger speaking.
    pub fresh: Duration,
    /// How often a source is polled where it does not say.
    pub every: Duration,
    /// What to do with an action of which nobody can tell whether it was delivered.
    pub on_unknown: OnUnknown,
    /// How long an instance of the plugin lives.
    pub isolation: IsolationWiring,
    /// When a failed action is tried again.
    pub retry: Retry,
}

/// What the operator allows a connector.
#[derive(Clone, Debug, Default)]
pub struct GrantsWiring {
    /// The folder of the plugin's `files`; `None` for none.
    pub folder: Option<PathBuf>,
    /// The relay that it may send mail through; `None` for none.
    pub mail: Option<String>,
    /// Kinds of signals, a trailing `*` for any rest; `None` for all that it declares.
    pub may_say: Option<Vec<String>>,
    /// Schemes of identities; `None` for all that it declares.
    pub may_identify: Option<BTreeMap<String, Vouching>>,
    /// What it may call.
    pub http: Vec<HttpGrantWiring>,
    /// Addresses that are not public and may be called all the same.
    pub allow_private: Vec<SocketAddr>,
    /// A proxy that all calls go through.
    pub proxy: Option<ProxyWiring>,
    /// Certificates that are trusted instead of the system's.
    pub ca_file: Option<PathBuf>,
    /// What of people it is shown.
    pub share: Granted,
}

/// A proxy that all calls of a connector go through.
#[derive(Clone, Debug)]
pub struct ProxyWiring {
    /// As it was written, without a user.
    pub url: String,
    /// The user, where the proxy wants one.
    pub user: Option<String>,
    /// The user's password.
    pub password: Option<Secret>,
}

/// What a connector may call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpGrantWiring {
    /// As it was written: a name, an address, or `*.example.com`.
    pub host: String,
    /// Whether calls are encrypted.
    pub encrypted: bool,
    /// None for the scheme's own.
    pub port: Option<u16>,
    /// As they were written; empty for any.
    pub methods: Vec<String>,
    /// A prefix.
    pub path: String,
    /// Whether a host with a star is taken.
    pub allow_wildcard: bool,
    /// The names of the secrets that may go there.
    pub secrets: Vec<String>,
}

/// A token that the host asks the vendor for.
#[derive(Clone, Debug)]
pub struct TokenWiring {
    /// Whom it is asked of; none where what was written is no address.
    pub endpoint: Option<Url>,
    /// By what.
    pub grant: TokenGrantWiring,
    /// Who asks.
    pub client_id: String,
    /// What the client proves itself by; none where it is public, or secrets are left.
    pub client_secret: Option<Secret>,
    /// Where that stands.
    pub client_login: ClientLogin,
    /// What it is to be good for.
    pub scopes: Vec<String>,
    /// What the vendor wants to be told besides.
    pub parameters: BTreeMap<String, String>,
}

/// By what a token is asked for.
#[derive(Clone, Debug)]
pub enum TokenGrantWiring {
    /// The client's own credentials.
    ClientCredentials,
    /// A token that was allowed; none where secrets are left.
    RefreshToken(Option<Secret>),
}

/// Where a client's secret stands in a request for a token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ClientLogin {
    /// In `Authorization`.
    #[default]
    Basic,
    /// In the body.
    Body,
}

/// How far an identity that a connector reports is trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Vouching {
    /// Joins histories for scoring only.
    Claimed,
    /// The connector's system has checked it.
    Verified,
}

impl Vouching {
    /// Its word in TOML.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Claimed => "claimed",
            Self::Verified => "verified",
        }
    }
}

/// What the operator limits; `None` leaves the default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LimitsWiring {
    /// CPU time of one call.
    pub cpu: Option<Duration>,
    /// Wall time of one call.
    pub wall: Option<Duration>,
    /// Memory and tables of one instance.
    pub memory_bytes: Option<u64>,
    /// What one call may return.
    pub output_bytes: Option<u64>,
    /// Lines that one call may log.
    pub log_lines: Option<u32>,
    /// What a call may log.
    pub log_bytes: Option<u64>,
    /// Calls at the same time.
    pub in_flight: Option<usize>,
    /// Items in one call.
    pub batch: Option<usize>,
    /// A request's body at the intake, unpacked.
    pub body_bytes: Option<u64>,
    /// Requests in a time.
    pub http_rate: Option<CapRule>,
    /// Requests that one call may send.
    pub http_calls: Option<u32>,
    /// Requests at the same time.
    pub http_in_flight: Option<usize>,
    /// One request with its answer.
    pub http_timeout: Option<Duration>,
    /// The body of a request.
    pub http_request_bytes: Option<u64>,
    /// The body of an answer, unpacked.
    pub http_response_bytes: Option<u64>,
    /// Everything in and out within an hour.
    pub http_bytes_per_hour: Option<u64>,
}

/// How long an instance of a plugin lives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IsolationWiring {
    /// A fresh one for every call.
    #[default]
    Call,
    /// One serves several calls of its connector.
    Connector {
        /// After how many it is retired, unless an error comes first.
        calls: u32,
    },
}

/// What to do with an action of which nobody can tell whether it was delivered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnUnknown {
    /// Keep it for a person to look at.
    #[default]
    Hold,
    /// Send it again, at the risk of sending it twice.
    Retry,
}

impl OnUnknown {
    /// Its word in TOML.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Hold => "hold",
            Self::Retry => "retry",
        }
    }
}

/// When a failed action is tried again: the waits grow from `first` to `most`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    /// The wait after the first failure.
    pub first: Duration,
    /// The longest wait.
    pub most: Duration,
    /// How many attempts in all, the first one included; at least 1.
    pub attempts: u32,
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            first: Duration::from_secs(5),
            most: Duration::from_secs(3600),
            attempts: 8,
        }
    }
}
