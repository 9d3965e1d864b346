//! What may leave, and to whom: from the grants, before anything has left.

use hearken_config::{Configuration, ConnectorWiring, Diagnostic, Severity};
use hearken_egress::Allowed;
use hearken_sandbox::{Needs, Plugin};

use super::{Problems, Purpose, outlets, plugins, sandbox, way_out};

/// What one connector may send, and what it knows.
pub struct Leaving {
    /// Its name.
    pub connector: String,
    /// Its plugin.
    pub plugin: String,
    /// What is declared and granted.
    pub calls: Vec<Allowed>,
    /// The relay that it mails through.
    pub relay: Option<String>,
    /// Addresses that are not public and are opened.
    pub private: Vec<String>,
    /// The proxy that its calls go through.
    pub proxy: Option<String>,
    /// What it is given of people, which may be in what it sends; a sentence each.
    pub given: Vec<String>,
}

/// What may leave under a configuration; of connectors that send nothing there is nothing.
///
/// # Errors
/// Only where the sandbox itself cannot be had, as for [`wire_up`](super::wire_up).
pub async fn may_leave(configuration: Configuration) -> anyhow::Result<(Vec<Diagnostic>, Option<Vec<Leaving>>)> {
    let Configuration { wiring, places } = configuration;
    let sandbox = sandbox(wiring.data_dir.join("compiled"))?;
    let mut found = Problems {
        places: &places,
        diagnostics: Vec::new(),
    };
    let (egress, _) = way_out();
    let mut all = Vec::new();
    for (name, plugin) in &plugins::load_all(&sandbox, &wiring, &mut found).await {
        let Some(wired) = wiring.connectors.get(name) else {
            continue;
        };
        let needs = &plugin.manifest().needs;
        let outlet = outlets::outlet(wired, needs, &egress, Purpose::Foresee, &mut found);
        let calls = outlet.map(|outlet| outlet.allowed().to_vec()).unwrap_or_default();
        if !calls.is_empty() || wired.grants.mail.is_some() {
            all.push(leaving(wired, plugin, calls));
        }
    }
    found.diagnostics.retain(|d| d.severity == Severity::Error);
    let failed = !found.diagnostics.is_empty();
    Ok((found.diagnostics, (!failed).then_some(all)))
}

fn leaving(wired: &ConnectorWiring, plugin: &Plugin, calls: Vec<Allowed>) -> Leaving {
    Leaving {
        connector: wired.name.clone(),
        plugin: plugin.manifest().name.clone(),
        calls,
        relay: wired.grants.mail.clone(),
        private: wired.grants.allow_private.iter().map(ToString::to_string).collect(),
        proxy: wired.grants.proxy.as_ref().map(|proxy| proxy.url.clone()),
        given: given(plugin, &plugin.manifest().needs),
    }
}

fn given(plugin: &Plugin, needs: &Needs) -> Vec<String> {
    let (roles, mut given) = (plugin.roles(), Vec::new());
    if roles.sink {
        given.push("actions with their texts and the addresses that they go to".to_owned());
        if !needs.reads.traits.is_empty() {
            given.push(format!("traits of verified people: {}", needs.reads.traits.join(", ")));
        }
    }
    if roles.webhook {
        given.push("requests that come to it".to_owned());
    }
    if roles.reconciler {
        given.push("actions whose fate is unknown".to_owned());
    }
    given
}
