//! What people ask for.

use hearken_model::{Act, Instant, ProspectId};

/// Which decisions, the latest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DecisionQuery {
    /// About one prospect only.
    pub prospect: Option<ProspectId>,
    /// With one result only.
    pub act: Option<Act>,
    /// Not older than this.
    pub since: Option<Instant>,
    /// How many at most.
    pub limit: usize,
}

/// Which prospects, the last seen first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProspectQuery {
    /// One of whose identities contains this text, without regard to ASCII case.
    pub text: Option<String>,
    /// How many at most.
    pub limit: usize,
}

/// Up to when what is known of people goes, by what it is; nothing where there is no time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Retire {
    /// What they did and was received up to this.
    pub signals: Option<Instant>,
    /// Decisions that were made up to this, with what was told.
    pub decisions: Option<Instant>,
    /// What could not be worked off up to this.
    pub dead_letters: Option<Instant>,
    /// Visitors not known by any name who were last seen up to this.
    pub visitors: Option<Instant>,
    /// Everybody else who was last seen up to this.
    pub people: Option<Instant>,
}

/// What is forgotten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Purge {
    /// What ended before this.
    pub now: Instant,
    /// What connectors sent to others up to this.
    pub egress_until: Instant,
}
