//! From a signal to a delivered action: intake → identify → assess → decide → outbox →
//! deliver.
//!
//! The engine joins what does not know each other: plugins in the sandbox, the store, the
//! model. Its order of work is the log's: a *wave* takes entries from the log, applies
//! them to their prospects, asks the scorers about those that changed, asks the router
//! about those of whom something stands out now, and commits state, decisions and actions
//! together with the progress through the log. The next wave is computed while the last
//! one is being committed; if that fails, both fall and are computed again from the store.
//! No effect and no 2xx comes before its commit: the [`intake`] answers after the signals
//! are stored, and the [`outbox`] starts an attempt only after it is committed as started.

mod assess;
mod breaker;
mod catalogue;
mod clock;
mod colleagues;
mod confirmation;
mod content;
mod course;
mod current;
mod dead;
mod deliver;
mod engine;
mod error;
mod facts;
mod foresight;
mod forget;
mod generation;
mod handed;
mod import;
mod intake;
mod learning;
mod links;
mod mail;
mod memory;
mod observing;
mod once;
mod outbox;
mod outward;
mod owned;
mod parts;
mod poll;
mod replay;
mod report;
mod route;
mod sight;
mod simulation;
mod site;
mod stand_in;
mod touched;
mod vet;
mod wave;
mod webhook;
mod worker;

pub use clock::{Clock, SetClock, SystemClock};
pub use content::{Preview, preview, preview_of};
pub use engine::Engine;
pub use error::EngineError;
pub use facts::{facts_of, view_of};
pub use foresight::{Cause, Fate, Foreseen, Foresight};
pub use import::{Import, ImportError, ImportParts, Imported, Step};
pub use links::{Agent, LinkError, Said, SalesAnswer, Visitor, Wanted};
pub use owned::{Assignee, assignee, owner};
pub use parts::Parts;
pub use sight::asked_by;
pub use simulation::{Likeness, Made, Pair, Simulated, Simulation, Span};
pub use site::SaidOnPage;
pub use stand_in::StandIn;
pub use webhook::{Answer, Principal, Request};
