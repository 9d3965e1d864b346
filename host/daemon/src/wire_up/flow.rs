//! Who scores, who routes, and whether the sinks can carry what they are meant to.

use hearken_config::{Carrier, Wiring};
use hearken_sandbox::Roles;

use super::{Plugins, Problems};

/// The word under which a sink declares that it takes hand-overs.
const HAND_OVER: &str = "hand-over";

/// Checks roles, and fills in scorers and router where the configuration names none.
pub(super) fn complete(wiring: &mut Wiring, plugins: &Plugins, found: &mut Problems<'_>) {
    scorers(wiring, plugins, found);
    router(wiring, plugins, found);
    for (name, channel) in &wiring.channels {
        match &channel.carrier {
            Carrier::Sink(connector) => sink(plugins, connector, name, &["channels", name, "sink"], found),
            Carrier::Page(connector) => page(wiring, plugins, connector, &channel.address, name, found),
        }
    }
    for (name, team) in &wiring.teams {
        sink(plugins, &team.sink, HAND_OVER, &["teams", name, "sink"], found);
    }
}

fn scorers(wiring: &mut Wiring, plugins: &Plugins, found: &mut Problems<'_>) {
    for (name, _) in &wiring.flow.scorers {
        role(plugins, name, "scorer", |r| r.scorer, &["flow", "scorers", name], found);
    }
    if wiring.flow.scorers.is_empty() {
        wiring.flow.scorers = with_role(plugins, |r| r.scorer)
            .map(|name| (name.to_owned(), 1.0))
            .collect();
    }
}

fn router(wiring: &mut Wiring, plugins: &Plugins, found: &mut Problems<'_>) {
    if let Some(name) = &wiring.flow.router {
        role(plugins, name, "router", |r| r.router, &["flow", "router"], found);
        return;
    }
    let routers: Vec<&str> = with_role(plugins, |r| r.router).collect();
    match routers.as_slice() {
        [only] => wiring.flow.router = Some((*only).to_owned()),
        // With a plugin missing, who routes is known only once it is there.
        [] if plugins.len() == wiring.connectors.len() => {
            let message = "no connector is a router, so nothing will ever be decided".to_owned();
            found.warning("router", &["flow"], message, "connect one, such as 'facilitator'");
        }
        [] => {}
        several => {
            let message = format!("{} are routers, and one has to route", several.join(" and "));
            found.error(
                "router",
                &["flow"],
                message,
                format!("say which: [flow] router = \"{}\"", several[0]),
            );
        }
    }
}

fn with_role(plugins: &Plugins, has: impl Fn(Roles) -> bool) -> impl Iterator<Item = &str> {
    plugins
        .iter()
        .filter(move |(_, p)| has(p.roles()))
        .map(|(name, _)| name.as_str())
}

fn role(
    plugins: &Plugins,
    connector: &str,
    role: &str,
    has: impl Fn(Roles) -> bool,
    path: &[&str],
    found: &mut Problems<'_>,
) -> bool {
    // A connector whose plugin could not be loaded was told already.
    let Some(plugin) = plugins.get(connector) else {
        return false;
    };
    if has(plugin.roles()) {
        return true;
    }
    let message = format!("connector '{connector}' is no {role}; its plugin is {}", plugin.roles());
    let others: Vec<&str> = with_role(plugins, has).collect();
    let help = if others.is_empty() {
        format!("connect a {role}")
    } else {
        format!("there is {}", others.join(", "))
    };
    found.error("role", path, message, help);
    false
}

/// Whether a site's pages can report to `connector`, and it is nothing else beside.
fn page(wiring: &Wiring, plugins: &Plugins, connector: &str, scheme: &str, channel: &str, found: &mut Problems<'_>) {
    let path = ["channels", channel, "page"];
    if !role(plugins, connector, "webhook", |r| r.webhook, &path, found) {
        return;
    }
    let Some(plugin) = plugins.get(connector) else {
        return;
    };
    let needs = &plugin.manifest().needs;
    let webhook = needs.webhook.clone().unwrap_or_default();
    if !webhook.cors || !webhook.credentials.iter().any(|c| c.public) {
        let message = format!("pages cannot report to '{connector}': its plugin lets no browser in with a public key");
        found.error("page", &path, message, "the plugin 'site' is made for this");
    }
    if !needs.may_identify.contains_key(scheme) {
        let message = format!("the plugin of '{connector}' knows nobody by '{scheme}', as pages do");
        found.error("page", &path, message, "the plugin 'site' is made for this");
    }
    let sinks = wiring.channels.values().filter_map(|c| match &c.carrier {
        Carrier::Sink(sink) => Some(sink),
        Carrier::Page(_) => None,
    });
    if sinks
        .chain(wiring.teams.values().map(|t| &t.sink))
        .any(|s| s == connector)
    {
        let message = format!("'{connector}' is a sink here and what pages report to there");
        found.error("page", &path, message, "make two connectors of it");
    }
}

/// Whether `connector` is a sink that can carry `channel`.
fn sink(plugins: &Plugins, connector: &str, channel: &str, path: &[&str], found: &mut Problems<'_>) {
    if !role(plugins, connector, "sink", |r| r.sink, path, found) {
        return;
    }
    let Some(plugin) = plugins.get(connector) else {
        return;
    };
    let carried = &plugin.manifest().needs.channels;
    if !carried.iter().any(|c| c == "*" || c == channel) {
        let message = format!("the sink '{connector}' does not carry '{channel}'");
        found.error("channel", path, message, format!("it carries {}", carried.join(", ")));
    }
}
