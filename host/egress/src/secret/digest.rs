//! Digests with a secret as their key.

use hmac::{Hmac, KeyInit, Mac};
use secrecy::ExposeSecret;
use sha1::Sha1;
use sha2::{Sha256, Sha512};

use super::{Bound, Secrets, Use};

/// Why there is no digest.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DigestError {
    /// Not a placeholder of this connector, or one that is for another use.
    #[error("the secret was not granted as the key of a digest")]
    NotGranted,
    /// Not an algorithm.
    #[error("'{0}' is no algorithm: there is sha256, sha512 and sha1")]
    Algorithm(String),
}

impl Secrets {
    pub(crate) fn hmac(&self, algorithm: &str, placeholder: &str, data: &[u8]) -> Result<Vec<u8>, DigestError> {
        let bound = self.all.iter().find(|bound| bound.placeholder == placeholder);
        let bound = bound
            .filter(|bound| bound.uses.contains(&Use::Hmac))
            .and_then(Bound::secret)
            .ok_or(DigestError::NotGranted)?;
        let key = bound.expose_secret().as_bytes();
        match algorithm {
            "sha256" => Ok(digest::<Hmac<Sha256>>(key, data)),
            "sha512" => Ok(digest::<Hmac<Sha512>>(key, data)),
            "sha1" => Ok(digest::<Hmac<Sha1>>(key, data)),
            other => Err(DigestError::Algorithm(other.chars().take(40).collect())),
        }
    }
}

fn digest<M: Mac + KeyInit>(key: &[u8], data: &[u8]) -> Vec<u8> {
    let mut mac = <M as KeyInit>::new_from_slice(key).expect("a key of any length will do (RFC 2104)");
    mac.update(data);
    mac.finalize().into_bytes().to_vec()
}
