//! The secrets that a manifest declares against those that the operator gives.

use hearken_config::ConnectorWiring;
use hearken_sandbox::Needs;

use super::{Problems, instead};

pub(super) fn check(wired: &ConnectorWiring, needs: &Needs, found: &mut Problems<'_>) {
    let inbound = needs
        .webhook
        .iter()
        .flat_map(|w| &w.credentials)
        .map(|c| (c.name.as_str(), c.optional));
    let outbound = needs.secrets.iter().map(|s| (s.name.as_str(), s.optional));
    let declared: Vec<(&str, bool)> = inbound.chain(outbound).collect();
    for (name, optional) in &declared {
        if !optional && !wired.secrets.contains_key(*name) {
            let message = format!(
                "connector '{}' lacks the secret '{name}' of plugin '{}'",
                wired.name, wired.plugin
            );
            let variable = format!("{}_{name}", wired.name).to_uppercase().replace('-', "_");
            let help = format!("secrets.{name} = {{ env = \"{variable}\" }}, or {{ file = \"…\" }}");
            found.error("secret", &["connectors", &wired.name], message, help);
        }
    }
    for name in wired.secrets.keys().filter(|n| !declared.iter().any(|(d, _)| d == n)) {
        let message = format!("plugin '{}' knows no secret '{name}'", wired.plugin);
        let help = instead(name, declared.iter().map(|(d, _)| *d), "it takes none");
        found.error("secret", &["connectors", &wired.name, "secrets", name], message, help);
    }
    // Two credentials of the same value would make it a matter of order what a request
    // proves: one of them may be public.
    let credentials: Vec<&str> = needs
        .webhook
        .iter()
        .flat_map(|w| &w.credentials)
        .map(|c| c.name.as_str())
        .collect();
    for (i, first) in credentials.iter().enumerate() {
        for second in credentials.iter().skip(i + 1) {
            if let (Some(x), Some(y)) = (wired.secrets.get(*first), wired.secrets.get(*second))
                && x.expose() == y.expose()
            {
                let message = format!("the secrets '{first}' and '{second}' have the same value");
                let help = "give each a value of its own; they prove different things";
                found.error("secret", &["connectors", &wired.name, "secrets", second], message, help);
            }
        }
    }
}
