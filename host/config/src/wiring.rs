//! What a configuration means once it is resolved: every default filled in, every path
//! joined to the folder of the file that named it, every secret read. The rest of the
//! daemon is written against these types and never sees TOML.

use std::{
    collections::BTreeMap,
    net::{IpAddr, SocketAddr},
    path::PathBuf,
    time::Duration,
};

use hearken_model::{CapRule, Policy, Story, Vocabulary};
use hearken_share::Granted;
use url::Url;

use crate::{Hours, Mailbox, Secret, Waking};

/// A whole configuration, resolved.
#[derive(Clone, Debug)]
pub struct Wiring {
    /// In whose name we speak; the brand of consents.
    pub brand: String,
    /// Where state is kept.
    pub store: StoreSettings,
    /// Where the daemon listens.
    pub listen: Listen,
    /// Folders in which plugins are looked up by name, the first one first.
    pub plugin_dirs: Vec<PathBuf>,
    /// The daemon's own folder, for what it can make again: compiled plugins.
    pub data_dir: PathBuf,
    /// The words that scorers, routers and stories share.
    pub vocabulary: Vocabulary,
    /// What the gates check, the modes and caps of channels, teams and stories included.
    pub policy: Policy,
    /// When people are told something, by their own clock; none where at any hour.
    pub waking: Option<Waking>,
    /// Plugins as wired, by the connector's name.
    pub connectors: BTreeMap<String, ConnectorWiring>,
    /// Who scores and who routes.
    pub flow: Flow,
    /// Ways to reach a prospect, by name.
    pub channels: BTreeMap<String, Channel>,
    /// People who take hand-overs, by name.
    pub teams: BTreeMap<String, Team>,
    /// What can be said, in the order of their ids.
    pub stories: Vec<Story>,
    /// The folder that they are read from, which may not be there.
    pub stories_dir: PathBuf,
    /// In whose name mail is written; none where no mail is.
    pub mail: Option<MailWiring>,
    /// Servers that mail is handed to, by name.
    pub relays: BTreeMap<String, RelayWiring>,
    /// Links for people outside; none where it is not said where they would lead.
    pub links: Option<LinksWiring>,
    /// What is learned from what came of stories.
    pub learn: LearnWiring,
    /// The files that secrets were read from, whether they were there or not.
    pub secret_files: Vec<PathBuf>,
}

/// In whose name mail is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailWiring {
    /// The sender of every message.
    pub from: Mailbox,
    /// Who is answered, where that is not the sender.
    pub reply_to: Option<Mailbox>,
    /// Where the sender is; empty where it was not said and nothing commercial is mailed.
    pub postal_address: String,
    /// Who is told by mail when a brake stops a sink.
    pub alerts_to: Option<String>,
}

/// A server that mail is handed to.
#[derive(Clone, Debug)]
pub struct RelayWiring {
    /// Its name.
    pub name: String,
    /// A host's name or address.
    pub host: String,
    /// The port.
    pub port: u16,
    /// How the way there is encrypted.
    pub tls: RelayTls,
    /// Certificates that are trusted instead of the system's.
    pub ca_file: Option<PathBuf>,
    /// The user, where the relay wants one.
    pub user: Option<String>,
    /// The user's password.
    pub password: Option<Secret>,
    /// How long it may take to answer.
    pub timeout: Duration,
    /// How many connections there are at most.
    pub connections: usize,
    /// How many stories it takes on its first day, the second, and so on; the last number
    /// holds. Empty for any.
    pub per_day: Vec<u32>,
    /// How many stories go to one domain.
    pub per_domain: Option<CapRule>,
    /// When it stops by itself.
    pub brakes: Brakes,
}

/// How the way to a relay is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelayTls {
    /// After `STARTTLS`, which it must offer.
    StartTls,
    /// From the first byte.
    Implicit,
    /// Not at all.
    None,
}

/// When a relay's sinks are stopped: by shares of the latest messages.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Brakes {
    /// The share that may bounce for good.
    pub bounces: f64,
    /// The share that may be complained about.
    pub complaints: f64,
    /// Of how many messages.
    pub over: u32,
}

impl Default for Brakes {
    fn default() -> Self {
        Self {
            bounces: 0.05,
            complaints: 0.002,
            over: 500,
        }
    }
}

/// Where state is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreSettings {
    /// The SQLite file.
    pub path: PathBuf,
    /// For how long a signal's id is remembered, so that a repeated one is dropped.
    pub dedup_window: Duration,
    /// For how long it is kept what connectors sent to whom.
    pub egress_window: Duration,
}

/// Where the daemon listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listen {
    /// Intake and signed links.
    pub public: SocketAddr,
    /// API, pages and metrics; always a loopback address.
    pub admin: SocketAddr,
    /// Proxies that are believed when they say for whom they ask.
    pub proxies: Vec<IpAddr>,
}

/// What is learned from what came of stories.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LearnWiring {
    /// How often a running daemon learns anew.
    pub every: Duration,
    /// After how long a telling counts half.
    pub half_life: Duration,
    /// How long before an outcome a story may have been told that is credited with it.
    pub window: Duration,
    /// The share of accounts for whom nothing that was learned is used: 0..1.
    pub holdout: f64,
}

/// Links for people outside, and their pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinksWiring {
    /// Where the public listener is reached from outside, without a slash at its end.
    pub public_url: String,
    /// Whether links in stories' texts lead over us.
    pub tracking: bool,
    /// The privacy notice.
    pub privacy_url: Option<String>,
    /// The pages' colour: red, green, blue.
    pub colour: [u8; 3],
}

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

/// Who scores and who routes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Flow {
    /// Connectors and the weight of what they say. Empty where the file does not name any:
    /// then every connector that is a scorer counts, with weight 1.
    pub scorers: Vec<(String, f64)>,
    /// The connector that routes. None where the file does not name it: then the only one
    /// that is a router.
    pub router: Option<String>,
}

/// A way to reach a prospect. Its caps and mode are in [`Policy`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Channel {
    /// The channel's name.
    pub name: String,
    /// The connector that carries it.
    pub sink: String,
    /// The scheme of the identities that it reaches people under: `email`, `phone`, `user`.
    pub address: String,
}

/// People who take hand-overs. Its mode is in [`Policy`].
#[derive(Clone, Debug, PartialEq)]
pub struct Team {
    /// The team's name.
    pub name: String,
    /// The connector that reaches it.
    pub sink: String,
    /// When it takes hand-overs.
    pub hours: Hours,
    /// How many it takes.
    pub capacity: CapRule,
    /// How long it may leave one lying, counted in its hours; none where it has time.
    pub accept_within: Option<Duration>,
    /// The team that gets what this one leaves lying.
    pub escalate_to: Option<String>,
    /// Where hand-overs are mailed to.
    pub address: Option<String>,
}
