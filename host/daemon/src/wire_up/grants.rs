//! What the operator grants against what the manifest declares.

use hearken_config::ConnectorWiring;
use hearken_sandbox::{Folder, Needs, Plugin};

use super::{Problems, Purpose, Reads, instead, sharing};

pub(super) fn check(wired: &ConnectorWiring, plugin: &Plugin, reads: Reads<'_>, found: &mut Problems<'_>) {
    let needs = &plugin.manifest().needs;
    may_say(wired, needs, found);
    may_identify(wired, needs, found);
    if let Reads::Granted(purpose) = reads {
        folder(wired, plugin, purpose, found);
    }
    mail(wired, needs, found);
    sharing::check(wired, plugin, found);
}

fn mail(wired: &ConnectorWiring, needs: &Needs, found: &mut Problems<'_>) {
    let path = ["connectors", wired.name.as_str(), "grants", "mail"];
    match (&wired.grants.mail, needs.mail) {
        (None, true) => {
            let message = format!("plugin '{}' sends mail and is granted no relay", wired.plugin);
            let help = "grants.mail = \"main\", and [relays.main] says how the relay is reached";
            found.error("grant", &path, message, help);
        }
        (Some(_), false) => {
            let message = format!(
                "plugin '{}' sends no mail, so granting a relay has no effect",
                wired.plugin
            );
            found.warning("grant", &path, message, "leave it out");
        }
        _ => {}
    }
}

fn may_say(wired: &ConnectorWiring, needs: &Needs, found: &mut Problems<'_>) {
    for (i, kind) in wired.grants.may_say.iter().flatten().enumerate() {
        if !needs.may_say.iter().any(|declared| overlap(declared, kind)) {
            let message = format!(
                "plugin '{}' never says '{kind}', so granting it has no effect",
                wired.plugin
            );
            let help = instead(kind, needs.may_say.iter().map(String::as_str), "it says nothing");
            found.error(
                "grant",
                &["connectors", &wired.name, "grants", "may-say", &i.to_string()],
                message,
                help,
            );
        }
    }
}

fn may_identify(wired: &ConnectorWiring, needs: &Needs, found: &mut Problems<'_>) {
    for scheme in wired.grants.may_identify.iter().flat_map(|m| m.keys()) {
        if !needs.may_identify.contains_key(scheme) && !needs.may_identify.contains_key("*") {
            let message = format!("plugin '{}' never reports '{scheme}' identities", wired.plugin);
            let help = instead(scheme, needs.may_identify.keys().map(String::as_str), "it reports none");
            found.error(
                "grant",
                &["connectors", &wired.name, "grants", "may-identify", scheme],
                message,
                help,
            );
        }
    }
}

fn folder(wired: &ConnectorWiring, plugin: &Plugin, purpose: Purpose, found: &mut Problems<'_>) {
    let needs = &plugin.manifest().needs;
    let path = ["connectors", wired.name.as_str(), "grants", "folder"];
    match (&wired.grants.folder, needs.folder) {
        // A source without a folder is there for `hearken import`.
        (None, Some(Folder::Read)) if plugin.roles().source => {}
        (None, Some(_)) => {
            let message = format!("plugin '{}' works on a folder and is granted none", wired.plugin);
            found.error("grant", &path, message, "grants.folder = \"path/of/the/folder\"");
        }
        (Some(_), None) => {
            let message = format!(
                "plugin '{}' uses no folder, so granting one has no effect",
                wired.plugin
            );
            found.warning("grant", &path, message, "leave it out");
        }
        (Some(folder), Some(Folder::Create)) if !folder.is_dir() => {
            if purpose == Purpose::Run
                && let Err(error) = std::fs::create_dir_all(folder)
            {
                let message = format!("the folder {} cannot be made: {error}", folder.display());
                found.error("grant", &path, message, "");
            } else if folder.exists() && !folder.is_dir() {
                found.error("grant", &path, format!("{} is no folder", folder.display()), "");
            }
        }
        (Some(folder), Some(Folder::Read)) if !folder.is_dir() => {
            found.error(
                "grant",
                &path,
                format!("there is no folder {}", folder.display()),
                "check the path",
            );
        }
        _ => {}
    }
}

/// Whether some kind of signal falls under both; a trailing `*` stands for any rest.
fn overlap(one: &str, other: &str) -> bool {
    match (one.strip_suffix('*'), other.strip_suffix('*')) {
        (None, None) => one == other,
        (Some(begins), None) => other.starts_with(begins),
        (None, Some(begins)) => one.starts_with(begins),
        (Some(x), Some(y)) => x.starts_with(y) || y.starts_with(x),
    }
}

#[cfg(test)]
mod tests {
    use super::overlap;

    #[test]
    fn a_grant_has_an_effect_where_it_overlaps_what_is_declared() {
        for (declared, granted) in [
            ("page.*", "page.viewed"),
            ("page.viewed", "page.*"),
            ("*", "x"),
            ("page.*", "p*"),
            ("x", "x"),
        ] {
            assert!(overlap(declared, granted), "{declared} {granted}");
        }
        for (declared, granted) in [
            ("page.*", "search.performed"),
            ("page.viewed", "page.left"),
            ("page.*", "search.*"),
        ] {
            assert!(!overlap(declared, granted), "{declared} {granted}");
        }
    }
}
