//! One file through one source, from its beginning to its end: `hearken import`.
//!
//! The next page is read while the last one is being stored. Each page is stored together
//! with how far the import is, so an import that was killed goes on behind the last page
//! that was stored, and no record is taken twice. That cursor is the import's own: the one
//! of polling is not touched.
//!
//! What is imported is history. None of it is live, however young it is, so it builds
//! beliefs and starts nothing.
//!
//! An import only stores. A daemon that runs beside it applies what it appends, and so that
//! what arrives there meanwhile need not wait behind the whole file, an import then keeps at
//! most [`AHEAD`] entries in front of it. Without a daemon everything waits for the next
//! start.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use hearken_config::Wiring;
use hearken_sandbox::{Connector, Fault, wire};
use hearken_store::{NewDeadLetter, Progress, Store, StoreError};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::{
    Clock, EngineError,
    catalogue::Catalogue,
    intake::{self, Taken},
    poll::{MAX_CURSOR_BYTES, not_yet},
    vet::{Origin, Vetting},
};

/// How many signals a page has at most.
const PAGE: u32 = 1_000;
/// How many entries a running daemon has before it at most. At some thousands a second that
/// is how much later what is live may be heard while an import runs.
const AHEAD: u64 = 2_000;
/// After how many refused records, with none that was taken before, it is the configuration
/// that is wrong and not the file.
const HOPELESS: usize = 100;
const LOOK_AGAIN: Duration = Duration::from_millis(20);
/// How often what fails for a while is tried again, and how long after.
const TRIES: u32 = 8;
const TRY_AGAIN: Duration = Duration::from_millis(500);
/// A source says beside a page how many records it read for it.
const RECORDS: &str = "records";

/// What an import is made from.
pub struct ImportParts {
    /// The resolved configuration, with the one connector.
    pub wiring: Arc<Wiring>,
    /// Where everything is kept, opened beside a daemon that may be running.
    pub store: Arc<dyn Store>,
    /// The source, which is granted the one file.
    pub connector: Connector,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The installation's secret, by which it is known what an answer answers.
    pub key: [u8; 32],
    /// Names this import of this file; what is kept of it is found again under it.
    pub name: String,
    /// Whether to go on where none of the first records can be taken.
    pub anyway: bool,
}

/// How far an import is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Imported {
    /// Records read.
    pub records: u64,
    /// Signals taken, those that were stored before included.
    pub signals: u64,
    /// Those of them that were stored before. Which they are is only known when a page is
    /// stored, so of the page behind which an import was killed they count as new.
    pub repeated: u64,
    /// Records and signals that could not be taken.
    pub refused: u64,
    /// Whether the file was read to its end.
    pub ended: bool,
    /// Where the source goes on.
    cursor: Option<String>,
}

impl Imported {
    /// Signals that were stored.
    #[must_use]
    pub const fn stored(&self) -> u64 {
        self.signals.saturating_sub(self.repeated)
    }
}

/// A page that was stored.
#[derive(Debug)]
pub struct Step<'a> {
    /// All in all, earlier runs of the same import included.
    pub total: &'a Imported,
    /// What of this page was refused.
    pub refused: &'a [NewDeadLetter],
    /// How much of the file is read, and how much there is, in the source's unit.
    pub done: Option<(u64, u64)>,
}

/// Why an import did not come to its end. What was stored before is stored, and the next
/// run goes on behind it.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The source cannot go on.
    #[error("reading the file: {0}")]
    Source(#[from] Fault),
    /// The source broke a rule.
    #[error("reading the file: {0}")]
    Rule(String),
    /// The store did not do what it was asked to.
    #[error("storing: {0}")]
    Store(#[from] StoreError),
    /// None of the first records could be taken. Nothing is stored.
    #[error("none of the first {} records could be taken", refused.len())]
    Hopeless {
        /// What was refused.
        refused: Vec<NewDeadLetter>,
    },
}

/// An import that is ready to run.
pub struct Import {
    parts: ImportParts,
    catalogue: Catalogue,
    connectors: BTreeMap<String, Connector>,
}

/// What the reader hands over.
struct Read {
    page: wire::Page,
    done: Option<(u64, u64)>,
    ended: bool,
}

impl Import {
    /// Makes it ready.
    ///
    /// # Errors
    /// [`EngineError::Catalogue`], where this build's catalogue is broken.
    pub fn new(parts: ImportParts) -> Result<Self, EngineError> {
        let connector = parts.connector.clone();
        Ok(Self {
            catalogue: Catalogue::load()?,
            connectors: BTreeMap::from([(connector.name().to_owned(), connector)]),
            parts,
        })
    }

    /// How far an earlier run of the same import came.
    ///
    /// # Errors
    /// [`ImportError::Store`].
    pub async fn so_far(&self) -> Result<Imported, ImportError> {
        let kept = self.parts.store.cursor(&self.parts.name).await?;
        // What cannot be read was written by another version: then it begins anew, and what
        // was stored is known by its id for as long as ids are remembered.
        Ok(kept
            .and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or_default())
    }

    /// Reads on from `from` to the end of the file, or until `cancel`. `beside` says whether a
    /// daemon runs, `tell` hears of every page that was stored.
    ///
    /// # Errors
    /// [`ImportError`]; what was stored until then stays.
    pub async fn run(
        &self,
        from: Imported,
        beside: &(dyn Fn() -> bool + Send + Sync),
        tell: &mut (dyn FnMut(Step<'_>) + Send),
        cancel: &CancellationToken,
    ) -> Result<Imported, ImportError> {
        let mut total = from;
        let (sender, mut pages) = mpsc::channel(1);
        let reading = CancellationToken::new();
        let _stops_reading = reading.clone().drop_guard();
        tokio::spawn(read(
            self.parts.connector.clone(),
            Arc::clone(&self.parts.clock),
            total.cursor.clone(),
            sender,
            reading,
        ));
        while !cancel.is_cancelled()
            && let Some(read) = pages.recv().await
        {
            let read = read?;
            self.make_room(beside, cancel).await?;
            let done = read.done;
            let refused = self.take(read, &mut total).await?;
            tell(Step {
                total: &total,
                refused: &refused,
                done,
            });
        }
        Ok(total)
    }

    /// Waits until a running daemon has applied everything that was appended up to now;
    /// whether one has. `tell` hears how many entries wait.
    ///
    /// # Errors
    /// [`ImportError::Store`].
    pub async fn applied(
        &self,
        beside: &(dyn Fn() -> bool + Send + Sync),
        tell: &mut (dyn FnMut(u64) + Send),
        cancel: &CancellationToken,
    ) -> Result<bool, ImportError> {
        let aims = self.parts.store.progress().await?;
        loop {
            let now = self.parts.store.progress().await?;
            let waiting: u64 = aims
                .iter()
                .zip(&now)
                .map(|(aim, now)| aim.last.saturating_sub(now.applied))
                .sum();
            tell(waiting);
            if waiting == 0 {
                return Ok(true);
            }
            if cancel.is_cancelled() || !beside() {
                return Ok(false);
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    async fn make_room(
        &self,
        beside: &(dyn Fn() -> bool + Send + Sync),
        cancel: &CancellationToken,
    ) -> Result<(), ImportError> {
        while beside() && !cancel.is_cancelled() {
            let progress = self.parts.store.progress().await?;
            if progress.iter().map(Progress::waiting).sum::<u64>() <= AHEAD {
                break;
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
        Ok(())
    }

    /// Stores a page with how far the import is then; what of it was refused.
    async fn take(&self, read: Read, total: &mut Imported) -> Result<Vec<NewDeadLetter>, ImportError> {
        let ImportParts {
            wiring,
            store,
            connector,
            clock,
            key,
            name,
            anyway,
        } = &self.parts;
        let vetting = Vetting {
            wiring,
            catalogue: &self.catalogue,
            connectors: &self.connectors,
            key,
        };
        let origin = Origin {
            connector: connector.name(),
            received: clock.now(),
            public: false,
        };
        let records = records(&read.page);
        let mut intake = vetting.vetted(read.page.signals, &read.page.rejects, origin);
        for signal in &mut intake.signals {
            signal.live = false;
        }
        let refused = intake.dead_letters.clone();
        if !anyway && intake.signals.is_empty() && refused.len() >= HOPELESS && total.signals == 0 {
            return Err(ImportError::Hopeless { refused });
        }
        let mut after = total.clone();
        after.records += records;
        after.signals += intake.signals.len() as u64;
        after.refused += refused.len() as u64;
        after.ended = read.ended;
        after.cursor = read.page.cursor;
        let kept = serde_json::to_string(&after).map_err(|e| ImportError::Rule(e.to_string()))?;
        intake.cursor = Some((name.clone(), kept));
        let mut tries = 1;
        let Taken { repeated, .. } = loop {
            match intake::store(&**store, connector.name(), intake.clone()).await {
                Ok(taken) => break taken,
                Err(error) if tries == TRIES => return Err(error.into()),
                Err(error) => tracing::warn!(%error, "a page could not be stored; trying again"),
            }
            tries += 1;
            tokio::time::sleep(TRY_AGAIN).await;
        };
        after.repeated += repeated;
        *total = after;
        Ok(refused)
    }
}

fn records(page: &wire::Page) -> u64 {
    let said = page.extra.iter().find(|(name, _)| name == RECORDS);
    said.and_then(|(_, n)| n.parse().ok()).unwrap_or(0)
}

/// Reads page after page until the source does not move any more, one ahead of what is stored.
async fn read(
    connector: Connector,
    clock: Arc<dyn Clock>,
    mut cursor: Option<String>,
    pages: mpsc::Sender<Result<Read, ImportError>>,
    cancel: CancellationToken,
) {
    loop {
        let page = tokio::select! {
            page = page(&connector, &*clock, cursor.clone()) => page,
            () = cancel.cancelled() => return,
        };
        let read = page.map(|page| {
            let ended = page.cursor == cursor;
            cursor.clone_from(&page.cursor);
            Read {
                done: connector.packed_bytes_read().or(page.progress),
                ended,
                page,
            }
        });
        let last = read.as_ref().map_or(true, |read| read.ended);
        if pages.send(read).await.is_err() || last {
            return;
        }
    }
}

async fn page(connector: &Connector, clock: &dyn Clock, cursor: Option<String>) -> Result<wire::Page, ImportError> {
    let mut tries = 1;
    loop {
        let fault = match connector.poll(clock.now().0, cursor.clone(), PAGE).await {
            Ok(page) if page.cursor.as_ref().is_some_and(|c| c.len() > MAX_CURSOR_BYTES) => {
                let why = format!("the source's cursor is longer than {MAX_CURSOR_BYTES} bytes");
                return Err(ImportError::Rule(why));
            }
            Ok(page) => return Ok(page),
            Err(fault) => fault,
        };
        match not_yet(&fault) {
            Some(wait) => tokio::time::sleep(wait).await,
            None if tries < TRIES && may_pass(&fault) => {
                tries += 1;
                tokio::time::sleep(TRY_AGAIN).await;
            }
            None => return Err(fault.into()),
        }
    }
}

/// Whether a fault may be of a moment.
fn may_pass(fault: &Fault) -> bool {
    use hearken_sandbox::Class;
    match fault {
        Fault::Failure { class, .. } => matches!(class, Class::Transient | Class::RateLimited),
        Fault::OutOfTime { .. } | Fault::OutOfCpu { .. } => true,
        _ => false,
    }
}
