//! The secrets and tokens that a manifest declares against those that the operator gives.

use hearken_config::ConnectorWiring;
use hearken_sandbox::{Credential, Needs, SecretUse};

use super::{Problems, instead};

pub(super) fn check(wired: &ConnectorWiring, needs: &Needs, found: &mut Problems<'_>) {
    let credentials: Vec<&Credential> = needs.webhook.iter().flat_map(|w| &w.credentials).collect();
    let inbound = credentials.iter().map(|c| (c.name.clone(), c.optional));
    let given = needs.secrets.iter().filter(|s| s.used_as != SecretUse::Token);
    let outbound = given.map(|s| (s.name.clone(), s.optional));
    let replaced = credentials.iter().map(|c| (c.previous(), true));
    let declared: Vec<(String, bool)> = inbound.chain(outbound).chain(replaced).collect();
    for (name, optional) in &declared {
        if !optional && !wired.secrets.contains_key(name) {
            let message = format!(
                "connector '{}' lacks the secret '{name}' of plugin '{}'",
                wired.name, wired.plugin
            );
            let variable = format!("{}_{name}", wired.name).to_uppercase().replace('-', "_");
            let help = format!("secrets.{name} = {{ env = \"{variable}\" }}, or {{ file = \"…\" }}, {{ dir = \"…\" }}");
            found.error("secret", &["connectors", &wired.name], message, help);
        }
    }
    for name in wired.secrets.keys().filter(|n| !declared.iter().any(|(d, _)| d == *n)) {
        let message = format!("plugin '{}' knows no secret '{name}'", wired.plugin);
        let help = if token_names(needs).any(|token| token == name) {
            format!(
                "it is a token that the host asks for: [connectors.{}.tokens.{name}]",
                wired.name
            )
        } else {
            instead(name, declared.iter().map(|(d, _)| d.as_str()), "it takes none")
        };
        found.error("secret", &["connectors", &wired.name, "secrets", name], message, help);
    }
    tokens(wired, needs, found);
    different(wired, &credentials, found);
}

fn token_names(needs: &Needs) -> impl Iterator<Item = &str> {
    let tokens = needs.secrets.iter().filter(|s| s.used_as == SecretUse::Token);
    tokens.map(|s| s.name.as_str())
}

fn tokens(wired: &ConnectorWiring, needs: &Needs, found: &mut Problems<'_>) {
    let needed = needs
        .secrets
        .iter()
        .filter(|s| !s.optional && s.used_as == SecretUse::Token);
    for name in needed.map(|s| &s.name).filter(|name| !wired.tokens.contains_key(*name)) {
        let message = format!(
            "connector '{}' lacks the token '{name}' of plugin '{}'",
            wired.name, wired.plugin
        );
        let help = format!(
            "[connectors.{}.tokens.{name}] with endpoint, grant, client-id and client-secret; see docs/egress.md",
            wired.name
        );
        found.error("token", &["connectors", &wired.name], message, help);
    }
    for name in wired
        .tokens
        .keys()
        .filter(|name| !token_names(needs).any(|t| t == *name))
    {
        let message = format!("plugin '{}' knows no token '{name}'", wired.plugin);
        let help = instead(name, token_names(needs), "it takes none");
        found.error("token", &["connectors", &wired.name, "tokens", name], message, help);
    }
}

/// Two credentials that are shown with the same value would make it a matter of order what a
/// request proves: one of them may be public. Signatures say by their form which one is
/// meant.
fn different(wired: &ConnectorWiring, credentials: &[&Credential], found: &mut Problems<'_>) {
    let shown: Vec<(&str, String)> = credentials
        .iter()
        .filter(|c| c.signature.is_none())
        .flat_map(|c| [(c.name.as_str(), c.name.clone()), (c.name.as_str(), c.previous())])
        .collect();
    for (i, (owner, first)) in shown.iter().enumerate() {
        for (_, second) in shown.iter().skip(i + 1).filter(|(other, _)| other != owner) {
            if let (Some(x), Some(y)) = (wired.secrets.get(first), wired.secrets.get(second))
                && x.expose() == y.expose()
            {
                let message = format!("the secrets '{first}' and '{second}' have the same value");
                let help = "give each a value of its own; they prove different things";
                found.error("secret", &["connectors", &wired.name, "secrets", second], message, help);
            }
        }
    }
}
