//! The plugin.

use hearken_sdk::{Action, Failure, Instant, Manifest, Plugin, Receipt, Sink, Vocabulary, mail};
use schemars::JsonSchema;
use serde::Deserialize;

/// The connector's configuration.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// What is done wrong: see the README.
    pub mode: String,
}

/// The configured plugin.
#[derive(Clone, Debug)]
pub struct Postman {
    mode: String,
}

impl Plugin for Postman {
    type Config = Config;

    fn manifest() -> Manifest {
        hearken_sdk::manifest!().channels(["*", "hand-over"]).mail()
    }

    fn configure(config: Config, _: Vocabulary) -> Result<Self, Failure> {
        Ok(Self { mode: config.mode })
    }
}

impl Sink for Postman {
    fn deliver(&self, _: Instant, action: &Action) -> Result<Receipt, Failure> {
        let (what, detail) = self.mode.split_once(':').unwrap_or((&self.mode, ""));
        // Asked first, so that the messages of a batch before this one have left.
        assert!(
            what != "trap-before" || !(detail == action.id || detail == "*"),
            "asked to trap before this message is sent"
        );
        let item = if what == "stranger" { detail } else { &action.id };
        let sent = send(item, detail, what == "header");
        match what {
            "trap-after" if detail == action.id || detail == "*" => panic!("asked to trap after this message was sent"),
            "twice" => send(item, detail, false).map(Receipt::accepted),
            "deny-it" => Err(Failure::transient("says that it failed, whatever was answered")),
            "claim-it" => Ok(Receipt::delivered("says that it was delivered, whatever was answered")),
            _ => sent.map(Receipt::accepted),
        }
    }
}

fn send(item: &str, header: &str, with_header: bool) -> Result<String, Failure> {
    let headers = if with_header {
        vec![(header.to_owned(), "generated".to_owned())]
    } else {
        Vec::new()
    };
    let message = mail::Message {
        item: item.to_owned(),
        subject: format!("For {item}"),
        headers,
        text: "Generated.".to_owned(),
        html: None,
    };
    mail::send_all(vec![message])
        .pop()
        .unwrap_or_else(|| Err(Failure::permanent("no answer came")))
}
