//! Secrets and signatures as text, and what a token is compared with.

use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use data_encoding::HEXLOWER_PERMISSIVE;
use ring::digest::{SHA256, digest};
use subtle::ConstantTimeEq;

use crate::{BadSecret, Encoding, SecretEncoding};

/// Padded or not, since vendors differ. Bits that no byte needs must be zero, or a signature
/// could be written in several ways.
const EITHER: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const BASE64: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, EITHER);
const BASE64URL: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, EITHER);

/// The bytes of a text.
pub(crate) fn decode(text: &str, encoding: Encoding) -> Option<Vec<u8>> {
    match encoding {
        Encoding::Hex => HEXLOWER_PERMISSIVE.decode(text.as_bytes()).ok(),
        Encoding::Base64 => BASE64.decode(text).ok(),
        Encoding::Base64url => BASE64URL.decode(text).ok(),
    }
}

/// The key in an operator's secret.
pub(crate) fn key_bytes(secret: &str, encoding: SecretEncoding) -> Result<Vec<u8>, BadSecret> {
    let (text, encoding, name) = match encoding {
        SecretEncoding::Raw if secret.is_empty() => return Err(BadSecret::Empty),
        SecretEncoding::Raw => return Ok(secret.as_bytes().to_vec()),
        SecretEncoding::Hex => (secret.trim(), Encoding::Hex, "hex"),
        SecretEncoding::Base64 => (secret.trim(), Encoding::Base64, "base64"),
        SecretEncoding::StandardWebhooks => {
            let text = secret.trim();
            let bare = ["whsec_", "whpk_"].iter().find_map(|prefix| text.strip_prefix(prefix));
            (
                bare.unwrap_or(text),
                Encoding::Base64,
                "base64 after 'whsec_' or 'whpk_'",
            )
        }
    };
    match decode(text, encoding) {
        Some(bytes) if bytes.is_empty() => Err(BadSecret::Empty),
        Some(bytes) => Ok(bytes),
        None => Err(BadSecret::Encoding(name)),
    }
}

/// A secret that requests show, kept as its digest: neither its content nor its length shows
/// in how long a comparison takes.
pub(crate) struct Token([u8; 32]);

impl Token {
    pub(crate) fn new(secret: &str) -> Self {
        Self(sha256(secret.as_bytes()))
    }

    /// Whether `given` is the secret.
    pub(crate) fn is(&self, given: &str) -> subtle::Choice {
        self.0.ct_eq(&sha256(given.as_bytes()))
    }
}

/// SHA-256.
pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(digest(&SHA256, bytes).as_ref());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_read_padded_or_not_and_in_one_way_only() {
        for (text, encoding) in [
            ("fbff", Encoding::Hex),
            ("FBff", Encoding::Hex),
            ("+/8=", Encoding::Base64),
            ("+/8", Encoding::Base64),
            ("-_8=", Encoding::Base64url),
            ("-_8", Encoding::Base64url),
        ] {
            assert_eq!(decode(text, encoding).as_deref(), Some(&[0xfb, 0xff][..]), "{text}");
        }
        for (text, encoding) in [
            ("fbf", Encoding::Hex),
            ("0xfb", Encoding::Hex),
            ("+/9=", Encoding::Base64),
            ("-_8=", Encoding::Base64),
            ("+/8=", Encoding::Base64url),
            (" +/8=", Encoding::Base64),
        ] {
            assert_eq!(decode(text, encoding), None, "{text}");
        }
    }

    #[test]
    fn a_secret_is_read_as_its_scheme_writes_it() {
        let read = |secret, encoding| key_bytes(secret, encoding);
        assert_eq!(read("a b", SecretEncoding::Raw), Ok(b"a b".to_vec()));
        assert_eq!(read("6162", SecretEncoding::Hex), Ok(b"ab".to_vec()));
        assert_eq!(read("whsec_YWI=", SecretEncoding::StandardWebhooks), Ok(b"ab".to_vec()));
        assert_eq!(read("YWI=", SecretEncoding::StandardWebhooks), Ok(b"ab".to_vec()));
        assert_eq!(read("whsec_", SecretEncoding::StandardWebhooks), Err(BadSecret::Empty));
        assert_eq!(read("", SecretEncoding::Raw), Err(BadSecret::Empty));
        assert_eq!(
            read("whsec_YWI=", SecretEncoding::Base64),
            Err(BadSecret::Encoding("base64"))
        );
    }
}
