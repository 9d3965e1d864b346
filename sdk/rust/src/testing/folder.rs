//! A folder in place of the granted one.

use std::cell::RefCell;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::Failure;
use crate::files::MAX_READ_BYTES;

thread_local! {
    static FOLDER: RefCell<Option<PathBuf>> = const { RefCell::new(None) };
}

/// Grants a folder that exists, for [`files`](crate::files). Unlike the host it neither
/// unpacks `.gz` nor makes sure that what was created survives a power cut.
pub fn grant(folder: impl AsRef<Path>) {
    FOLDER.set(Some(folder.as_ref().to_owned()));
}

pub(crate) fn names() -> Result<Vec<(String, u64)>, Failure> {
    let folder = granted()?;
    let mut names = Vec::new();
    for entry in fs::read_dir(&folder).map_err(|error| failure("list", ".", &error))? {
        let entry = entry.map_err(|error| failure("list", ".", &error))?;
        let meta = entry.metadata().map_err(|error| failure("list", ".", &error))?;
        if let (true, Ok(name)) = (meta.is_file(), entry.file_name().into_string())
            && !name.starts_with('.')
        {
            names.push((name, meta.len()));
        }
    }
    names.sort();
    Ok(names)
}

pub(crate) fn read(name: &str, offset: u64, length: u32) -> Result<Vec<u8>, Failure> {
    let path = place(name)?;
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|mut file| {
            file.seek(SeekFrom::Start(offset))?;
            file.take(length.min(MAX_READ_BYTES).into()).read_to_end(&mut bytes)
        })
        .map_err(|error| failure("read", name, &error))?;
    Ok(bytes)
}

pub(crate) fn create(name: &str, content: &[u8]) -> Result<bool, Failure> {
    match OpenOptions::new().write(true).create_new(true).open(place(name)?) {
        Ok(mut file) => file
            .write_all(content)
            .map(|()| true)
            .map_err(|error| failure("create", name, &error)),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(failure("create", name, &error)),
    }
}

fn granted() -> Result<PathBuf, Failure> {
    FOLDER
        .with_borrow(Clone::clone)
        .ok_or_else(|| Failure::denied("no folder is granted"))
}

fn place(name: &str) -> Result<PathBuf, Failure> {
    let folder = granted()?;
    if name.is_empty() || name.len() > 200 || name.starts_with('.') || name.contains(['/', '\\', '\0']) {
        return Err(Failure::permanent(format!("{name:?} is no name for a file")));
    }
    Ok(folder.join(name))
}

fn failure(attempted: &str, name: &str, error: &std::io::Error) -> Failure {
    let message = format!("cannot {attempted} {name}: {error}");
    match error.kind() {
        ErrorKind::NotFound => Failure::permanent(message).code("not-found"),
        _ => Failure::transient(message),
    }
}
