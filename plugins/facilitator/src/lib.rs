//! The facilitator: chooses what fits a person and a moment. A story by interest, role,
//! stage and pressure; a hand-over for those who ask, and for hurried and qualified people
//! who show buying signs; silence for everybody else. See the README for how.

mod config;
mod hand_over;
mod invitation;
mod reading;
mod router;
mod score;
mod shares;
mod silence;

pub use config::Config;
pub use router::Facilitator;

hearken_sdk::export!(Facilitator: Router);
