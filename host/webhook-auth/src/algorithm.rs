//! How signatures are made and checked. The mathematics is ring's, which the daemon has for
//! TLS already.

use ring::{hmac, signature};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

use crate::BadSecret;

/// What stands before a P-256 key's point in a SubjectPublicKeyInfo in DER (RFC 5480).
const P256_SPKI: &[u8] = &[
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce,
    0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];
/// The same for Ed25519 (RFC 8410).
const ED25519_SPKI: &[u8] = &[0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// How a signature is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Algorithm {
    /// HMAC with SHA-1 (RFC 2104). Only for vendors that have nothing better; as a HMAC it
    /// is not broken.
    HmacSha1,
    /// HMAC with SHA-256.
    HmacSha256,
    /// HMAC with SHA-512.
    HmacSha512,
    /// ECDSA over P-256 with SHA-256, the signature in DER. The operator's secret is the
    /// vendor's public key.
    EcdsaP256,
    /// Ed25519 (RFC 8032). The operator's secret is the vendor's public key.
    Ed25519,
}

impl Algorithm {
    /// Its word in a manifest.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::HmacSha1 => "hmac-sha1",
            Self::HmacSha256 => "hmac-sha256",
            Self::HmacSha512 => "hmac-sha512",
            Self::EcdsaP256 => "ecdsa-p256",
            Self::Ed25519 => "ed25519",
        }
    }
}

/// A key that checks signatures.
pub(crate) enum Key {
    Shared(hmac::Key),
    /// A point, uncompressed.
    P256(Vec<u8>),
    Ed25519(Vec<u8>),
}

impl Key {
    /// A key of its bytes. Public keys may be bare or a SubjectPublicKeyInfo in DER.
    pub(crate) fn new(algorithm: Algorithm, bytes: &[u8]) -> Result<Self, BadSecret> {
        let shared = |hash| Ok(Self::Shared(hmac::Key::new(hash, bytes)));
        let bare = |before: &[u8]| bytes.strip_prefix(before).unwrap_or(bytes).to_vec();
        match algorithm {
            Algorithm::HmacSha1 => shared(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY),
            Algorithm::HmacSha256 => shared(hmac::HMAC_SHA256),
            Algorithm::HmacSha512 => shared(hmac::HMAC_SHA512),
            Algorithm::EcdsaP256 => match bare(P256_SPKI) {
                point if point.len() == 65 && point.first() == Some(&4) => Ok(Self::P256(point)),
                _ => Err(BadSecret::Key("ECDSA P-256")),
            },
            Algorithm::Ed25519 => match bare(ED25519_SPKI) {
                key if key.len() == 32 => Ok(Self::Ed25519(key)),
                _ => Err(BadSecret::Key("Ed25519")),
            },
        }
    }

    /// Whether one of `signatures` is over `signed`. A shared secret's comparison takes as
    /// long for a wrong one as for a right one.
    pub(crate) fn signed(&self, signed: &[u8], signatures: &[Vec<u8>]) -> bool {
        match self {
            Self::Shared(key) => {
                let tag = hmac::sign(key, signed);
                let equal = signatures.iter().map(|given| tag.as_ref().ct_eq(given));
                equal.fold(subtle::Choice::from(0), |any, one| any | one).into()
            }
            Self::P256(point) => any(&signature::ECDSA_P256_SHA256_ASN1, point, signed, signatures),
            Self::Ed25519(key) => any(&signature::ED25519, key, signed, signatures),
        }
    }
}

fn any(
    algorithm: &'static dyn signature::VerificationAlgorithm,
    key: &[u8],
    signed: &[u8],
    signatures: &[Vec<u8>],
) -> bool {
    let key = signature::UnparsedPublicKey::new(algorithm, key);
    signatures.iter().any(|given| key.verify(signed, given).is_ok())
}
