//! What the daemon keeps beside its store: its own folder, the installation's key, and the
//! file that says where it listens.

use std::{
    fs::{self, DirBuilder, File},
    io::{self, Write},
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use serde::Serialize;
use tempfile::NamedTempFile;

/// Makes the daemon's own folder, for its user alone.
pub(crate) fn make_folder(folder: &Path) -> anyhow::Result<()> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.with_context(|| format!("creating the data folder {}", folder.display()))
}

/// The installation's key, from which draws are seeded: made once, from the system's
/// randomness. Without it, later draws could be foretold from earlier ones.
pub(crate) fn key(folder: &Path) -> anyhow::Result<[u8; 32]> {
    match key_in(folder)? {
        Some(key) => Ok(key),
        None => make_key(folder, &folder.join("installation.key")),
    }
}

/// The installation's key, where there is one already.
pub(crate) fn key_in(folder: &Path) -> anyhow::Result<Option<[u8; 32]>> {
    let path = folder.join("installation.key");
    match fs::read(&path) {
        Ok(bytes) => whole(&path, &bytes).map(Some),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("reading the installation's key {}", path.display())),
    }
}

fn whole(path: &Path, bytes: &[u8]) -> anyhow::Result<[u8; 32]> {
    match bytes.try_into() {
        Ok(key) => Ok(key),
        Err(_) => bail!(
            "reading the installation's key {}: it has {} bytes instead of 32; restore it, or delete it to have a new \
             one made",
            path.display(),
            bytes.len()
        ),
    }
}

/// Bytes that nobody can guess.
pub(crate) fn random<const N: usize>() -> anyhow::Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).context("asking the system for randomness")?;
    Ok(bytes)
}

fn make_key(folder: &Path, path: &Path) -> anyhow::Result<[u8; 32]> {
    let key = random::<32>()?;
    let context = || format!("writing the installation's key {}", path.display());
    // A temporary file is readable by its owner only, and its name stays so.
    let mut file = NamedTempFile::new_in(folder).with_context(context)?;
    file.write_all(&key)
        .and_then(|()| file.as_file().sync_all())
        .with_context(context)?;
    match file.persist_noclobber(path) {
        Ok(_) => File::open(folder).and_then(|f| f.sync_all()).with_context(context)?,
        // Somebody else was faster; theirs counts.
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => {
            return whole(path, &fs::read(path).with_context(context)?);
        }
        Err(error) => return Err(error.error).with_context(context),
    }
    Ok(key)
}

/// What `hearken.addr` says.
#[derive(Debug, Serialize)]
pub(crate) struct Addresses {
    /// The public listener's base URL.
    pub(crate) public: String,
    /// The admin listener's base URL.
    pub(crate) admin: String,
    /// The process.
    pub(crate) pid: u32,
}

/// `hearken.addr`: where the running daemon listens, for tools and for port 0.
#[derive(Debug)]
pub(crate) struct AddressFile {
    path: PathBuf,
}

impl AddressFile {
    /// Writes the file as a whole; whoever reads it never sees a half.
    pub(crate) fn write(folder: &Path, addresses: &Addresses) -> anyhow::Result<Self> {
        let path = folder.join("hearken.addr");
        let context = || format!("writing {}", path.display());
        let mut file = NamedTempFile::new_in(folder).with_context(context)?;
        serde_json::to_writer(&mut file, addresses).with_context(context)?;
        file.write_all(b"\n").with_context(context)?;
        file.persist(&path).with_context(context)?;
        Ok(Self { path })
    }
}

impl Drop for AddressFile {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_file(&self.path) {
            tracing::warn!(path = %self.path.display(), %error, "the file with the addresses could not be removed");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn the_key_is_made_once_and_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let first = key(folder.path()).unwrap();
        assert_eq!(key(folder.path()).unwrap(), first);
        assert_ne!(first, [0; 32]);
        let mode = fs::metadata(folder.path().join("installation.key"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_key_of_another_length_is_not_used() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("installation.key"), [1; 31]).unwrap();
        assert!(key(folder.path()).unwrap_err().to_string().contains("31 bytes"));
    }

    #[test]
    fn the_address_file_goes_with_its_daemon() {
        let folder = tempfile::tempdir().unwrap();
        let addresses = Addresses {
            public: "http://127.0.0.1:1".into(),
            admin: "http://127.0.0.1:2".into(),
            pid: 3,
        };
        let file = AddressFile::write(folder.path(), &addresses).unwrap();
        let text = fs::read_to_string(folder.path().join("hearken.addr")).unwrap();
        assert_eq!(
            text,
            "{\"public\":\"http://127.0.0.1:1\",\"admin\":\"http://127.0.0.1:2\",\"pid\":3}\n"
        );
        drop(file);
        assert!(!folder.path().join("hearken.addr").exists());
    }
}
