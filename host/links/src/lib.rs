//! Signed links for people outside, and their pages.
//!
//! A link carries a token that only this installation can make and read: what it is for,
//! for whom, and about which action. Pure: keys, moments and what is known of a person come
//! in as parameters, URLs and pages go out.

mod key;
mod links;
pub mod pages;
mod payload;
mod shown;
mod token;

pub use key::{Key, KeyRing, KeyRingError};
pub use links::{Answer, Click, Confirm, HandOver, Link, Links, NotALink, Preferences, Unsubscribe};
pub use shown::{Brief, Row, Seen, Verdict, What};
pub use token::Purpose;
