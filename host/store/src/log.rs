//! The log of a partition: leases, entries, and the commits that apply them.
//!
//! `last` counts the entries from outside that were appended to a partition, `applied` is
//! the last of them whose effects are stored. Whoever applies holds the partition under an
//! epoch. A commit names the epoch and the range that it applies and changes nothing when
//! either has moved: so of two that believe to hold a partition, one is refused.

use hearken_model::{
    Action, ActionId, ActionState, Decision, Entry, Instant, Partition, ProfileId, Prospect, ProspectId, Seq, SignalId,
};

use crate::{NewDeadLetter, Suppression};

/// The right to apply a partition's entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lease {
    /// The partition.
    pub partition: Partition,
    /// What every commit must name.
    pub epoch: u64,
    /// The last entry that was applied, 0 before the first.
    pub applied: u64,
    /// The last entry that was appended, 0 before the first.
    pub last: u64,
}

/// How far a partition's log has grown and was applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The partition.
    pub partition: Partition,
    /// The epoch; another one than a lease gave says that the lease is over.
    pub epoch: u64,
    /// The last entry that was applied, 0 before the first.
    pub applied: u64,
    /// The last entry that was appended, 0 before the first.
    pub last: u64,
}

impl Progress {
    /// How many entries wait to be applied.
    #[must_use]
    pub const fn waiting(&self) -> u64 {
        self.last.saturating_sub(self.applied)
    }
}

/// An entry with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Logged {
    /// The partition whose log it stands in.
    pub partition: Partition,
    /// Where; step 0 for what came from outside.
    pub place: Seq,
    /// When it was appended: of a signal, when it was received.
    pub at: Instant,
    /// Whose state it changes.
    pub prospect: ProspectId,
    /// What happened.
    pub entry: Entry,
}

/// Asks for the latest signals of some profiles.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecentAsk {
    /// Whose.
    pub profiles: Vec<ProfileId>,
    /// Kinds, a trailing `*` for any rest; an empty list asks for nothing.
    pub kinds: Vec<String>,
    /// How many at most. No more than [`RecentAsk::MAX_READ`] signals are looked at to
    /// find them.
    pub limit: usize,
    /// Signals that are left out and not counted, as a rule because the asker has them.
    pub without: Vec<SignalId>,
    /// Only signals that had come in by then, for who asks as of an earlier moment; all where
    /// none is given.
    pub known_at: Option<Instant>,
}

impl RecentAsk {
    /// How many of a profile's latest signals are looked at, whatever is asked for: so the
    /// cost is bounded for a person with 100,000 signals of which none has the kind.
    pub const MAX_READ: usize = 2_000;
}

/// What applying a range of a partition's entries brought about. Stored as a whole.
#[derive(Clone, Debug)]
pub struct Commit {
    /// The partition.
    pub partition: Partition,
    /// As the lease gave it.
    pub epoch: u64,
    /// The last entry that had been applied before.
    pub from: u64,
    /// The last entry that is applied with this commit.
    pub to: u64,
    /// Every prospect of the partition that changed.
    pub prospects: Vec<Prospect>,
    /// Entries that applying brought about, with steps from 1 on behind the entry that
    /// they follow. They are applied already.
    pub derived: Vec<Logged>,
    /// What was decided.
    pub decisions: Vec<Decision>,
    /// What is to be carried out.
    pub actions: Vec<Action>,
    /// What becomes of actions that are not under way.
    pub action_changes: Vec<ActionChange>,
    /// Timers that are set or cancelled.
    pub timers: Vec<TimerSet>,
    /// Entries for prospects of any partition, appended as coming from outside.
    pub outgoing: Vec<Outgoing>,
    /// What could not be worked off.
    pub dead_letters: Vec<NewDeadLetter>,
    /// Addresses that must not be written to any more.
    pub suppressions: Vec<Suppression>,
}

impl Commit {
    /// A commit that moves the partition from `from` to `to` and changes nothing else.
    #[must_use]
    pub const fn new(partition: Partition, epoch: u64, from: u64, to: u64) -> Self {
        Self {
            partition,
            epoch,
            from,
            to,
            prospects: Vec::new(),
            derived: Vec::new(),
            decisions: Vec::new(),
            actions: Vec::new(),
            action_changes: Vec::new(),
            timers: Vec::new(),
            outgoing: Vec::new(),
            dead_letters: Vec::new(),
            suppressions: Vec::new(),
        }
    }
}

/// What becomes of an action that is queued, held or unknown; one that is under way or at
/// its end is left as it is, but for a rejected one, which can be queued again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActionChange {
    /// Which.
    pub action: ActionId,
    /// How far it is now.
    pub state: ActionState,
    /// Why.
    pub why: String,
    /// The same in one word of [`gate`](hearken_model::gate).
    pub gate: String,
    /// When the next attempt is due; unchanged where none is given.
    pub due: Option<Instant>,
}

/// Sets or cancels one of a prospect's timers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimerSet {
    /// Whose.
    pub prospect: ProspectId,
    /// Its name; a prospect has one timer of a name.
    pub name: String,
    /// When it runs out; none cancels it.
    pub due: Option<Instant>,
    /// Handed back when it runs out, so that a timer that was set again is told from the
    /// one before.
    pub generation: u64,
}

/// An entry that is to be appended to a prospect's partition.
#[derive(Clone, Debug, PartialEq)]
pub struct Outgoing {
    /// Whose state it changes.
    pub prospect: ProspectId,
    /// When.
    pub at: Instant,
    /// What happened.
    pub entry: Entry,
}
