//! The plugin.

use std::collections::BTreeMap;

use hearken_sdk::{
    Action, Failure, Host, Instant, Manifest, Plugin, Receipt, Sink, Use, Vocabulary,
    crypto::{self, Algorithm},
    http,
};
use schemars::JsonSchema;
use serde::Deserialize;

/// The connector's configuration.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// What is done wrong: see the README.
    pub mode: String,
    /// Where the request goes.
    #[serde(default)]
    pub url: String,
    /// How.
    #[serde(default = "post")]
    pub method: String,
    /// With which headers.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// With which body.
    #[serde(default)]
    pub body: Option<String>,
    /// The host's placeholders; nobody writes them.
    #[serde(default)]
    #[schemars(skip)]
    pub secrets: BTreeMap<String, String>,
}

fn post() -> String {
    "POST".to_owned()
}

/// The configured plugin.
#[derive(Clone, Debug)]
pub struct Caller(Config);

impl Plugin for Caller {
    type Config = Config;

    fn manifest() -> Manifest {
        hearken_sdk::manifest!()
            .channels(["*", "hand-over"])
            .host(Host::http("*"))
            .optional_secret("token", Use::Header)
            .optional_secret("login", Use::Basic)
            .optional_secret("key", Use::Query)
            .optional_secret("word", Use::Body)
            .optional_secret("sign", Use::Hmac)
            .optional_secret("access", Use::Token)
    }

    fn configure(config: Config, _: Vocabulary) -> Result<Self, Failure> {
        Ok(Self(config))
    }
}

impl Sink for Caller {
    fn deliver(&self, _: Instant, action: &Action) -> Result<Receipt, Failure> {
        let mode = self.0.mode.as_str();
        let (what, detail) = mode.split_once(':').unwrap_or((mode, ""));
        let concerned = detail == action.id || detail == "*";
        assert!(
            what != "trap-before" || !concerned,
            "asked to trap before this request is sent"
        );
        let item = match what {
            "stranger" => Some(detail),
            "no-item" => None,
            _ => Some(action.id.as_str()),
        };
        if what == "digest" {
            let placeholder = self.filled("{sign}");
            let digest = crypto::hmac(Algorithm::Sha256, &placeholder, b"data")?;
            let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
            return Ok(Receipt::delivered(hex));
        }
        let count = if what == "together" { 3 } else { 1 };
        let answers = http::send_all(vec![self.request(item); count]);
        assert!(
            what != "trap-after" || !concerned,
            "asked to trap after this request was sent"
        );
        let mut shown = Vec::new();
        for answer in answers {
            let answer = answer?;
            shown.push(format!("{} {}", answer.status, answer.text()));
        }
        Ok(Receipt::delivered(shown.join(", ")))
    }
}

impl Caller {
    fn request(&self, item: Option<&str>) -> http::Request {
        let mut request = http::Request::new(&self.0.method, self.filled(&self.0.url));
        for (name, value) in &self.0.headers {
            request = request.header(self.filled(name), self.filled(value));
        }
        if let Some(body) = &self.0.body {
            request = request.body(self.filled(body));
        }
        request.item = item.map(str::to_owned);
        request
    }

    /// With placeholders in the place of the secrets' names.
    fn filled(&self, text: &str) -> String {
        let secrets = self.0.secrets.iter();
        secrets.fold(text.to_owned(), |text, (name, placeholder)| {
            text.replace(&format!("{{{name}}}"), placeholder)
        })
    }
}
