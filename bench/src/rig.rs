//! The daemon's parts in this process, wired as the daemon wires them, on real files and
//! a real listener.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, bail};
use hearken_config::Loaded;
use hearken_console::{Limits, Public, Served, serve_public};
use hearken_daemon::wire_up::{Purpose, WiredUp, wire_up};
use hearken_engine::Engine;
use hearken_store::{Access, Sqlite};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use crate::Places;

/// What is configured: everybody who asks is handed over, so that every form leads to a
/// file in the outbox; and nobody before, however interested they look, so that it is known
/// from when on it took.
const CONFIGURATION: &str = r#"
[policy]
mode = "live"
listen-first = 1
[vocabulary.topics.roi]
title = "Return on investment"
urls = ["/roi*", "/pricing*"]
words = ["roi", "payback"]
[vocabulary.topics.implementation]
title = "Implementation"
urls = ["/docs*", "/implementation*"]
words = ["rollout", "migration"]
[vocabulary.personas.cio]
title = "CIO"
words = ["cio"]
topics = { roi = 1.0 }
[vocabulary.personas.it-manager]
title = "IT manager"
words = ["it manager"]
topics = { implementation = 1.0 }
[connectors.site]
plugin = "segment"
secrets.write-key = { file = "write.key" }
[connectors.language]
plugin = "body-language"
[connectors.facilitator]
plugin = "facilitator"
config = { buying-weight = 1.0 }
[connectors.outbox]
plugin = "outbox-dir"
grants.folder = "outbox"
[channels.email]
sink = "outbox"
[teams.sales]
sink = "outbox"
capacity = "1000000/1d"
"#;

pub(crate) const WRITE_KEY: &str = "bench-write-key";

/// A running engine behind a real listener.
pub(crate) struct Rig {
    pub(crate) folder: TempDir,
    pub(crate) engine: Engine,
    pub(crate) store: Arc<Sqlite>,
    pub(crate) store_path: PathBuf,
    pub(crate) address: String,
    cancel: CancellationToken,
}

/// Writes a configuration into a fresh folder, with `more` at its end.
pub(crate) fn configured(places: &Places, more: &str) -> anyhow::Result<TempDir> {
    let folder = tempfile::tempdir()?;
    std::fs::create_dir(folder.path().join("outbox"))?;
    write_key(folder.path())?;
    let plugins = std::fs::canonicalize(&places.plugins).context("looking for the plugins")?;
    let listen = "[listen]\npublic = \"127.0.0.1:0\"\nadmin = \"127.0.0.1:0\"\n";
    let head = format!("{listen}[plugins]\nfolders = [{plugins:?}]\n");
    std::fs::write(folder.path().join("hearken.toml"), head + CONFIGURATION + more)?;
    Ok(folder)
}

fn write_key(folder: &Path) -> anyhow::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let path = folder.join("write.key");
    std::fs::write(&path, WRITE_KEY)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))?;
    Ok(())
}

impl Rig {
    /// With `more` at the end of the configuration: keys of the team that hand-overs go to.
    pub(crate) async fn start(places: &Places, more: &str) -> anyhow::Result<Self> {
        let folder = configured(places, more)?;
        let Loaded {
            diagnostics,
            configuration,
        } = hearken_config::load(&[folder.path().join("hearken.toml")]);
        let Some(configuration) = configuration else {
            bail!("the configuration is wrong: {diagnostics:?}")
        };
        let (diagnostics, wired) = wire_up(configuration, Purpose::Run).await?;
        let Some(WiredUp { connected, .. }) = wired else {
            bail!("the wiring is wrong: {diagnostics:?}")
        };
        let store_path = connected.wiring.store.path.clone();
        let store = Arc::new(Sqlite::open(&store_path, Access::Daemon)?);
        let cancel = CancellationToken::new();
        let (parts, doors) = connected.parts(Arc::clone(&store) as Arc<dyn hearken_store::Store>, [7; 32], None);
        let engine = Engine::start(parts, cancel.clone()).await?;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let address = format!("http://{}", listener.local_addr()?);
        let public = Public::new(engine.clone(), doors, Limits::default());
        tokio::spawn(serve_public(listener, Served::new(public), cancel.clone()));
        Ok(Self {
            folder,
            engine,
            store,
            store_path,
            address,
            cancel,
        })
    }

    pub(crate) async fn stop(self) {
        self.cancel.cancel();
        self.engine.drained().await;
    }
}
