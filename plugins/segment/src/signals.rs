//! From the messages of a request to signals and rejects, each message by itself.

use std::fmt::Write as _;

use hearken_sdk::json::Value;
use hearken_sdk::{Failure, Instant, Reject, Signal};
use sha2::{Digest, Sha256};

use crate::clock::{When, when};
use crate::envelope::{Envelope, MAX_MESSAGE_BYTES};
use crate::facts::{Fact, Reader, Sender};
use crate::fields::{Fields, first_text, object, put};
use crate::route::Call;

/// The longest `messageId` that is taken as a signal's id; a longer one is digested. The
/// contract takes 256 bytes, and some are left for the part.
const MAX_ID_BYTES: usize = 200;

/// Properties larger than this are refused by the host, in bytes.
const MAX_PROPERTIES_BYTES: usize = 32 * 1024;

/// What a delivery of the same message may say otherwise each time.
const OF_THE_DELIVERY: [&str; 4] = ["sentAt", "receivedAt", "_metadata", "writeKey"];

/// An envelope, and the call that its path names; where it names none, each message does.
#[derive(Debug)]
pub(crate) struct Letter<'a> {
    pub(crate) call: Option<Call>,
    pub(crate) envelope: Envelope<'a>,
}

impl Letter<'_> {
    /// Reads all messages. One that cannot be understood is a reject and hurts no other.
    pub(crate) fn read(
        &self,
        reader: &Reader,
        sender: Sender,
        received: Instant,
    ) -> Result<(Vec<Signal>, Vec<Reject>), Failure> {
        let shared = Shared::of(&self.envelope);
        let (mut signals, mut rejects) = (Vec::new(), Vec::new());
        for (at, text) in &self.envelope.messages {
            let message = match parsed(text, &shared) {
                Ok(message) => message,
                Err(why) => {
                    rejects.push(Reject::new(at, why, *text));
                    continue;
                }
            };
            let read = small_enough(text)
                .and_then(|()| self.call_of(&message))
                .and_then(|call| Ok((call, reader.facts(call, &message, sender)?)))
                .and_then(|(call, facts)| signals_of(call, &message, facts, &shared, received));
            match read {
                Ok(read) => signals.extend(read),
                Err(why) => rejects.push(Reject::new(at, why, without_key(message))),
            }
        }
        Ok((signals, rejects))
    }

    fn call_of(&self, message: &Fields) -> Result<Call, String> {
        if let Some(call) = self.call {
            return Ok(call);
        }
        let word = first_text(message, &["type"]).unwrap_or_default();
        Call::from_word(&word)
            .ok_or_else(|| format!("`type` is `{word}`; it is identify, track, page, screen, group or alias"))
    }
}

/// What a batch says for all of its messages.
struct Shared {
    sent_at: Option<Value>,
    context: Fields,
}

impl Shared {
    fn of(envelope: &Envelope<'_>) -> Self {
        let value = |text: Option<&str>| text.and_then(|text| serde_json::from_str(text).ok());
        Self {
            sent_at: value(envelope.sent_at),
            context: match value(envelope.context) {
                Some(Value::Object(context)) => context,
                _ => Fields::new(),
            },
        }
    }
}

fn parsed(text: &str, shared: &Shared) -> Result<Fields, String> {
    let mut message: Fields =
        serde_json::from_str(text).map_err(|error| format!("a message is a JSON object: {error}"))?;
    if !shared.context.is_empty() {
        let mut context = shared.context.clone();
        context.extend(object(&message, "context").cloned().unwrap_or_default());
        message.insert("context".to_owned(), Value::Object(context));
    }
    Ok(message)
}

fn small_enough(text: &str) -> Result<(), String> {
    if text.len() > MAX_MESSAGE_BYTES {
        return Err(format!(
            "it has {} bytes, at most {MAX_MESSAGE_BYTES} are taken",
            text.len()
        ));
    }
    Ok(())
}

fn signals_of(
    call: Call,
    message: &Fields,
    facts: Vec<Fact>,
    shared: &Shared,
    received: Instant,
) -> Result<Vec<Signal>, String> {
    let When { at, disbelieved } = when(message, shared.sent_at.as_ref(), received);
    let id = id(call, message, received);
    let session = object(message, "context")
        .and_then(|it| first_text(it, &["sessionId", "session_id"]))
        .filter(|session| session.len() <= MAX_ID_BYTES);
    facts
        .into_iter()
        .map(|mut fact| {
            put(&mut fact.properties, "claimed_at", disbelieved.clone());
            let id = if fact.part.is_empty() {
                id.clone()
            } else {
                format!("{id}:{}", fact.part)
            };
            let signal = Signal::vendor(id, at, fact.kind, &fact.properties).map_err(|failure| failure.message)?;
            if signal.properties.len() > MAX_PROPERTIES_BYTES {
                let (bytes, most) = (signal.properties.len(), MAX_PROPERTIES_BYTES);
                return Err(format!("its properties have {bytes} bytes, at most {most} are taken"));
            }
            Ok(Signal {
                identities: fact.identities,
                company: fact.company,
                session: session.clone(),
                about: fact.about,
                ..signal
            })
        })
        .collect()
}

/// The message's own id. SDKs make one; for those that do not it is a digest of what the
/// message says, so that the same message sent again is the same signal. One that does not
/// even say when it happened is told from the next like it by the time of its receipt.
fn id(call: Call, message: &Fields, received: Instant) -> String {
    let sound = |id: &String| !id.chars().any(char::is_control);
    match first_text(message, &["messageId", "message_id"]).filter(sound) {
        Some(id) if id.len() <= MAX_ID_BYTES => id,
        Some(id) => digest(&[&id]),
        None => {
            let mut said = message.clone();
            said.retain(|name, _| !OF_THE_DELIVERY.contains(&name.as_str()));
            let timed = ["timestamp", "originalTimestamp"]
                .iter()
                .any(|name| said.contains_key(*name));
            let received = if timed { String::new() } else { received.to_string() };
            digest(&[call.as_str(), &Value::Object(said).to_string(), &received])
        }
    }
}

fn digest(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hash.finalize().iter().fold("sha256-".to_owned(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A message as it is kept among the rejects: a key that came in it is nobody's to read.
fn without_key(mut message: Fields) -> String {
    message.remove("writeKey");
    Value::Object(message).to_string()
}

#[cfg(test)]
#[path = "signals_tests.rs"]
mod tests;
