//! A company's own site as a channel: the script that its pages load, what they are shown,
//! and who is on one of them now.
//!
//! Nothing in here lasts and nothing decides. That something is said to somebody is an action
//! of the outbox, which is stored; the [`Board`] only knows which of them have a page open.

mod board;
mod notice;
mod script;
mod words;

pub use board::{Board, Shown, Visitor, Waiting};
pub use notice::{Ask, Kind, Notice};
pub use script::script;
pub use words::Words;
