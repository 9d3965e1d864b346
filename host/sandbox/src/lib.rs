//! The wasm engine: load, limit, call.
//!
//! A [`Sandbox`] loads components and hands out [`Plugin`]s; a plugin is wired with settings,
//! limits and grants into a [`Connector`], whose methods are the roles of the contract in
//! batches. Whatever a plugin does, a call ends with one answer or one [`Fault`] an item.
//!
//! Nothing here opens a connection, keeps state about people, or knows what a signal means.

mod bisect;
mod cache;
mod call;
mod capability;
mod compiling;
mod componentize;
mod connector;
mod contract;
mod effects;
mod fault;
mod limits;
mod load;
mod manifest;
mod memory;
mod meter;
mod plugin;
mod precompiled;
mod roles;
mod sandbox;
mod spec;
mod state;
mod ticker;
mod turns;
mod weight;
pub mod wire;

pub use capability::{Http, Mail, Permit, Sending};
pub use compiling::{Compiler, CompilerProcess, compile_apart};
pub use componentize::{BuildError, componentize};
pub use connector::Connector;
pub use contract::{CONTRACT_VERSION, IMPORTS, Inspection, Roles, inspect};
pub use effects::Calling;
pub use fault::{Class, Fault};
pub use limits::Limits;
pub use load::LoadError;
pub use manifest::{
    AskedLimits, Credential, Folder, Host, Manifest, ManifestError, Needs, Quota, Reads, RecentWhen, Scheme, Secret,
    SecretUse, Vouching, WebhookNeeds,
};
pub use plugin::Plugin;
pub use sandbox::{Sandbox, SandboxError, SandboxOptions};
pub use spec::{ConnectorSpec, Grants, Isolation};
