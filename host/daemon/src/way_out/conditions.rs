//! How ways out stand, told to the store: for people, and for the daemon after this one. What
//! an operator wants closed comes back the same way.

use std::{
    sync::Arc,
    time::{Duration, Instant as Moment, SystemTime},
};

use hearken_egress::{Condition, DestinationStanding, Egress, Rate, Standing};
use hearken_model::Instant;
use hearken_store::{EgressDestination, EgressStanding, Store, StoreError};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::output::span;

/// How often it is looked whether something has changed.
const LOOK: Duration = Duration::from_secs(1);
/// How often bytes and requests are written, which change all the time.
const COUNTS: Duration = Duration::from_secs(10);

/// Whose ways out, and where what is known of them is kept.
pub(crate) struct Conditions {
    pub(crate) egress: Egress,
    pub(crate) store: Arc<dyn Store>,
    /// The installation's, under which secrets are marked.
    pub(crate) key: [u8; 32],
}

impl Conditions {
    /// Takes over what the daemon before this one found to need an operator, where the secrets
    /// are still the same and no operator has said otherwise since.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub(crate) async fn restore(&self) -> Result<(), StoreError> {
        let closed = self.store.take_closings().await?;
        let now = self.standing();
        for before in self.store.egress_standing().await? {
            let needing = before.destinations.iter().filter(|d| d.condition == "needs-operator");
            for destination in needing {
                let is_closed = closed
                    .iter()
                    .any(|(c, d)| *c == before.connector && *d == destination.destination);
                let known = now.iter().filter(|way| way.connector == before.connector);
                let mut known = known.flat_map(|way| &way.destinations);
                let is_same =
                    known.any(|d| d.destination == destination.destination && d.secrets == destination.secrets);
                if is_same && !is_closed {
                    let again = destination.again.unwrap_or(Instant(0));
                    let again = SystemTime::UNIX_EPOCH + Duration::from_millis(again.0);
                    self.egress
                        .restore(&before.connector, &destination.destination, &destination.why, again);
                }
            }
        }
        Ok(())
    }

    /// Tells the store what changes until `cancel`, and then once more.
    pub(crate) fn follow(self, cancel: CancellationToken) -> JoinHandle<()> {
        tokio::spawn(async move {
            let (mut written, mut at) = (Vec::new(), None::<Moment>);
            loop {
                let over = tokio::select! {
                    () = tokio::time::sleep(LOOK) => false,
                    () = cancel.cancelled() => true,
                };
                let done = async {
                    self.close().await?;
                    let standing = self.standing();
                    let is_due = over || at.is_none_or(|at| at.elapsed() >= COUNTS);
                    if differ(&standing, &written) || is_due {
                        self.store.keep_standing(standing.clone()).await?;
                        (written, at) = (standing, Some(Moment::now()));
                    }
                    Ok::<_, StoreError>(())
                };
                if let Err(error) = done.await {
                    tracing::error!(%error, "how ways out stand could not be noted");
                }
                if over {
                    return;
                }
            }
        })
    }

    async fn close(&self) -> Result<(), StoreError> {
        for (connector, destination) in self.store.take_closings().await? {
            tracing::info!(connector, destination, "an operator says that it may be tried again");
            self.egress.close(&connector, &destination);
        }
        Ok(())
    }

    fn standing(&self) -> Vec<EgressStanding> {
        let at = instant(SystemTime::now());
        let all = self.egress.standing().into_iter();
        all.map(|standing| kept(standing, at, &self.key)).collect()
    }
}

/// Whether something differs that nobody should wait for.
fn differ(one: &[EgressStanding], other: &[EgressStanding]) -> bool {
    let what = |all: &[EgressStanding]| -> Vec<_> {
        let ways = all.iter();
        ways.map(|w| (w.connector.clone(), w.destinations.clone(), w.paused_until.is_some()))
            .collect()
    };
    // Moments are computed anew each time, and differ by what that takes.
    let rounded = |mut all: Vec<(String, Vec<EgressDestination>, bool)>| {
        for destination in all.iter_mut().flat_map(|(_, destinations, _)| destinations) {
            for moment in [&mut destination.again, &mut destination.paused_until] {
                *moment = moment.map(|at| Instant((at.0 + 500) / 1000));
            }
        }
        all
    };
    rounded(what(one)) != rounded(what(other))
}

fn kept(standing: Standing, at: Instant, key: &[u8; 32]) -> EgressStanding {
    let (bytes, most_bytes, hour_ends) = standing.bytes;
    let secrets = standing.secrets.under(key);
    let destinations = standing.destinations.into_iter();
    EgressStanding {
        connector: standing.connector,
        at,
        rates: standing.rates.iter().map(rate).collect::<Vec<_>>().join(", "),
        bytes,
        most_bytes,
        hour_ends: hour_ends.map(instant),
        in_flight: standing.in_flight.0 as u64,
        most_in_flight: standing.in_flight.1 as u64,
        paused_until: standing.paused_until.map(instant),
        destinations: destinations.map(|d| destination(d, &secrets)).collect(),
    }
}

fn destination(standing: DestinationStanding, secrets: &str) -> EgressDestination {
    let condition = standing.condition.word().to_owned();
    EgressDestination {
        destination: standing.destination,
        condition,
        why: match standing.condition {
            Condition::Open { why } | Condition::NeedsOperator { why } => why,
            Condition::Closed | Condition::Probing => String::new(),
        },
        again: standing.again.map(instant),
        paused_until: standing.paused_until.map(instant),
        secrets: secrets.to_owned(),
    }
}

fn rate(rate: &Rate) -> String {
    format!("{} in {}", rate.requests, span(rate.per))
}

fn instant(time: SystemTime) -> Instant {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Instant(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}
