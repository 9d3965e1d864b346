//! Ids of actions as they leave the house.
//!
//! Who knows a prospect's id and can count could work out the ids of its actions, and a
//! vendor's webhook would then take their word for an answer to them. So what leaves is
//! keyed: 16 hex digits of the action's id, as people see it everywhere, and 16 more of
//! HMAC-SHA-256 over it under the installation's key, cut to 64 bits. What comes back
//! without them is no answer to anything.

use hearken_model::{ActionId, AnswersTo};
use hearken_sandbox::wire;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::parts::Shared;

/// Tells this use of the key from others.
const PURPOSE: &[u8] = b"action ids that leave";
const ID_DIGITS: usize = 16;

/// An action's id as vendors are given it.
pub(crate) fn outward(key: &[u8; 32], id: ActionId) -> String {
    format!("{id}{:016x}", tag(key, id))
}

/// The action of an id that came back; none where the key did not make it.
pub(crate) fn inward(key: &[u8; 32], text: &str) -> Option<ActionId> {
    let id: ActionId = text.get(..ID_DIGITS)?.parse().ok()?;
    // Not compared in constant time: whoever measures it needs 2^63 tries as well.
    (outward(key, id) == text).then_some(id)
}

fn tag(key: &[u8; 32], id: ActionId) -> u64 {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(PURPOSE);
    mac.update(&id.as_u64().to_be_bytes());
    let whole = mac.finalize().into_bytes();
    whole.iter().take(8).fold(0, |n, b| n << 8 | u64::from(*b))
}

impl Shared {
    /// An action's id as its sink is given it.
    pub(crate) fn outward_id(&self, id: ActionId) -> String {
        outward(&self.key, id)
    }
}

/// What a plugin says a signal answers; nothing where it says nothing that could be found.
pub(crate) fn answers(key: &[u8; 32], reply: wire::ReplyTo) -> Option<AnswersTo> {
    let action = reply.action.as_deref().and_then(|text| inward(key, text));
    let reference = reply.reference.filter(|r| !r.is_empty());
    (action.is_some() || reference.is_some()).then_some(AnswersTo { action, reference })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_comes_back_as_what_it_was_and_a_made_up_one_does_not() {
        let (key, id) = ([7; 32], ActionId::from_u64(0x0123_4567_89ab_cdef));
        let text = outward(&key, id);
        assert!(text.starts_with("0123456789abcdef") && text.len() == 32, "{text}");
        assert_eq!(inward(&key, &text), Some(id));
        assert_eq!(inward(&[8; 32], &text), None, "another installation's");
        assert_eq!(inward(&key, &id.to_string()), None, "without its key");
        assert_eq!(inward(&key, &text.to_uppercase()), None);
        for end in 0..text.len() {
            assert_eq!(inward(&key, &text[..end]), None);
        }
    }

    #[test]
    fn no_id_of_any_length_or_alphabet_panics() {
        for text in [
            "",
            "ä",
            "0123456789abcde\u{e4}",
            "0123456789abcdefg",
            &"0".repeat(10_000),
        ] {
            assert_eq!(inward(&[7; 32], text), None, "{text}");
        }
    }
}
