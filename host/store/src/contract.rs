//! What every store does. `contract_tests` says it as tests.

use async_trait::async_trait;
use hearken_model::{
    Action, ActionId, Approval, Attempt, Decision, DecisionId, Identity, Instant, Partition, ProfileId, Prospect,
    ProspectId, Recorded, Seq,
};

use crate::{
    Accepted, Accounts, Commit, DeadLetter, DeadLetterId, DeadLetterQuery, DecisionQuery, Due, EgressQuery, EgressRow,
    EgressStanding, Feed, Finish, Forget, HeldQuery, History, HistoryQuery, Hold, Intake, Lease, Logged, OnceAnswer,
    Outgoing, Progress, ProspectQuery, Purge, RecentAsk, Snapshot, Standing, Start, Started, StoreError, Summary,
    Suppression, Switch, Switches, TextApproval,
};

/// Where everything that must not be lost is kept.
///
/// Every call that writes writes everything or nothing, and what it wrote is durable when
/// it returns. Calls may be made at the same time from anywhere. A dropped future does not
/// undo what was asked.
#[async_trait]
pub trait Store: Accounts + Forget + Send + Sync + 'static {
    /// Appends signals to the log, each to its prospect's partition, after it was found out
    /// who is who. The answers stand in the order of the signals. An id that was stored
    /// before and is still remembered when the signal arrives is [`Accepted::Repeated`].
    ///
    /// # Errors
    /// [`StoreError::Invalid`] for a signal without an identity, or with properties that are
    /// nested deeper than [`Arriving::MAX_DEPTH`](crate::Arriving::MAX_DEPTH).
    async fn accept(&self, intake: Intake) -> Result<Vec<Accepted>, StoreError>;

    /// Takes all partitions: every epoch is raised, so that commits under an older lease are
    /// fenced. In the order of the partitions.
    async fn lease(&self) -> Result<Vec<Lease>, StoreError>;

    /// How far each partition's log has grown and was applied, in the order of the partitions.
    /// Whoever asks takes nothing.
    async fn progress(&self) -> Result<Vec<Progress>, StoreError>;

    /// The entries from outside behind `after`, in their order, at most `limit`.
    async fn pending(&self, partition: Partition, after: u64, limit: usize) -> Result<Vec<Logged>, StoreError>;

    /// Everything behind `after`, what applying brought about included, in the order of the
    /// log, at most `limit`.
    async fn log(&self, partition: Partition, after: Seq, limit: usize) -> Result<Vec<Logged>, StoreError>;

    /// What was appended from now on, handed over in memory; none where it was taken before.
    fn feed(&self) -> Option<Feed>;

    /// Prospects as stored, in the order of `ids`; none for one that nothing was applied to.
    async fn prospects(&self, ids: &[ProspectId]) -> Result<Vec<Option<Prospect>>, StoreError>;

    /// For each ask the latest signals by the time when they happened, the oldest first.
    /// Only what is committed to the log is found, whether applied or not.
    async fn recent(&self, asks: Vec<RecentAsk>) -> Result<Vec<Vec<Recorded>>, StoreError>;

    /// Stores what applying entries brought about, all commits together.
    ///
    /// # Errors
    /// [`StoreError::Fenced`] when a partition's epoch or the last applied entry differ
    /// from what its commit names.
    async fn commit(&self, commits: Vec<Commit>) -> Result<(), StoreError>;

    /// A sink's queued actions that are due and that no switch stops, the longest due first;
    /// of those due at the same time, the longest decided.
    async fn due(&self, sink: &str, now: Instant, limit: usize) -> Result<Vec<Due>, StoreError>;

    /// An action as [`Store::due`] gives it, whatever its state is by now.
    async fn due_again(&self, action: ActionId) -> Result<Option<Due>, StoreError>;

    /// A sink's queued actions that are due, that a switch stops, and that do not say so yet.
    async fn stopped(&self, sink: &str, now: Instant, limit: usize) -> Result<Vec<Action>, StoreError>;

    /// Starts attempts. What cannot start is told by its answer and hurts no other.
    async fn start(&self, starts: Vec<Start>) -> Result<Vec<Started>, StoreError>;

    /// Moves actions without an attempt and tells their prospects' logs where their state
    /// changes. For each, whether
    /// it was moved: an action that is under way, at its end or not known is left alone.
    /// One that was rejected can be queued again.
    async fn hold(&self, holds: Vec<Hold>) -> Result<Vec<bool>, StoreError>;

    /// Held actions that nobody has answered, the longest decided first.
    async fn held(&self, query: HeldQuery) -> Result<Vec<Action>, StoreError>;

    /// Marks actions with a person's answer. A yes is taken from an action that waits for
    /// approval, a no from any that is held or queued and was not attempted yet; neither
    /// from one whose time has passed. For each, whether it was taken.
    async fn answer(&self, actions: Vec<ActionId>, approval: Approval) -> Result<Vec<bool>, StoreError>;

    /// Moves actions that were answered since: what may go is queued, what may not is
    /// rejected. Tells their prospects' logs. Returns how many.
    async fn take_answers(&self, now: Instant, limit: usize) -> Result<usize, StoreError>;

    /// Ends actions that are held or queued and whose time has passed, and tells their
    /// prospects' logs; not those that may have arrived, which a person has to look into.
    /// Returns how many.
    async fn expire(&self, now: Instant, limit: usize) -> Result<usize, StoreError>;

    /// Approves a text of a story. The first approval is kept; whether it was this one.
    async fn approve_text(&self, approval: TextApproval) -> Result<bool, StoreError>;

    /// All texts that were approved, by story, the latest first.
    async fn approved_texts(&self) -> Result<Vec<TextApproval>, StoreError>;

    /// Queues actions that were held for a text which is approved by now. Returns how many.
    async fn release_texts(&self, now: Instant, limit: usize) -> Result<usize, StoreError>;

    /// Closes attempts, updates their actions, tells their prospects' logs and accepts what
    /// the sinks observed. An attempt that is closed already, with an outcome other than
    /// unknown, is left alone with all that its finish says.
    async fn finish(&self, finishes: Vec<Finish>) -> Result<(), StoreError>;

    /// Actions with an attempt that was started and not finished. Right after a start: those
    /// that a crash interrupted.
    async fn interrupted(&self) -> Result<Vec<(Action, Attempt)>, StoreError>;

    /// A sink's actions of which nobody knows whether they were delivered and that are due
    /// for being looked up, the longest due first.
    async fn unknown(&self, sink: &str, now: Instant, limit: usize) -> Result<Vec<Due>, StoreError>;

    /// Turns timers that ran out into entries, the earliest first. Returns how many.
    async fn fire(&self, now: Instant, limit: usize) -> Result<usize, StoreError>;

    /// The earliest moment at which a timer runs out or an action is due.
    async fn next_due(&self) -> Result<Option<Instant>, StoreError>;

    /// What is stopped.
    async fn switches(&self) -> Result<Switches, StoreError>;

    /// Stops a scope or lets it go.
    async fn set_switch(&self, switch: Switch) -> Result<(), StoreError>;

    /// Addresses that must not be written to, the latest first.
    async fn suppressions(&self, limit: usize) -> Result<Vec<Suppression>, StoreError>;

    /// Forbids to write to an address. The first reason is kept.
    async fn suppress(&self, suppression: Suppression) -> Result<(), StoreError>;

    /// How the latest stories through a relay fared: at most `over` of those after `since`.
    async fn standing(&self, relay: &str, since: Instant, over: u32) -> Result<Standing, StoreError>;

    /// How far a source was read, or an import, under the name that its [`Intake`] gave.
    async fn cursor(&self, connector: &str) -> Result<Option<String>, StoreError>;

    /// Dead letters, the latest first.
    async fn dead_letters(&self, query: DeadLetterQuery) -> Result<Vec<DeadLetter>, StoreError>;

    /// One dead letter.
    async fn dead_letter(&self, id: DeadLetterId) -> Result<Option<DeadLetter>, StoreError>;

    /// Deletes a dead letter; whether there was one.
    async fn drop_dead_letter(&self, id: DeadLetterId) -> Result<bool, StoreError>;

    /// Marks a dead letter to be worked off again; whether there is one.
    async fn ask_replay(&self, id: DeadLetterId, at: Instant) -> Result<bool, StoreError>;

    /// Takes the mark off dead letters and returns them. They stay until they are dropped:
    /// when the daemon dies in between, a person finds them and asks again.
    async fn take_replays(&self, limit: usize) -> Result<Vec<DeadLetter>, StoreError>;

    /// Appends an entry that works a dead letter off, and drops the letter, both or neither;
    /// whether there was such a letter.
    async fn work_off(&self, id: DeadLetterId, outgoing: Outgoing) -> Result<bool, StoreError>;

    /// One action.
    async fn action(&self, id: ActionId) -> Result<Option<Action>, StoreError>;

    /// A prospect's actions, the latest first.
    async fn actions_of(&self, prospect: ProspectId, limit: usize) -> Result<Vec<Action>, StoreError>;

    /// One decision.
    async fn decision(&self, id: DecisionId) -> Result<Option<Decision>, StoreError>;

    /// Decisions, the latest first.
    async fn decisions(&self, query: DecisionQuery) -> Result<Vec<Decision>, StoreError>;

    /// What became of the decisions since a moment, counted.
    async fn summary(&self, since: Instant) -> Result<Summary, StoreError>;

    /// Everybody who is somebody, in the order of their ids, behind `after`.
    async fn everybody(&self, after: Option<ProspectId>, limit: usize) -> Result<Vec<Prospect>, StoreError>;

    /// Actions that are queued or held, in the order of their ids, behind `after`.
    async fn open_actions(&self, after: Option<ActionId>, limit: usize) -> Result<Vec<Due>, StoreError>;

    /// Prospects, the last seen first.
    async fn prospect_list(&self, query: ProspectQuery) -> Result<Vec<Prospect>, StoreError>;

    /// Whose an identity is.
    async fn find_prospect(&self, identity: &Identity) -> Result<Option<ProspectId>, StoreError>;

    /// The latest signals of profiles, the oldest first.
    async fn signals_of(&self, profiles: &[ProfileId], limit: usize) -> Result<Vec<Recorded>, StoreError>;

    /// Forgets ids of signals that are out of their window, answers to requests that may not
    /// come any more, what went through relays so long ago that it says nothing any more, and
    /// what left long ago, at most `limit`. Returns how many.
    async fn purge(&self, what: Purge, limit: usize) -> Result<usize, StoreError>;

    /// Keeps how a request was answered that was signed for one moment. The first answer
    /// under its connector and digest is kept.
    async fn keep_answer(&self, answer: OnceAnswer) -> Result<(), StoreError>;

    /// How such a request was answered, if it was.
    async fn kept_answer(&self, connector: &str, digest: [u8; 32]) -> Result<Option<OnceAnswer>, StoreError>;

    /// Keeps how all ways out stand, in the place of what was said before.
    async fn keep_standing(&self, standing: Vec<EgressStanding>) -> Result<(), StoreError>;

    /// How the ways out stand, by connector, as was said last.
    async fn egress_standing(&self) -> Result<Vec<EgressStanding>, StoreError>;

    /// Marks a destination of a connector to be taken as if nothing had been; whether it is
    /// known and was not marked.
    async fn ask_closing(&self, connector: &str, destination: &str) -> Result<bool, StoreError>;

    /// Takes the marks: (connector, destination).
    async fn take_closings(&self) -> Result<Vec<(String, String)>, StoreError>;

    /// Keeps what connectors sent to others.
    async fn note_egress(&self, rows: Vec<EgressRow>) -> Result<(), StoreError>;

    /// What connectors sent to others, the latest first.
    async fn egress(&self, query: EgressQuery) -> Result<Vec<EgressRow>, StoreError>;

    /// To whom anything was delivered that was decided since a moment, and who did something
    /// of these kinds since, in the order of their ids, behind `after`.
    async fn told_or_did(
        &self,
        after: Option<ProspectId>,
        since: Instant,
        kinds: Vec<String>,
        limit: usize,
    ) -> Result<Vec<ProspectId>, StoreError>;

    /// What people were told and what came of it, in the order of the query's prospects.
    async fn histories(&self, query: HistoryQuery) -> Result<Vec<History>, StoreError>;

    /// Keeps a snapshot of what was learned: its number, which no other was ever given. The
    /// latest few hundred stay.
    async fn keep_snapshot(&self, at: Instant, body: String) -> Result<u64, StoreError>;

    /// The snapshot with the highest number.
    async fn latest_snapshot(&self) -> Result<Option<Snapshot>, StoreError>;

    /// The numbers of all snapshots that are kept, in their order, and when each was made.
    async fn snapshot_numbers(&self) -> Result<Vec<(u64, Instant)>, StoreError>;

    /// The snapshot of a number; none where it is not kept any more.
    async fn snapshot(&self, number: u64) -> Result<Option<Snapshot>, StoreError>;

    /// A number that has changed when another process wrote since it was asked for last:
    /// the command line, as a rule.
    async fn changed_elsewhere(&self) -> Result<u64, StoreError>;
}
