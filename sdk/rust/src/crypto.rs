//! Keyed digests with secrets that the plugin never sees.

use crate::Failure;

/// A digest algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// SHA-256.
    Sha256,
    /// SHA-1, for vendors that still sign with it.
    Sha1,
    /// SHA-512.
    Sha512,
}

impl Algorithm {
    /// The word as the contract writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256",
            Self::Sha1 => "sha1",
            Self::Sha512 => "sha512",
        }
    }
}

/// The raw digest of `data` under the secret that this placeholder from the configuration
/// stands for. There is no free signing: tokens (JWT, OAuth) are made by the host.
///
/// # Errors
/// Denied, where the secret was not granted for this use.
pub fn hmac(algorithm: Algorithm, secret: &str, data: &[u8]) -> Result<Vec<u8>, Failure> {
    #[cfg(target_arch = "wasm32")]
    return crate::bindings::hearken::plugin::crypto::hmac(algorithm.as_str(), secret, data).map_err(Failure::from_wit);
    #[cfg(not(target_arch = "wasm32"))]
    crate::testing::hmac(algorithm, secret, data)
}
