//! Runs a plugin in the real host, for its author's tests: compiled to a component, loaded
//! by the host's sandbox, under its limits and with its denials, and called with the types
//! of `hearken_sdk`.
//!
//! ```no_run
//! use hearken_harness::{Harness, assert_batch_independent};
//! use hearken_sdk::{Dossier, Instant};
//! use serde_json::json;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let harness = Harness::build(env!("CARGO_MANIFEST_DIR"))?
//!     .vocabulary(json!({ "topics": { "cost": { "title": "Cost", "urls": ["/pricing*"] } } }));
//! let plugin = harness.configure(json!({ "views": 3 }))?;
//!
//! let dossiers = vec![Dossier::new("p-1", Instant::from_millis(0)), Dossier::new("p-2", Instant::from_millis(5))];
//! assert!(plugin.assess(dossiers.clone()).iter().all(Result::is_ok));
//! assert_batch_independent(&dossiers, |batch| plugin.assess(batch));
//! # Ok(()) }
//! ```
//!
//! Nothing here is asynchronous: a harness has a runtime of its own, and calls wait.

mod batches;
mod configured;
mod error;
mod harness;
mod place;
mod relay;
mod wire;

pub use batches::assert_batch_independent;
pub use configured::Configured;
pub use error::HarnessError;
pub use harness::Harness;
pub use hearken_sandbox::{Class, Fault, Limits, Manifest, Roles};
