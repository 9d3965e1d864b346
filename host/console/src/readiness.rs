//! Whether the daemon can take what is sent to it, and if not, why not.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

type Probe = Box<dyn Fn() -> bool + Send>;

/// The reasons for which the daemon is not ready. Cheap to clone; all clones are one.
#[derive(Clone, Default)]
pub struct Readiness {
    waiting: Arc<Mutex<Vec<(String, Probe)>>>,
}

impl Readiness {
    /// Not ready, for `reason`, until [`Readiness::over`] is called with the same text.
    pub fn not_while(&self, reason: &str) {
        self.until(reason, || false);
    }

    /// Not ready, for `reason`, until `probe` says true. It is called for every question,
    /// so it must be quick.
    pub fn until(&self, reason: &str, probe: impl Fn() -> bool + Send + 'static) {
        self.lock().push((reason.to_owned(), Box::new(probe)));
    }

    /// `reason` holds no longer.
    pub fn over(&self, reason: &str) {
        self.lock().retain(|(r, _)| r != reason);
    }

    /// What the daemon waits for; empty when it is ready.
    #[must_use]
    pub fn reasons(&self) -> Vec<String> {
        self.lock()
            .iter()
            .filter(|(_, probe)| !probe())
            .map(|(reason, _)| reason.clone())
            .collect()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<(String, Probe)>> {
        // A list of reasons is whole at every moment, whoever panicked while holding it.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Readiness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Readiness").field(&self.reasons()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::Readiness;

    #[test]
    fn every_reason_must_be_over() {
        let readiness = Readiness::default();
        readiness.not_while("loading plugins");
        readiness.until("catching up", || true);
        assert_eq!(readiness.reasons(), ["loading plugins"]);
        readiness.over("loading plugins");
        assert!(readiness.reasons().is_empty());
    }
}
