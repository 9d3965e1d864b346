//! The only way out to the network.
//!
//! A connector has an [`Outlet`]: what its plugin declares and its operator grants, the
//! secrets that are put in on the way, its quota, its breaker and its connections. The
//! guard stands before any lookup, the addresses that a name resolves to are checked and
//! the connection is made to one of those and no other, and every attempt and every denial
//! is told to the [`Audit`]. [`Egress::connect`] is the same way for what is not HTTP.
//!
//! Nothing here knows plugins, people or a store: who may send what to whom is asked of
//! [`Permission`].

mod address;
mod audit;
mod breaker;
mod budget;
mod clear;
mod client;
mod credential;
mod dial;
mod egress;
mod exchange;
// With the tests too, so that a change that breaks it is seen there.
#[cfg(any(fuzzing, test))]
pub mod fuzzing;
mod gates;
mod headers;
mod judging;
mod lookup;
mod message;
mod method;
mod outlet;
mod path;
mod permission;
mod quota;
mod reach;
mod renewal;
mod retry_after;
mod rule;
mod secret;
mod spec;
mod standing;
mod target;
mod tls;
mod token;
mod toml;
mod unpack;

pub use address::Class;
pub use audit::{Audit, Outcome, Row};
pub use breaker::Condition;
pub use dial::Connecting;
pub use egress::Egress;
pub use lookup::{Lookup, SystemLookup};
pub use message::{Code, Error, Request, Response};
pub use method::{Method, Methods};
pub use outlet::Outlet;
pub use permission::{Always, Permission};
pub use quota::Rate;
pub use rule::{Allowed, Grant, HostPattern, Rule, RuleError, Scheme, Written};
pub use secret::{DigestError, SecretSpec, Use};
pub use spec::{Limits, OutletError, OutletSpec, ProxySpec};
pub use standing::{DestinationStanding, SecretsMark, Standing};
pub use target::{Literal, literal};
pub use token::{Client, ClientLogin, TokenGrant, TokenSpec};
pub use toml::grant as grant_toml;
