//! What of people a connector is shown, against what its plugin asks for.

use hearken_config::ConnectorWiring;
use hearken_engine::asked_by;
use hearken_sandbox::{Plugin, Roles};
use hearken_share::{Granted, Part, Share};
use serde_json::Value;

use super::{Problems, instead};

pub(super) fn check(wired: &ConnectorWiring, plugin: &Plugin, found: &mut Problems<'_>) {
    let roles = plugin.roles();
    let granted = &wired.grants.share;
    let Some(share) = share_of(roles, plugin, granted) else {
        if *granted != Granted::default() {
            let message = format!(
                "plugin '{}' is shown nothing of people, so sharing has no effect",
                wired.plugin
            );
            found.warning("share", &path(wired, &[]), message, "leave it out");
        }
        return;
    };
    for part in Part::ALL {
        without_effect(wired, plugin, &share, part, found);
        less_than_asked(wired, plugin, &share, part, found);
    }
}

/// As a scorer or router, if it is one: they are shown less than a sink.
fn share_of(roles: Roles, plugin: &Plugin, granted: &Granted) -> Option<Share> {
    let asked = asked_by(&plugin.manifest().needs.reads);
    if roles.scorer || roles.router {
        Some(Share::with_thinker(&asked, granted))
    } else {
        roles.sink.then(|| Share::with_sink(&asked, granted))
    }
}

fn path<'a>(wired: &'a ConnectorWiring, below: &[&'a str]) -> Vec<&'a str> {
    [&["connectors", wired.name.as_str(), "grants", "share"], below].concat()
}

fn without_effect(wired: &ConnectorWiring, plugin: &Plugin, share: &Share, part: Part, found: &mut Problems<'_>) {
    let asked = asked_by(&plugin.manifest().needs.reads);
    for (i, name) in part.granted(&wired.grants.share).unwrap_or_default().iter().enumerate() {
        // A star alone grants whatever is asked for, which may be nothing today.
        if name == "*" || share.asks_for(part, name) {
            continue;
        }
        let message = format!(
            "plugin '{}' asks for no {} '{name}', so sharing it has no effect",
            wired.plugin,
            word(part)
        );
        let known = part.asked(&asked).iter().map(String::as_str);
        let help = instead(name, known, "it asks for none");
        found.warning("share", &path(wired, &[part.key(), &i.to_string()]), message, help);
    }
}

fn less_than_asked(wired: &ConnectorWiring, plugin: &Plugin, share: &Share, part: Part, found: &mut Problems<'_>) {
    let asked = asked_by(&plugin.manifest().needs.reads);
    let withheld = share.withheld(part, &asked);
    if withheld.is_empty() {
        return;
    }
    let message = format!(
        "plugin '{}' asks for {} that it is not shown: {}",
        wired.plugin,
        words(part),
        withheld.join(", ")
    );
    let help = format!(
        "grants.share.{} = {} would show it all; without it, it may work all the same",
        part.key(),
        Value::from(in_full(part, &withheld, &wired.grants.share)),
    );
    found.warning("share", &path(wired, &[part.key()]), message, help);
}

/// The list that shows what is withheld beside what is shown already.
fn in_full(part: Part, withheld: &[String], granted: &Granted) -> Vec<String> {
    let star = ["*".to_owned()];
    let already = match (part.granted(granted), part) {
        (Some(granted), _) => granted,
        // By default: all but what has to be named.
        (None, Part::Traits | Part::Properties) => &star,
        (None, Part::Identities | Part::Query) => &[],
    };
    let new = withheld.iter().filter(|name| {
        let covered = already.iter().any(|a| a == "*") && part == Part::Properties;
        !covered || hearken_share::is_direct_identifier(name)
    });
    let mut all: Vec<String> = already.iter().chain(new).cloned().collect();
    all.dedup();
    all
}

/// The grant that shows a plugin all that it asks for, as TOML to paste; none where it is shown
/// that by default.
pub(crate) fn share_grant(plugin: &Plugin) -> Option<String> {
    let nothing = Granted::default();
    let share = share_of(plugin.roles(), plugin, &nothing)?;
    let asked = asked_by(&plugin.manifest().needs.reads);
    let lists = Part::ALL.iter().filter_map(|part| {
        let withheld = share.withheld(*part, &asked);
        let list = Value::from(in_full(*part, &withheld, &nothing));
        (!withheld.is_empty()).then(|| format!("{} = {list}", part.key()))
    });
    let lists: Vec<String> = lists.collect();
    (!lists.is_empty()).then(|| format!("grants.share = {{ {} }}\n", lists.join(", ")))
}

fn word(part: Part) -> &'static str {
    match part {
        Part::Traits => "trait",
        Part::Identities => "identities of scheme",
        Part::Query => "query parameter",
        Part::Properties => "property",
    }
}

fn words(part: Part) -> &'static str {
    match part {
        Part::Traits => "traits",
        Part::Identities => "identities of schemes",
        Part::Query => "query parameters",
        Part::Properties => "properties",
    }
}
