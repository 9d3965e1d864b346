//! The TOML that would allow what was denied.

use std::net::SocketAddr;

use crate::{HostPattern, Rule, Scheme};

/// An entry of `grants.http` for a rule and the secrets that go there.
#[must_use]
pub fn grant<'a>(rule: &Rule, secrets: impl IntoIterator<Item = &'a str>) -> String {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let list = |words: Vec<&str>| format!("[{}]", words.into_iter().map(quoted).collect::<Vec<_>>().join(", "));
    let host = |rule: &Rule| match &rule.host {
        HostPattern::Named => "\"…\"".to_owned(),
        pattern => quoted(&pattern.to_string()),
    };
    let mut keys = vec![format!("host = {}", host(rule))];
    if rule.scheme == Scheme::Http {
        keys.push("scheme = \"http\"".into());
    }
    if let Some(port) = rule.port.filter(|port| *port != rule.scheme.port()) {
        keys.push(format!("port = {port}"));
    }
    let methods = rule.methods.words();
    if !methods.is_empty() {
        keys.push(format!("methods = {}", list(methods)));
    }
    let path = rule.path.to_string();
    if path != "/" {
        keys.push(format!("path = {}", quoted(&path)));
    }
    if rule.host.is_wildcard() {
        keys.push("allow-wildcard = true".into());
    }
    let secrets: Vec<&str> = secrets.into_iter().collect();
    if !secrets.is_empty() {
        keys.push(format!("secrets = {}", list(secrets)));
    }
    format!("{{ {} }}", keys.join(", "))
}

/// What grants a rule to a connector.
pub(crate) fn http(connector: &str, rule: &Rule, secrets: &[String]) -> String {
    let entry = grant(rule, secrets.iter().map(String::as_str));
    format!("[connectors.{connector}.grants]\nhttp = [{entry}]")
}

/// What opens an address to a connector.
pub(crate) fn opened(connector: &str, address: SocketAddr) -> String {
    format!("[connectors.{connector}.grants]\nallow-private = [\"{address}\"]")
}
