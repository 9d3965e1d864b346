//! Credentials as vendors count them: two connectors with one key share its limit.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use tokio::time::Instant;

use crate::{Rate, quota::Bucket};

/// What is known of one credential, whoever uses it.
#[derive(Default)]
pub(crate) struct Credential {
    /// One for each rate that somebody who uses it has; all of them count.
    buckets: Mutex<Vec<(Rate, Arc<Bucket>)>>,
    pub(crate) pause: Pause,
}

impl Credential {
    pub(crate) fn buckets(&self) -> Vec<Arc<Bucket>> {
        let buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        buckets.iter().map(|(_, bucket)| Arc::clone(bucket)).collect()
    }

    fn limit(&self, rates: &[Rate]) {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        for rate in rates {
            if !buckets.iter().any(|(known, _)| known == rate) {
                buckets.push((*rate, Arc::new(Bucket::new(*rate))));
            }
        }
    }
}

/// All credentials, by a digest of their values.
#[derive(Default)]
pub(crate) struct Credentials(Mutex<HashMap<[u8; 32], Arc<Credential>>>);

impl Credentials {
    /// The credential of a value; from now on `rates` hold for it, too.
    pub(crate) fn get(&self, value: &SecretString, rates: &[Rate]) -> Arc<Credential> {
        let key = Sha256::digest(value.expose_secret().as_bytes()).into();
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let credential = Arc::clone(all.entry(key).or_default());
        credential.limit(rates);
        credential
    }
}

/// Until when nothing is to be sent, because the other side said so.
#[derive(Default)]
pub(crate) struct Pause(Mutex<Option<Instant>>);

impl Pause {
    pub(crate) fn extend(&self, wait: Duration) {
        let until = Instant::now() + wait;
        let mut pause = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *pause = Some(pause.map_or(until, |earlier| earlier.max(until)));
    }

    /// What is left of it.
    pub(crate) fn left(&self) -> Option<Duration> {
        let pause = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        pause
            .map(|until| until.saturating_duration_since(Instant::now()))
            .filter(|left| !left.is_zero())
    }
}
