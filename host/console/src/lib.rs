//! The two HTTP listeners: the public one takes requests for webhook plugins, the admin
//! one, on loopback, says how the daemon is.

mod admin;
mod limits;
mod listener;
pub mod metrics;
mod public;
mod readiness;
mod refusal;

pub use admin::{Admin, serve_admin};
pub use limits::Limits;
pub use public::{
    Credential, Door, DoorError, DoorSettings, LinkPages, Public, Receiver, Served, SitePages, Standing, serve_public,
};
pub use readiness::Readiness;
