//! The file with the keys of links, in the daemon's own folder: made with its first key,
//! added to by `hearken links rotate-key`, and read again by a running daemon when it has
//! changed.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use anyhow::Context;
use hearken_engine::{Clock, SystemClock};
use hearken_links::{Key, KeyRing, Links};
use tempfile::NamedTempFile;
use tokio_util::sync::CancellationToken;

use crate::{installation::random, watched::mark};

/// How soon a running daemon makes new links with a new key.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// The file in an installation's folder.
#[derive(Clone, Debug)]
pub(crate) struct LinkKeys {
    folder: PathBuf,
}

impl LinkKeys {
    pub(crate) fn in_folder(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
        }
    }

    /// A ring of no installation, in no file: what is made with it opens nothing anywhere.
    pub(crate) fn of_nobody() -> anyhow::Result<KeyRing> {
        Ok(KeyRing::new(&now(), new_key()?))
    }

    fn path(&self) -> PathBuf {
        self.folder.join("links.keys")
    }

    /// The ring; made with a first key where there is no file yet.
    pub(crate) fn ring(&self) -> anyhow::Result<KeyRing> {
        let _lock = self.lock()?;
        match self.read()? {
            Some(ring) => Ok(ring),
            None => {
                let ring = KeyRing::new(&now(), new_key()?);
                self.write(&ring)?;
                Ok(ring)
            }
        }
    }

    /// Adds a key, with which new links are made from then on: its number. Makes the file
    /// where there is none.
    pub(crate) fn rotate(&self) -> anyhow::Result<u16> {
        let _lock = self.lock()?;
        let (ring, number) = match self.read()? {
            Some(mut ring) => {
                let number = ring.rotate(&now(), new_key()?)?;
                (ring, number)
            }
            None => (KeyRing::new(&now(), new_key()?), 1),
        };
        self.write(&ring)?;
        Ok(number)
    }

    /// Two that add at once would lose one of the keys, with links that it made already.
    fn lock(&self) -> anyhow::Result<File> {
        let path = self.folder.join("links.keys.lock");
        let context = || format!("locking {}", path.display());
        let file = File::create(&path).with_context(context)?;
        file.lock().with_context(context)?;
        Ok(file)
    }

    fn read(&self) -> anyhow::Result<Option<KeyRing>> {
        let path = self.path();
        let context = || format!("reading the keys of links {}", path.display());
        match fs::read_to_string(&path) {
            Ok(text) => KeyRing::parse(&text).with_context(context).map(Some),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).with_context(context),
        }
    }

    /// Puts the file in its place as a whole, on disk before its name is.
    fn write(&self, ring: &KeyRing) -> anyhow::Result<()> {
        let path = self.path();
        let context = || format!("writing the keys of links {}", path.display());
        // A temporary file is readable by its owner only, and its name stays so.
        let mut file = NamedTempFile::new_in(&self.folder).with_context(context)?;
        file.write_all(ring.text().as_bytes())
            .and_then(|()| file.as_file().sync_all())
            .with_context(context)?;
        file.persist(&path).with_context(context)?;
        File::open(&self.folder)
            .and_then(|f| f.sync_all())
            .with_context(context)
    }

    /// Goes on with the file's ring whenever it has changed, until cancelled. A ring that
    /// cannot be read is told, and the one before it stays in use.
    pub(crate) async fn follow(self, links: Arc<Links>, cancel: CancellationToken) {
        let mut known = mark(&self.path());
        loop {
            tokio::select! {
                () = tokio::time::sleep(LOOK_AGAIN) => {}
                () = cancel.cancelled() => return,
            }
            let now = mark(&self.path());
            if now == known {
                continue;
            }
            known = now;
            match self.read() {
                Ok(Some(ring)) => {
                    tracing::info!(keys = ring.count(), "the keys of links were read again");
                    links.use_ring(ring);
                }
                Ok(None) => {
                    tracing::error!("the file with the keys of links is gone; restore it before the next start")
                }
                Err(error) => tracing::error!(error = format!("{error:#}"), "the keys of links stay as they were"),
            }
        }
    }
}

fn new_key() -> anyhow::Result<Key> {
    Ok(Key::new(random()?))
}

fn now() -> String {
    SystemClock.now().to_string()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn the_file_is_made_once_for_its_owner_alone_and_keeps_every_key() {
        let folder = tempfile::tempdir().unwrap();
        let keys = LinkKeys::in_folder(folder.path());
        let first = keys.ring().unwrap();
        assert_eq!(keys.ring().unwrap(), first);
        assert_eq!(keys.rotate().unwrap(), 2);
        let both = keys.ring().unwrap();
        assert_eq!((both.count(), both.latest().0), (2, 2));
        assert_ne!(both.latest().1, first.latest().1);
        assert!(
            both.text().contains(first.text().lines().last().unwrap()),
            "the first is kept"
        );
        let mode = fs::metadata(keys.path()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_file_that_is_no_ring_is_told_and_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let keys = LinkKeys::in_folder(folder.path());
        fs::write(keys.path(), "no keys at all\n").unwrap();
        let said = format!("{:#}", keys.ring().unwrap_err());
        assert!(said.contains("links.keys") && said.contains("line 1"), "{said}");
        assert!(keys.rotate().is_err());
        assert_eq!(fs::read_to_string(keys.path()).unwrap(), "no keys at all\n");
    }
}
