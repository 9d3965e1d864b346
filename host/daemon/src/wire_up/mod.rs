//! From a configuration to connected plugins: what the configuration crate cannot know,
//! because it knows no plugin.
//!
//! Each connector's plugin is found and loaded, its configuration checked against the
//! plugin's schema and by the plugin itself, its secrets and grants against the manifest;
//! then what refers to connectors (flow, channels, teams) against their roles. All problems
//! are collected, each with its place in the TOML. `hearken check` does the same as
//! `hearken run`, and stops there.

mod connectors;
mod door;
mod flow;
mod grants;
mod leaving;
pub(crate) mod outlets;
pub(crate) mod plugins;
mod relays;
mod schema;
mod secrets;
mod sharing;
mod tokens;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::Context;
use hearken_config::{Configuration, Diagnostic, Place, Places, Severity, Wiring};
use hearken_console::Door;
use hearken_egress::{Egress, SystemLookup};
use hearken_engine::{Parts, SystemClock};
use hearken_links::Links;
use hearken_mail::Relay;
use hearken_sandbox::{Connector, Plugin, Sandbox, SandboxOptions};
use hearken_store::Store;

pub use crate::way_out::Rows;
use crate::{
    commands::compiler::compiler,
    way_out::{Conditions, Ledger},
};
pub use leaving::{Leaving, may_leave};
pub(crate) use sharing::share_grant;

/// What the wiring is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To find problems: nothing is made but compiled plugins.
    Check,
    /// To ask what would be decided: as to find problems, and secrets are not looked at.
    Foresee,
    /// To run: folders in which plugins create files are made.
    Run,
}

/// What the folder of a connector is.
#[derive(Clone, Copy, Debug)]
enum Reads<'a> {
    /// As granted.
    Granted(Purpose),
    /// The one file that is imported.
    File(&'a Path),
}

/// A configuration with its plugins connected.
pub struct WiredUp {
    /// What is connected.
    pub connected: Connected,
    /// What is noted of all that leaves; for the store, once there is one.
    pub left: Rows,
    /// What it stands on, for a configuration that comes after it.
    pub ground: Ground,
}

/// What is connected by one configuration.
pub struct Connected {
    /// With everything filled in that depends on plugins.
    pub wiring: Arc<Wiring>,
    /// The connected plugins, by the connectors' names.
    pub connectors: BTreeMap<String, Connector>,
    /// How requests are let in, by connector.
    pub doors: BTreeMap<String, Door>,
    /// Servers that mail is handed to, by name.
    pub relays: BTreeMap<String, Arc<Relay>>,
}

impl Connected {
    /// What an engine is made from, on a store, by the system's clock; and the doors, which are
    /// the listener's.
    #[must_use]
    pub fn parts(
        self,
        store: Arc<dyn Store>,
        key: [u8; 32],
        links: Option<Arc<Links>>,
    ) -> (Parts, BTreeMap<String, Door>) {
        let parts = Parts {
            wiring: self.wiring,
            store,
            connectors: self.connectors,
            relays: self.relays,
            clock: Arc::new(SystemClock),
            key,
            links,
            stand_in: None,
        };
        (parts, self.doors)
    }
}

/// What outlives a configuration: where plugins run, and the way out with its quotas.
pub struct Ground {
    sandbox: Sandbox,
    egress: Egress,
}

/// Connects everything, or says all that is in the way.
///
/// # Errors
/// Only where the sandbox itself cannot be had; problems with the configuration are in the
/// first part of the answer, and there is no second one where any of them is an error.
pub async fn wire_up(
    configuration: Configuration,
    purpose: Purpose,
) -> anyhow::Result<(Vec<Diagnostic>, Option<WiredUp>)> {
    let (egress, left) = way_out();
    let sandbox = sandbox(configuration.wiring.data_dir.join("compiled"))?;
    let ground = Ground { sandbox, egress };
    let (diagnostics, connected) = ground.wire_up(configuration, purpose).await?;
    let wired = connected.map(|connected| WiredUp {
        connected,
        left,
        ground,
    });
    Ok((diagnostics, wired))
}

impl Ground {
    /// How ways out stand, told to a store; secrets are marked under the installation's key.
    pub(crate) fn conditions(&self, store: Arc<dyn Store>, key: [u8; 32]) -> Conditions {
        let egress = self.egress.clone();
        Conditions { egress, store, key }
    }

    /// Connects everything on the same ground, or says all that is in the way.
    ///
    /// # Errors
    /// As [`wire_up`].
    pub(crate) async fn wire_up(
        &self,
        configuration: Configuration,
        purpose: Purpose,
    ) -> anyhow::Result<(Vec<Diagnostic>, Option<Connected>)> {
        let Self { sandbox, egress } = self;
        let Configuration { mut wiring, places } = configuration;
        let mut found = Problems {
            places: &places,
            diagnostics: Vec::new(),
        };
        let plugins = plugins::load_all(sandbox, &wiring, &mut found).await;
        let vocabulary = serde_json::to_string(&wiring.vocabulary).context("writing the vocabulary as JSON")?;
        let mut connectors = BTreeMap::new();
        let mut doors = BTreeMap::new();
        for (name, plugin) in &plugins {
            let Some(wired) = wiring.connectors.get(name) else {
                continue;
            };
            let reads = Reads::Granted(purpose);
            if let Some(connector) = connectors::connect(wired, plugin, &vocabulary, reads, egress, &mut found).await {
                connectors.insert(name.clone(), connector);
            }
            if purpose != Purpose::Foresee
                && let Some(door) = door::door(wired, plugin, &mut found)
            {
                doors.insert(name.clone(), door);
            }
        }
        flow::complete(&mut wiring, &plugins, &mut found);
        let relays = relays::all(&wiring, egress, &mut found);
        let mut diagnostics = found.diagnostics;
        diagnostics.sort_by(|x, y| (&x.place.file, x.place.offset).cmp(&(&y.place.file, y.place.offset)));
        let failed = diagnostics.iter().any(|d| d.severity == Severity::Error);
        Ok((
            diagnostics,
            (!failed).then_some(Connected {
                wiring: Arc::new(wiring),
                connectors,
                doors,
                relays,
            }),
        ))
    }
}

/// Connects one source to one file, and nothing else; or says all that is in the way. The
/// wiring that comes back has the one connector.
///
/// # Errors
/// Only where the sandbox itself cannot be had, as for [`wire_up`].
pub async fn wire_import(
    configuration: Configuration,
    connector: &str,
    file: &Path,
) -> anyhow::Result<(Vec<Diagnostic>, Option<(Wiring, Connector)>)> {
    let Configuration { mut wiring, places } = configuration;
    wiring.connectors.retain(|name, _| name == connector);
    let sandbox = sandbox(wiring.data_dir.join("compiled"))?;
    let mut found = Problems {
        places: &places,
        diagnostics: Vec::new(),
    };
    // Nothing is sent while a file is read, so there is nothing to note.
    let (egress, _) = way_out();
    let plugins = plugins::load_all(&sandbox, &wiring, &mut found).await;
    let vocabulary = serde_json::to_string(&wiring.vocabulary).context("writing the vocabulary as JSON")?;
    let mut connected = None;
    if let (Some(wired), Some(plugin)) = (wiring.connectors.get(connector), plugins.get(connector)) {
        if plugin.roles().source && plugin.manifest().needs.folder == Some(hearken_sandbox::Folder::Read) {
            connected = connectors::connect(wired, plugin, &vocabulary, Reads::File(file), &egress, &mut found).await;
        } else {
            let message = format!(
                "plugin '{}' reads no files, so there is nothing to import with it",
                wired.plugin
            );
            found.error(
                "import",
                &["connectors", connector, "plugin"],
                message,
                "csv and jsonl do",
            );
        }
    }
    Ok((found.diagnostics, connected.map(|connected| (wiring, connected))))
}

/// A sandbox that keeps compiled plugins in a folder.
pub(crate) fn sandbox(compiled: PathBuf) -> anyhow::Result<Sandbox> {
    let options = SandboxOptions {
        compiler: compiler(),
        ..SandboxOptions::new(compiled, tokio::runtime::Handle::current())
    };
    Sandbox::new(options).context("starting the sandbox")
}

/// The way out, and what will be noted of what leaves by it.
fn way_out() -> (Egress, Rows) {
    let (ledger, left) = Ledger::new();
    (Egress::new(Arc::new(SystemLookup), Arc::new(ledger)), left)
}

/// Plugins by the names of their connectors.
type Plugins = BTreeMap<String, Arc<Plugin>>;

/// What was found so far.
struct Problems<'a> {
    places: &'a Places,
    diagnostics: Vec<Diagnostic>,
}

impl Problems<'_> {
    fn error(&mut self, code: &'static str, path: &[&str], message: String, help: impl Into<String>) {
        self.note(Diagnostic::error(code, message, self.places.place(path)), help);
    }

    fn warning(&mut self, code: &'static str, path: &[&str], message: String, help: impl Into<String>) {
        self.note(Diagnostic::warning(code, message, self.places.place(path)), help);
    }

    fn error_at(&mut self, code: &'static str, place: Place, message: String, help: impl Into<String>) {
        self.note(Diagnostic::error(code, message, place), help);
    }

    fn note(&mut self, diagnostic: Diagnostic, help: impl Into<String>) {
        let help = help.into();
        self.diagnostics.push(if help.is_empty() {
            diagnostic
        } else {
            diagnostic.with_help(help)
        });
    }
}

/// A sentence that helps with a word that is not among those known.
fn instead<'a>(word: &str, known: impl IntoIterator<Item = &'a str>, none: &str) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    let near = known
        .iter()
        .map(|k| (strsim::damerau_levenshtein(word, k), *k))
        .filter(|(distance, k)| *distance <= (k.chars().count() / 3).max(1))
        .min();
    match (near, known.as_slice()) {
        (Some((_, near)), _) => format!("did you mean '{near}'?"),
        (None, []) => none.to_owned(),
        (None, known) => format!("there is {}", known.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::instead;

    #[test]
    fn a_near_word_is_suggested_and_else_all_are_listed() {
        let known = ["segment", "body-language"];
        assert_eq!(instead("segmnet", known, ""), "did you mean 'segment'?");
        assert_eq!(instead("hubspot", known, ""), "there is segment, body-language");
        assert_eq!(instead("hubspot", [], "nothing is there"), "nothing is there");
    }
}
