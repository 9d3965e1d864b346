//! Who is left out of what was learned, so that it stays known what learning is worth.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Whether an account, or a prospect without one, is in the holdout of `share` (0..1) of
/// them: HMAC-SHA-256 under the installation's key, read as a fraction. So one company is
/// wholly in or out, nobody outside can tell which, and a larger share keeps all that were in.
#[must_use]
pub fn is_held_out(key: &[u8; 32], who: &str, share: f64) -> bool {
    // HMAC takes keys of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
        return false;
    };
    mac.update(b"holdout");
    mac.update(who.trim().to_lowercase().as_bytes());
    let bytes = mac.finalize().into_bytes();
    let number = bytes.iter().take(8).fold(0_u64, |n, b| n << 8 | u64::from(*b));
    // The upper 53 bits, which a float holds.
    ((number >> 11) as f64) / ((1_u64 << 53) as f64) < share
}
