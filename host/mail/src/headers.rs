//! Lines of a header: encoded by RFC 2047 and folded, and those that a writer may ask for.

use std::fmt::Write;

use email_encoding::headers::{quoted_string, rfc2047, writer::EmailWriter};
use lettre::message::header::{HeaderName, HeaderValue};

use crate::{Mailbox, clean};

const MOST_HEADERS: usize = 20;
const NAME_BYTES: usize = 70;
/// A folded line has at most 998 bytes (RFC 5322, 2.1.1), and a word cannot be folded.
const VALUE_CHARS: usize = 900;

/// Why a header that was asked for cannot be set.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    /// It is not one of those that may be.
    #[error("the header '{name}' may not be set: only X-…, In-Reply-To and References may")]
    NotAllowed {
        /// The beginning of its name.
        name: String,
    },
    /// Its value lists something else than messages' ids.
    #[error("the header '{name}' is not a list of messages' ids such as '<1@example.com>'")]
    NotIds {
        /// Its name.
        name: String,
    },
    /// The same header twice.
    #[error("the header '{name}' is set twice")]
    Twice {
        /// Its name.
        name: String,
    },
    /// More than anybody needs.
    #[error("{count} headers are set where at most {MOST_HEADERS} may be")]
    TooMany {
        /// How many.
        count: usize,
    },
}

/// Those headers that a writer asks for, ready to be set.
pub(crate) fn asked_for(headers: &[(String, String)]) -> Result<Vec<HeaderValue>, HeaderError> {
    if headers.len() > MOST_HEADERS {
        return Err(HeaderError::TooMany { count: headers.len() });
    }
    let mut set: Vec<(String, HeaderValue)> = Vec::new();
    for (name, value) in headers {
        let lower = name.to_ascii_lowercase();
        if set.iter().any(|(known, _)| *known == lower) {
            return Err(HeaderError::Twice { name: name.clone() });
        }
        let header = match lower.as_str() {
            "in-reply-to" => ids("In-Reply-To", value)?,
            "references" => ids("References", value)?,
            _ => free(name, value)?,
        };
        set.push((lower, header));
    }
    Ok(set.into_iter().map(|(_, header)| header).collect())
}

/// `X-` and letters, digits and hyphens.
fn free(name: &str, value: &str) -> Result<HeaderValue, HeaderError> {
    let rest = name.strip_prefix("X-").or_else(|| name.strip_prefix("x-"));
    let fits = rest.is_some_and(|rest| {
        !rest.is_empty() && rest.len() <= NAME_BYTES && rest.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    });
    let ascii = HeaderName::new_from_ascii(name.to_owned()).ok().filter(|_| fits);
    let name = ascii.ok_or_else(|| HeaderError::NotAllowed {
        name: clean::line(name, 80),
    })?;
    Ok(unstructured(name, value, VALUE_CHARS))
}

/// `<left@right>`, one or several.
fn ids(name: &'static str, value: &str) -> Result<HeaderValue, HeaderError> {
    let is_id = |word: &str| {
        let inside = word.strip_prefix('<').and_then(|w| w.strip_suffix('>'));
        let halves = inside.and_then(|i| i.split_once('@'));
        halves.is_some_and(|(left, right)| {
            let half = |text: &str| !text.is_empty() && text.bytes().all(is_id_byte);
            half(left) && half(right) && word.len() <= 500
        })
    };
    let words: Vec<&str> = value.split_ascii_whitespace().collect();
    if words.is_empty() || words.len() > 50 || !words.iter().all(|word| is_id(word)) {
        return Err(HeaderError::NotIds { name: name.into() });
    }
    Ok(unstructured(
        HeaderName::new_from_ascii_str(name),
        &words.join(" "),
        usize::MAX,
    ))
}

/// RFC 5322's `dot-atom-text`, and the few others that are met in practice.
fn is_id_byte(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~.:[]".contains(&b)
}

/// A header whose value is text for people.
pub(crate) fn unstructured(name: HeaderName, text: &str, most: usize) -> HeaderValue {
    let text = clean::line(text, most);
    let mut encoded = String::new();
    {
        let mut writer = EmailWriter::new(&mut encoded, name.len() + 2, 0, false);
        // Writing into a string does not fail.
        let _ = if is_plain(&text) {
            writer.folding().write_str(&text)
        } else {
            rfc2047::encode(&text, &mut writer)
        };
    }
    HeaderValue::dangerous_new_pre_encoded(name, text, encoded)
}

/// A header that is one mailbox.
pub(crate) fn mailbox(name: &'static str, mailbox: &Mailbox) -> HeaderValue {
    let address = mailbox.address.to_string();
    let shown = mailbox.name.as_deref().map(|n| clean::line(n, clean::NAME_CHARS));
    let mut encoded = String::new();
    {
        let mut writer = EmailWriter::new(&mut encoded, name.len() + 2, 0, false);
        let _ = match shown.filter(|n| !n.is_empty()) {
            Some(shown) => {
                let _ = if is_plain(&shown) {
                    quoted_string::encode(&shown, &mut writer)
                } else {
                    rfc2047::encode(&shown, &mut writer)
                };
                writer.space();
                // On a line of its own where it does not fit any more.
                writer.folding().write_str(&format!("<{address}>"))
            }
            None => writer.write_str(&address),
        };
    }
    HeaderValue::dangerous_new_pre_encoded(HeaderName::new_from_ascii_str(name), address, encoded)
}

/// A header in one piece: what reads it is known not to unfold it.
pub(crate) fn in_one_line(name: &'static str, value: String) -> HeaderValue {
    HeaderValue::dangerous_new_pre_encoded(HeaderName::new_from_ascii_str(name), value.clone(), value)
}

/// Whether text can stand as it is: a reader would take `=?…?=` for encoded.
fn is_plain(text: &str) -> bool {
    text.is_ascii() && !text.contains("=?")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(name: &str, value: &str) -> Result<Vec<HeaderValue>, HeaderError> {
        asked_for(&[(name.to_owned(), value.to_owned())])
    }

    #[test]
    fn only_headers_that_hurt_nobody_may_be_asked_for() {
        assert!(ask("X-Campaign", "spring").is_ok());
        assert!(ask("in-reply-to", "<1@example.com>").is_ok());
        assert!(ask("References", "<1@example.com>\r\n <2@example.com>").is_ok());
        for name in [
            "Bcc",
            "From",
            "Subject",
            "X-",
            "X-a b",
            "X-a:b",
            "X-a\r\nBcc",
            "X-ä",
            "List-Unsubscribe",
            "",
            "To",
            "Return-Path",
            "DKIM-Signature",
        ] {
            assert!(
                matches!(ask(name, "x"), Err(HeaderError::NotAllowed { .. })),
                "{name:?}"
            );
        }
        for value in [
            "",
            "x",
            "<x>",
            "<1@example.com>, <2@example.com>",
            "<1@example.com>\r\nBcc: x",
        ] {
            assert!(
                matches!(ask("References", value), Err(HeaderError::NotIds { .. })),
                "{value:?}"
            );
        }
        let twice = [("X-A".to_owned(), "1".to_owned()), ("x-a".to_owned(), "2".to_owned())];
        assert!(matches!(asked_for(&twice), Err(HeaderError::Twice { .. })));
    }
}
