//! The way out, joined with those who do not know it: plugins in the sandbox, mail, the
//! store that keeps the audit.

mod conditions;
mod joined;
mod ledger;
mod relayed;

pub(crate) use conditions::Conditions;
pub(crate) use joined::Joined;
pub(crate) use ledger::Ledger;
pub use ledger::Rows;
pub(crate) use relayed::Relayed;
