//! Mail through a relay: what a message is, how it leaves, and what its answer means.
//!
//! A [`Letter`] is what is to be said, to whom and in whose name; composing it cleans every
//! value and makes a [`Message`], which a [`Relay`] hands over. An answer is one of three:
//! taken, not sent (and whether it may be tried again), or unknown. This crate keeps no
//! count and reads no clock: limits and records are the engine's.

mod address;
mod clean;
mod compose;
mod connection;
mod footer;
mod headers;
mod letter;
mod outcome;
mod relay;
mod reply;
mod settings;
mod way;

pub use address::{Address, AddressError};
pub use compose::{ComposeError, Message};
pub use footer::Footer;
pub use headers::HeaderError;
pub use letter::{Letter, Mailbox};
pub use outcome::{SendError, Taken};
pub use relay::{Down, Relay};
pub use settings::{Login, RelayError, RelaySettings, Tls};
pub use way::{Connecting, Direct, Way};
