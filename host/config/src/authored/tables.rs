//! The tables of a configuration file.

use std::borrow::Cow;

use hearken_model::{ConsentRule, Mode};
use schemars::{JsonSchema, Schema, SchemaGenerator};

use super::{
    Address, Authored, Choice, EmailText, Fraction, HoursText, HttpGrantTable, IsolationWord, Json, Length, Listed,
    MailTable, Mapped, Name, Named, Number, PathText, Peer, Positive, Rate, RelayTable, Size, Text, Weights,
    macros::table,
};
use crate::{OnUnknown, Vouching, node::Node, problems::Problems};

table! {
    /// A configuration. Several files make one: later ones extend and override earlier ones.
    pub(crate) struct FileTable ("the configuration") {
        /// In whose name we speak; consents are given to a brand. Default "default".
        optional brand: Text,
        /// Where state is kept.
        optional store: StoreTable,
        /// Where the daemon listens.
        optional listen: ListenTable,
        /// Where plugins are found.
        optional plugins: PluginsTable,
        /// What the gates check before anything is said.
        optional policy: PolicyTable,
        /// Topics, personas and fit rules: the words that scorers, routers and stories share.
        optional vocabulary: VocabularyTable,
        /// Plugins as wired, by the connector's name.
        optional connectors: Named<ConnectorTable>,
        /// Who scores and who routes.
        optional flow: FlowTable,
        /// Ways to reach a prospect, by name.
        optional channels: Named<ChannelTable>,
        /// People who take hand-overs, by name.
        optional teams: Named<TeamTable>,
        /// What can be said.
        optional stories: StoriesTable,
        /// In whose name mail is written.
        optional mail: MailTable,
        /// Servers that mail is handed to, by name; `grants.mail` of a connector names one.
        optional relays: Named<RelayTable>,
        /// Links for people outside: to unsubscribe, to answer, to say what they want to hear.
        optional links: LinksTable,
    }
}

table! {
    /// Where state is kept.
    pub(crate) struct StoreTable ("[store]") {
        /// The SQLite file, relative to this file's folder. Default "hearken.sqlite".
        optional path: PathText,
        /// For how long a signal's id is remembered, so that a repeated one is dropped. Default "7d".
        optional dedup_window: Length,
    }
}

table! {
    /// Where the daemon listens.
    pub(crate) struct ListenTable ("[listen]") {
        /// Intake and signed links. Default "127.0.0.1:7700".
        optional public: Address,
        /// API, pages and metrics; a loopback address. Default "127.0.0.1:7701".
        optional admin: Address,
        /// Proxies that are believed when they say, in X-Forwarded-For, for whom they ask. Default: those on this machine.
        optional proxies: Listed<Peer>,
    }
}

table! {
    /// Where plugins are found.
    pub(crate) struct PluginsTable ("[plugins]") {
        /// Folders in which plugins are looked up by name, the first one first. Default ["plugins"].
        optional folders: Listed<PathText>,
        /// A folder of the daemon's own, for compiled plugins. Default "hearken-data" beside the store.
        optional data_folder: PathText,
    }
}

table! {
    /// What the gates check before anything is said.
    pub(crate) struct PolicyTable ("[policy]") {
        /// Decide only (shadow, the default), wait for a person (approve), or send (live).
        optional mode: Choice<Mode>,
        /// Where not empty, the only addresses to speak to: "ann@example.com" or "*@example.com".
        optional only_to: Listed<Text>,
        /// Stories told to one person, over all channels. Default ["2/7d"].
        optional caps: Listed<Rate>,
        /// How many signals a person must have given before we speak. Default 3.
        optional listen_first: u32,
        /// How long an unanswered story keeps the next one waiting. Default "5d".
        optional await_reply: Length,
        /// How long before the same story may be told again to one person. Default "180d".
        optional story_again: Length,
        /// How long an action stays sensible where the router does not say. Default "2d".
        optional expires: Length,
        /// Whether to speak to addresses that were only claimed, by a public write key. Default false.
        optional speak_to_claimed: bool,
        /// What each purpose needs.
        optional consent: ConsentTable,
        /// From when on a lead is qualified.
        optional qualify: QualifyTable,
        /// How many people who were never told anything may be told something within an hour. Default: any number.
        optional new_people_per_hour: Positive,
        /// Colleagues who get each text of each story once, when it is first sent: "me@example.com". They need no consent and count for nothing.
        optional seeds: Listed<Text>,
    }
}

table! {
    /// What each purpose needs.
    pub(crate) struct ConsentTable ("consent") {
        /// For marketing stories. Default "opt-in".
        optional marketing: Choice<ConsentRule>,
        /// For sales stories. Default "opt-in".
        optional sales: Choice<ConsentRule>,
    }
}

table! {
    /// From when on a lead is qualified.
    pub(crate) struct QualifyTable ("qualify") {
        /// How well it must fit. Default 0.5.
        optional fit: Fraction,
        /// How engaged it must be. Default 0.4.
        optional engagement: Fraction,
    }
}

table! {
    /// The words that scorers, routers and stories share. A belief outside of them is refused.
    pub(crate) struct VocabularyTable ("[vocabulary]") {
        /// What people can be interested in, by name.
        optional topics: Named<TopicTable>,
        /// Roles in the buying process, by name.
        optional personas: Named<PersonaTable>,
        /// Who fits what is sold.
        optional fit: Listed<FitTable>,
    }
}

table! {
    /// What people can be interested in.
    pub(crate) struct TopicTable ("the topic") {
        /// For people. Default: the name.
        optional title: Text,
        /// Paths of pages, `*` for any text: "/pricing*".
        optional urls: Listed<Text>,
        /// Words of titles, searches and tags that speak for it.
        optional words: Listed<Text>,
    }
}

table! {
    /// A role in the buying process.
    pub(crate) struct PersonaTable ("the persona") {
        /// For people. Default: the name.
        optional title: Text,
        /// Words of a job title that speak for it.
        optional words: Listed<Text>,
        /// How much interest in a topic speaks for it, from 0 to 1.
        optional topics: Mapped<Fraction>,
    }
}

table! {
    /// A rule that says who fits what is sold: a trait and exactly one test.
    pub(crate) struct FitTable ("the fit rule") {
        /// The trait that it reads.
        required r#trait: Text,
        /// The trait is a number, and not less.
        optional at_least: Number,
        /// The trait is a number, and not more.
        optional at_most: Number,
        /// The trait is one of these, whatever the case.
        optional one_of: Listed<Text>,
        /// With `true`: the trait is there and not empty.
        optional present: bool,
        /// How much it counts; negative counts against. Default 1.0.
        optional weight: Number,
    }
}

table! {
    /// A plugin as wired.
    pub(crate) struct ConnectorTable ("the connector") {
        /// The plugin's name, or the path of its .wasm file.
        required plugin: Text,
        /// The plugin's digest, as `hearken plugin inspect` says it: "sha256:…". Another plugin is refused before it runs.
        optional digest: Text,
        /// The plugin's own configuration, as its schema says.
        optional config: Json,
        /// By the names that the plugin gives them: { env = "NAME" } or { file = "path" }. While one that requests prove is changed, the old one is valid as NAME-previous.
        optional secrets: Mapped<SecretTable>,
        /// What `/in/NAME` of the public listener is called outside, for vendors that sign the address: "https://hooks.example.com/in/twilio". Default: below the public-url of [links].
        optional public_url: Text,
        /// What the plugin may do and say. Default: say all that it declares, no folder and no mail.
        optional grants: GrantsTable,
        /// Less or more than the defaults.
        optional limits: LimitsTable,
        /// Up to which age a signal may trigger speaking. Default "1h".
        optional fresh: Length,
        /// How often a source is polled where it does not say. Default "1min".
        optional every: Length,
        /// An action of which nobody can tell whether it was delivered: keep it for a person (hold, the default), or send it again (retry).
        optional on_unknown: Choice<OnUnknown>,
        /// A fresh instance for every call (call, the default), or one for several (connector).
        optional isolation: Choice<IsolationWord>,
        /// With isolation "connector": after how many calls an instance is retired. Default 1000.
        optional isolation_calls: Positive,
        /// When a failed action is tried again.
        optional retry: RetryTable,
    }
}

table! {
    /// Where a secret is read from: exactly one of the two.
    pub(crate) struct SecretFields ("the secret") {
        /// The name of an environment variable.
        optional env: Text,
        /// A file; a line break at its end is cut.
        optional file: PathText,
    }
}

table! {
    /// What a plugin may do and say.
    pub(crate) struct GrantsTable ("grants") {
        /// The folder that it may read or create files in.
        optional folder: PathText,
        /// The relay that it may send mail through, a name of [relays].
        optional mail: Name,
        /// Kinds of signals that it may say, a trailing `*` for any rest: ["page.*"].
        optional may_say: Listed<Text>,
        /// Schemes of identities that it may report, and how far it is trusted with them.
        optional may_identify: Mapped<Choice<Vouching>>,
        /// What it may call, of what its plugin declares; `hearken plugin inspect` prints it.
        optional http: Listed<HttpGrantTable>,
        /// Addresses that are not public and may be called all the same, each with its port: ["10.0.3.7:8069"].
        optional allow_private: Listed<Address>,
        /// A proxy that all its calls go through: "http://proxy.internal:3128". It looks the names up, so that they are guarded by name alone.
        optional proxy: Text,
        /// Certificates in PEM that are trusted for its calls instead of the system's.
        optional ca_file: PathText,
    }
}

table! {
    /// Limits of a connector. One that is not given is the plugin's or the host's default.
    pub(crate) struct LimitsTable ("limits") {
        /// CPU time of one call: "1s".
        optional cpu: Length,
        /// Wall time of one call: "5s".
        optional wall: Length,
        /// Memory of one instance: "64MiB".
        optional memory: Size,
        /// What one call may return: "8MiB".
        optional output: Size,
        /// Lines that one call may log.
        optional log_lines: u32,
        /// What one call may log: "16KiB".
        optional log_bytes: Size,
        /// Calls at the same time, up to 64.
        optional in_flight: Positive,
        /// Items in one call, up to 1024.
        optional batch: Positive,
        /// A request's body at the intake, unpacked: "1MiB".
        optional body: Size,
        /// Requests in a time, where that is less than the vendor's: "100/1min".
        optional http_rate: Rate,
        /// Requests that one call may send. Default 1000.
        optional http_calls: Positive,
        /// Requests at the same time, up to 64. Default 8.
        optional http_in_flight: Positive,
        /// One request with its answer: "10s".
        optional http_timeout: Length,
        /// The body of a request: "1MiB".
        optional http_request: Size,
        /// The body of an answer, unpacked: "4MiB".
        optional http_response: Size,
        /// Everything in and out within an hour: "1GB".
        optional http_per_hour: Size,
    }
}

table! {
    /// When a failed action is tried again: the waits grow from `first` to `most`.
    pub(crate) struct RetryTable ("retry") {
        /// The wait after the first failure. Default "5s".
        optional first: Length,
        /// The longest wait. Default "1h".
        optional most: Length,
        /// How many attempts in all. Default 8.
        optional attempts: Positive,
    }
}

table! {
    /// Who scores and who routes.
    pub(crate) struct FlowTable ("[flow]") {
        /// Connectors that score, or a table of their weights. Default: all that can, with weight 1.
        optional scorers: Weights,
        /// The connector that routes. Default: the only one that can.
        optional router: Name,
    }
}

table! {
    /// A way to reach a prospect.
    pub(crate) struct ChannelTable ("the channel") {
        /// The connector that carries it.
        required sink: Name,
        /// The scheme of the identities that it reaches people under. Default: "email" for email, "phone" for sms and phone, else "user".
        optional address: Text,
        /// Stories told to one person over it.
        optional caps: Listed<Rate>,
        /// Where it is more careful than the policy's.
        optional mode: Choice<Mode>,
    }
}

table! {
    /// People who take hand-overs.
    pub(crate) struct TeamTable ("the team") {
        /// The connector that reaches it.
        required sink: Name,
        /// When it takes hand-overs. Default "always".
        optional hours: HoursText,
        /// How many it takes. Default "20/1d".
        optional capacity: Rate,
        /// Where it is more careful than the policy's.
        optional mode: Choice<Mode>,
        /// Where hand-overs are mailed to: "sales@example.com".
        optional address: EmailText,
    }
}

table! {
    /// What can be said: a folder of Markdown files.
    pub(crate) struct StoriesTable ("[stories]") {
        /// The folder. Default "stories", if there is one.
        optional folder: PathText,
        /// Modes of single stories, where they are more careful than the policy's.
        optional mode: Mapped<Choice<Mode>>,
        /// Whether a story may be told only with a text that a person approved, with `hearken approve story`. Default false.
        optional approve: bool,
    }
}

table! {
    /// Links for people outside: to unsubscribe, to answer, to say what they want to hear.
    pub(crate) struct LinksTable ("[links]") {
        /// Where the public listener is reached from outside: "https://links.example.com".
        required public_url: Text,
        /// Whether links in stories' texts lead over us, so that clicks are known. Default true.
        optional tracking: bool,
        /// Your privacy notice, linked from every page.
        optional privacy_url: Text,
        /// The pages' colour, as six hex digits: "#0b57d0". Default "#1d4f91".
        optional colour: Text,
    }
}

/// Where a secret is read from. What is written out here by mistake is kept out of every
/// excerpt.
#[derive(Clone, Debug)]
pub(crate) struct SecretTable(pub(crate) SecretFields);

impl Authored for SecretTable {
    fn expected() -> (String, String) {
        ("where to read the secret from".into(), "{ env = \"NAME\" }".into())
    }

    fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        let Some(table) = node.table() else {
            problems.sources.mask(node.span);
            let help = "keep it outside and write { env = \"NAME\" } or { file = \"path\" }";
            problems.error(
                "secret-written-out",
                node.span,
                "a secret is written out in the configuration".into(),
                help,
            );
            return None;
        };
        for (_, below) in table.iter().filter(|(key, _)| !matches!(key.as_str(), "env" | "file")) {
            problems.sources.mask(below.span);
        }
        SecretFields::read(node, problems).map(Self)
    }
}

impl JsonSchema for SecretTable {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Secret".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = SecretFields::json_schema(generator);
        schema.insert("minProperties".into(), 1.into());
        schema.insert("maxProperties".into(), 1.into());
        schema
    }
}
