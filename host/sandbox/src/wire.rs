//! The contract's types and functions as Rust, generated from `sdk/wit`, world `everything`.
//! What each record and field means is said there, line by line.

// The generated code repeats the contract's own comments and has none of its own.
#![allow(missing_docs)]

wasmtime::component::bindgen!({
    path: "../../sdk/wit",
    world: "everything",
    imports: { default: async },
    exports: { default: async },
    additional_derives: [PartialEq, serde::Serialize, serde::Deserialize],
});

pub use exports::hearken::plugin::plugin::{Manifest as RawManifest, Settings};
pub use exports::hearken::plugin::router::{Candidate, Choice, Situation, Story, TrackRecord};
pub use exports::hearken::plugin::scorer::{Assessment, Dossier};
pub use exports::hearken::plugin::sink::{Action, Receipt};
pub use exports::hearken::plugin::source::Page;
pub use exports::hearken::plugin::webhook::{Reception, Request};
pub use hearken::plugin::http::{Error as HttpError, Request as HttpRequest, Response as HttpResponse};
pub use hearken::plugin::mail::Message;
pub use hearken::plugin::types::{Belief, Failure, Identity, Reject, ReplyTo, Signal, Turn};
