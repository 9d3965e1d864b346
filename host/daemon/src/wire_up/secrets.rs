//! The secrets that a manifest declares against those that the operator gives.

use hearken_config::ConnectorWiring;
use hearken_sandbox::{Credential, Needs};

use super::{Problems, instead};

pub(super) fn check(wired: &ConnectorWiring, needs: &Needs, found: &mut Problems<'_>) {
    let credentials: Vec<&Credential> = needs.webhook.iter().flat_map(|w| &w.credentials).collect();
    let inbound = credentials.iter().map(|c| (c.name.clone(), c.optional));
    let outbound = needs.secrets.iter().map(|s| (s.name.clone(), s.optional));
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
        let help = instead(name, declared.iter().map(|(d, _)| d.as_str()), "it takes none");
        found.error("secret", &["connectors", &wired.name, "secrets", name], message, help);
    }
    different(wired, &credentials, found);
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
