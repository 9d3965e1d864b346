//! Finding and loading the plugins that connectors name.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use hearken_config::Wiring;
use hearken_sandbox::{LoadError, Plugin, Sandbox};
use tokio::task::JoinSet;

use super::{Plugins, Problems, instead};

/// Loads the plugin of each connector; each file once for each pin, all at the same time.
pub(super) async fn load_all(sandbox: &Sandbox, wiring: &Wiring, found: &mut Problems<'_>) -> Plugins {
    let mut files: BTreeMap<(PathBuf, Option<String>), Vec<String>> = BTreeMap::new();
    for (name, connector) in &wiring.connectors {
        match locate(&connector.plugin, &wiring.plugin_dirs) {
            Ok(file) => {
                let same = files.entry((file, connector.digest.clone())).or_default();
                same.push(name.clone());
            }
            Err(help) => {
                let message = format!("no plugin '{}' is installed", connector.plugin);
                found.error("unknown-plugin", &["connectors", name, "plugin"], message, help);
            }
        }
    }
    let mut loading = JoinSet::new();
    for ((file, pin), names) in files {
        let sandbox = sandbox.clone();
        loading.spawn(async move {
            let loaded = match pin {
                Some(digest) => sandbox.load_pinned(&file, &digest).await,
                None => sandbox.load(&file).await,
            };
            (loaded, names)
        });
    }
    let mut plugins = Plugins::new();
    for (loaded, names) in loading.join_all().await {
        settle(loaded, names, &mut plugins, found);
    }
    plugins
}

fn settle(loaded: Result<Arc<Plugin>, LoadError>, names: Vec<String>, plugins: &mut Plugins, found: &mut Problems<'_>) {
    for name in names {
        match &loaded {
            Ok(plugin) => {
                plugins.insert(name, Arc::clone(plugin));
            }
            Err(error @ LoadError::OtherThanPinned { .. }) => {
                found.error("digest", &["connectors", &name, "digest"], error.to_string(), "");
            }
            Err(error) => found.error("plugin", &["connectors", &name, "plugin"], error.to_string(), ""),
        }
    }
}

/// Files of plugins, of those connectors whose plugin is found.
pub(crate) fn files(wiring: &Wiring) -> impl Iterator<Item = PathBuf> {
    let named = wiring.connectors.values().map(|connector| &connector.plugin);
    named.filter_map(|plugin| locate(plugin, &wiring.plugin_dirs).ok())
}

/// The file of a plugin: the path itself, or `NAME.wasm` in the first folder that has it.
fn locate(plugin: &str, folders: &[PathBuf]) -> Result<PathBuf, String> {
    if plugin.contains(std::path::MAIN_SEPARATOR) || plugin.ends_with(".wasm") {
        let path = PathBuf::from(plugin);
        return if path.is_file() {
            Ok(path)
        } else {
            Err("there is no such file; check the path".into())
        };
    }
    let file = format!("{plugin}.wasm");
    if let Some(path) = folders.iter().map(|f| f.join(&file)).find(|p| p.is_file()) {
        return Ok(path);
    }
    let installed: Vec<String> = folders.iter().flat_map(|f| names_in(f)).collect();
    let folders: Vec<String> = folders.iter().map(|f| f.display().to_string()).collect();
    let nothing = format!(
        "no plugin is in {}; plugins.folders names other folders",
        folders.join(", ")
    );
    Err(instead(plugin, installed.iter().map(String::as_str), &nothing))
}

fn names_in(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries
        .filter_map(|entry| Some(entry.file_name().to_str()?.strip_suffix(".wasm")?.to_owned()))
        .collect();
    names.sort();
    names
}
