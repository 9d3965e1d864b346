//! What keeps an engine from starting. What goes wrong later is tried again, put into the
//! dead letters or told in the log; it never ends the engine.

/// Why an engine did not start.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The store did not do what it was asked to.
    #[error("starting the engine: {0}")]
    Store(#[from] hearken_store::StoreError),
    /// The store's feed has been taken already: another engine runs on it.
    #[error("starting the engine: the store feeds another engine already")]
    FeedTaken,
    /// The wiring names a connector that was not handed over, or one of another role.
    #[error("starting the engine: {0}")]
    Wiring(String),
    /// The catalogue of signal kinds is broken: a mistake of this build.
    #[error("compiling the schema of signal kind '{kind}': {why}")]
    Catalogue {
        /// The kind.
        kind: String,
        /// What is wrong with its schema.
        why: String,
    },
}
