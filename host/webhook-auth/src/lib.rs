//! Who sent a webhook's request: vendors' schemes, declared as data and checked here.
//!
//! A plugin's manifest says how its vendor proves itself ([`Scheme`]), the operator gives
//! the secret, and a [`Verifier`] of both judges requests before any guest runs. Nothing
//! here does input or output; the time is a parameter.
//!
//! A scheme is data and no code on purpose: what a plugin says about authentication can be
//! read by whoever grants it, and a vendor's new scheme needs no new code as long as it is
//! put together from the same parts: what is signed, where the signature stands, how it is
//! written, and which clock limits its age.

mod algorithm;
mod challenge;
mod error;
mod form;
pub mod json_field;
mod moment;
mod place;
mod request;
mod scheme;
mod secrets;
mod template;
mod url;
mod verifier;

pub use algorithm::Algorithm;
pub use challenge::{Challenge, When};
pub use error::{BadScheme, BadSecret, Refused};
pub use place::{Place, PlaceKind, after, named};
pub use request::{Body, Request};
pub use scheme::{Encoding, Scheme, SecretEncoding, Signature, SignedBody, Timestamp, Unit};
pub use verifier::{Once, Verdict, Verified, Verifier};
