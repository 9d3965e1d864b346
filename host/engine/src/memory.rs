//! What a plugin wants to remember, as it is kept.

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD as BASE64};

/// Bytes as they are kept in the log.
pub(crate) fn pack(bytes: &[u8]) -> String {
    BASE64.encode(bytes)
}

/// Bytes as they were kept; none where they are not what [`pack`] made.
pub(crate) fn unpack(text: &str) -> Option<Vec<u8>> {
    BASE64.decode(text).ok()
}
