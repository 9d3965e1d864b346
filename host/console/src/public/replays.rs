//! Requests that were signed for one moment and come again.
//!
//! Whoever overhears a signed request can send it again while its timestamp is tolerated,
//! and vendors do so themselves when an answer got lost. Each such request is worked off
//! once: one that comes again is given the first one's answer if that is settled, waits for
//! it while it is worked at, and is worked off if the first one failed.
//!
//! What is remembered is the digest of what was *signed*: a repetition is one even if what
//! is not signed (its path, another header, another form of the same signature) differs.
//! For a scheme that signs the timestamp and a token only, the first body under that token
//! counts.
//!
//! What is settled is kept in the store as well, before it goes out, so that it holds after a
//! restart; here are those that are worked at, and the latest. A kill between a request's
//! commit and its answer's lets the repetition be worked off: its signals have the same ids,
//! which the store drops for `dedup-window`, so it says nothing twice.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex, PoisonError},
};

use hearken_engine::Answer;
use hearken_webhook_auth::Once;

/// How many requests are remembered per connector. At the usual five minutes' tolerance
/// that is 54 a second.
const MOST: usize = 16_384;
/// The largest answer that is remembered whole; of a larger one only the status is, which is
/// what vendors look at.
const MOST_ANSWER_BYTES: usize = 4096;

/// One request's answer, once it is settled. Held while the request is worked at.
pub(super) type Slot = Arc<tokio::sync::Mutex<Option<Answer>>>;

/// The requests of one connector that came already.
#[derive(Debug, Default)]
pub(super) struct Replays {
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    slots: HashMap<[u8; 32], Slot>,
    /// (until when it is tolerated, digest).
    order: BTreeSet<(i64, [u8; 32])>,
}

impl Replays {
    /// The place of a request's answer, the same for each repetition.
    pub(super) fn slot(&self, once: Once, now_ms: i64) -> Slot {
        // Nothing in here panics halfway.
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some((until, digest)) = seen.order.first().copied() {
            if until >= now_ms && seen.order.len() < MOST {
                break;
            }
            seen.order.pop_first();
            seen.slots.remove(&digest);
        }
        seen.order.insert((once.until_ms, once.digest));
        Arc::clone(seen.slots.entry(once.digest).or_default())
    }
}

/// What of an answer is remembered; nothing where the request may come again to be worked
/// off: the host could not, or the plugin asks for it.
pub(super) fn settled(answer: &Answer) -> Option<Answer> {
    if answer.status >= 500 || matches!(answer.status, 408 | 425 | 429) {
        return None;
    }
    let whole = answer.body.len() <= MOST_ANSWER_BYTES;
    Some(if whole {
        answer.clone()
    } else {
        Answer {
            status: answer.status,
            headers: Vec::new(),
            body: Vec::new(),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn once(n: u32, until_ms: i64) -> Once {
        let mut digest = [0; 32];
        digest[..4].copy_from_slice(&n.to_be_bytes());
        Once { digest, until_ms }
    }

    #[test]
    fn the_same_request_has_the_same_place_for_as_long_as_it_is_tolerated() {
        let replays = Replays::default();
        let first = replays.slot(once(1, 1000), 0);
        assert!(Arc::ptr_eq(&first, &replays.slot(once(1, 1000), 1000)));
        assert!(!Arc::ptr_eq(&first, &replays.slot(once(2, 1000), 0)));
        assert!(!Arc::ptr_eq(&first, &replays.slot(once(1, 1000), 1001)));
    }

    #[test]
    fn no_more_are_remembered_than_there_is_room_for() {
        let replays = Replays::default();
        for n in 0..20_000 {
            replays.slot(once(n, i64::from(n) + 1_000_000), 0);
        }
        let seen = replays.seen.lock().unwrap();
        assert_eq!((seen.slots.len(), seen.order.len()), (MOST, MOST));
        assert!(
            !seen.slots.contains_key(&once(0, 0).digest),
            "the one that grows stale first goes"
        );
    }

    #[test]
    fn only_what_is_settled_is_remembered() {
        let answer = |status, body: Vec<u8>| Answer {
            status,
            headers: vec![("allow".into(), "POST".into())],
            body,
        };
        for status in [200, 202, 204, 400, 401, 404, 422] {
            let given = answer(status, b"x".to_vec());
            assert_eq!(settled(&given), Some(given));
        }
        for status in [408, 425, 429, 500, 503] {
            assert_eq!(settled(&answer(status, Vec::new())), None, "{status}");
        }
        let large = settled(&answer(200, vec![b'x'; 5000])).unwrap();
        assert_eq!((large.status, large.headers.len(), large.body.len()), (200, 0, 0));
    }
}
