//! Compiled components on disk, so that a start costs milliseconds and not the seconds that
//! compiling takes.
//!
//! One file a component and engine: `DIGEST-ENGINE.compiled`, the SHA-256 of the compiled
//! code and then the code. A cache that cannot be used costs time and nothing else: what is
//! wrong with it is logged, and the component compiled.

use std::{
    fs::{self, File, OpenOptions},
    hash::{Hash, Hasher},
    io::{self, Read, Write},
    os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

use sha2::{Digest, Sha256};
use wasmtime::{Engine, component::Component};

use crate::{Compiler, contract::hex, precompiled};

const DIGEST_BYTES: usize = 32;

/// The folder of compiled components.
pub(crate) struct CompileCache {
    folder: PathBuf,
    compiler: Compiler,
    written: AtomicU64,
}

impl CompileCache {
    pub(crate) fn new(folder: PathBuf, compiler: Compiler) -> Self {
        Self {
            folder,
            compiler,
            written: AtomicU64::new(0),
        }
    }

    /// The component of these bytes, from the cache or compiled. Takes seconds; blocks.
    pub(crate) fn component(&self, engine: &Engine, digest: &str, bytes: &[u8]) -> wasmtime::Result<Component> {
        let folder = self.trusted_folder().inspect_err(|error| {
            tracing::warn!(
                folder = %self.folder.display(),
                %error,
                "the compile cache cannot be used, so every start compiles its plugins"
            );
        });
        let file = folder
            .ok()
            .map(|folder| folder.join(format!("{digest}-{}.compiled", engine_hash(engine))));
        if let Some(file) = &file
            && let Some(component) = load(engine, file)
        {
            return Ok(component);
        }
        let compiled = match &self.compiler {
            Compiler::Here => engine.precompile_component(bytes)?,
            Compiler::Apart(process) => process.compile(bytes).map_err(wasmtime::Error::msg)?,
        };
        let component = precompiled::component(engine, &compiled)?;
        if let Some(file) = &file
            && let Err(error) = self.save(file, &compiled)
        {
            tracing::warn!(file = %file.display(), %error, "a compiled plugin cannot be kept");
        }
        Ok(component)
    }

    /// The folder, made if it is not there, if nobody but this user can write to it.
    fn trusted_folder(&self) -> io::Result<&Path> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&self.folder)?;
        let metadata = fs::metadata(&self.folder)?;
        refuse_foreign(&metadata)?;
        Ok(&self.folder)
    }

    /// All or nothing, also when two processes save the same.
    fn save(&self, file: &Path, compiled: &[u8]) -> io::Result<()> {
        let unique = self.written.fetch_add(1, Ordering::Relaxed);
        let part = file.with_extension(format!("{}-{unique}.part", std::process::id()));
        let write = || -> io::Result<()> {
            let mut out = OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(0o600)
                .open(&part)?;
            out.write_all(&Sha256::digest(compiled))?;
            out.write_all(compiled)?;
            out.sync_all()?;
            fs::rename(&part, file)
        };
        write().inspect_err(|_| {
            // It may never have been made.
            let _ = fs::remove_file(&part);
        })
    }
}

/// What the file holds, if it is whole and this engine's. What is not is deleted.
fn load(engine: &Engine, file: &Path) -> Option<Component> {
    let content = match read(file) {
        Ok(content) => content,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
        Err(error) => {
            discard(file, &error);
            return None;
        }
    };
    let Some((digest, compiled)) = content.split_at_checked(DIGEST_BYTES) else {
        discard(file, &"it is cut short");
        return None;
    };
    if Sha256::digest(compiled).as_slice() != digest {
        discard(file, &"its digest is another");
        return None;
    }
    precompiled::component(engine, compiled)
        .inspect_err(|error| discard(file, error))
        .ok()
}

fn discard(file: &Path, why: &dyn std::fmt::Display) {
    tracing::warn!(file = %file.display(), %why, "a compiled plugin is unusable and compiled anew");
    // Where it cannot be deleted it is replaced, or refused again at the next start.
    let _ = fs::remove_file(file);
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    let no_links = rustix::fs::OFlags::NOFOLLOW.bits() as i32;
    let mut file = File::options().read(true).custom_flags(no_links).open(path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(io::Error::other("it is not a file"));
    }
    refuse_foreign(&metadata)?;
    let mut content = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0));
    file.read_to_end(&mut content)?;
    Ok(content)
}

fn refuse_foreign(metadata: &fs::Metadata) -> io::Result<()> {
    let me = rustix::process::geteuid().as_raw();
    if metadata.uid() != me {
        return Err(io::Error::other(format!(
            "it belongs to user {} and not to this process's user {me}",
            metadata.uid()
        )));
    }
    if metadata.mode() & 0o022 != 0 {
        return Err(io::Error::other(format!(
            "others can write to it (mode {:o}): `chmod go-w` it",
            metadata.mode() & 0o777
        )));
    }
    Ok(())
}

/// A hash over the engine's version and configuration, the same in every process.
fn engine_hash(engine: &Engine) -> String {
    struct Feeds(Sha256);
    impl Hasher for Feeds {
        fn write(&mut self, bytes: &[u8]) {
            self.0.update(bytes);
        }
        fn finish(&self) -> u64 {
            0 // Never asked: the whole digest is.
        }
    }
    let mut hasher = Feeds(Sha256::new());
    engine.precompile_compatibility_hash().hash(&mut hasher);
    hex(&hasher.0.finalize()[..8])
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    const EMPTY: &str = "(component)";

    fn compiled(folder: &Path) -> (Engine, CompileCache, Vec<u8>) {
        let engine = Engine::default();
        let cache = CompileCache::new(folder.to_owned(), Compiler::Here);
        let bytes = wat::parse_str(EMPTY).unwrap();
        cache.component(&engine, "digest", &bytes).unwrap();
        (engine, cache, bytes)
    }

    fn only_file(folder: &Path) -> PathBuf {
        let mut files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let file = files.next().expect("one file");
        assert!(files.next().is_none(), "no leftovers");
        file
    }

    #[test]
    fn a_second_time_needs_no_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let (engine, cache, _) = compiled(&folder.path().join("new"));
        // Not a component: compiling it would fail.
        cache.component(&engine, "digest", b"nonsense").unwrap();
    }

    #[test]
    fn a_corrupt_file_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let (engine, cache, bytes) = compiled(folder.path());
        let file = only_file(folder.path());
        let whole = fs::read(&file).unwrap();
        let mut flipped = whole.clone();
        *flipped.last_mut().unwrap() ^= 1;
        for corrupt in [&flipped[..], &whole[..whole.len() / 2], b"", b"short"] {
            fs::write(&file, corrupt).unwrap();
            assert!(load(&engine, &file).is_none());
            cache.component(&engine, "digest", &bytes).unwrap();
            assert!(load(&engine, &only_file(folder.path())).is_some());
        }
    }

    #[test]
    fn a_folder_that_others_can_write_to_is_not_used() {
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).unwrap();
        compiled(folder.path());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_file_that_others_can_write_to_is_not_loaded() {
        let folder = tempfile::tempdir().unwrap();
        let (engine, ..) = compiled(folder.path());
        let file = only_file(folder.path());
        fs::set_permissions(&file, fs::Permissions::from_mode(0o666)).unwrap();
        assert!(load(&engine, &file).is_none());
    }
}
