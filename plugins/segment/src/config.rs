//! What ops write below the connector.

use std::collections::BTreeMap;

use hearken_sdk::Problem;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::fields::Fields;
use crate::{events, says};

/// The connector's configuration. Everything may be left out.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Config {
    /// Where browsers reach this connector: its public address up to and with `/v1`, such
    /// as `https://listen.example.com/in/site/v1`. Told to Segment's browser SDK with its
    /// settings. Without it every page has to name the address itself.
    pub endpoint: Option<String>,
    /// What events of your own mean: the name of a `track` call, and the kind of signal
    /// that it is. Case, spaces, hyphens and underscores make no difference.
    pub events: BTreeMap<String, EventRule>,
    /// Whom an `alias` call from a server means by `previousId`, where the value does not
    /// tell.
    pub previous_id: PreviousId,
    /// Whether the trait `phone` identifies a person. Leave it out where people write the
    /// number of their office: everybody who shares it would become one person.
    pub identify_by_phone: bool,
}

/// What an event means.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EventRule {
    /// A kind of the catalogue that this plugin may say, such as `form.submitted`.
    pub kind: String,
    /// Properties of that kind that the event does not say itself, or says otherwise.
    #[serde(default)]
    pub properties: Fields,
}

/// Whom `previousId` names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PreviousId {
    /// An earlier device: what a visitor was called before they signed up.
    #[default]
    Anonymous,
    /// An earlier user.
    User,
}

impl Config {
    /// Problems that the schema cannot express.
    pub(crate) fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        if let Some(endpoint) = self
            .endpoint
            .as_deref()
            .filter(|endpoint| split_endpoint(endpoint).is_none())
        {
            let message = format!("`{endpoint}` is no address such as https://listen.example.com/in/site/v1");
            problems.push(Problem::new("/endpoint", message));
        }
        let mut names: BTreeMap<String, &str> = BTreeMap::new();
        for (name, rule) in &self.events {
            let pointer = format!("/events/{}", name.replace('~', "~0").replace('/', "~1"));
            if !says::of_events().any(|kind| kind == rule.kind) {
                let kinds: Vec<&str> = says::of_events().collect();
                let message = format!(
                    "`{}` is no kind that an event can have; those are {}",
                    rule.kind,
                    kinds.join(", ")
                );
                problems.push(Problem::new(format!("{pointer}/kind"), message));
            }
            let normal = events::normal(name);
            if normal.is_empty() {
                problems.push(Problem::new(
                    &pointer,
                    "the name of an event has at least one letter or digit",
                ));
            } else if let Some(other) = names.insert(normal, name) {
                problems.push(Problem::new(
                    &pointer,
                    format!("`{name}` and `{other}` are the same event: keep one"),
                ));
            }
        }
        problems
    }
}

/// (scheme, the rest without a slash at its end), as Segment's browser SDK wants it.
pub(crate) fn split_endpoint(endpoint: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = endpoint.split_once("://")?;
    let rest = rest.trim_end_matches('/');
    let sound = matches!(scheme, "http" | "https")
        && !rest.is_empty()
        && !rest.starts_with('/')
        && !rest.contains(|c: char| c.is_whitespace() || c.is_control() || "?#\"'<>\\@".contains(c));
    sound.then_some((scheme, rest))
}

#[cfg(test)]
mod tests {
    use hearken_sdk::json::{self, json};

    use super::*;

    fn pointers(config: json::Value) -> Vec<String> {
        let config: Config = json::from_str("the configuration", &config.to_string()).unwrap();
        config.problems().into_iter().map(|problem| problem.pointer).collect()
    }

    #[test]
    fn an_empty_configuration_is_enough() {
        assert!(pointers(json!({})).is_empty());
    }

    #[test]
    fn every_mistake_is_pointed_at() {
        let config = json!({
            "endpoint": "listen.example.com",
            "events": {
                "Demo Requested": {"kind": "form.submitted", "properties": {"asks": "demo"}},
                "demo_requested": {"kind": "form.submitted"},
                "Sold/Won": {"kind": "deal.one"},
                "Login": {"kind": "person.identified"},
                "--": {"kind": "product.used"},
            },
        });
        let expected = [
            "/endpoint",
            "/events/--",
            "/events/Login/kind",
            "/events/Sold~1Won/kind",
            "/events/demo_requested",
        ];
        assert_eq!(pointers(config), expected);
    }

    #[test]
    fn an_endpoint_is_an_address_without_query() {
        let split = split_endpoint("https://listen.example.com/in/site/v1/");
        assert_eq!(split, Some(("https", "listen.example.com/in/site/v1")));
        for wrong in [
            "ftp://a.example",
            "https://",
            "https:///v1",
            "https://a.example/?x",
            "https://u@a.example",
            "a",
        ] {
            assert_eq!(split_endpoint(wrong), None, "{wrong}");
        }
    }
}
