//! A folder with a configuration.

use std::{
    fs,
    os::unix::fs::{DirBuilderExt, symlink},
    path::{Path, PathBuf},
};

use tempfile::TempDir;

use crate::target;

/// The public key of the connector `site`, generated for these tests.
pub const WRITE_KEY: &str = "generated-write-key";
/// Its secret key, generated for these tests.
pub const SERVER_KEY: &str = "generated-server-key";

/// A folder with `hearken.toml`, stories and secrets in it, removed with the value.
#[derive(Debug)]
pub struct Folder {
    folder: TempDir,
}

impl Folder {
    /// With a site that reports (`site`), a scorer (`language`), a router (`facilitator`), a
    /// sink that writes files (`outbox`), one story and one team, in mode live.
    #[must_use]
    pub fn with_everything() -> Self {
        let folder = Self::with_configuration(&format!("{BASE}{FLOW}"));
        folder.write("stories/roi-in-numbers.md", STORY);
        folder
    }

    /// With a site that reports, and nothing that thinks or speaks.
    #[must_use]
    pub fn with_a_site() -> Self {
        Self::with_configuration(BASE)
    }

    /// With a connector (`signed`) of the plugin `signed-webhook`, which tells what it was
    /// shown. `secrets` are (credential, value); `more` is added to the connector's table.
    #[must_use]
    pub fn with_signed_webhooks(secrets: &[(&str, &str)], more: &str) -> Self {
        let wired: String = secrets
            .iter()
            .map(|(name, _)| format!("secrets.{name} = {{ file = \"secrets/{name}\" }}\n"))
            .collect();
        let connector = format!("\n[connectors.signed]\nplugin = \"signed-webhook\"\n{wired}{more}\n");
        let folder = Self::with_configuration(&format!("{BASE}{connector}"));
        for (name, value) in secrets {
            folder.write(&format!("secrets/{name}"), value);
        }
        folder
    }

    /// With a site that reports, a router (`router`) that answers every signal with the one
    /// story, by email, and a sink that writes files (`outbox`), in mode live.
    #[must_use]
    pub fn that_always_tells() -> Self {
        let folder = Self::with_configuration(&format!("{BASE}{TELLING}"));
        folder.write("stories/roi-in-numbers.md", STORY);
        folder
    }

    /// As [`Folder::that_always_tells`], by mail through a relay on this machine: a sink of
    /// the plugin `plugin`, called `mail`. `relay` is added to the relay's table.
    #[must_use]
    pub fn that_mails(plugin: &str, port: u16, relay: &str) -> Self {
        let mailing = MAILING
            .replace("PLUGIN", plugin)
            .replace("PORT", &port.to_string())
            .replace("RELAY", relay);
        let folder = Self::with_configuration(&format!("{BASE}{mailing}"));
        folder.write("stories/roi-in-numbers.md", SERVICE);
        folder
    }

    /// Changes the configuration where it says `from`.
    ///
    /// # Panics
    /// Where it says so nowhere.
    pub fn change(&self, from: &str, to: &str) {
        let toml = fs::read_to_string(self.configuration()).expect("the configuration");
        assert!(toml.contains(from), "the configuration says nowhere '{from}'");
        self.write("hearken.toml", &toml.replace(from, to));
    }

    /// With `toml` as it is; `PLUGINS` in it becomes the folder of the built plugins.
    ///
    /// # Panics
    /// Where the folder cannot be made.
    #[must_use]
    pub fn with_configuration(toml: &str) -> Self {
        let folder = Self {
            folder: tempfile::tempdir().expect("a folder for the test"),
        };
        let plugins = target().join("plugins");
        assert!(
            plugins.join("segment.wasm").is_file(),
            "no plugins are built: run `cargo xtask plugins`"
        );
        folder.write("hearken.toml", &toml.replace("PLUGINS", &plugins.display().to_string()));
        folder.write("secrets/write-key", WRITE_KEY);
        folder.write("secrets/server-key", SERVER_KEY);
        folder.share_compiled_plugins();
        folder
    }

    /// Compiling the plugins anew for each test would be most of what a test takes.
    fn share_compiled_plugins(&self) {
        let shared = target().join("tests-compiled");
        let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(&shared);
        made.expect("a folder for compiled plugins");
        fs::DirBuilder::new()
            .mode(0o700)
            .create(self.data())
            .expect("a data folder");
        symlink(&shared, self.data().join("compiled")).expect("a link to the compiled plugins");
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The configuration.
    #[must_use]
    pub fn configuration(&self) -> PathBuf {
        self.path().join("hearken.toml")
    }

    /// The daemon's data folder.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.path().join("data")
    }

    /// Writes a file, with the folders above it.
    ///
    /// # Panics
    /// Where it cannot be written.
    pub fn write(&self, name: &str, text: &str) {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().expect("a file is in a folder")).expect("a folder in the test's folder");
        fs::write(&path, text).expect("a file in the test's folder");
        let mine = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        fs::set_permissions(&path, mine).expect("a file of one's own");
    }

    /// The files that the sink `outbox` has written, by name.
    #[must_use]
    pub fn outbox(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.path().join("outbox")).into_iter().flatten().flatten();
        let hidden = |path: &PathBuf| path.file_name().is_some_and(|n| n.to_string_lossy().starts_with('.'));
        let mut files: Vec<PathBuf> = entries.map(|e| e.path()).filter(|p| !hidden(p)).collect();
        files.sort();
        files
    }
}

const BASE: &str = r#"
brand = "Example"

[store]
path = "data/state.sqlite"

[listen]
public = "127.0.0.1:0"
admin = "127.0.0.1:0"

[plugins]
folders = ["PLUGINS"]
data-folder = "data"

[policy]
mode = "live"
listen-first = 1
caps = ["100/1d"]
consent = { marketing = "opt-out", sales = "opt-out" }

[vocabulary.topics.roi]
title = "Return on investment"
urls = ["/roi*", "/pricing*"]
words = ["roi", "payback"]

[connectors.site]
plugin = "segment"
secrets.write-key = { file = "secrets/write-key" }
secrets.server-key = { file = "secrets/server-key" }
"#;

const FLOW: &str = r#"
[connectors.language]
plugin = "body-language"

[connectors.facilitator]
plugin = "facilitator"

[connectors.outbox]
plugin = "outbox-dir"
grants.folder = "outbox"

[channels.email]
sink = "outbox"

[teams.sales]
sink = "outbox"
"#;

const TELLING: &str = r#"
[connectors.router]
plugin = "misbehaving"
config = { mode = "tell:roi-in-numbers" }
grants.folder = "router"

[connectors.outbox]
plugin = "outbox-dir"
grants.folder = "outbox"

[flow]
scorers = ["router"]
router = "router"

[channels.email]
sink = "outbox"
"#;

const MAILING: &str = r#"
[connectors.router]
plugin = "misbehaving"
config = { mode = "tell:roi-in-numbers" }
grants.folder = "router"

[connectors.mail]
PLUGIN
grants.mail = "main"
retry = { first = "300ms", most = "1s", attempts = 4 }

[flow]
scorers = ["router"]
router = "router"

[channels.email]
sink = "mail"

[mail]
from = "Example Books <hello@example.com>"
reply-to = "answers@example.com"
postal-address = "Example Street 1, 12345 Example City"
alerts-to = "ops@example.com"

[relays.main]
host = "127.0.0.1"
port = PORT
RELAY
"#;

const SERVICE: &str = r#"+++
title = "What it returns, in numbers"
topics = ["roi"]
channels = ["email"]
kind = "service"
+++
An example company, generated for these tests, had its money back after nine months.
"#;

const STORY: &str = r#"+++
title = "What it returns, in numbers"
topics = ["roi"]
channels = ["email"]
+++
An example company, generated for these tests, had its money back after nine months.
"#;
