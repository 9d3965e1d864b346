//! From a crate or a component to a configured plugin.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use hearken_sandbox::wire::Settings;
use hearken_sandbox::{
    ConnectorSpec, Fault, Grants, Isolation, Limits, Manifest, Plugin, Roles, Sandbox, SandboxOptions, componentize,
};
use hearken_sdk::Problem;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

use crate::{Configured, HarnessError, place};

/// A plugin, loaded by the host and not yet configured.
pub struct Harness {
    // Before the runtime: it lives on it.
    plugin: Arc<Plugin>,
    runtime: Arc<Runtime>,
    limits: Limits,
    vocabulary: Value,
    mail: bool,
}

impl Harness {
    /// Compiles the crate in `crate_dir` (`env!("CARGO_MANIFEST_DIR")`) and loads it. The
    /// first time this takes minutes where the standard library has to be built, later a
    /// moment; cargo tells its progress on stderr. Where there is no compiler for
    /// WebAssembly, see `hearken_build::compile`.
    ///
    /// What is compiled is kept in `wasm/` in the target folder of the running test, or in
    /// the folder that the variable `HEARKEN_WASM_TARGET` names.
    ///
    /// # Errors
    /// [`HarnessError`], where it does not compile or the host refuses it.
    pub fn build(crate_dir: impl AsRef<Path>) -> Result<Self, HarnessError> {
        let folder = crate_dir.as_ref();
        let modules =
            hearken_build::compile(folder, &place::target(), &[]).map_err(|source| HarnessError::Compile {
                folder: folder.to_owned(),
                source,
            })?;
        let module = modules.into_iter().next().unwrap_or_default();
        let bytes = fs::read(&module).map_err(|source| HarnessError::Io {
            path: module.clone(),
            source,
        })?;
        let component = componentize(&bytes).map_err(|source| HarnessError::Componentize {
            module: module.clone(),
            source,
        })?;
        Self::load(&module.display().to_string(), component)
    }

    /// Loads a component, as `hearken plugin build` makes it.
    ///
    /// # Errors
    /// [`HarnessError`], where the host refuses it.
    pub fn open(component: impl AsRef<Path>) -> Result<Self, HarnessError> {
        let path = component.as_ref();
        let bytes = fs::read(path).map_err(|source| HarnessError::Io {
            path: path.to_owned(),
            source,
        })?;
        Self::load(&path.display().to_string(), bytes)
    }

    fn load(name: &str, component: Vec<u8>) -> Result<Self, HarnessError> {
        let target = place::target();
        let io_error = |source| HarnessError::Io {
            path: target.clone(),
            source,
        };
        let runtime = Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .map_err(io_error)?;
        fs::create_dir_all(&target).map_err(io_error)?;
        let options = SandboxOptions::new(target.join("compiled"), runtime.handle().clone());
        let plugin = runtime.block_on(async {
            Sandbox::new(options)?
                .load_bytes(name, component)
                .await
                .map_err(HarnessError::from)
        })?;
        let limits = Limits::asked_by(&plugin.manifest().needs);
        Ok(Self {
            plugin,
            runtime: Arc::new(runtime),
            limits,
            vocabulary: json!({}),
            mail: false,
        })
    }

    /// With the operator's vocabulary, as `vocabulary.schema.json` says.
    #[must_use]
    pub fn vocabulary(mut self, vocabulary: Value) -> Self {
        self.vocabulary = vocabulary;
        self
    }

    /// With a relay of the harness to send mail through: it takes every message, and
    /// [`Configured::mailed`] has them.
    #[must_use]
    pub fn granting_mail(mut self) -> Self {
        self.mail = true;
        self
    }

    /// With other limits than the host's defaults and what the manifest asks for.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// What the component says it is and needs, as the host read it.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        self.plugin.manifest()
    }

    /// The roles that the host found in the component.
    #[must_use]
    pub fn roles(&self) -> Roles {
        self.plugin.roles()
    }

    /// What the plugin finds wrong with a configuration.
    ///
    /// # Errors
    /// A [`Fault`], where it breaks.
    pub fn check(&self, config: Value) -> Result<Vec<Problem>, Fault> {
        let problems = self.runtime.block_on(self.plugin.check(self.settings(&config)))?;
        Ok(problems
            .into_iter()
            .map(|(pointer, message)| Problem { pointer, message })
            .collect())
    }

    /// Configures the plugin, with a folder of its own if its manifest asks for one. A
    /// harness may be configured often.
    ///
    /// # Errors
    /// A [`Fault`]: the plugin's own where it refuses the configuration.
    pub fn configure(&self, config: Value) -> Result<Configured, Fault> {
        let folder = TempDir::with_prefix("hearken-harness-").map_err(|error| Fault::Failure {
            class: hearken_sandbox::Class::Config,
            code: String::new(),
            message: format!("making a folder for the plugin: {error}"),
            retry_after: None,
        })?;
        let granted = self.manifest().needs.folder.is_some().then(|| folder.path().to_owned());
        let connector = self.runtime.block_on(self.plugin.connect(ConnectorSpec {
            name: "under-test".to_owned(),
            settings: self.settings(&config),
            limits: self.limits.clone(),
            grants: Grants {
                folder: granted,
                mail: self.mail,
                http: None,
            },
            isolation: Isolation::default(),
        }))?;
        Ok(Configured::new(connector, self.runtime.clone(), folder))
    }

    /// As the host gives them: the vocabulary only to those that ask for it.
    fn settings(&self, config: &Value) -> Settings {
        let asks = self.manifest().needs.vocabulary;
        Settings {
            config: config.to_string(),
            vocabulary: if asks {
                self.vocabulary.to_string()
            } else {
                "{}".to_owned()
            },
            extra: Vec::new(),
        }
    }
}
