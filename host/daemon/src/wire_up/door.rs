//! How a webhook's requests are let in: its manifest's credentials with the operator's
//! secrets.

use hearken_config::ConnectorWiring;
use hearken_console::{Credential, Door, Found};
use hearken_sandbox::{Place, PlaceKind, Plugin, WebhookNeeds};

use super::Problems;

/// The door of a connector whose plugin is a webhook.
pub(super) fn door(wired: &ConnectorWiring, plugin: &Plugin, found: &mut Problems<'_>) -> Option<Door> {
    if !plugin.roles().webhook {
        return None;
    }
    // A webhook that says nothing about authentication lets nobody in.
    let needs = plugin.manifest().needs.webhook.clone().unwrap_or_default();
    let wrong = |found: &mut Problems<'_>, message: String| {
        let help = "the plugin's author has to mend its manifest";
        found.error("plugin", &["connectors", &wired.name, "plugin"], message, help);
    };
    let mut credentials = Vec::new();
    for credential in &needs.credentials {
        let places: Result<Vec<Found>, String> = credential.places.iter().map(place).collect();
        match (places, wired.secrets.get(&credential.name)) {
            (Ok(places), Some(secret)) => {
                credentials.push(Credential::new(
                    credential.name.clone(),
                    credential.public,
                    places,
                    secret.expose(),
                ));
            }
            (Ok(_), None) => {}
            (Err(what), _) => {
                wrong(
                    found,
                    format!(
                        "the credential '{}' of plugin '{}' {what}",
                        credential.name, wired.plugin
                    ),
                );
            }
        }
    }
    let most = max_body_bytes(wired, &needs);
    match Door::new(credentials, &needs.open, needs.cors, most) {
        Ok(door) => Some(door),
        Err(error) => {
            wrong(found, format!("plugin '{}': {error}", wired.plugin));
            None
        }
    }
}

fn max_body_bytes(wired: &ConnectorWiring, needs: &WebhookNeeds) -> usize {
    usize::try_from(wired.limits.body_bytes.unwrap_or(needs.max_body_bytes)).unwrap_or(usize::MAX)
}

fn place(place: &Place) -> Result<Found, String> {
    let name = |what: &str| {
        place
            .name
            .clone()
            .filter(|n| !n.is_empty())
            .ok_or(format!("names no {what}"))
    };
    match place.kind {
        PlaceKind::BasicUser => Ok(Found::BasicUser),
        PlaceKind::Bearer => Ok(Found::Bearer),
        PlaceKind::Header => name("header").map(Found::Header),
        PlaceKind::Query => name("parameter").map(Found::Query),
        PlaceKind::JsonField => name("JSON pointer").map(Found::JsonField),
        PlaceKind::Path => name("beginning of the path").map(Found::Path),
    }
}
