//! Has every role, calls every import and tells all that it was given, so that a change of
//! the contract shows in what this plugin, compiled before the change, answers.

mod digest;
mod imports;
mod sample;
mod shown;
mod witness;

pub use witness::{Config, Witness};

hearken_sdk::export!(Witness: Source, Webhook, Scorer, Router, Sink, Reconciler);
