//! Working backwards from sales: outcomes are attributed to the decisions behind them, become
//! evidence about which story works for whom, and that becomes posteriors, kept as numbered
//! snapshots. A router is given track records and how likely each story is the best; it
//! never learns by itself.
//!
//! `docs/learning.md` says the same for people, with the formulas and where they are from.

mod accounts;
mod attribute;
mod best;
mod beta;
mod cell;
mod evidence;
pub mod funnel;
mod gather;
mod holdout;
mod knowledge;
mod measure;
mod pool;
pub mod report;
mod snapshot;

pub use accounts::{Settings, gather};
pub use attribute::{Rule, credits};
pub use beta::Posterior;
pub use cell::{Buyer, Cell, SURE};
pub use evidence::{Counts, Evidence, Telling};
pub use gather::tellings;
pub use holdout::is_held_out;
pub use knowledge::{Fared, Knowledge};
pub use measure::{Credit, MEASURES, Measure};
pub use pool::Pooled;
pub use snapshot::{LearnError, load, load_numbered, refresh};
