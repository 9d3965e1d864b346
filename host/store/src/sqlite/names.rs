//! Names of people who were forgotten, as nobody can read them.
//!
//! A name is kept as HMAC-SHA-256 over scheme and value. The key lies beside the store, in
//! a file of its own: whoever has a copy of the database alone cannot try addresses out
//! against it. Without the key nobody can be recognised, so a store that remembers somebody
//! and has lost its key is not opened: people would come back without a word.

use std::{
    cell::Cell,
    fs::{self, OpenOptions},
    io::{ErrorKind, Write},
    path::Path,
    sync::OnceLock,
};

use hearken_model::Identity;
use hmac::{Hmac, KeyInit, Mac};
use rusqlite::{Connection, OptionalExtension};
use sha2::Sha256;

use super::{
    failure::{failure, io},
    lock::beside,
};
use crate::StoreError;

/// Tells this use of a key from others.
const PURPOSE: &[u8] = b"people who were forgotten";
const BYTES: usize = 32;

/// What names are hashed under. Has no `Debug` that shows it.
pub(super) struct Key([u8; BYTES]);

/// What the writer keeps in memory for forgetting people.
#[derive(Default)]
pub(super) struct Names {
    /// Read once, made where it is needed first.
    key: OnceLock<Key>,
    /// Whether the file was rewritten since somebody was erased, with the log beside it not
    /// yet emptied.
    pub(super) rewritten: Cell<bool>,
}

impl Names {
    pub(super) fn key(&self, path: &Path) -> Result<&Key, StoreError> {
        if let Some(key) = self.key.get() {
            return Ok(key);
        }
        let key = Key::find_or_make(path)?;
        Ok(self.key.get_or_init(|| key))
    }
}

/// Refuses a store that remembers people and has lost the key to recognise them by.
pub(super) fn check(conn: &Connection, path: &Path) -> Result<(), StoreError> {
    let remembers = conn
        .query_row("SELECT 1 FROM forgotten LIMIT 1", [], |_| Ok(()))
        .optional()
        .map_err(|e| failure("looking for forgotten names", path, &e))?;
    if remembers.is_none() || Key::find(path)?.is_some() {
        return Ok(());
    }
    Err(StoreError::Io {
        doing: "opening the key of forgotten names".into(),
        path: beside(path, ".key"),
        why: "it is not there, and without it people who were forgotten would come back; restore it from the backup, \
              or empty the table 'forgotten' to let them"
            .into(),
    })
}

impl Key {
    /// The key of the store at `path`; none where there was nobody to forget yet.
    pub(super) fn find(path: &Path) -> Result<Option<Self>, StoreError> {
        let file = beside(path, ".key");
        match fs::read(&file) {
            Ok(bytes) => Self::whole(&file, &bytes).map(Some),
            Err(e) if e.kind() == ErrorKind::NotFound => Ok(None),
            Err(e) => Err(io("reading the key of forgotten names", &file, &e)),
        }
    }

    /// The key of the store at `path`, made where there is none yet.
    fn find_or_make(path: &Path) -> Result<Self, StoreError> {
        if let Some(key) = Self::find(path)? {
            return Ok(key);
        }
        let file = beside(path, ".key");
        let failed = |e: &std::io::Error| io("writing the key of forgotten names", &file, e);
        let mut bytes = [0; BYTES];
        getrandom::fill(&mut bytes).map_err(|e| failed(&std::io::Error::other(e.to_string())))?;
        let fresh = beside(path, ".key.new");
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let written = options.open(&fresh).and_then(|mut f| {
            f.write_all(&bytes)?;
            f.sync_all()
        });
        written
            .and_then(|()| fs::rename(&fresh, &file))
            .map_err(|e| failed(&e))?;
        Ok(Self(bytes))
    }

    fn whole(file: &Path, bytes: &[u8]) -> Result<Self, StoreError> {
        bytes.try_into().map(Self).map_err(|_| StoreError::Corrupt {
            what: "the key of forgotten names".into(),
            path: file.to_owned(),
            why: format!("it has {} bytes instead of {BYTES}", bytes.len()),
        })
    }

    /// A name as it is kept.
    pub(super) fn name(&self, identity: &Identity) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        mac.update(PURPOSE);
        // Lengths first: no two pairs of scheme and value read the same.
        mac.update(&(identity.scheme.len() as u64).to_be_bytes());
        mac.update(identity.scheme.as_bytes());
        mac.update(identity.value.as_bytes());
        mac.finalize().into_bytes().into()
    }
}
