//! A loaded component.

use std::{fmt, sync::Arc};

use crate::{
    Connector, ConnectorSpec, Fault, Limits, Manifest, Roles, call, roles::Exports, sandbox::Inner, state::Caller,
    wire::Settings,
};

/// A component that was found to be a plugin, compiled, and said what it is.
pub struct Plugin {
    pub(crate) inner: Arc<Inner>,
    pub(crate) exports: Arc<Exports>,
    pub(crate) digest: String,
    pub(crate) roles: Roles,
    pub(crate) imports: Vec<String>,
    pub(crate) manifest: Manifest,
}

impl Plugin {
    /// SHA-256 of the component, in hexadecimal.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// The roles that it plays.
    pub fn roles(&self) -> Roles {
        self.roles
    }

    /// Full names of what it imports.
    pub fn imports(&self) -> &[String] {
        &self.imports
    }

    /// What it says it is and needs.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Problems with a configuration that its schema cannot express: (JSON pointer into the
    /// configuration, what is wrong and what would be right). Run with the limits that the
    /// manifest asks for.
    ///
    /// # Errors
    /// Where the plugin crashes or exhausts a budget.
    pub async fn check(&self, settings: Settings) -> Result<Vec<(String, String)>, Fault> {
        let caller = Caller::new(
            self.manifest.name.clone(),
            self.inner.io.clone(),
            Limits::asked_by(&self.manifest.needs),
        );
        call::check(&self.inner, &self.exports, caller, settings).await
    }

    /// Wires it. Instantiates and configures it once, so that a bad configuration is found
    /// here and not at the first call.
    ///
    /// # Errors
    /// What `configure` answers, a crash of it, or a granted folder that cannot be opened
    /// (class `config`).
    pub async fn connect(self: &Arc<Self>, spec: ConnectorSpec) -> Result<Connector, Fault> {
        Connector::wire(self.clone(), spec).await
    }
}

impl fmt::Debug for Plugin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Plugin")
            .field("name", &self.manifest.name)
            .field("version", &self.manifest.version)
            .field("digest", &self.digest)
            .finish_non_exhaustive()
    }
}
