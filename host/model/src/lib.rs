//! What Hearken knows and decides, as plain values and pure functions: no IO, no clock,
//! no randomness. Time and seeds are parameters, so that everything here can be replayed.
//!
//! [`Prospect`] is changed by applying [`Entry`]s and by nothing else; [`View`] is what
//! can be said about a prospect at a moment; [`decide`] turns a router's choices into one
//! [`Decision`].

mod account;
mod action;
mod belief;
mod consent;
mod conversation;
mod dated;
pub mod decide;
mod decision;
mod entry;
mod exclusion;
pub mod gate;
mod handed;
mod human;
mod ids;
mod lifecycle;
mod owner;
mod part;
pub mod people;
mod policy;
mod profile;
mod prospect;
mod reply;
mod sales;
mod signal;
mod story;
mod time;
pub mod trigger;
mod view;
mod vocabulary;
mod wording;

pub use account::{Colleagues, Company, rolled_up};
pub use action::{Act, Action, ActionState, Answer, Approval, Attempt, Delivery, Outcome};
pub use belief::{Belief, BeliefKey, BeliefKind, MAX_EVIDENCE};
pub use consent::{Consent, ConsentKey, ConsentStatus};
pub use conversation::{Floor, Speaker, Telling, Turn};
pub use dated::Dated;
pub use decision::{Alternative, Choice, Decision, GateResult, Wording, loudest, outweighed};
pub use entry::{Assessment, Entry, TimerFired};
pub use exclusion::{Exclusion, ExclusionTest};
pub use human::{Followed, HUMAN};
pub use ids::{ActionId, DecisionId, PARTITIONS, Partition, ProfileId, ProspectId, Seq, SignalId, StoryId};
pub use lifecycle::Lifecycle;
pub use owner::{Load, Member, Owner, Roster, least_loaded};
pub use part::{Assessed, Memory, Part};
pub use policy::{CapRule, ConsentRule, Mode, OBSERVING, Policy, Scope};
pub use profile::Profile;
pub use prospect::Prospect;
pub use reply::Reply;
pub use sales::{SalesWord, Verdict};
pub use signal::{AnswersTo, HOST_CONNECTOR, Identity, Recorded, Signal};
pub use story::{FIRST_VARIANT, Pressure, Story, StoryKind};
pub use time::Instant;
pub use view::View;
pub use vocabulary::{FitRule, FitTest, Persona, Topic, Vocabulary};
