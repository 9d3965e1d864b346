//! Where everything that must not be lost is kept: the [`Store`] contract, the tests that
//! every store passes, and [`Sqlite`].

mod account;
mod approval;
mod contract;
#[cfg(any(test, feature = "contract-tests"))]
pub mod contract_tests;
mod dead_letter;
mod egress;
mod error;
mod feed;
mod forgetting;
mod history;
mod intake;
mod log;
mod once;
mod outbox;
mod query;
mod relay;
mod rules;
mod sqlite;
pub mod summary;

pub use account::{AccountCaps, Accounts, ColleaguesAsk};
pub use approval::{HeldQuery, TextApproval};
pub use contract::Store;
pub use dead_letter::{DeadLetter, DeadLetterId, DeadLetterQuery, NewDeadLetter, Stage};
pub use egress::{EgressDestination, EgressQuery, EgressRow, EgressStanding};
pub use error::StoreError;
pub use feed::{Fed, Feed};
pub use forgetting::{Forget, Forgetting, Receipt, SinkAsk, SinkOutcome, SinkSaid, ToForget};
pub use history::{History, HistoryQuery, Snapshot, StageReached, Told};
pub use intake::{Accepted, Arriving, Intake};
pub use log::{ActionChange, Commit, Lease, Logged, Outgoing, Progress, RecentAsk, TimerSet};
pub use once::OnceAnswer;
pub use outbox::{ASSIGNEE, Candidate, Claim, Due, Finish, Hold, Start, Started, Witness};
pub use query::{DecisionQuery, ProspectQuery, Purge, Retire};
pub use relay::{Full, Passage, Standing};
pub use rules::{Suppression, Switch, Switches};
pub use sqlite::{Access, Recording, Sqlite};
pub use summary::Summary;
