//! `hearken import`: one file through one source, beside a running daemon or without one.
//!
//! It only stores. What it has stored is applied by the daemon that runs, for which it
//! waits, or else by the next one that starts; this command never decides anything.

use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
    sync::Arc,
    time::Instant,
};

use anyhow::{Context, bail};
use hearken_config::{Configuration, ConnectorWiring, Loaded, Wiring};
use hearken_engine::{Import, ImportError, ImportParts, Imported, SystemClock};
use hearken_sandbox::Connector;
use hearken_store::{Access, Sqlite};
use sha2::{Digest, Sha256};
use tokio_util::sync::CancellationToken;

use super::import_shown::{Shown, summary_of};
use crate::{
    arguments::ImportArguments,
    configured::{report, summary},
    installation,
    output::{Exit, Misuse, clean, say},
    wire_up::wire_import,
};

/// How much of a file's beginning tells it from others.
const BEGINNING_BYTES: u64 = 64 << 10;

pub(super) async fn import(arguments: ImportArguments) -> anyhow::Result<Exit> {
    let (wiring, connector) = wired(&arguments).await?;
    let name = name_of(&wiring.connectors[&arguments.connector], &arguments.path)?;
    let key = installation::key(&wiring.data_dir)?;
    let path = wiring.store.path.clone();
    let store = open(path.clone()).await?;
    let import = Import::new(ImportParts {
        wiring: Arc::new(wiring),
        store: Arc::new(store),
        connector,
        clock: Arc::new(SystemClock),
        key,
        name,
        anyway: arguments.anyway,
    })?;
    let before = if arguments.again {
        Imported::default()
    } else {
        import.so_far().await?
    };
    if before.ended {
        say(&format!(
            "{} was imported before, {}; --again reads it once more\n",
            clean(&arguments.path.display().to_string()),
            summary_of(&before)
        ))?;
        return Ok(Exit::Done);
    }
    let beside = move || Sqlite::has_daemon(&path).unwrap_or(false);
    run(&import, before, &beside).await
}

/// Runs it with its progress shown; what it comes to is the exit code.
async fn run(import: &Import, before: Imported, beside: &(dyn Fn() -> bool + Send + Sync)) -> anyhow::Result<Exit> {
    let cancel = CancellationToken::new();
    let stops = tokio::spawn(stop_when_asked(cancel.clone()));
    let mut shown = Shown::new(&before);
    let begun = Instant::now();
    let result = import
        .run(before.clone(), beside, &mut |step| shown.step(&step), &cancel)
        .await;
    shown.clear();
    let total = match result {
        Ok(total) => total,
        Err(ImportError::Hopeless { refused }) => {
            shown.refused(&refused);
            bail!(
                "none of the first {} records could be taken, so it is the configuration that is wrong; nothing is \
                 stored. --anyway goes on",
                refused.len()
            );
        }
        Err(error) => {
            return Err(anyhow::Error::new(error).context("what was read before is stored; run it again to go on"));
        }
    };
    say(&shown.summary(&before, &total, begun.elapsed()))?;
    if !total.ended {
        bail!("interrupted; run it again to go on");
    }
    let applied = import
        .applied(beside, &mut |waiting| shown.waiting(waiting), &cancel)
        .await?;
    shown.clear();
    stops.abort();
    say(match (applied, beside()) {
        (true, _) => "everything is applied: `hearken prospect list` shows whom it knows now\n",
        (false, true) => "the daemon still applies what is stored\n",
        (false, false) => "no daemon runs: what is stored is applied when one starts, or by `hearken run --once`\n",
    })?;
    Ok(if total.refused > 0 { Exit::Partly } else { Exit::Done })
}

/// The one connector, connected to the one file. No secret is read: a file needs none.
async fn wired(arguments: &ImportArguments) -> anyhow::Result<(Wiring, Connector)> {
    let files = &arguments.configured.files;
    let Loaded {
        diagnostics,
        configuration,
    } = hearken_config::load_without_secrets(files);
    let Some(configuration) = configuration else {
        report(&diagnostics);
        return Err(Misuse(summary(&diagnostics, files)).into());
    };
    known(&configuration, &arguments.connector)?;
    if !arguments.path.is_file() {
        return Err(Misuse(format!("{} is no file", clean(&arguments.path.display().to_string()))).into());
    }
    installation::make_folder(&configuration.wiring.data_dir)?;
    let (diagnostics, wired) = Box::pin(wire_import(configuration, &arguments.connector, &arguments.path)).await?;
    report(&diagnostics);
    wired.ok_or_else(|| Misuse(summary(&diagnostics, files)).into())
}

fn known(configuration: &Configuration, connector: &str) -> anyhow::Result<()> {
    let all = &configuration.wiring.connectors;
    if all.contains_key(connector) {
        return Ok(());
    }
    let names: Vec<&str> = all.keys().map(String::as_str).collect();
    let message = format!(
        "there is no connector '{}'; there is {}",
        clean(connector),
        names.join(", ")
    );
    Err(Misuse(message).into())
}

/// What an import is known by: who reads what in which way. A changed configuration may
/// make something else of the same file, so it reads it once more; what was stored before
/// is known by its ids.
fn name_of(connector: &ConnectorWiring, path: &Path) -> anyhow::Result<String> {
    let context = || format!("reading {}", path.display());
    let file = File::open(path).with_context(context)?;
    let length = file.metadata().with_context(context)?.len();
    let mut beginning = Vec::new();
    file.take(BEGINNING_BYTES)
        .read_to_end(&mut beginning)
        .with_context(context)?;
    let mut hash = Sha256::new();
    for part in [
        connector.plugin.as_bytes(),
        connector.config.to_string().as_bytes(),
        &length.to_be_bytes(),
        &beginning,
    ] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let digest: String = hash.finalize().iter().take(16).map(|b| format!("{b:02x}")).collect();
    Ok(format!("import/{}/{digest}", connector.name))
}

/// Opens the store beside a daemon. Where there is none yet, or an older one, it is made or
/// brought up to date as a daemon would.
async fn open(path: PathBuf) -> anyhow::Result<Sqlite> {
    if let Some(folder) = path.parent() {
        installation::make_folder(folder)?;
    }
    let shown = path.display().to_string();
    let opened = tokio::task::spawn_blocking(move || match Sqlite::open(&path, Access::Tool) {
        Err(hearken_store::StoreError::Older { .. } | hearken_store::StoreError::NotAStore { .. })
            if !path.exists() || !Sqlite::has_daemon(&path)? =>
        {
            drop(Sqlite::open(&path, Access::Daemon)?);
            Sqlite::open(&path, Access::Tool)
        }
        opened => opened,
    });
    opened.await?.with_context(|| format!("opening the store {shown}"))
}

/// The first SIGINT or SIGTERM ends the import behind the page that is being stored, the
/// second one at once.
async fn stop_when_asked(cancel: CancellationToken) {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut interrupt), Ok(mut terminate)) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        return;
    };
    for _ in 0..2 {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        if cancel.is_cancelled() {
            std::process::exit(1);
        }
        cancel.cancel();
    }
}
