//! Says in the log why requests are refused, to the operator and not to the sender.
//!
//! Anybody on the network can make a request that is refused, so a connector gets one line
//! in a while, which counts the ones before it.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use hearken_webhook_auth::Refused;

use super::credentials::Credential;

/// How long a connector is quiet after a line.
const QUIET: Duration = Duration::from_secs(5);

/// What was told about one connector.
#[derive(Debug, Default)]
pub(super) struct Told {
    last: Mutex<(Option<Instant>, u64)>,
}

impl Told {
    /// Tells of a request that proved nothing.
    pub(super) fn refused(&self, connector: &str, closest: Option<&(&Credential, Refused)>, url: Option<&str>) {
        let Some(untold) = self.turn(Instant::now()) else {
            return;
        };
        let (credential, why) = match closest {
            Some((credential, refused)) => (credential.name(), refused.to_string()),
            None => ("", "no credential is configured".to_owned()),
        };
        // What was checked, where an address was. Elsewhere its path may hold somebody's key, as
        // its query may everywhere.
        let signs_url = closest.is_some_and(|(credential, _)| credential.signs_url());
        let url = url
            .filter(|_| signs_url)
            .map(|url| url.split('?').next().unwrap_or_default().escape_debug().to_string());
        tracing::warn!(
            connector,
            credential,
            why,
            signed_url = url,
            untold,
            "a request is refused"
        );
    }

    /// Whether there may be a line now; how many there were not.
    fn turn(&self, now: Instant) -> Option<u64> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.0.is_some_and(|at| now.duration_since(at) < QUIET) {
            last.1 += 1;
            return None;
        }
        last.0 = Some(now);
        Some(std::mem::take(&mut last.1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_of_refusals_is_a_line_in_a_while() {
        let told = Told::default();
        let begun = Instant::now();
        assert_eq!(told.turn(begun), Some(0));
        for _ in 0..100 {
            assert_eq!(told.turn(begun + QUIET / 2), None);
        }
        assert_eq!(told.turn(begun + QUIET), Some(100));
        assert_eq!(told.turn(begun + QUIET * 2), Some(0));
    }
}
