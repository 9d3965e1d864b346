//! One connector: its plugin with the operator's settings, grants and limits.

use std::{sync::Arc, time::Duration};

use hearken_config::{ConnectorWiring, IsolationWiring, LimitsWiring};
use hearken_egress::{Egress, Outlet};
use hearken_sandbox::{Connector, ConnectorSpec, Grants, Http, Isolation, Limits, Needs, Plugin, wire::Settings};

use super::{Problems, Purpose, Reads, grants, outlets, schema, secrets};
use crate::way_out::Joined;

/// Connects a plugin, or notes what is in the way.
pub(super) async fn connect(
    wired: &ConnectorWiring,
    plugin: &Arc<Plugin>,
    vocabulary: &str,
    reads: Reads<'_>,
    egress: &Egress,
    found: &mut Problems<'_>,
) -> Option<Connector> {
    let needs = &plugin.manifest().needs;
    let before = found.diagnostics.len();
    if !matches!(reads, Reads::Granted(Purpose::Foresee)) {
        secrets::check(wired, needs, found);
    }
    grants::check(wired, plugin, reads, found);
    less_than_asked(wired, needs, found);
    without_network(wired, plugin, found);
    if !schema::check(wired, &plugin.manifest().config_schema, found) {
        return None;
    }
    let purpose = match reads {
        Reads::Granted(purpose) => purpose,
        Reads::File(_) => Purpose::Run,
    };
    let outlet = outlets::outlet(wired, needs, egress, purpose, found);
    let settings = Settings {
        config: with_placeholders(wired, needs, outlet.as_ref()).to_string(),
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
    let folder = match reads {
        // A folder that running would make is not there yet when the wiring is only checked.
        Reads::Granted(_) => wired
            .grants
            .folder
            .clone()
            .filter(|f| needs.folder.is_some() && f.is_dir()),
        Reads::File(file) => Some(file.to_owned()),
    };
    let spec = ConnectorSpec {
        name: wired.name.clone(),
        settings,
        limits: limits(Limits::asked_by(needs), &wired.limits),
        grants: Grants {
            folder,
            mail: wired.grants.mail.is_some(),
            // An import only stores.
            http: outlet
                .filter(|_| matches!(reads, Reads::Granted(_)))
                .map(|outlet| Arc::new(Joined(outlet)) as Arc<dyn Http>),
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

/// The configuration with `secrets`: a placeholder for each secret for calls out, by its
/// name. It is put in after the configuration was checked: it is not the operator's to write.
fn with_placeholders(wired: &ConnectorWiring, needs: &Needs, outlet: Option<&Outlet>) -> serde_json::Value {
    let mut config = wired.config.clone();
    if needs.secrets.is_empty() {
        return config;
    }
    let placeholders = outlet.map(Outlet::placeholders).unwrap_or_default();
    if let Some(config) = config.as_object_mut() {
        config.insert("secrets".into(), serde_json::json!(placeholders));
    }
    config
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

/// Says where a plugin is given less than it says it needs: it may work all the same.
fn less_than_asked(wired: &ConnectorWiring, needs: &Needs, found: &mut Problems<'_>) {
    let (set, asked) = (&wired.limits, &needs.limits);
    let millis = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    let all = [
        ("cpu", set.cpu.map(millis), asked.cpu_ms, "ms of CPU time"),
        ("wall", set.wall.map(millis), asked.wall_ms, "ms of wall time"),
        ("memory", set.memory_bytes, asked.memory_bytes, "bytes of memory"),
    ];
    for (key, set, asked, what) in all {
        if let (Some(given), Some(asked)) = (set, asked)
            && given < asked
        {
            let message = format!("plugin '{}' asks for {asked} {what} and is given {given}", wired.plugin);
            let help = format!("limits.{key} that is left out gives it what it asks for");
            found.warning("limits", &["connectors", &wired.name, "limits", key], message, help);
        }
    }
}

/// Says where what a plugin asks for is never given, whatever is granted.
fn without_network(wired: &ConnectorWiring, plugin: &Plugin, found: &mut Problems<'_>) {
    let roles = plugin.roles();
    let thinks_only = !(roles.source || roles.webhook || roles.sink || roles.reconciler);
    if thinks_only && !plugin.manifest().needs.hosts.is_empty() {
        let message = format!(
            "plugin '{}' wants to call hosts; scorers and routers are given no network, so its calls are denied",
            wired.plugin
        );
        found.warning("network", &["connectors", &wired.name, "plugin"], message, "");
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
        log_bytes: bytes(set.log_bytes, asked.log_bytes),
        http_calls: set.http_calls.unwrap_or(asked.http_calls),
        in_flight: set.in_flight.unwrap_or(asked.in_flight),
        batch: set.batch.unwrap_or(asked.batch),
        ..asked
    }
}
