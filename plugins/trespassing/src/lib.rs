//! Tries on request what it was not granted, in every role, for the tests of the host. See
//! `README.md`.

mod trespasser;

pub use trespasser::{Config, Trespasser};

hearken_sdk::export!(Trespasser: Source, Webhook, Scorer, Router, Sink, Reconciler);
