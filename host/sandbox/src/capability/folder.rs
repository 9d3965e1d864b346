//! A granted folder on disk.
//!
//! Everything is relative to the open folder and one name deep, and no link is followed, so
//! that no name leads anywhere else, whatever happens to the folder meanwhile. A single file
//! can be granted too: then it is as if it were alone in its folder.

use std::{
    fs::File,
    io::{self, Write},
    os::{fd::OwnedFd, unix::fs::FileExt},
    path::Path,
    sync::{
        Mutex, PoisonError, Weak,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, SystemTime},
};

use rustix::{
    fs::{AtFlags, Dir, FileType, Mode, OFlags, RenameFlags},
    io::Errno,
};

use super::{Unpacking, failure};
use crate::wire::Failure;

/// What one `read` returns at most.
const MAX_READ_BYTES: u32 = 1 << 20;
/// The names of one folder are given in one list, which must fit into a guest.
const MAX_NAMES: usize = 100_000;
const MAX_NAME_BYTES: usize = 200;

const PART_PREFIX: &str = ".hearken-";
const PART_SUFFIX: &str = ".part";
/// Of a file that is being written by anybody: nobody needs a day for one.
const PART_IS_LEFT_OVER: Duration = Duration::from_secs(24 * 3600);

/// An open folder.
pub(crate) struct Folder {
    dir: OwnedFd,
    shown: String,
    /// The only name that it shows, where a single file is granted.
    only: Option<String>,
    parts: AtomicU64,
}

impl Folder {
    /// Opens the folder, which must exist, and clears away what a crash left half written;
    /// or the folder of the single file that is granted, which the operator may have named
    /// by a link.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        if path.is_file() {
            return Self::around(&path.canonicalize()?);
        }
        let folder = Self {
            dir: open_dir(path)?,
            shown: path.display().to_string(),
            only: None,
            parts: AtomicU64::new(0),
        };
        folder.clear_left_overs()?;
        Ok(folder)
    }

    fn around(file: &Path) -> io::Result<Self> {
        let unusable = |why: &str| io::Error::new(io::ErrorKind::InvalidInput, why.to_owned());
        let name = file.file_name().and_then(|name| name.to_str());
        let name = name.ok_or_else(|| unusable("its name is not UTF-8"))?;
        check_name(name).map_err(|failure| unusable(&failure.message))?;
        let parent = file.parent().ok_or_else(|| unusable("it lies in no folder"))?;
        Ok(Self {
            dir: open_dir(parent)?,
            shown: parent.display().to_string(),
            only: Some(name.to_owned()),
            parts: AtomicU64::new(0),
        })
    }

    fn shows(&self, name: &str) -> bool {
        self.only.as_deref().is_none_or(|only| only == name)
    }

    fn clear_left_overs(&self) -> io::Result<()> {
        for entry in Dir::read_from(&self.dir)? {
            let entry = entry?;
            let Ok(name) = entry.file_name().to_str() else {
                continue;
            };
            if !(name.starts_with(PART_PREFIX) && name.ends_with(PART_SUFFIX)) {
                continue;
            }
            let Ok(stat) = rustix::fs::statat(&self.dir, name, AtFlags::SYMLINK_NOFOLLOW) else {
                continue;
            };
            let changed = u64::try_from(stat.st_mtime).unwrap_or(0);
            let age = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH + Duration::from_secs(changed));
            if age.is_ok_and(|age| age > PART_IS_LEFT_OVER) {
                // What cannot be deleted is not in the way either.
                let _ = rustix::fs::unlinkat(&self.dir, name, AtFlags::empty());
            }
        }
        Ok(())
    }

    /// Names and sizes of the plain files, in the order of their names. What could not be
    /// read under its name (not UTF-8, hidden, too long) is not listed either.
    pub(crate) fn names(&self) -> Result<Vec<(String, u64)>, Failure> {
        let list = || -> io::Result<Vec<(String, u64)>> {
            let mut names = Vec::new();
            for entry in Dir::read_from(&self.dir)? {
                let entry = entry?;
                let plain = matches!(entry.file_type(), FileType::RegularFile | FileType::Unknown);
                let Ok(name) = entry.file_name().to_str() else {
                    continue;
                };
                if !plain || !self.shows(name) || check_name(name).is_err() {
                    continue;
                }
                match rustix::fs::statat(&self.dir, name, AtFlags::SYMLINK_NOFOLLOW) {
                    Ok(stat) if FileType::from_raw_mode(stat.st_mode).is_file() => {
                        names.push((name.to_owned(), u64::try_from(stat.st_size).unwrap_or(0)));
                    }
                    Ok(_) | Err(Errno::NOENT) => {}
                    Err(error) => return Err(error.into()),
                }
            }
            Ok(names)
        };
        let mut names = list().map_err(|error| self.failed("listing", "", &error))?;
        if names.len() > MAX_NAMES {
            return Err(failure(
                "config",
                "",
                format!(
                    "the folder {} holds {} files, more than {MAX_NAMES}: move old ones away",
                    self.shown,
                    names.len()
                ),
            ));
        }
        names.sort();
        Ok(names)
    }

    /// At most `length` bytes from `offset`; fewer only at the end. Keeps the packed file
    /// that it read, so that the next read need not begin at its beginning.
    pub(crate) fn read(
        &self,
        name: &str,
        offset: u64,
        length: u32,
        kept: &Mutex<Option<Unpacking>>,
        alive: &Weak<()>,
    ) -> Result<Vec<u8>, Failure> {
        check_name(name)?;
        if length > MAX_READ_BYTES {
            return Err(failure(
                "permanent",
                "",
                format!("reading {length} bytes of {name:?}: a call reads at most {MAX_READ_BYTES}"),
            ));
        }
        let read = || -> io::Result<Vec<u8>> {
            let file = self.open_plain(name)?;
            if name.ends_with(".gz") {
                unpacked(file, offset, length, kept, alive)
            } else {
                read_at(&file, offset, length as usize)
            }
        };
        read().map_err(|error| {
            let failure = self.failed("reading", name, &error);
            // Asked again, it goes on from where it is.
            let again = (error.kind() == io::ErrorKind::TimedOut).then_some(0);
            Failure {
                retry_after_ms: again,
                ..failure
            }
        })
    }

    fn open_plain(&self, name: &str) -> io::Result<File> {
        if !self.shows(name) {
            return Err(io::ErrorKind::NotFound.into());
        }
        // Without `NONBLOCK` opening a named pipe would wait for somebody to write to it.
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
        let file = File::from(rustix::fs::openat(&self.dir, name, flags, Mode::empty())?);
        if !file.metadata()?.is_file() {
            return Err(io::Error::other("it is not a plain file"));
        }
        Ok(file)
    }

    /// Writes a whole new file, durably, all or nothing; false where the name exists.
    pub(crate) fn create(&self, name: &str, content: &[u8]) -> Result<bool, Failure> {
        check_name(name)?;
        if rustix::fs::statat(&self.dir, name, AtFlags::SYMLINK_NOFOLLOW).is_ok() {
            return Ok(false);
        }
        let part = format!(
            "{PART_PREFIX}{}-{}{PART_SUFFIX}",
            std::process::id(),
            self.parts.fetch_add(1, Ordering::Relaxed)
        );
        let written = self
            .write_part(&part, content)
            .and_then(|()| match self.rename(&part, name) {
                Ok(()) => Ok(true),
                Err(Errno::EXIST) => Ok(false),
                Err(error) => Err(error.into()),
            });
        if !matches!(written, Ok(true)) {
            // It may never have been made.
            let _ = rustix::fs::unlinkat(&self.dir, part.as_str(), AtFlags::empty());
        }
        let created = written.map_err(|error| self.failed("creating", name, &error))?;
        if created {
            rustix::fs::fsync(&self.dir).map_err(|error| {
                failure(
                    "unknown",
                    "",
                    format!(
                        "creating {name:?} in {}: it is there, but may not survive a power \
                         failure: {error}",
                        self.shown
                    ),
                )
            })?;
        }
        Ok(created)
    }

    fn write_part(&self, part: &str, content: &[u8]) -> io::Result<()> {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
        let mode = Mode::from_raw_mode(0o640);
        let open = || rustix::fs::openat(&self.dir, part, flags, mode);
        let fd = match open() {
            // Of an earlier process with the same id, since names are unique within one.
            Err(Errno::EXIST) => {
                rustix::fs::unlinkat(&self.dir, part, AtFlags::empty())?;
                open()?
            }
            opened => opened?,
        };
        let mut file = File::from(fd);
        file.write_all(content)?;
        file.sync_all()
    }

    /// Gives the part its name, never in another's place.
    fn rename(&self, part: &str, name: &str) -> Result<(), Errno> {
        let dir = &self.dir;
        match rustix::fs::renameat_with(dir, part, dir, name, RenameFlags::NOREPLACE) {
            // A file system that cannot: a second name for the file, then away with the first.
            Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {
                rustix::fs::linkat(dir, part, dir, name, AtFlags::empty())?;
                // The file is in its place; what stays is cleared away at a later start.
                let _ = rustix::fs::unlinkat(dir, part, AtFlags::empty());
                Ok(())
            }
            renamed => renamed,
        }
    }

    fn failed(&self, doing: &str, name: &str, error: &io::Error) -> Failure {
        let (class, code) = match error.kind() {
            io::ErrorKind::NotFound => ("permanent", "not-found"),
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => ("config", ""),
            io::ErrorKind::InvalidData
            | io::ErrorKind::InvalidInput
            | io::ErrorKind::UnexpectedEof
            | io::ErrorKind::Other => ("permanent", ""),
            _ => ("transient", ""),
        };
        let what = if name.is_empty() {
            String::new()
        } else {
            format!("{name:?} in ")
        };
        failure(class, code, format!("{doing} {what}the folder {}: {error}", self.shown))
    }
}

fn open_dir(path: &Path) -> io::Result<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    Ok(rustix::fs::open(path, flags, Mode::empty())?)
}

/// Reads on where the connector's last read stopped, if it can. What is damaged is not kept.
fn unpacked(
    file: File,
    offset: u64,
    length: u32,
    kept: &Mutex<Option<Unpacking>>,
    alive: &Weak<()>,
) -> io::Result<Vec<u8>> {
    let slot = || kept.lock().unwrap_or_else(PoisonError::into_inner);
    let taken = slot().take();
    let mut unpacking = match taken {
        Some(open) if open.goes_on(&file, offset)? => open,
        _ => Unpacking::new(file)?,
    };
    let read = unpacking.read(offset, length, alive);
    let goes_on = read.as_ref().err().is_none_or(|e| e.kind() == io::ErrorKind::TimedOut);
    *slot() = goes_on.then_some(unpacking);
    read
}

/// One component of a path, nothing hidden.
fn check_name(name: &str) -> Result<(), Failure> {
    let wrong = if name.is_empty() {
        "is empty"
    } else if name.len() > MAX_NAME_BYTES {
        "is longer than 200 bytes"
    } else if name.starts_with('.') {
        "begins with a dot"
    } else if name.contains(['/', '\\', '\0']) {
        "is not one component of a path"
    } else {
        return Ok(());
    };
    let shown: String = name.chars().take(80).collect();
    Err(failure("permanent", "", format!("the file name {shown:?} {wrong}")))
}

fn read_at(file: &File, offset: u64, length: usize) -> io::Result<Vec<u8>> {
    let rest = file.metadata()?.len().saturating_sub(offset);
    let expected = usize::try_from(rest).unwrap_or(usize::MAX).min(length);
    let mut bytes = vec![0; expected];
    let mut filled = 0;
    while filled < expected {
        match file.read_at(&mut bytes[filled..], offset + filled as u64) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    bytes.truncate(filled);
    Ok(bytes)
}

#[cfg(test)]
#[path = "folder_tests.rs"]
mod tests;
