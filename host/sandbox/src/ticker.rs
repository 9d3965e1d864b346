//! The clock by which running guests notice that they have run for long.
//!
//! A thread advances the engine's epoch each millisecond while a guest runs, and sleeps
//! while none does: an idle daemon wakes for nothing.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use wasmtime::Engine;

const TICK: Duration = Duration::from_millis(1);

#[derive(Default)]
struct Shared {
    running: AtomicUsize,
    stopped: AtomicBool,
}

/// Owns the thread; it ends with this value.
pub(crate) struct Ticker {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Ticker {
    pub(crate) fn start(engine: Engine) -> io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let seen = shared.clone();
        let thread = thread::Builder::new().name("epoch".into()).spawn(move || {
            while !seen.stopped.load(Ordering::Acquire) {
                if seen.running.load(Ordering::Acquire) == 0 {
                    // An `unpark` between the look and this line is not lost: it makes
                    // `park` return at once.
                    thread::park();
                } else {
                    thread::sleep(TICK);
                    engine.increment_epoch();
                }
            }
        })?;
        Ok(Self {
            shared,
            thread: Some(thread),
        })
    }

    /// Says that a guest runs, until the answer is dropped.
    pub(crate) fn running(&self) -> Running {
        if self.shared.running.fetch_add(1, Ordering::AcqRel) == 0
            && let Some(thread) = &self.thread
        {
            thread.thread().unpark();
        }
        Running {
            shared: self.shared.clone(),
        }
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            // It holds nothing that could panic.
            let _ = thread.join();
        }
    }
}

/// A guest that runs.
pub(crate) struct Running {
    shared: Arc<Shared>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.shared.running.fetch_sub(1, Ordering::AcqRel);
    }
}
