//! What may leave, and to whom: from the grants, before anything has left.

use hearken_config::{Configuration, ConnectorWiring, Diagnostic, Severity};
use hearken_egress::Allowed;
use hearken_engine::asked_by;
use hearken_sandbox::{Needs, Plugin, Reads};
use hearken_share::{Granted, Part, Share};

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
        given: given(plugin, &wired.grants.share),
    }
}

fn given(plugin: &Plugin, granted: &Granted) -> Vec<String> {
    let (roles, needs, mut given) = (plugin.roles(), &plugin.manifest().needs, Vec::new());
    if roles.sink {
        given.push("actions with their texts and the addresses that they go to".to_owned());
        given.extend(traits(&needs.reads, granted));
        given.extend(of_hand_overs(needs, granted));
    }
    if roles.webhook {
        given.push("requests that come to it".to_owned());
    }
    if roles.reconciler {
        given.push("actions whose fate is unknown".to_owned());
    }
    given
}

/// The traits that a sink is given, of those that it asks for.
fn traits(reads: &Reads, granted: &Granted) -> Option<String> {
    let asked = asked_by(reads);
    let withheld = Share::with_sink(&asked, granted).withheld(Part::Traits, &asked);
    let given: Vec<&str> = reads
        .traits
        .iter()
        .filter(|t| !withheld.contains(t))
        .map(String::as_str)
        .collect();
    // Of a plugin that asks for all traits, those are given that are granted.
    let given = match (given.as_slice(), &granted.traits) {
        ([], Some(some)) if withheld.iter().any(|t| t == "*") => some.iter().map(String::as_str).collect(),
        _ => given,
    };
    (!given.is_empty()).then(|| format!("traits of verified people: {}", given.join(", ")))
}

/// The names of people that a sink of hand-overs is given.
fn of_hand_overs(needs: &Needs, granted: &Granted) -> Option<String> {
    let takes = needs.channels.iter().any(|c| c == "hand-over" || c == "*");
    let of = match &granted.identities {
        None => "everything that a person is known by".to_owned(),
        Some(schemes) if schemes.is_empty() => return None,
        Some(schemes) => format!("what a person is known by: {}", schemes.join(", ")),
    };
    takes.then(|| format!("with hand-overs, {of}"))
}
