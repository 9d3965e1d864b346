//! From a file to a plugin: read, refuse what is not ours, compile or take from the cache,
//! ask it what it is.

use std::{io, path::Path, sync::Arc};

use crate::{
    Plugin, call,
    contract::{self, Inspection},
    fault::Fault,
    manifest::{Manifest, ManifestError},
    roles::Exports,
    sandbox::Inner,
};

/// A component larger than this is not read. Interpreters come as 20 MB.
pub(crate) const MAX_COMPONENT_BYTES: usize = 128 << 20;

/// Why a file is not a plugin that this host can run. `name` is the file's.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The file cannot be read.
    #[error("reading the plugin {name}: {source}")]
    Read {
        /// The file.
        name: String,
        /// Why.
        source: io::Error,
    },
    /// The file is larger than any plugin.
    #[error("the plugin {name} is larger than {limit} bytes")]
    TooLarge {
        /// The file.
        name: String,
        /// The limit.
        limit: usize,
    },
    /// It does not begin like WebAssembly.
    #[error("{name} is not WebAssembly: compile it, then run `hearken plugin build`")]
    NotWasm {
        /// The file.
        name: String,
    },
    /// It is a module, not yet a component.
    #[error("{name} is a core module, not a component: run `hearken plugin build {name}`")]
    CoreModule {
        /// The file.
        name: String,
    },
    /// It ends early or is not well-formed.
    #[error("{name} is damaged or cut short ({what}): build or copy it again")]
    Damaged {
        /// The file.
        name: String,
        /// Where and how.
        what: String,
    },
    /// It exports nothing of the contract.
    #[error(
        "{name} is a component, but exports nothing of `hearken:plugin`: is it a plugin for \
         something else?"
    )]
    NothingOfOurs {
        /// The file.
        name: String,
    },
    /// It exports a role but not what every plugin exports.
    #[error("{name} does not export `hearken:plugin/plugin`, which every plugin must: export it")]
    NoPluginInterface {
        /// The file.
        name: String,
    },
    /// It exports no role.
    #[error("{name} plays no role: export one of source, webhook, scorer, router, sink, reconciler")]
    NoRole {
        /// The file.
        name: String,
    },
    /// It was built against another version of the contract.
    #[error(
        "{name} wants version {wanted} of the contract, this host serves {served}: build it \
         with the SDK of that version"
    )]
    ContractVersion {
        /// The file.
        name: String,
        /// What it wants.
        wanted: String,
        /// What the host serves.
        served: &'static str,
    },
    /// It imports what no plugin may.
    #[error("{name} imports `{import}`, which is not granted to any plugin: {fix}")]
    Import {
        /// The file.
        name: String,
        /// The import's full name.
        import: String,
        /// What its author does about it.
        fix: String,
    },
    /// A function of the contract is missing or has another type.
    #[error("{name} does not fit the contract: {what}")]
    Mismatch {
        /// The file.
        name: String,
        /// Which function, and how.
        what: String,
    },
    /// It is not the one that is pinned.
    #[error(
        "{name} is sha256:{digest}, and pinned is sha256:{pinned}: look at what the other one \
         needs with `hearken plugin diff`, then pin it"
    )]
    OtherThanPinned {
        /// The file.
        name: String,
        /// What it is.
        digest: String,
        /// What it should be.
        pinned: String,
    },
    /// It is larger than any plugin in some way that makes compiling it expensive.
    #[error("{name} has {what}: no plugin needs as much")]
    TooMuchCode {
        /// The file.
        name: String,
        /// What of it is too much.
        what: String,
    },
    /// The engine refused to compile it.
    #[error("compiling {name}: {what}")]
    Compile {
        /// The file.
        name: String,
        /// Why.
        what: String,
    },
    /// It did not say what it is.
    #[error("asking {name} what it is (`describe`): {fault}")]
    Describe {
        /// The file.
        name: String,
        /// What went wrong.
        fault: Fault,
    },
    /// What it says it is makes no sense.
    #[error("the manifest of {name}: {source}")]
    Manifest {
        /// The file.
        name: String,
        /// What is wrong.
        source: ManifestError,
    },
    /// The sandbox is shutting down.
    #[error("loading {name}: the sandbox is shutting down")]
    Gone {
        /// The file.
        name: String,
    },
}

pub(crate) async fn from_file(inner: &Arc<Inner>, path: &Path, pin: Option<&str>) -> Result<Arc<Plugin>, LoadError> {
    let name = path.display().to_string();
    let (path, read_name) = (path.to_owned(), name.clone());
    let bytes = inner
        .io
        .spawn_blocking(move || read(&path, read_name))
        .await
        .map_err(|_| LoadError::Gone { name: name.clone() })??;
    from_bytes(inner, &name, bytes, pin).await
}

fn read(path: &Path, name: String) -> Result<Vec<u8>, LoadError> {
    use io::Read;
    let read = || -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        std::fs::File::open(path)?
            .take(MAX_COMPONENT_BYTES as u64 + 1)
            .read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    read().map_err(|source| LoadError::Read { name, source })
}

pub(crate) async fn from_bytes(
    inner: &Arc<Inner>,
    name: &str,
    bytes: Vec<u8>,
    pin: Option<&str>,
) -> Result<Arc<Plugin>, LoadError> {
    if bytes.len() > MAX_COMPONENT_BYTES {
        return Err(LoadError::TooLarge {
            name: name.to_owned(),
            limit: MAX_COMPONENT_BYTES,
        });
    }
    let (compiling, compiled_name, pin) = (inner.clone(), name.to_owned(), pin.map(str::to_owned));
    let prepared = inner
        .io
        .spawn_blocking(move || prepare(&compiling, compiled_name, &bytes, pin))
        .await
        .map_err(|_| LoadError::Gone { name: name.to_owned() })??;
    describe(inner, name, prepared).await
}

struct Prepared {
    inspection: Inspection,
    exports: Arc<Exports>,
}

/// Everything that takes long and needs no guest: a blocking task.
fn prepare(inner: &Inner, name: String, bytes: &[u8], pin: Option<String>) -> Result<Prepared, LoadError> {
    let inspection = contract::inspect(&name, bytes)?;
    if let Some(pinned) = pin.filter(|pinned| *pinned != inspection.digest) {
        let digest = inspection.digest;
        return Err(LoadError::OtherThanPinned { name, digest, pinned });
    }
    let component = inner
        .cache
        .component(&inner.engine, &inspection.digest, bytes)
        .map_err(|error| LoadError::Compile {
            name: name.clone(),
            what: format!("{error:#}"),
        })?;
    let exports = inner
        .linker
        .instantiate_pre(&component)
        .and_then(|pre| Exports::new(pre, inspection.roles))
        .map_err(|error| LoadError::Mismatch {
            name,
            what: format!("{error:#}"),
        })?;
    Ok(Prepared {
        inspection,
        exports: Arc::new(exports),
    })
}

async fn describe(inner: &Arc<Inner>, name: &str, prepared: Prepared) -> Result<Arc<Plugin>, LoadError> {
    let raw = call::describe(inner, &prepared.exports, name)
        .await
        .map_err(|fault| LoadError::Describe {
            name: name.to_owned(),
            fault,
        })?;
    let manifest = Manifest::read(raw).map_err(|source| LoadError::Manifest {
        name: name.to_owned(),
        source,
    })?;
    let Prepared { inspection, exports } = prepared;
    Ok(Arc::new(Plugin {
        inner: inner.clone(),
        exports,
        digest: inspection.digest,
        roles: inspection.roles,
        imports: inspection.imports,
        manifest,
    }))
}
