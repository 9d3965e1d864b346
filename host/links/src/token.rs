//! Tokens: a payload that nobody outside can read, change or make.
//!
//! Two bytes with the key's number, a nonce of 24, then the payload under
//! XChaCha20-Poly1305, as base64url without padding. Purpose and key number are
//! authenticated with it, so that a token of one purpose never reads as one of another.
//!
//! The nonce is a code over purpose and payload under a key of its own (the construction of
//! RFC 5297, a synthetic one), not random: the same link comes out the same each time, so
//! that a message that is tried again is the same message, and making a link needs no
//! randomness. Equal nonces belong to equal payloads, which is all that it gives away.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chacha20poly1305::{
    XChaCha20Poly1305, XNonce,
    aead::{Aead, KeyInit, Payload},
};

use crate::{Key, KeyRing};

const NUMBER: usize = 2;
const NONCE: usize = 24;
const TAG: usize = 16;
/// Longer ones are none of ours: an address has at most 512 bytes, and little stands beside it.
const MOST: usize = 1024;

/// What a link is for. A letter in its path says it, and its token proves it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Purpose {
    /// No more messages of a purpose by a channel.
    Unsubscribe,
    /// What somebody wants to hear, by which channel.
    Preferences,
    /// Confirm a consent that was asked for (double opt-in).
    Confirm,
    /// Answer a question.
    Answer,
    /// Follow a link in a story's text.
    Click,
    /// Answer a hand-over.
    HandOver,
}

impl Purpose {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Unsubscribe,
        Self::Preferences,
        Self::Confirm,
        Self::Answer,
        Self::Click,
        Self::HandOver,
    ];

    /// Its letter in a path. It is in every message that was ever sent: never to be changed.
    #[must_use]
    pub const fn letter(self) -> &'static str {
        match self {
            Self::Unsubscribe => "u",
            Self::Preferences => "p",
            Self::Confirm => "c",
            Self::Answer => "a",
            Self::Click => "t",
            Self::HandOver => "h",
        }
    }

    /// The purpose of a letter.
    #[must_use]
    pub fn from_letter(letter: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|p| p.letter() == letter)
    }

    /// Its word in metrics.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Unsubscribe => "unsubscribe",
            Self::Preferences => "preferences",
            Self::Confirm => "confirm",
            Self::Answer => "answer",
            Self::Click => "click",
            Self::HandOver => "hand-over",
        }
    }
}

/// Makes a token with the latest key.
pub(crate) fn seal(ring: &KeyRing, purpose: Purpose, payload: &[u8]) -> String {
    let (number, key) = ring.latest();
    let number = number.to_be_bytes();
    let nonce = nonce(key, purpose, payload);
    let sealed = cipher(key).encrypt(
        &XNonce::from(nonce),
        Payload {
            msg: payload,
            aad: &bound(purpose, number),
        },
    );
    let sealed = sealed.expect("a payload is far smaller than the 256 GiB that one nonce is good for");
    URL_SAFE_NO_PAD.encode([&number[..], &nonce, &sealed].concat())
}

/// The payload of a token; none where it is not ours, not of this purpose, or changed.
pub(crate) fn open(ring: &KeyRing, purpose: Purpose, token: &str) -> Option<Vec<u8>> {
    if token.len() > MOST {
        return None;
    }
    let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
    if bytes.len() < NUMBER + NONCE + TAG {
        return None;
    }
    let (number, rest) = bytes.split_first_chunk::<NUMBER>()?;
    let (nonce, sealed) = rest.split_first_chunk::<NONCE>()?;
    let key = ring.key(u16::from_be_bytes(*number))?;
    let opened = cipher(key).decrypt(
        &XNonce::from(*nonce),
        Payload {
            msg: sealed,
            aad: &bound(purpose, *number),
        },
    );
    opened.ok()
}

/// What is authenticated beside the payload.
fn bound(purpose: Purpose, number: [u8; NUMBER]) -> Vec<u8> {
    [b"hearken link 1 ".as_slice(), purpose.letter().as_bytes(), &number].concat()
}

fn cipher(key: &Key) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(&key.derived(b"hearken link 1 cipher").into())
}

fn nonce(key: &Key, purpose: Purpose, payload: &[u8]) -> [u8; NONCE] {
    let code = key.code(&[b"hearken link 1 nonce", purpose.letter().as_bytes(), payload]);
    let mut nonce = [0; NONCE];
    nonce.copy_from_slice(&code[..NONCE]);
    nonce
}
