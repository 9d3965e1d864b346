//! Mails stories and hand-overs through the operator's relay.

mod brief;
mod page;
mod smtp;
mod story;

pub use smtp::{Config, Smtp};

hearken_sdk::export!(Smtp: Sink);
