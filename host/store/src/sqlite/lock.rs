//! One daemon a file.
//!
//! The lock is an advisory one on `<path>.lock`, held for as long as the daemon runs and
//! given up by the kernel when it dies in whatever way. The file stays: deleting it would
//! let two daemons lock two files of the same name. It holds the process id of its last
//! holder, which is only for the message to the second one. A tool that wants to know
//! whether a daemon has the store shares the lock for an instant, which is why a daemon that
//! finds it taken looks again for a moment.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{Read, Seek, Write},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use super::failure::io;
use crate::StoreError;

/// For how long a daemon looks again whether the lock is free. A tool holds it for
/// microseconds.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// Held while the daemon has the store.
#[derive(Debug)]
pub(super) struct DaemonLock {
    _file: File,
}

impl DaemonLock {
    /// Takes the lock of the store at `path`.
    pub(super) fn take(path: &Path) -> Result<Self, StoreError> {
        let lock_path = beside(path, ".lock");
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&lock_path)
            .map_err(|e| io("opening the lock file", &lock_path, &e))?;
        let begun = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if begun.elapsed() < LOOK_AGAIN => {
                    std::thread::sleep(LOOK_AGAIN / 20);
                }
                Err(TryLockError::WouldBlock) => {
                    return Err(StoreError::InUse {
                        path: path.to_owned(),
                        holder: holder(&mut file),
                    });
                }
                Err(TryLockError::Error(e)) => return Err(io("locking", &lock_path, &e)),
            }
        }
        let wrote = file
            .set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| write!(file, "{}", std::process::id()))
            .and_then(|()| file.flush());
        wrote.map_err(|e| io("writing the process id", &lock_path, &e))?;
        Ok(Self { _file: file })
    }
}

/// Whether a daemon has the store at `path`.
pub(super) fn is_taken(path: &Path) -> Result<bool, StoreError> {
    let lock_path = beside(path, ".lock");
    let file = match File::open(&lock_path) {
        Ok(file) => file,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(false),
        Err(e) => return Err(io("opening the lock file", &lock_path, &e)),
    };
    match file.try_lock_shared() {
        Ok(()) => Ok(false),
        Err(TryLockError::WouldBlock) => Ok(true),
        Err(TryLockError::Error(e)) => Err(io("looking at the lock", &lock_path, &e)),
    }
}

fn holder(file: &mut File) -> String {
    let mut text = String::new();
    let read = file.take(32).read_to_string(&mut text);
    match (read, text.trim().parse::<u32>()) {
        (Ok(_), Ok(pid)) => format!("the daemon with process id {pid}"),
        _ => "another daemon".into(),
    }
}

/// The path with an ending more.
pub(super) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}
