//! The tables of a connector.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};

use super::{
    Address, Authored, Choice, Command, HttpGrantTable, IsolationWord, Json, Length, Listed, Mapped, Name, PathText,
    Positive, ProxyTable, Rate, Size, Text, TokenTable, macros::table,
};
use crate::{OnUnknown, Vouching, node::Node, problems::Problems};

table! {
    /// A plugin as wired.
    pub(crate) struct ConnectorTable ("the connector") {
        /// The plugin's name, or the path of its .wasm file.
        required plugin: Text,
        /// The plugin's digest, as `hearken plugin inspect` says it: "sha256:…". Another plugin is refused before it runs.
        optional digest: Text,
        /// The plugin's own configuration, as its schema says.
        optional config: Json,
        /// By the names that the plugin gives them: { env = "NAME" }, { file = "path" }, { dir = "path" } or { exec = ["/program"] }. While one that requests prove is changed, the old one is valid as NAME-previous.
        optional secrets: Mapped<SecretTable>,
        /// Tokens that the host asks the vendor for, by the names that the plugin gives them.
        optional tokens: Mapped<TokenTable>,
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
    /// Where a secret is read from: exactly one of these.
    pub(crate) struct SecretFields ("the secret") {
        /// The name of an environment variable.
        optional env: Text,
        /// A file; a line break at its end is cut.
        optional file: PathText,
        /// A folder with a file for each secret, called as the secret is: how Kubernetes mounts them.
        optional dir: PathText,
        /// A program and its arguments, which prints it; only with --allow-exec. No shell is asked, and no variables but PATH and HOME are there.
        optional exec: Command,
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
        /// A proxy that all its calls go through: "http://proxy.internal:3128", or { url = "…", user = "…", password = { env = "NAME" } }. It looks the names up, so that they are guarded by name alone.
        optional proxy: ProxyTable,
        /// Certificates in PEM that are trusted for its calls instead of the system's.
        optional ca_file: PathText,
        /// What of people it is shown, of what its plugin asks for; `hearken plugin inspect` prints it. Default: for scorers and routers no direct identifiers, for sinks what they ask for.
        optional share: ShareTable,
    }
}

table! {
    /// What of people a plugin is shown, of what it asks for. A list that is written is all that is shown of its sort; a trailing `*` stands for any rest, for scorers and routers without direct identifiers, which have to be named.
    pub(crate) struct ShareTable ("share") {
        /// Names of traits: ["industry", "employees"]. Default ["*"].
        optional traits: Listed<Text>,
        /// Schemes of signals' identities, for sinks of hand-overs': ["email"]. Default: none, for sinks all.
        optional identities: Listed<Text>,
        /// Parameters of URLs that are kept: ["utm_*", "q"]. Default: none.
        optional query: Listed<Text>,
        /// Properties of signals: ["title", "path"]. Default: those of the catalogue.
        optional properties: Listed<Text>,
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

/// How it is said where a secret is.
pub(crate) const PLACES: &str =
    "{ env = \"NAME\" }, { file = \"path\" }, { dir = \"path\" } or { exec = [\"/program\"] }";

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
            let help = format!("keep it outside and write {PLACES}");
            problems.error(
                "secret-written-out",
                node.span,
                "a secret is written out in the configuration".into(),
                help,
            );
            return None;
        };
        for (_, below) in table
            .iter()
            .filter(|(key, _)| !matches!(key.as_str(), "env" | "file" | "dir" | "exec"))
        {
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
