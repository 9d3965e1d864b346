//! The engine that all plugins share: its configuration, the guests' threads and the places
//! in its pool.

use std::{
    io,
    num::NonZeroUsize,
    path::{Path, PathBuf},
    sync::Arc,
};

use tokio::{
    runtime::{Builder, Handle, Runtime},
    sync::{OwnedSemaphorePermit, Semaphore},
};
use wasmtime::{Config, Engine, InstanceAllocationStrategy, PoolingAllocationConfig, component::Linker};

use crate::{
    Compiler, LoadError, Plugin, cache::CompileCache, capability, fault::Fault, load, state::State, ticker::Ticker,
    turns::Turns,
};

/// Instances that may run at once, over all connectors.
const RUNNING: u32 = 512;
/// Instances that may wait for another call, over all connectors.
const IDLE: u32 = 448;

/// What a sandbox needs.
pub struct SandboxOptions {
    /// Where compiled plugins are kept. Made, for this user alone, if it is not there.
    pub cache_dir: PathBuf,
    /// The runtime for everything but guests: files, deadlines, compiling. It must have
    /// timers enabled.
    pub io: Handle,
    /// How many guests that use much run at once, at least 1. One more thread is there for
    /// those that do not.
    pub guest_threads: usize,
    /// Where plugins are compiled that the cache has not got.
    pub compiler: Compiler,
}

impl SandboxOptions {
    /// With one busy guest fewer than there are cores, so that the rest of the daemon always
    /// has one.
    pub fn new(cache_dir: PathBuf, io: Handle) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        Self {
            cache_dir,
            io,
            guest_threads: cores.saturating_sub(1).max(1),
            compiler: Compiler::Here,
        }
    }
}

/// Why there is no sandbox.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// The engine does not work on this machine.
    #[error("starting the WebAssembly engine: {what}")]
    Engine {
        /// Why.
        what: String,
    },
    /// No threads for guests.
    #[error("starting the threads that run plugins: {0}")]
    Threads(#[source] io::Error),
}

/// Loads plugins and runs them. Clones share everything; when the last one and every plugin
/// and connector made with it are gone, so are the threads.
#[derive(Clone)]
pub struct Sandbox {
    inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) engine: Engine,
    pub(crate) linker: Linker<State>,
    pub(crate) cache: CompileCache,
    pub(crate) io: Handle,
    pub(crate) ticker: Ticker,
    pub(crate) turns: Turns,
    guests: Option<Runtime>,
    running: Arc<Semaphore>,
    idle: Arc<Semaphore>,
}

impl Sandbox {
    /// Starts the engine and its threads.
    ///
    /// # Errors
    /// Where the engine does not work on this machine, or threads cannot be had.
    pub fn new(options: SandboxOptions) -> Result<Self, SandboxError> {
        let failed = |error: wasmtime::Error| SandboxError::Engine {
            what: format!("{error:#}"),
        };
        let engine = engine().map_err(failed)?;
        let mut linker = Linker::new(&engine);
        capability::link(&mut linker).map_err(failed)?;
        let threads = options.guest_threads.max(1);
        let guests = Builder::new_multi_thread()
            // One more than there are turns for heavy calls. What cannot be interrupted at a
            // tick, such as tidying up after a call that took much memory, then takes no
            // light call's thread.
            .worker_threads(threads + 1)
            // A call comes from another runtime, so it enters where a worker looks only now
            // and then while it has something to do; spinning guests always have.
            .global_queue_interval(1)
            .thread_name("guest")
            .build()
            .map_err(SandboxError::Threads)?;
        Ok(Self {
            inner: Arc::new(Inner {
                ticker: Ticker::start(engine.clone()).map_err(SandboxError::Threads)?,
                engine,
                linker,
                cache: CompileCache::new(options.cache_dir, options.compiler),
                io: options.io,
                turns: Turns::new(threads),
                guests: Some(guests),
                running: Arc::new(Semaphore::new(RUNNING as usize)),
                idle: Arc::new(Semaphore::new(IDLE as usize)),
            }),
        })
    }

    /// Reads a component, refuses what is not ours, compiles it or takes it from the cache,
    /// and asks it what it is.
    ///
    /// # Errors
    /// Every [`LoadError`]; each says what to do about it.
    pub async fn load(&self, path: &Path) -> Result<Arc<Plugin>, LoadError> {
        load::from_file(&self.inner, path, None).await
    }

    /// The same for the component with this SHA-256 (in hexadecimal) and no other: one that is
    /// another is neither compiled nor asked anything.
    ///
    /// # Errors
    /// As [`Sandbox::load`], and [`LoadError::OtherThanPinned`].
    pub async fn load_pinned(&self, path: &Path, digest: &str) -> Result<Arc<Plugin>, LoadError> {
        load::from_file(&self.inner, path, Some(digest)).await
    }

    /// The same for a component in memory; `name_for_messages` stands for the file's name.
    ///
    /// # Errors
    /// Every [`LoadError`] but those about reading the file.
    pub async fn load_bytes(&self, name_for_messages: &str, bytes: Vec<u8>) -> Result<Arc<Plugin>, LoadError> {
        load::from_bytes(&self.inner, name_for_messages, bytes, None).await
    }
}

impl Inner {
    /// Waits until one more instance may run.
    pub(crate) async fn place(&self) -> Result<OwnedSemaphorePermit, Fault> {
        let place = self.running.clone().acquire_owned().await;
        place.map_err(|_| Fault::Gone)
    }

    /// Whether one more instance may wait for another call.
    pub(crate) fn idle_place(&self) -> Option<OwnedSemaphorePermit> {
        self.idle.clone().try_acquire_owned().ok()
    }

    pub(crate) fn guests(&self) -> Result<&Runtime, Fault> {
        self.guests.as_ref().ok_or(Fault::Gone)
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        // The last owner may be a task, where waiting for the threads would panic.
        if let Some(guests) = self.guests.take() {
            guests.shutdown_background();
        }
    }
}

fn engine() -> wasmtime::Result<Engine> {
    let mut pooled = config();
    pooled.allocation_strategy(InstanceAllocationStrategy::Pooling(pool()));
    Engine::new(&pooled).or_else(|error| {
        tracing::warn!(
            %error,
            "the address space for a pool of instances cannot be had, so every call allocates \
             its own: slower, otherwise the same"
        );
        Engine::new(&config())
    })
}

/// What decides over the meaning and the limits of guests' code.
pub(crate) fn config() -> Config {
    let mut config = Config::new();
    config
        .epoch_interruption(true)
        .concurrency_support(false)
        // The same item gives the same answer on every machine.
        .cranelift_nan_canonicalization(true)
        .relaxed_simd_deterministic(true);
    config
}

/// Room for all instances that run or wait. It is address space: memory is taken when it is
/// touched. One component has several core instances and tables (its own, those that glue
/// it together, an interpreter's libraries).
fn pool() -> PoolingAllocationConfig {
    let instances = RUNNING + IDLE;
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(instances)
        .max_component_instance_size(8 << 20)
        .total_core_instances(instances * 8)
        .max_core_instance_size(4 << 20)
        .total_memories(instances + 64)
        .max_memories_per_module(4)
        .total_tables(instances * 4)
        .max_tables_per_module(8)
        .table_elements(100_000)
        .total_stacks(instances);
    pool
}
