//! Who else on the machine can do something to a file.

use std::{
    fs::{self, Metadata},
    io,
    path::{Path, PathBuf},
};

/// Whether a file's mode has one of these bits: `0o044` for reading by its group or by others,
/// `0o002` for writing by others.
#[cfg(unix)]
pub(crate) fn is_open_to(metadata: &Metadata, bits: u32) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.is_file() && metadata.permissions().mode() & bits != 0
}

#[cfg(not(unix))]
pub(crate) fn is_open_to(_: &Metadata, _: u32) -> bool {
    false
}

/// What anybody on this machine could change to have another program run under this path: the
/// file, or a folder that leads to it, as it is written and as it is once links are followed.
///
/// # Errors
/// Where it is not there, or may not be looked at.
pub(crate) fn changeable_by_others(program: &Path) -> io::Result<Option<PathBuf>> {
    let real = program.canonicalize()?;
    for place in real.ancestors().chain(program.ancestors().skip(1)) {
        if others_can_change(&fs::metadata(place)?) {
            return Ok(Some(place.to_owned()));
        }
    }
    Ok(None)
}

/// In a folder with the sticky bit nobody can exchange what is somebody else's.
#[cfg(unix)]
fn others_can_change(metadata: &Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    let mode = metadata.permissions().mode();
    mode & 0o002 != 0 && !(metadata.is_dir() && mode & 0o1000 != 0)
}

#[cfg(not(unix))]
fn others_can_change(_: &Metadata) -> bool {
    false
}
