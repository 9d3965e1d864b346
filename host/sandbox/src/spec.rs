//! How a plugin is wired, as its host says.

use std::{path::PathBuf, sync::Arc};

use crate::{Http, Limits, wire};

/// How a plugin is wired.
#[derive(Clone, Debug)]
pub struct ConnectorSpec {
    /// The connector's name.
    pub name: String,
    /// What `configure` is given.
    pub settings: wire::Settings,
    /// What a call may use.
    pub limits: Limits,
    /// What it may do.
    pub grants: Grants,
    /// How long an instance lives.
    pub isolation: Isolation,
}

/// What a connector may do outside the sandbox.
#[derive(Clone, Debug, Default)]
pub struct Grants {
    /// The folder that `files` works in, if the manifest asks for one; or a single file, as
    /// if it were alone in one.
    pub folder: Option<PathBuf>,
    /// Whether it may send mail, if the manifest asks for it.
    pub mail: bool,
    /// The way out for its requests, and its secrets; what may pass is decided there.
    pub http: Option<Arc<dyn Http>>,
}

/// How long an instance lives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Isolation {
    /// A fresh one for every call: no trap and no leak can reach a later call.
    #[default]
    Call,
    /// One serves up to so many calls of this connector and is retired on any error.
    Connector {
        /// At least 1.
        calls: u32,
    },
}
