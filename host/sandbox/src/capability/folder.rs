//! A granted folder on disk.
//!
//! Everything is relative to the open folder and one name deep, and no link is followed, so
//! that no name leads anywhere else, whatever happens to the folder meanwhile.

use std::{
    fs::File,
    io::{self, BufReader, Read, Write},
    os::{fd::OwnedFd, unix::fs::FileExt, unix::fs::MetadataExt},
    path::Path,
    sync::{
        Weak,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, SystemTime},
};

use flate2::read::MultiGzDecoder;
use rustix::{
    fs::{AtFlags, Dir, FileType, Mode, OFlags, RenameFlags},
    io::Errno,
};

use super::failure;
use crate::wire::Failure;

/// What one `read` returns at most.
const MAX_READ_BYTES: u32 = 1 << 20;
/// How far into a packed file a read may begin. A few kilobytes can unpack to terabytes, and
/// nothing in front of an offset can be skipped without unpacking it.
const MAX_UNPACKED_BYTES: u64 = 16 << 30;
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
    parts: AtomicU64,
}

impl Folder {
    /// Opens the folder, which must exist, and clears away what a crash left half written.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let dir = rustix::fs::open(
            path,
            OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC,
            Mode::empty(),
        )?;
        let folder = Self {
            dir,
            shown: path.display().to_string(),
            parts: AtomicU64::new(0),
        };
        folder.clear_left_overs()?;
        Ok(folder)
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
                if !plain || check_name(name).is_err() {
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

    /// At most `length` bytes from `offset`; fewer only at the end. Gives the packed file
    /// back that it read, so that the next read need not begin at its beginning.
    pub(crate) fn read(
        &self,
        name: &str,
        offset: u64,
        length: u32,
        unpacking: Option<Unpacking>,
        alive: &Weak<()>,
    ) -> Result<(Vec<u8>, Option<Unpacking>), Failure> {
        check_name(name)?;
        if length > MAX_READ_BYTES {
            return Err(failure(
                "permanent",
                "",
                format!("reading {length} bytes of {name:?}: a call reads at most {MAX_READ_BYTES}"),
            ));
        }
        let read = || -> io::Result<(Vec<u8>, Option<Unpacking>)> {
            let file = self.open_plain(name)?;
            if name.ends_with(".gz") {
                let mut unpacking = match unpacking {
                    Some(open) if open.goes_on(&file, offset)? => open,
                    _ => Unpacking::new(file)?,
                };
                let bytes = unpacking.read(offset, length, alive)?;
                Ok((bytes, Some(unpacking)))
            } else {
                Ok((read_at(&file, offset, length as usize)?, None))
            }
        };
        read().map_err(|error| self.failed("reading", name, &error))
    }

    fn open_plain(&self, name: &str) -> io::Result<File> {
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

/// A packed file that is being read from its beginning onwards.
pub(crate) struct Unpacking {
    decoder: MultiGzDecoder<BufReader<File>>,
    position: u64,
    identity: (u64, u64),
}

impl Unpacking {
    fn new(file: File) -> io::Result<Self> {
        Ok(Self {
            identity: identity(&file)?,
            decoder: MultiGzDecoder::new(BufReader::new(file)),
            position: 0,
        })
    }

    fn goes_on(&self, file: &File, offset: u64) -> io::Result<bool> {
        Ok(self.position <= offset && self.identity == identity(file)?)
    }

    fn read(&mut self, offset: u64, length: u32, alive: &Weak<()>) -> io::Result<Vec<u8>> {
        if offset > MAX_UNPACKED_BYTES {
            return Err(io::Error::other(format!(
                "it unpacks to more than {MAX_UNPACKED_BYTES} bytes"
            )));
        }
        let mut skipped = [0; 16 << 10];
        while self.position < offset {
            if alive.strong_count() == 0 {
                return Err(io::Error::other("nobody waits for it any more"));
            }
            let ahead = usize::try_from(offset - self.position).unwrap_or(usize::MAX);
            let most = ahead.min(skipped.len());
            match self.decoder.read(&mut skipped[..most])? {
                0 => return Ok(Vec::new()),
                read => self.position += read as u64,
            }
        }
        let mut bytes = Vec::new();
        (&mut self.decoder).take(length.into()).read_to_end(&mut bytes)?;
        self.position += bytes.len() as u64;
        Ok(bytes)
    }
}

fn identity(file: &File) -> io::Result<(u64, u64)> {
    let metadata = file.metadata()?;
    Ok((metadata.dev(), metadata.ino()))
}

#[cfg(test)]
#[path = "folder_tests.rs"]
mod tests;
