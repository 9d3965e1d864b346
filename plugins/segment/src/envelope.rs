//! From a body to the messages in it, and what is refused as a whole.
//!
//! A body is refused with 400, as Segment does, where nothing in it can be trusted to mean
//! what it says: not UTF-8, not JSON, nested without end, too large. The sender is told and
//! nothing is kept. Once a body is accepted, a message in it that cannot be understood is a
//! reject of its own and hurts no other.

use serde::Deserialize;
use serde_json::value::RawValue;

/// The largest message, in bytes of its JSON.
pub(crate) const MAX_MESSAGE_BYTES: usize = 32 * 1024;
/// The largest batch, in bytes of the body.
pub(crate) const MAX_BATCH_BYTES: usize = 500 * 1024;
/// The most messages in a batch.
pub(crate) const MAX_MESSAGES: usize = 2500;
/// The largest context of a batch, in bytes of its JSON. Each message inherits it, so what
/// it costs is this times the messages; SDKs that send one need a tenth of it.
pub(crate) const MAX_SHARED_CONTEXT_BYTES: usize = 8 * 1024;
/// The deepest nesting of objects and arrays. SDKs send less than ten.
pub(crate) const MAX_DEPTH: usize = 64;

/// Why a body was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// A word for programs.
    pub(crate) code: &'static str,
    /// A sentence for people.
    pub(crate) message: String,
}

impl Refusal {
    fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }
}

/// The messages of a request, not yet read, and what is said for all of them.
#[derive(Debug)]
pub(crate) struct Envelope<'a> {
    /// (JSON pointer into the body, JSON text).
    pub(crate) messages: Vec<(String, &'a str)>,
    /// JSON text of a batch's own `sentAt`.
    pub(crate) sent_at: Option<&'a str>,
    /// JSON text of a batch's own `context`, which its messages inherit.
    pub(crate) context: Option<&'a str>,
}

#[derive(Deserialize)]
struct Batch<'a> {
    #[serde(borrow)]
    batch: Vec<&'a RawValue>,
    #[serde(borrow, default, rename = "sentAt")]
    sent_at: Option<&'a RawValue>,
    #[serde(borrow, default)]
    context: Option<&'a RawValue>,
}

impl<'a> Envelope<'a> {
    /// One message: the body itself.
    pub(crate) fn one(body: &'a [u8]) -> Result<Self, Refusal> {
        let text = text(body, MAX_MESSAGE_BYTES)?;
        let message: &RawValue = serde_json::from_str(text).map_err(invalid)?;
        Ok(Self {
            messages: vec![(String::new(), message.get())],
            sent_at: None,
            context: None,
        })
    }

    /// What Segment's webhook destination sends: one message, or a list where it batches.
    pub(crate) fn webhook(body: &'a [u8]) -> Result<Self, Refusal> {
        if !body.trim_ascii_start().starts_with(b"[") {
            return Self::one(body);
        }
        let text = text(body, MAX_BATCH_BYTES)?;
        let messages: Vec<&RawValue> = serde_json::from_str(text).map_err(invalid)?;
        let count = messages.len();
        if count > MAX_MESSAGES {
            return Err(too_many(count));
        }
        Ok(Self {
            messages: messages
                .into_iter()
                .enumerate()
                .map(|(place, message)| (format!("/{place}"), message.get()))
                .collect(),
            sent_at: None,
            context: None,
        })
    }

    /// A batch: `{"batch": […], "sentAt": …, "context": …}`.
    pub(crate) fn batch(body: &'a [u8]) -> Result<Self, Refusal> {
        let text = text(body, MAX_BATCH_BYTES)?;
        let batch: Batch<'a> = serde_json::from_str(text).map_err(invalid)?;
        if batch.batch.len() > MAX_MESSAGES {
            return Err(too_many(batch.batch.len()));
        }
        let context = batch.context.map(RawValue::get);
        if let Some(bytes) = context.map(str::len).filter(|bytes| *bytes > MAX_SHARED_CONTEXT_BYTES) {
            let message =
                format!("the batch's context has {bytes} bytes, at most {MAX_SHARED_CONTEXT_BYTES} are taken");
            return Err(Refusal::new("too_large", message));
        }
        let messages = batch.batch.into_iter().enumerate();
        Ok(Self {
            messages: messages
                .map(|(place, message)| (format!("/batch/{place}"), message.get()))
                .collect(),
            sent_at: batch.sent_at.map(RawValue::get),
            context,
        })
    }
}

fn text(body: &[u8], most: usize) -> Result<&str, Refusal> {
    if body.len() > most {
        let message = format!("the body has {} bytes, at most {most} are taken", body.len());
        return Err(Refusal::new("too_large", message));
    }
    let text = std::str::from_utf8(body).map_err(|error| {
        Refusal::new(
            "invalid_utf8",
            format!("the body is not UTF-8 at byte {}", error.valid_up_to()),
        )
    })?;
    if is_deeper_than(text, MAX_DEPTH) {
        return Err(Refusal::new(
            "too_deep",
            format!("the body nests deeper than {MAX_DEPTH} levels"),
        ));
    }
    Ok(text)
}

fn too_many(count: usize) -> Refusal {
    let message = format!("the batch has {count} messages, at most {MAX_MESSAGES} are taken");
    Refusal::new("too_many_messages", message)
}

fn invalid(error: serde_json::Error) -> Refusal {
    Refusal::new(
        "invalid_json",
        format!("the body is not the JSON that this path takes: {error}"),
    )
}

/// Whether brackets outside strings nest deeper than `most`. Looked at before parsing,
/// because a parser that keeps parts as raw text does not count.
fn is_deeper_than(text: &str, most: usize) -> bool {
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => {
                depth += 1;
                if depth > most {
                    return true;
                }
            }
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(result: Result<Envelope<'_>, Refusal>) -> &'static str {
        result.unwrap_err().code
    }

    #[test]
    fn a_webhook_sends_one_message_or_a_list() {
        let one = Envelope::webhook(br#" {"type":"page"} "#).unwrap();
        assert_eq!(one.messages.len(), 1);
        let list = Envelope::webhook(br#"[{"type":"page"},{"type":"track"}]"#).unwrap();
        assert_eq!(list.messages[1], ("/1".to_owned(), r#"{"type":"track"}"#));
        let many = format!("[{}0]", "0,".repeat(MAX_MESSAGES));
        assert_eq!(code(Envelope::webhook(many.as_bytes())), "too_many_messages");
        assert_eq!(code(Envelope::webhook(b"[{]")), "invalid_json");
    }

    #[test]
    fn a_batch_is_taken_apart_without_reading_its_messages() {
        let body = br#"{"batch":[{"type":"page"}, 7 ],"sentAt":"2026-11-22T08:00:00Z","writeKey":"k"}"#;
        let envelope = Envelope::batch(body).unwrap();
        let messages = [
            ("/batch/0".to_owned(), r#"{"type":"page"}"#),
            ("/batch/1".to_owned(), "7"),
        ];
        assert_eq!(envelope.messages, messages);
        assert_eq!(envelope.sent_at, Some(r#""2026-11-22T08:00:00Z""#));
        assert_eq!(envelope.context, None);
    }

    #[test]
    fn a_body_that_cannot_be_trusted_is_refused_as_a_whole() {
        assert_eq!(code(Envelope::batch(br#"{"batch":[{"type":"#)), "invalid_json");
        assert_eq!(code(Envelope::batch(br#"{"batch":{}}"#)), "invalid_json");
        assert_eq!(code(Envelope::batch(b"{}")), "invalid_json");
        assert_eq!(code(Envelope::one(b"")), "invalid_json");
        assert_eq!(code(Envelope::one(b"{} {}")), "invalid_json");
        assert_eq!(code(Envelope::one(b"{\"a\":\"\xff\"}")), "invalid_utf8");
        let many = format!(r#"{{"batch":[{}]}}"#, vec!["1"; MAX_MESSAGES + 1].join(","));
        assert_eq!(code(Envelope::batch(many.as_bytes())), "too_many_messages");
    }

    #[test]
    fn a_single_message_may_have_32_kib_and_a_batch_500() {
        let one = format!(r#"{{"event":"{}"}}"#, "x".repeat(MAX_MESSAGE_BYTES));
        assert_eq!(code(Envelope::one(one.as_bytes())), "too_large");
        let batch = format!(r#"{{"batch":[{one}]}}"#);
        assert!(Envelope::batch(batch.as_bytes()).is_ok());
        let batch = format!(r#"{{"batch":["{}"]}}"#, "x".repeat(MAX_BATCH_BYTES));
        assert_eq!(code(Envelope::batch(batch.as_bytes())), "too_large");
        let batch = format!(r#"{{"batch":[],"context":"{}"}}"#, "x".repeat(MAX_SHARED_CONTEXT_BYTES));
        assert_eq!(code(Envelope::batch(batch.as_bytes())), "too_large");
    }

    #[test]
    fn nesting_is_counted_outside_strings_only() {
        let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert!(Envelope::one(nested(MAX_DEPTH).as_bytes()).is_ok());
        assert_eq!(code(Envelope::one(nested(MAX_DEPTH + 1).as_bytes())), "too_deep");
        let in_a_string = format!(r#"{{"event":"\"{}"}}"#, "[".repeat(1000));
        assert!(Envelope::one(in_a_string.as_bytes()).is_ok());
    }
}
