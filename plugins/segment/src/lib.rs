//! Listens to every SDK that speaks the Segment HTTP tracking API, Segment's own and
//! RudderStack's among them: point it at `/in/{connector}`.

mod acts;
mod browser;
mod clock;
mod config;
mod envelope;
mod events;
mod facts;
mod fields;
mod pages;
mod person;
mod reception;
mod route;
mod says;
mod segment;
mod signals;

pub use config::{Config, EventRule, PreviousId};
pub use segment::Segment;

hearken_sdk::export!(Segment: Webhook);
