//! Who else on the machine can do something to a file.

use std::fs::Metadata;

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
