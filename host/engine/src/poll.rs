//! Sources, polled with their cursors. The cursor is stored with the signals that it
//! stands behind, so it may lag them and never lead.

use std::{sync::Arc, time::Duration};

use hearken_sandbox::{Class, Connector, Fault};
use tokio_util::sync::CancellationToken;

use crate::{intake::Taken, parts::Shared, vet::Origin};

const PAGE: u32 = 500;
pub(crate) const MAX_CURSOR_BYTES: usize = 64 * 1024;
const LONGEST_WAIT: Duration = Duration::from_secs(600);

/// Whether there is something to poll: a source that reads files may be wired without a
/// folder, for imports only.
pub(crate) fn has_what_it_reads(shared: &Shared, source: &Connector) -> bool {
    let granted = shared.wired(source.name()).and_then(|c| c.grants.folder.as_ref());
    source.plugin().manifest().needs.folder.is_none() || granted.is_some()
}

/// Polls a source until `cancel`; `caught_up` is told whenever it has nothing more for now.
pub(crate) async fn poll(
    shared: Arc<Shared>,
    connector: Connector,
    caught_up: tokio::sync::watch::Sender<bool>,
    cancel: CancellationToken,
) {
    let every = shared
        .wired(connector.name())
        .map_or(Duration::from_secs(60), |c| c.every);
    let mut failures = 0_u32;
    loop {
        let wait = match page(&shared, &connector).await {
            Ok(Some(wait)) => {
                failures = 0;
                wait
            }
            Ok(None) => {
                failures = 0;
                every
            }
            Err(NoPage::NotYet(wait)) => wait,
            Err(NoPage::Failed(why)) => {
                failures = failures.saturating_add(1);
                tracing::warn!(connector = connector.name(), why, failures, "polling failed");
                every
                    .max(Duration::from_secs(1))
                    .saturating_mul(1 << failures.min(10))
                    .min(LONGEST_WAIT)
            }
        };
        caught_up.send_replace(!wait.is_zero());
        if wait.is_zero() {
            if cancel.is_cancelled() {
                return;
            }
            continue;
        }
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = cancel.cancelled() => return,
        }
    }
}

/// Why there is no page.
enum NoPage {
    /// The source is at it, and says when to ask again.
    NotYet(Duration),
    /// Something failed.
    Failed(String),
}

impl NoPage {
    fn failed(error: impl ToString) -> Self {
        Self::Failed(error.to_string())
    }
}

/// When a source that has not failed wants to be asked again.
pub(crate) fn not_yet(fault: &Fault) -> Option<Duration> {
    match fault {
        Fault::Failure {
            class: Class::Transient | Class::RateLimited,
            retry_after,
            ..
        } => *retry_after,
        _ => None,
    }
}

/// Reads one page and stores it. When to ask again, if the source says.
async fn page(shared: &Shared, connector: &Connector) -> Result<Option<Duration>, NoPage> {
    let name = connector.name();
    let cursor = shared.store.cursor(name).await.map_err(NoPage::failed)?;
    let now = shared.clock.now();
    let page = match connector.poll(now.0, cursor.clone(), PAGE).await {
        Ok(page) => page,
        Err(fault) => return Err(not_yet(&fault).map_or_else(|| NoPage::failed(fault), NoPage::NotYet)),
    };
    if page.cursor.as_ref().is_some_and(|c| c.len() > MAX_CURSOR_BYTES) {
        let why = format!("its cursor is longer than {MAX_CURSOR_BYTES} bytes");
        return Err(NoPage::Failed(why));
    }
    let origin = Origin {
        connector: name,
        received: now,
        public: false,
    };
    let mut intake = shared.vetted(page.signals, &page.rejects, origin);
    let moved = page.cursor != cursor;
    intake.cursor = page.cursor.filter(|_| moved).map(|c| (name.to_owned(), c));
    if !intake.signals.is_empty() || !intake.dead_letters.is_empty() || intake.cursor.is_some() {
        let Taken {
            stored,
            repeated,
            refused,
            forgotten,
        } = shared.store_intake(name, intake).await.map_err(NoPage::failed)?;
        tracing::debug!(connector = name, stored, repeated, refused, forgotten, "polled");
    }
    // A source that asks to be asked at once and does not move would be asked for ever.
    Ok(page
        .again_in_ms
        .map(Duration::from_millis)
        .filter(|d| moved || !d.is_zero()))
}
