//! What of a person a plugin is shown: what its manifest asks for, as far as its operator
//! grants it. Pure, like the model: values in, texts for the wire out.
//!
//! A [`Share`] is made once, when a connector is wired; a [`Shown`] once for each person who
//! is shown. Scorers and routers see no direct identifiers unless they are granted, and that
//! takes two looks. By *name*: a trait, property or query parameter that is called like an
//! identifier ([`is_direct_identifier`]) is left out, and so is what neither the catalogue
//! nor the manifest knows. By *value*: an e-mail address, a phone number, an IP address, and
//! every name that the person is known by is masked wherever it stands, in a page's path as
//! in a chat's text. The first look fails where a name says nothing, the second where a value
//! is not known yet; neither is enough alone.

mod address;
mod catalogue;
mod fields;
mod known;
mod mask;
mod names;
mod patterns;
mod share;
mod spans;

pub use fields::Shown;

pub use mask::MASK;
pub use names::is_direct_identifier;
pub use share::{Asked, Granted, Part, Share};
