//! How a webhook's requests are let in: its manifest's credentials with the operator's
//! secrets.

use hearken_config::ConnectorWiring;
use hearken_console::{Credential, Door, DoorSettings, Standing};
use hearken_sandbox::{Credential as Declared, Plugin, WebhookNeeds};

use super::Problems;

/// The door of a connector whose plugin is a webhook.
pub(super) fn door(wired: &ConnectorWiring, plugin: &Plugin, found: &mut Problems<'_>) -> Option<Door> {
    if !plugin.roles().webhook {
        return None;
    }
    // A webhook that says nothing about authentication lets nobody in.
    let needs = plugin.manifest().needs.webhook.clone().unwrap_or_default();
    let credentials = needs.credentials.iter();
    let settings = DoorSettings {
        credentials: credentials.filter_map(|c| credential(wired, c, found)).collect(),
        max_body_bytes: max_body_bytes(wired, &needs),
        challenges: needs.challenges,
        open: needs.open,
        cors: needs.cors,
        public_url: wired.public_url.clone(),
    };
    match Door::new(settings) {
        Ok(door) => Some(door),
        Err(error) => {
            let message = format!("plugin '{}': {error}", wired.plugin);
            let help = "the plugin's author has to mend its manifest";
            found.error("plugin", &["connectors", &wired.name, "plugin"], message, help);
            None
        }
    }
}

/// A credential with the secrets that are valid: its own, and the one before it.
fn credential(wired: &ConnectorWiring, declared: &Declared, found: &mut Problems<'_>) -> Option<Credential> {
    let names = [declared.name.clone(), declared.previous()];
    let (names, secrets): (Vec<&str>, Vec<&str>) = names
        .iter()
        .filter_map(|name| Some((name.as_str(), wired.secrets.get(name)?.expose())))
        .unzip();
    let scheme = declared.scheme();
    let in_use = !declared.optional || !secrets.is_empty();
    if in_use && scheme.signs_url() && wired.public_url.is_none() {
        let message = format!(
            "the vendor of plugin '{}' signs the address that it calls, and nothing says what it is",
            wired.plugin
        );
        let help = format!(
            "public-url = \"https://hooks.example.com/in/{}\", as it is written at the vendor",
            wired.name
        );
        found.error("public-url", &["connectors", &wired.name], message, help);
    }
    match Credential::new(declared.name.clone(), standing(declared), scheme, &secrets) {
        Ok(credential) => Some(credential),
        Err((place, error)) => {
            let name = names.get(place).copied().unwrap_or_default();
            let message = format!(
                "the secret '{name}' of connector '{}' does not fit: {error}",
                wired.name
            );
            let help = "copy it again from where the vendor shows it";
            found.error("secret", &["connectors", &wired.name, "secrets", name], message, help);
            None
        }
    }
}

fn standing(declared: &Declared) -> Standing {
    match (declared.challenges_only, declared.public) {
        (true, _) => Standing::Challenges,
        (false, true) => Standing::Public,
        (false, false) => Standing::Secret,
    }
}

fn max_body_bytes(wired: &ConnectorWiring, needs: &WebhookNeeds) -> usize {
    usize::try_from(wired.limits.body_bytes.unwrap_or(needs.max_body_bytes)).unwrap_or(usize::MAX)
}
