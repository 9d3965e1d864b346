//! Forgetting a person, in steps that each survive a crash.
//!
//! A request is stored first. Then, in one transaction, everything of the person is deleted,
//! their names are kept as keyed hashes, and every sink is noted to be asked; the partitions
//! concerned get a new epoch, so that what was computed from the person's state cannot be
//! committed any more. Deleted rows leave their bytes in a database's file, so the store is
//! scrubbed afterwards. The request stays, as the proof; it names nobody.

use async_trait::async_trait;
use hearken_model::{Identity, Instant, ProspectId};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::{Retire, StoreError};

/// What a store does to forget people, and to show them what is kept.
#[async_trait]
pub trait Forget {
    /// Everything that is kept of a person: rows by table, columns by name; none where
    /// nobody has the id. [`Forget::erase`] deletes what this shows.
    async fn everything_of(&self, prospect: ProspectId) -> Result<Option<Map<String, Value>>, StoreError>;

    /// Stores the request to forget somebody and returns its number; the present one where
    /// it was stored before and not carried out yet, none where nobody has the id.
    async fn ask_forgetting(&self, prospect: ProspectId, at: Instant) -> Result<Option<u64>, StoreError>;

    /// What there is to do for requests to forget.
    async fn forgetting_to_do(&self, now: Instant) -> Result<ToForget, StoreError>;

    /// Deletes everything of whom a request names, keeps their names as keyed hashes and
    /// notes `sinks` to be asked. Returns how many rows there were; none where the request
    /// is unknown or was carried out before.
    async fn erase(&self, number: u64, at: Instant, sinks: Vec<String>) -> Result<Option<u64>, StoreError>;

    /// Keeps what a sink said. The identities that it was asked about go when it is final.
    async fn sink_said(&self, said: SinkSaid) -> Result<(), StoreError>;

    /// Leaves no byte of what was deleted in the store's files. Everybody else waits
    /// meanwhile: about as long as the file takes to be copied.
    ///
    /// # Errors
    /// [`StoreError::Busy`] where another process reads for longer than is waited; then
    /// bytes may be left, and it has to be tried again.
    async fn scrub(&self, at: Instant) -> Result<(), StoreError>;

    /// One request.
    async fn forgetting(&self, number: u64) -> Result<Option<Forgetting>, StoreError>;

    /// Requests, the latest first.
    async fn forgettings(&self, limit: usize) -> Result<Vec<Forgetting>, StoreError>;

    /// Deletes what has been kept for long enough, at most about `limit` rows, or people.
    /// Returns how many, 0 when nothing is left to delete; who is deleted so is not remembered and may come back as new.
    /// What waits to be applied or delivered stays, whatever its age.
    async fn retire(&self, what: Retire, limit: usize) -> Result<usize, StoreError>;

    /// Lets somebody come back who was forgotten under this name; whether they were. An
    /// address that must not be written to stays so.
    async fn readmit(&self, identity: &Identity, at: Instant) -> Result<bool, StoreError>;
}

/// What there is to do for requests to forget.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ToForget {
    /// Requests whose people are to be erased.
    pub erase: Vec<u64>,
    /// Sinks that are to be asked.
    pub ask: Vec<SinkAsk>,
    /// Whether bytes of what was deleted may be left in the files.
    pub scrub: bool,
}

/// A sink that is to be asked to forget somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SinkAsk {
    /// The request.
    pub number: u64,
    /// The connector.
    pub sink: String,
    /// Who: all of the person's identities.
    pub person: Vec<Identity>,
    /// How often it was asked already.
    pub tries: u32,
    /// When the request was stored.
    pub asked: Instant,
}

/// What a sink said to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SinkSaid {
    /// The request.
    pub number: u64,
    /// The connector.
    pub sink: String,
    /// When.
    pub at: Instant,
    /// What.
    pub outcome: SinkOutcome,
    /// Why, where it did not; names of the person are left out.
    pub why: String,
}

/// How far a sink is with forgetting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SinkOutcome {
    /// It is asked again at this time.
    Waiting {
        /// When.
        due: Instant,
    },
    /// It knows nothing of the person any more, or never did.
    Forgotten,
    /// It has no way to: a person has to do it by hand.
    Cannot,
    /// It could not be asked for so long that nobody tries any more.
    GaveUp,
}

impl SinkOutcome {
    /// Its word in SQL and for people.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Waiting { .. } => "waiting",
            Self::Forgotten => "forgotten",
            Self::Cannot => "cannot",
            Self::GaveUp => "gave-up",
        }
    }
}

/// A request to forget somebody, and how far it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Forgetting {
    /// Its number.
    pub number: u64,
    /// When it was stored.
    pub asked: Instant,
    /// When everything was deleted.
    pub erased: Option<Instant>,
    /// How many rows that were.
    pub rows: u64,
    /// When no byte of it was left in the store's files.
    pub scrubbed: Option<Instant>,
    /// What the sinks said.
    pub sinks: Vec<Receipt>,
}

impl Forgetting {
    /// Whether nothing is left to do.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.scrubbed.is_some() && self.sinks.iter().all(|s| s.answered.is_some())
    }
}

/// What a sink said, for the proof.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Receipt {
    /// The connector.
    pub sink: String,
    /// waiting, forgotten, cannot or gave-up.
    pub outcome: String,
    /// When it was final.
    pub answered: Option<Instant>,
    /// How often it was asked.
    pub tries: u32,
    /// Why, where it did not.
    pub why: String,
}
