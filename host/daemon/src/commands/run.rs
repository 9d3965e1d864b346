//! `hearken run`: the daemon.
//!
//! It binds its listeners first, so that a taken port is told at once and `/live` answers
//! while plugins compile; then it wires, opens the store, starts the engine, and only then
//! takes requests. It stops in the opposite order: no new requests, the begun ones are
//! answered, the engine drains, the admin listener goes last. Everything accepted is on
//! disk by then, so what a stop that takes too long leaves undone is done after the next
//! start.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use anyhow::Context;
use hearken_config::{Configuration, Listen, Loaded};
use hearken_console::{Admin, Door, Readiness, Served, metrics, serve_admin, serve_public};
use hearken_engine::Engine;
use hearken_store::{Access, Sqlite, Store};
use tokio::{
    net::TcpListener,
    signal::unix::{Signal, SignalKind, signal},
    task::JoinHandle,
    time::{Instant, timeout_at},
};
use tokio_util::sync::CancellationToken;

use super::reload::{self, Linking, Reloader};
use crate::{
    arguments::{Reading, RunArguments},
    configured::usable,
    installation::{self, AddressFile, Addresses},
    output::Exit,
    watched::Watched,
    wire_up::{Purpose, WiredUp, wire_up},
};

/// How long a stop may take.
const STOP: Duration = Duration::from_secs(30);
/// How often a stop that takes its time says what it waits for.
const SAY: Duration = Duration::from_secs(2);
const UPKEEP: Duration = Duration::from_secs(5);

pub(super) async fn run(arguments: RunArguments) -> anyhow::Result<Exit> {
    let mut stop = Stop::new()?;
    let (files, reading) = (&arguments.configured.files, arguments.reading);
    let Loaded {
        diagnostics,
        configuration,
    } = reading.load(files).await?;
    let configuration = usable(&diagnostics, configuration, files)?;
    installation::make_folder(&configuration.wiring.data_dir)?;
    let handle = metrics::install().context("installing the metrics")?;
    let upkeep = tokio::spawn(keep_up(handle.clone()));
    let readiness = Readiness::default();
    readiness.not_while("starting");
    let cancel = CancellationToken::new();
    let listeners = if arguments.once {
        None
    } else {
        Some(bind(&configuration.wiring.listen).await?)
    };
    let (public, admin) = match listeners {
        Some((public, admin)) => {
            let addresses = Addresses::of(&public, &admin)?;
            let shown = Admin {
                readiness: readiness.clone(),
                metrics: handle,
            };
            let serving = tokio::spawn(serve_admin(admin, shown, cancel.clone()));
            (Some((public, addresses)), Some(serving))
        }
        None => (None, None),
    };
    let started = tokio::select! {
        started = Box::pin(start(configuration, files, reading)) => Some(started),
        // A stop while starting drops what was begun: nothing was accepted yet.
        () = stop.asked() => None,
    };
    let result = match started {
        Some(Ok(started)) => Box::pin(started.serve(public, &readiness, arguments.once, &mut stop)).await,
        Some(Err(error)) => Err(error),
        None => Ok(Exit::Done),
    };
    cancel.cancel();
    if let Some(admin) = admin {
        let _ = tokio::time::timeout(Duration::from_secs(1), admin).await;
    }
    upkeep.abort();
    result
}

/// What runs once everything is wired.
struct Started {
    engine: Engine,
    /// Ends the engine.
    cancel: CancellationToken,
    reloader: Reloader,
    doors: BTreeMap<String, Door>,
    /// Ends what notes what left.
    noting: CancellationToken,
    noted: JoinHandle<()>,
    /// Notes how ways out stand, for as long.
    followed: JoinHandle<()>,
}

async fn start(
    configuration: Configuration,
    files: &[std::path::PathBuf],
    reading: Reading,
) -> anyhow::Result<Started> {
    let seen = Watched::look(files, &configuration.wiring);
    let (diagnostics, wired) = wire_up(configuration, Purpose::Run).await?;
    let WiredUp {
        connected,
        left,
        ground,
    } = usable(&diagnostics, wired, files)?;
    let wiring = Arc::clone(&connected.wiring);
    let path = wiring.store.path.clone();
    if let Some(folder) = path.parent() {
        installation::make_folder(folder)?;
    }
    let store = tokio::task::spawn_blocking(move || Sqlite::open(&path, Access::Daemon)).await??;
    let store: Arc<dyn Store> = Arc::new(store);
    let key = installation::key(&wiring.data_dir)?;
    let conditions = ground.conditions(Arc::clone(&store), key);
    conditions.restore().await?;
    let cancel = CancellationToken::new();
    let links = Linking::start(&wiring, &cancel)?;
    let (parts, doors) = connected.parts(Arc::clone(&store), key, links.made());
    // Mail and requests leave while the engine drains: what is noted of them outlives it.
    let noting = CancellationToken::new();
    let noted = left.keep_in(store, noting.clone());
    let followed = conditions.follow(noting.clone());
    let engine = Engine::start(parts, cancel.clone()).await?;
    let reloader = Reloader {
        engine: engine.clone(),
        ground,
        files: files.to_vec(),
        reading,
        seen,
        wiring,
        key,
        links,
        cancel: cancel.clone(),
    };
    Ok(Started {
        engine,
        cancel,
        reloader,
        doors,
        noting,
        noted,
        followed,
    })
}

impl Started {
    async fn serve(
        self,
        public: Option<(TcpListener, Addresses)>,
        readiness: &Readiness,
        once: bool,
        stop: &mut Stop,
    ) -> anyhow::Result<Exit> {
        let Self {
            engine,
            cancel,
            mut reloader,
            doors,
            noting,
            noted,
            followed,
        } = self;
        let listening = CancellationToken::new();
        let mut serving: Option<JoinHandle<()>> = None;
        let mut written = None;
        let served = Served::new(reload::public(&engine, &reloader.wiring, doors));
        if let Some((listener, addresses)) = public {
            serving = Some(tokio::spawn(serve_public(listener, served.clone(), listening.clone())));
            tracing::info!(public = addresses.public, admin = addresses.admin, "listening");
            written = Some(AddressFile::write(&reloader.wiring.data_dir, &addresses)?);
        }
        let probe = engine.clone();
        readiness.until("the engine is not ready", move || probe.ready());
        readiness.over("starting");
        if once {
            tokio::select! {
                () = engine.worked_off() => tracing::info!("everything is worked off"),
                () = stop.asked() => {}
            }
        } else {
            tokio::select! {
                never = Box::pin(reloader.follow(&served)) => match never? {},
                () = stop.asked() => {}
            }
        }
        readiness.not_while("stopping");
        tracing::info!("stopping; a second signal ends at once");
        tokio::select! {
            () = drain(&engine, &cancel, &listening, serving) => {
                noting.cancel();
                let _ = noted.await;
                let _ = followed.await;
                tracing::info!("stopped");
            }
            () = stop.asked() => {
                tracing::warn!("ended at once; what was accepted is stored and goes on after the next start");
                drop(written);
                return Ok(Exit::Failed);
            }
        }
        drop(written);
        Ok(Exit::Done)
    }
}

/// Finishes requests, then the engine; gives up after [`STOP`] and says on what.
async fn drain(
    engine: &Engine,
    cancel: &CancellationToken,
    listening: &CancellationToken,
    serving: Option<JoinHandle<()>>,
) {
    let deadline = Instant::now() + STOP;
    listening.cancel();
    if let Some(serving) = serving
        && timeout_at(deadline, serving).await.is_err()
    {
        tracing::warn!("requests are still under way; they are given up");
    }
    cancel.cancel();
    loop {
        let wait = deadline.min(Instant::now() + SAY);
        if timeout_at(wait, engine.drained()).await.is_ok() {
            return;
        }
        let waits_for = engine.waits_for().join(", ");
        if Instant::now() >= deadline {
            tracing::warn!(waits_for, "stopping without it; it goes on after the next start");
            return;
        }
        tracing::info!(waits_for, "still stopping");
    }
}

async fn bind(listen: &Listen) -> anyhow::Result<(TcpListener, TcpListener)> {
    let public = TcpListener::bind(listen.public).await;
    let public = public.with_context(|| format!("binding the public listener to {}", listen.public))?;
    let admin = TcpListener::bind(listen.admin).await;
    let admin = admin.with_context(|| format!("binding the admin listener to {}", listen.admin))?;
    Ok((public, admin))
}

impl Addresses {
    /// The addresses as bound: with real ports where 0 was asked for.
    fn of(public: &TcpListener, admin: &TcpListener) -> anyhow::Result<Self> {
        let url = |l: &TcpListener| {
            l.local_addr()
                .map(|a| format!("http://{a}"))
                .context("asking where is listened")
        };
        Ok(Self {
            public: url(public)?,
            admin: url(admin)?,
            pid: std::process::id(),
        })
    }
}

/// Distributions of metrics grow until they are tidied up.
async fn keep_up(handle: metrics_exporter_prometheus::PrometheusHandle) {
    loop {
        tokio::time::sleep(UPKEEP).await;
        handle.run_upkeep();
    }
}

/// SIGTERM and SIGINT.
struct Stop {
    terminate: Signal,
    interrupt: Signal,
}

impl Stop {
    fn new() -> anyhow::Result<Self> {
        let on = |kind| signal(kind).context("listening to signals");
        Ok(Self {
            terminate: on(SignalKind::terminate())?,
            interrupt: on(SignalKind::interrupt())?,
        })
    }

    /// Returns with the next of them.
    async fn asked(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
