//! Files of one folder that the operator granted, by position: there is no handle to keep,
//! so a fresh instance goes on where the last one stopped.

use crate::Failure;

/// The most that one [`read`] gives, in bytes.
pub const MAX_READ_BYTES: u32 = 1024 * 1024;

/// Names and sizes in bytes, in the order of their names. Plain files only.
///
/// # Errors
/// Denied, where no folder was granted.
pub fn names() -> Result<Vec<(String, u64)>, Failure> {
    #[cfg(target_arch = "wasm32")]
    return crate::bindings::hearken::plugin::files::names().map_err(Failure::from_wit);
    #[cfg(not(target_arch = "wasm32"))]
    crate::testing::folder::names()
}

/// At most `length` bytes (and at most 1 MiB) from `offset`; fewer only at the end. Files
/// whose names end in `.gz` are read unpacked.
///
/// # Errors
/// Denied, where no folder was granted; permanent with the code `not-found`, where there
/// is no such file.
pub fn read(name: &str, offset: u64, length: u32) -> Result<Vec<u8>, Failure> {
    #[cfg(target_arch = "wasm32")]
    return crate::bindings::hearken::plugin::files::read(name, offset, length).map_err(Failure::from_wit);
    #[cfg(not(target_arch = "wasm32"))]
    crate::testing::folder::read(name, offset, length)
}

/// Writes a whole new file, durably, all or nothing. False where the name exists already:
/// then nothing is written, so an action's id as the name makes delivering twice harmless.
/// A name is one path component of at most 200 bytes that does not begin with a dot.
///
/// # Errors
/// Denied, where no folder was granted for creating; permanent for a name that is none.
pub fn create(name: &str, content: &[u8]) -> Result<bool, Failure> {
    #[cfg(target_arch = "wasm32")]
    return crate::bindings::hearken::plugin::files::create(name, content).map_err(Failure::from_wit);
    #[cfg(not(target_arch = "wasm32"))]
    crate::testing::folder::create(name, content)
}
