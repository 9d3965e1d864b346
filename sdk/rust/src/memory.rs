//! What a plugin remembers about a prospect from one item to the next: a value of its own
//! type, packed into at most 16 KiB by postcard.
//!
//! The host gives `None` at first, after a merge, after a replay from an earlier point, and
//! to a new version of the plugin, so the type may change from version to version.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Failure;

/// The most that the host keeps, in bytes.
pub const MAX_BYTES: usize = 16 * 1024;

/// Unpacks what [`pack`] made. `None` where there is nothing, or where it is not such a
/// value: to begin anew is right in both cases.
#[must_use]
pub fn unpack<T: DeserializeOwned>(memory: Option<&[u8]>) -> Option<T> {
    postcard::from_bytes(memory?).ok()
}

/// Packs `value`.
///
/// # Errors
/// Permanent, where it is larger than [`MAX_BYTES`], or of a type that postcard cannot
/// write (one with `#[serde(flatten)]` or `#[serde(untagged)]`).
pub fn pack<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, Failure> {
    let bytes =
        postcard::to_allocvec(value).map_err(|error| Failure::permanent(format!("cannot pack the memory: {error}")))?;
    if bytes.len() > MAX_BYTES {
        return Err(Failure::permanent(format!(
            "the memory is {} bytes, more than the {MAX_BYTES} that are kept",
            bytes.len()
        )));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_unpacks_and_anything_else_is_a_new_beginning() {
        let visits = vec![("pricing".to_owned(), 3_u32)];
        let packed = pack(&visits).unwrap();
        assert_eq!(unpack(Some(&packed)), Some(visits));
        assert_eq!(unpack::<Vec<(String, u32)>>(Some(&[0xff; 3])), None);
        assert_eq!(unpack::<u32>(None), None);
    }

    #[test]
    fn more_than_the_host_keeps_is_refused_here() {
        assert!(pack(&vec![1_u8; MAX_BYTES - 2]).is_ok());
        assert!(
            pack(&vec![1_u8; MAX_BYTES])
                .unwrap_err()
                .message
                .contains("16387 bytes")
        );
    }
}
