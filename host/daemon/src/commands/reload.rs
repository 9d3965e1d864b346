//! A changed configuration, taken up by a running daemon: on SIGHUP, and when its files, its
//! stories, its plugins or the files of its secrets have changed and stayed as they are for a
//! second.
//!
//! Everything new is loaded, compiled, instantiated and checked before anything old is
//! touched. What is wrong is said, and changes nothing.

use std::{
    collections::{BTreeMap, BTreeSet},
    convert::Infallible,
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use anyhow::{Context, bail};
use hearken_config::{Loaded, Wiring};
use hearken_console::{Door, Limits, LinkPages, Public, Served, SitePages};
use hearken_engine::Engine;
use hearken_links::{Links, pages::Look};
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::{
    arguments::Reading,
    configured::usable,
    link_keys::LinkKeys,
    watched::Watched,
    wire_up::{Ground, Purpose},
};

/// How often files are looked at.
const LOOK: Duration = Duration::from_secs(1);

/// What takes up a changed configuration.
pub(super) struct Reloader {
    pub(super) engine: Engine,
    pub(super) ground: Ground,
    pub(super) files: Vec<PathBuf>,
    pub(super) reading: Reading,
    /// All its files as they were when it was last read.
    pub(super) seen: Watched,
    /// As it runs.
    pub(super) wiring: Arc<Wiring>,
    pub(super) key: [u8; 32],
    pub(super) links: Linking,
    /// Ends with the engine.
    pub(super) cancel: CancellationToken,
}

impl Reloader {
    /// Takes up each change, for as long as it is polled.
    ///
    /// # Errors
    /// Where the system does not deliver signals.
    pub(super) async fn follow(&mut self, served: &Served<Engine>) -> anyhow::Result<Infallible> {
        let mut asked = signal(SignalKind::hangup()).context("listening to SIGHUP")?;
        let mut before = self.seen.clone();
        loop {
            tokio::select! {
                _ = asked.recv() => tracing::info!("asked to reload"),
                () = tokio::time::sleep(LOOK) => {
                    let now = Watched::look(&self.files, &self.wiring);
                    let settled = now == before;
                    before = now;
                    // Whoever saves several files is waited for.
                    if before == self.seen || !settled {
                        continue;
                    }
                    tracing::info!("files have changed");
                }
            }
            // From before it is read: what changes meanwhile counts as changed.
            let seen = Watched::look(&self.files, &self.wiring);
            match Box::pin(self.reload(served)).await {
                Ok(()) => tracing::info!("reloaded"),
                Err(error) => tracing::error!(
                    error = format!("{error:#}"),
                    "not reloaded: everything goes on as it was"
                ),
            }
            self.seen = Watched::look(&self.files, &self.wiring).or_as_in(&seen);
            before = self.seen.clone();
        }
    }

    async fn reload(&mut self, served: &Served<Engine>) -> anyhow::Result<()> {
        let Loaded {
            diagnostics,
            configuration,
        } = self.reading.load(&self.files).await?;
        let configuration = usable(&diagnostics, configuration, &self.files)?;
        stays(&self.wiring, &configuration.wiring)?;
        let (diagnostics, connected) = self.ground.wire_up(configuration, Purpose::Run).await?;
        let connected = usable(&diagnostics, connected, &self.files)?;
        let wiring = Arc::clone(&connected.wiring);
        let links = Linking::start(&wiring, &self.cancel)?;
        let (parts, doors) = connected.parts(self.engine.store(), self.key, links.made());
        self.engine.reload(parts).await?;
        served.replace(public(&self.engine, &wiring, doors));
        // The links before go with it.
        self.links = links;
        self.wiring = wiring;
        Ok(())
    }
}

/// What only a restart can change.
fn stays(now: &Wiring, then: &Wiring) -> anyhow::Result<()> {
    let fixed = [
        ("store.path", now.store.path == then.store.path),
        ("plugins.data-folder", now.data_dir == then.data_dir),
        ("listen.public", now.listen.public == then.listen.public),
        ("listen.admin", now.listen.admin == then.listen.admin),
    ];
    let changed: Vec<&str> = fixed.iter().filter(|(_, same)| !same).map(|(key, _)| *key).collect();
    if !changed.is_empty() {
        bail!("{} takes a restart", changed.join(" and "));
    }
    Ok(())
}

/// What the public listener serves.
pub(super) fn public(engine: &Engine, wiring: &Wiring, doors: BTreeMap<String, Door>) -> Public<Engine> {
    let mut public = Public::new(engine.clone(), doors, Limits::default());
    let pages: BTreeSet<String> = wiring
        .channels
        .values()
        .filter(|channel| channel.is_page())
        .map(|channel| channel.carrier.connector().to_owned())
        .collect();
    if !pages.is_empty() {
        public = public.with_site(SitePages::new(engine.clone(), pages, wiring.listen.proxies.clone()));
    }
    let Some(settings) = &wiring.links else {
        return public;
    };
    let look = Look::new(&wiring.brand, settings.colour, settings.privacy_url.clone());
    public.with_links(LinkPages::new(engine.clone(), look, wiring.listen.proxies.clone()))
}

/// What makes links, where there are any, and follows the file that their keys are in.
pub(super) struct Linking {
    links: Option<Arc<Links>>,
    following: CancellationToken,
}

impl Linking {
    pub(super) fn start(wiring: &Wiring, cancel: &CancellationToken) -> anyhow::Result<Self> {
        let following = cancel.child_token();
        let Some(settings) = &wiring.links else {
            return Ok(Self { links: None, following });
        };
        let keys = LinkKeys::in_folder(&wiring.data_dir);
        let links = Arc::new(Links::new(&settings.public_url, keys.ring()?));
        tokio::spawn(keys.follow(Arc::clone(&links), following.clone()));
        Ok(Self {
            links: Some(links),
            following,
        })
    }

    pub(super) fn made(&self) -> Option<Arc<Links>> {
        self.links.clone()
    }
}

impl Drop for Linking {
    fn drop(&mut self) {
        self.following.cancel();
    }
}
