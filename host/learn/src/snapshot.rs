//! Numbered snapshots: made now and then, kept by the store, read when a daemon starts.

use std::time::Duration;

use hearken_model::{Instant, Pressure};
use hearken_store::{Snapshot, Store, StoreError};

use crate::{Counts, Evidence, Knowledge, Settings, gather};

/// Without news a snapshot is made all the same after so long: what is old fades.
const FADES: Duration = Duration::from_secs(86_400);

/// What was learned could not be read or kept.
#[derive(Debug, thiserror::Error)]
pub enum LearnError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A snapshot is not what this program writes.
    #[error("reading snapshot {number} of what was learned: {why}; a later one takes its place")]
    Unreadable {
        /// Which.
        number: u64,
        /// Why.
        why: serde_json::Error,
    },
    /// A snapshot cannot be written down.
    #[error("writing down what was learned: {0}")]
    Unwritable(serde_json::Error),
}

/// The latest snapshot; number 0, which knows nothing, where there is none.
///
/// # Errors
/// Where the store cannot be read, or what it has was written by another program.
pub async fn load(store: &dyn Store, settings: Settings) -> Result<Knowledge, LearnError> {
    match store.latest_snapshot().await? {
        Some(snapshot) => read(&snapshot),
        None => Ok(Knowledge::new(0, Evidence::new(Instant::default(), settings.half_life))),
    }
}

/// The snapshot of a number; none where it is not kept any more.
///
/// # Errors
/// Where the store cannot be read, or what it has was written by another program.
pub async fn load_numbered(store: &dyn Store, number: u64) -> Result<Option<Knowledge>, LearnError> {
    store
        .snapshot(number)
        .await?
        .map(|snapshot| read(&snapshot))
        .transpose()
}

/// Gathers evidence as of `now`, and keeps it as the next snapshot. None where it says what
/// `current` says, and that is younger than a day.
///
/// # Errors
/// Where the store cannot be read or written.
pub async fn refresh(
    store: &dyn Store,
    settings: Settings,
    now: Instant,
    pressure: impl Fn(&str) -> Option<Pressure>,
    current: &Knowledge,
) -> Result<Option<Knowledge>, LearnError> {
    let evidence = gather(store, settings, now, pressure).await?;
    let fades = !evidence.cells.is_empty() && now.since(current.evidence().at) >= FADES;
    if !fades && says_the_same(&evidence, current.evidence()) {
        return Ok(None);
    }
    let body = serde_json::to_string(&evidence).map_err(LearnError::Unwritable)?;
    let number = store.keep_snapshot(now, body).await?;
    Ok(Some(Knowledge::new(number, evidence)))
}

fn read(snapshot: &Snapshot) -> Result<Knowledge, LearnError> {
    let evidence = serde_json::from_str(&snapshot.body).map_err(|why| LearnError::Unreadable {
        number: snapshot.number,
        why,
    })?;
    Ok(Knowledge::new(snapshot.number, evidence))
}

/// Whether two differ by nothing but the time between them.
fn says_the_same(new: &Evidence, old: &Evidence) -> bool {
    let faded = old.left_at(new.at);
    let same = |x: &Counts, y: &Counts| {
        let close = |x: f64, y: f64| (x - y * faded).abs() <= 1e-6 * (1.0 + x.abs());
        let credits = x.credit.iter().flatten().zip(y.credit.iter().flatten());
        x.samples == y.samples && close(x.told, y.told) && credits.into_iter().all(|(x, y)| close(*x, *y))
    };
    new.half_life == old.half_life
        && new.cells.len() == old.cells.len()
        && new
            .cells
            .iter()
            .zip(&old.cells)
            .all(|((x, a), (y, b))| x == y && same(a, b))
}
