//! Secrets that come back are masked.
//!
//! A server that echoes what it was sent would otherwise hand the secret to the guest. What
//! is looked for is the value as it is, with any of its characters percent-encoded or
//! escaped as JSON does, in hexadecimal, and in base64 (both alphabets) at each of the three
//! places that it can have in a group of three bytes. A server that is bent on telling the
//! guest can encode it in yet another way; then it might as well tell a stranger.
//!
//! The whole body is there when it is masked, unpacked: no border runs through a secret.

use base64::{
    Engine,
    prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD},
};
use memchr::memchr3_iter;
use secrecy::{ExposeSecret, SecretBox};

/// What is shorter than this stands in any text by chance; masking it would tell that the
/// text has it.
const SHORTEST: usize = 6;
const MASK: &[u8] = b"***";

pub(crate) struct Mask(Vec<Form>);

/// One way in which a secret can be written.
struct Form {
    text: SecretBox<Vec<u8>>,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Plain,
    Hex,
    /// Of which the first and the last character are not wholly the secret's.
    Base64,
}

impl Mask {
    pub(crate) fn new<'a>(secrets: impl Iterator<Item = &'a str>) -> Self {
        let mut mask = Self(Vec::new());
        secrets.for_each(|secret| mask.add(secret));
        mask
    }

    pub(super) fn add(&mut self, secret: &str) {
        // Of a user with a password the password alone is one as well.
        let password = secret.split_once(':').map(|(_, password)| password);
        let parts = [Some(secret), password].into_iter().flatten();
        for part in parts.filter(|part| part.len() >= SHORTEST) {
            forms_of(part.as_bytes(), &mut self.0);
        }
    }

    pub(crate) fn apply(&self, bytes: Vec<u8>) -> Vec<u8> {
        let mut found: Vec<(usize, usize)> = self.0.iter().flat_map(|form| form.find(&bytes)).collect();
        if found.is_empty() {
            return bytes;
        }
        found.sort_unstable();
        let mut masked = Vec::with_capacity(bytes.len());
        let mut end = 0;
        for (from, to) in found {
            if to <= end {
                continue;
            }
            if from >= end {
                masked.extend_from_slice(&bytes[end..from]);
                masked.extend_from_slice(MASK);
            }
            end = to;
        }
        masked.extend_from_slice(&bytes[end..]);
        masked
    }
}

fn forms_of(secret: &[u8], forms: &mut Vec<Form>) {
    let mut add = |text: Vec<u8>, kind| {
        if !forms
            .iter()
            .any(|form| form.kind == kind && *form.text.expose_secret() == text)
        {
            forms.push(Form {
                text: SecretBox::new(Box::new(text)),
                kind,
            });
        }
    };
    add(secret.to_owned(), Kind::Plain);
    let hex: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
    add(hex.into_bytes(), Kind::Hex);
    for before in 0..3 {
        let mut group = vec![0; before];
        group.extend_from_slice(secret);
        // Characters of which every bit is the secret's.
        let (first, last) = ((before * 8).div_ceil(6), group.len() * 8 / 6);
        for text in [
            BASE64_STANDARD_NO_PAD.encode(&group),
            BASE64_URL_SAFE_NO_PAD.encode(&group),
        ] {
            add(text.as_bytes()[first..last].to_owned(), Kind::Base64);
        }
    }
}

impl Form {
    fn find(&self, bytes: &[u8]) -> Vec<(usize, usize)> {
        let text = self.text.expose_secret();
        let mut found = Vec::new();
        let mut after = 0;
        let mut look = |at: usize| {
            if at < after {
                return;
            }
            if let Some(end) = self.ends(bytes, at) {
                let (from, to) = if self.kind == Kind::Base64 {
                    widen(bytes, at, end)
                } else {
                    (at, end)
                };
                found.push((from, to));
                after = to;
            }
        };
        let first = text[0];
        match self.kind {
            Kind::Hex => memchr3_iter(first, first.to_ascii_uppercase(), b'%', bytes).for_each(&mut look),
            _ => memchr3_iter(first, b'%', b'\\', bytes).for_each(&mut look),
        }
        // A space may be written as a plus sign, which is looked for where a secret begins
        // with one only.
        if first == b' ' {
            memchr::memchr_iter(b'+', bytes).for_each(look);
            found.sort_unstable();
        }
        found
    }

    /// Where it ends, if it begins at `start`. A secret may itself have characters that look
    /// like encoded ones, and only some of them may be encoded: all readings are followed.
    fn ends(&self, bytes: &[u8], start: usize) -> Option<usize> {
        let mut places = Places::of(start);
        for wanted in self.text.expose_secret() {
            let mut next = Places::default();
            for at in places.each() {
                let at = if self.kind == Kind::Base64 {
                    behind_line_ends(bytes, at)
                } else {
                    at
                };
                let rest = bytes.get(at..).unwrap_or_default();
                let raw = rest.first().map(|byte| (*byte, 1));
                let plus = (*wanted == b' ' && rest.first() == Some(&b'+')).then_some((b' ', 1));
                for (byte, length) in [raw, encoded(rest), plus].into_iter().flatten() {
                    let same = match self.kind {
                        Kind::Hex => byte.eq_ignore_ascii_case(wanted),
                        Kind::Plain | Kind::Base64 => byte == *wanted,
                    };
                    if same {
                        next.add(at + length);
                    }
                }
            }
            places = next;
        }
        places.each().max()
    }
}

/// A few places in a text, each once. There are never many: each reading has to agree with
/// the secret so far.
#[derive(Default)]
struct Places {
    some: [usize; 4],
    count: usize,
}

impl Places {
    fn of(place: usize) -> Self {
        let mut places = Self::default();
        places.add(place);
        places
    }

    fn add(&mut self, place: usize) {
        if self.count < self.some.len() && self.each().all(|known| known != place) {
            self.some[self.count] = place;
            self.count += 1;
        }
    }

    fn each(&self) -> impl Iterator<Item = usize> + use<> {
        self.some.into_iter().take(self.count)
    }
}

/// Lines of base64 are broken.
fn behind_line_ends(bytes: &[u8], mut at: usize) -> usize {
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        let raw = rest.first().map(|byte| (*byte, 1));
        match encoded(rest).or(raw) {
            Some((b'\r' | b'\n', length)) => at += length,
            _ => return at,
        }
    }
}

/// The byte that stands at the beginning in an encoded form, and how long that is.
fn encoded(bytes: &[u8]) -> Option<(u8, usize)> {
    match bytes {
        [b'%', high, low, ..] => hex(&[*high, *low]).map(|byte| (byte, 3)),
        [b'\\', b'u' | b'U', b'0', b'0', high, low, ..] => hex(&[*high, *low]).map(|byte| (byte, 6)),
        [b'\\', b'x', high, low, ..] => hex(&[*high, *low]).map(|byte| (byte, 4)),
        [b'\\', b'n', ..] => Some((b'\n', 2)),
        [b'\\', b'r', ..] => Some((b'\r', 2)),
        [b'\\', b't', ..] => Some((b'\t', 2)),
        [b'\\', escaped @ (b'"' | b'\\' | b'/' | b'\''), ..] => Some((*escaped, 2)),
        _ => None,
    }
}

fn hex(digits: &[u8]) -> Option<u8> {
    let text = std::str::from_utf8(digits).ok()?;
    u8::from_str_radix(text, 16)
        .ok()
        .filter(|_| digits.iter().all(u8::is_ascii_hexdigit))
}

/// The characters before and behind have bits of the secret as well.
fn widen(bytes: &[u8], from: usize, to: usize) -> (usize, usize) {
    let belongs = |at: usize| {
        bytes
            .get(at)
            .is_some_and(|b| b.is_ascii_alphanumeric() || b"+/-_".contains(b))
    };
    let from = if from > 0 && belongs(from - 1) { from - 1 } else { from };
    (from, if belongs(to) { to + 1 } else { to })
}
