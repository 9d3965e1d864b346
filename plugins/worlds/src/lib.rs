//! Simulated sites: people come, are told stories by a policy, and do what the world's hidden
//! parameters make them do. The router is the real facilitator; what is learned is learned by
//! the host's own code, from the records that a store would give.
//!
//! All people, stories and numbers are generated. `docs/learning.md` says what came of it.

mod choice;
mod person;
mod world;
mod year;

pub use world::{Kind, World};
pub use year::{Policy, Year, live};
