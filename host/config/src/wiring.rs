//! What a configuration means once it is resolved: every default filled in, every path
//! joined to the folder of the file that named it, every secret read. The rest of the
//! daemon is written against these types and never sees TOML.

use std::{
    collections::BTreeMap,
    net::{IpAddr, SocketAddr},
    path::PathBuf,
    time::Duration,
};

use ipnet::IpNet;

use hearken_model::{CapRule, Policy, Pressure, Story, Vocabulary};

use crate::{Hours, Mailbox, Secret, Waking};

mod connector;
mod members;

pub use connector::{
    ClientLogin, ConnectorWiring, GrantsWiring, HttpGrantWiring, IsolationWiring, LimitsWiring, OnUnknown, ProxyWiring,
    Retry, TokenGrantWiring, TokenWiring, Vouching,
};
pub use members::TeamMember;

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

impl Wiring {
    /// The story of an id.
    #[must_use]
    pub fn story(&self, id: &str) -> Option<&Story> {
        self.stories.iter().find(|story| story.id.as_str() == id)
    }

    /// The pressure of the story of an id.
    #[must_use]
    pub fn pressure(&self, id: &str) -> Option<Pressure> {
        self.story(id).map(|story| story.pressure)
    }
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
    /// For how long what is known of people is.
    pub keep: Keep,
}

/// For how long what is known of people is kept; none until they are forgotten.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Keep {
    /// What they did, since it was received.
    pub signals: Option<Duration>,
    /// Decisions with what was told, since they were made.
    pub decisions: Option<Duration>,
    /// What could not be worked off.
    pub dead_letters: Option<Duration>,
    /// Visitors who are not known by any name, since they were last seen.
    pub visitors: Option<Duration>,
    /// Everybody else, since they were last seen.
    pub people: Option<Duration>,
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
    /// Programs that follow links.
    pub machines: Machines,
}

impl LinksWiring {
    /// The colour where none is given: a blue that white stands out from.
    pub const COLOUR: [u8; 3] = [0x1d, 0x4f, 0x91];
}

/// Programs that follow links in messages, as the operator knows them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Machines {
    /// Parts of what they call themselves, in lower case.
    pub agents: Vec<String>,
    /// Networks from which they ask.
    pub ranges: Vec<IpNet>,
}

impl Machines {
    /// Whether what calls itself so and asks from there is one of them.
    #[must_use]
    pub fn has(&self, called: &str, asking: IpAddr) -> bool {
        let called = called.to_lowercase();
        self.agents.iter().any(|part| called.contains(part)) || self.ranges.iter().any(|range| range.contains(&asking))
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
    /// What carries it.
    pub carrier: Carrier,
    /// The scheme of the identities that it reaches people under: `email`, `phone`, `user`.
    pub address: String,
}

impl Channel {
    /// Whether it is a site's pages.
    #[must_use]
    pub const fn is_page(&self) -> bool {
        matches!(self.carrier, Carrier::Page(_))
    }
}

/// What carries a channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Carrier {
    /// A connector that sinks.
    Sink(String),
    /// The daemon itself, on the pages that report to this connector.
    Page(String),
}

impl Carrier {
    /// The connector's name.
    #[must_use]
    pub fn connector(&self) -> &str {
        match self {
            Self::Sink(name) | Self::Page(name) => name,
        }
    }
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
    /// Who is in it, by name; empty where hand-overs go to the team as a whole.
    pub members: BTreeMap<String, TeamMember>,
}
