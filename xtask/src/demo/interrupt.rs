//! Ctrl-C and SIGTERM, as something that can be waited for.

use std::{
    sync::{Arc, Condvar, Mutex, PoisonError},
    time::Duration,
};

use anyhow::{Context, Result, bail};

/// Set once, never taken back.
#[derive(Clone, Default)]
pub(super) struct Interrupt(Arc<(Mutex<bool>, Condvar)>);

impl Interrupt {
    /// Listens from now on; at most once in a process.
    pub(super) fn listen() -> Result<Self> {
        let interrupt = Self::default();
        let theirs = interrupt.clone();
        ctrlc::set_handler(move || theirs.set()).context("listening for Ctrl-C")?;
        Ok(interrupt)
    }

    /// Waits so long, and fails as soon as somebody interrupts.
    pub(super) fn pause(&self, length: Duration) -> Result<()> {
        let (set, changed) = &*self.0;
        let set = set.lock().unwrap_or_else(PoisonError::into_inner);
        let (set, _) = changed
            .wait_timeout_while(set, length, |set| !*set)
            .unwrap_or_else(PoisonError::into_inner);
        if *set {
            bail!("interrupted");
        }
        Ok(())
    }

    fn set(&self) {
        *self.0.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.0.1.notify_all();
    }
}
