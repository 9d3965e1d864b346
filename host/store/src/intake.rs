//! What comes in, and what became of it.

use hearken_model::{Instant, ProspectId, Seq, Signal};

use crate::NewDeadLetter;

/// One delivery from a source or through a webhook: stored as a whole or not at all.
#[derive(Clone, Debug, Default)]
pub struct Intake {
    /// The signals, in the order in which they are to be appended.
    pub signals: Vec<Arriving>,
    /// What could not become a signal.
    pub dead_letters: Vec<NewDeadLetter>,
    /// The name of what was read, as a rule the connector's, and the cursor up to which it
    /// was: stored with the signals, so that it may lag them and never lead.
    pub cursor: Option<(String, String)>,
    /// Until when the signals' ids are remembered.
    pub seen_until: Instant,
}

/// A signal on its way into the log.
#[derive(Clone, Debug, PartialEq)]
pub struct Arriving {
    /// The fact. It needs at least one identity.
    pub signal: Signal,
    /// The connector that reported it.
    pub connector: String,
    /// When it arrived.
    pub received: Instant,
    /// Whether it is live and fresh: only then may it start anything.
    pub live: bool,
    /// Whether the connector vouches for its identities; else they are claims.
    pub verified: bool,
}

impl Arriving {
    /// How deep a signal's properties may be nested. What is stored is read again inside of
    /// other JSON, by readers that give up at a depth of 128.
    pub const MAX_DEPTH: usize = 64;
}

/// What became of an arriving signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accepted {
    /// It stands in the log.
    Stored {
        /// Whose it is.
        prospect: ProspectId,
        /// Where it stands in the prospect's partition.
        place: Seq,
    },
    /// A signal with its id was stored within the dedup window.
    Repeated,
    /// It is about somebody who was forgotten; nothing of it was stored.
    Forgotten,
}
