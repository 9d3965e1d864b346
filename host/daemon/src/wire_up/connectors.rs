//! One connector: its plugin with the operator's settings, grants and limits.

use std::sync::Arc;

use hearken_config::{ConnectorWiring, IsolationWiring, LimitsWiring};
use hearken_sandbox::{Connector, ConnectorSpec, Grants, Isolation, Limits, Plugin, wire::Settings};

use super::{Problems, Purpose, grants, schema, secrets};

/// Connects a plugin, or notes what is in the way.
pub(super) async fn connect(
    wired: &ConnectorWiring,
    plugin: &Arc<Plugin>,
    vocabulary: &str,
    purpose: Purpose,
    found: &mut Problems<'_>,
) -> Option<Connector> {
    let needs = &plugin.manifest().needs;
    let before = found.diagnostics.len();
    if purpose != Purpose::Foresee {
        secrets::check(wired, needs, found);
    }
    grants::check(wired, needs, purpose, found);
    if !schema::check(wired, &plugin.manifest().config_schema, found) {
        return None;
    }
    let settings = Settings {
        config: wired.config.to_string(),
        vocabulary: if needs.vocabulary {
            vocabulary.to_owned()
        } else {
            "{}".to_owned()
        },
        extra: Vec::new(),
    };
    own_check(wired, plugin, settings.clone(), found).await;
    if found
        .diagnostics
        .iter()
        .skip(before)
        .any(|d| d.severity == hearken_config::Severity::Error)
    {
        return None;
    }
    // A folder that running would make is not there yet when the wiring is only checked.
    let folder = wired
        .grants
        .folder
        .clone()
        .filter(|f| needs.folder.is_some() && f.is_dir());
    let spec = ConnectorSpec {
        name: wired.name.clone(),
        settings,
        limits: limits(Limits::asked_by(needs), &wired.limits),
        grants: Grants {
            folder,
            mail: wired.grants.mail.is_some(),
        },
        isolation: match wired.isolation {
            IsolationWiring::Call => Isolation::Call,
            IsolationWiring::Connector { calls } => Isolation::Connector { calls },
        },
    };
    match plugin.connect(spec).await {
        Ok(connector) => Some(connector),
        Err(fault) => {
            let message = format!("plugin '{}' cannot be configured: {fault}", wired.plugin);
            found.error("config", &["connectors", &wired.name, "config"], message, "");
            None
        }
    }
}

/// What the plugin itself finds in its configuration.
async fn own_check(wired: &ConnectorWiring, plugin: &Arc<Plugin>, settings: Settings, found: &mut Problems<'_>) {
    match plugin.check(settings).await {
        Ok(problems) => {
            for (pointer, what) in problems {
                let place = found.places.config_value(&wired.name, &pointer);
                found.error_at("config", place, crate::output::clean(&what), "");
            }
        }
        Err(fault) => {
            let message = format!("plugin '{}' failed to check its configuration: {fault}", wired.plugin);
            found.error("config", &["connectors", &wired.name, "config"], message, "");
        }
    }
}

/// The operator's limits in place of what the manifest asks for.
fn limits(asked: Limits, set: &LimitsWiring) -> Limits {
    let bytes = |set: Option<u64>, asked: usize| set.map_or(asked, |b| usize::try_from(b).unwrap_or(usize::MAX));
    Limits {
        cpu: set.cpu.unwrap_or(asked.cpu),
        wall: set.wall.unwrap_or(asked.wall),
        memory_bytes: bytes(set.memory_bytes, asked.memory_bytes),
        output_bytes: bytes(set.output_bytes, asked.output_bytes),
        log_lines: set.log_lines.unwrap_or(asked.log_lines),
        in_flight: set.in_flight.unwrap_or(asked.in_flight),
        batch: set.batch.unwrap_or(asked.batch),
        ..asked
    }
}
