//! Write Hearken plugins in Rust: a type for the configured plugin, a trait for each of its
//! roles, and [`export!`].
//!
//! ```
//! use hearken_sdk::kinds::PageViewed;
//! use hearken_sdk::{Assessment, Belief, Dossier, Failure, Manifest, Plugin, Scorer, Vocabulary};
//!
//! /// What ops write below the connector; its schema is checked before the plugin is called.
//! #[derive(serde::Deserialize, schemars::JsonSchema)]
//! #[serde(deny_unknown_fields)]
//! struct Config {
//!     /// After how many views of its pages a topic counts as interesting.
//!     views: usize,
//! }
//!
//! struct Interest {
//!     views: usize,
//!     vocabulary: Vocabulary,
//! }
//!
//! impl Plugin for Interest {
//!     type Config = Config;
//!
//!     fn manifest() -> Manifest {
//!         hearken_sdk::manifest!().vocabulary().reads(["page.viewed"]).recent(50)
//!     }
//!
//!     fn configure(config: Config, vocabulary: Vocabulary) -> Result<Self, Failure> {
//!         Ok(Self { views: config.views, vocabulary })
//!     }
//! }
//!
//! impl Scorer for Interest {
//!     fn assess(&self, dossier: &Dossier) -> Result<Assessment, Failure> {
//!         let mut assessment = Assessment::new();
//!         for topic in self.vocabulary.topics().keys() {
//!             let about_it = |page: &PageViewed| self.vocabulary.topics_of_path(&page.path).any(|name| name == topic);
//!             let evidence: Vec<&str> = dossier
//!                 .signals()
//!                 .filter(|signal| matches!(signal.read::<PageViewed>(), Some(Ok(page)) if about_it(&page)))
//!                 .map(|signal| signal.id.as_str())
//!                 .collect();
//!             if evidence.len() >= self.views {
//!                 let reason = format!("viewed {} pages about {topic}", evidence.len());
//!                 assessment = assessment
//!                     .belief(Belief::interest(topic, 0.7, 0.8, dossier.now).evidence(evidence).reason(reason));
//!             }
//!         }
//!         Ok(assessment)
//!     }
//! }
//!
//! hearken_sdk::export!(Interest: Scorer);
//! ```
//!
//! # A crate of a plugin
//! `crate-type = ["cdylib", "rlib"]`; dependencies `hearken-sdk`, `serde` with `derive`,
//! and `schemars`. `hearken plugin build PATH` compiles it to a component for
//! `wasm32-unknown-unknown`; there is no WASI, so nothing of `std` that needs a system
//! (files, sockets, clocks, threads, randomness). `template/` beside this crate is one to
//! copy.
//!
//! # What a plugin may do
//! [`log`] is always there. [`http`], [`files`], [`crypto`] and [`mail`] answer `denied`
//! unless the manifest asks for them and the operator grants them.
//!
//! # Tests
//! A plugin is an ordinary type: unit tests make it by [`testing::configure`] and call its
//! traits, natively. The crate `hearken-harness` compiles it and runs it in the real host.

mod action;
mod belief;
#[doc(hidden)]
pub mod bindings;
pub mod crypto;
mod dossier;
mod export;
mod failure;
pub mod files;
pub mod http;
mod instant;
pub mod json;
pub mod kinds;
mod listening;
pub mod log;
pub mod mail;
mod manifest;
pub mod memory;
mod plugin;
mod roles;
mod signal;
mod situation;
#[cfg(not(target_arch = "wasm32"))]
pub mod testing;
mod vocabulary;
mod words;

pub use action::{Action, Answer, Content, Finding, Receipt};
pub use belief::{Belief, Beliefs, MAX_EVIDENCE, MAX_REASON_BYTES, Pace, Turn};
pub use dossier::{Assessment, Dossier};
#[doc(hidden)]
pub use export::Exported as __Exported;
pub use failure::{Class, Failure};
pub use instant::Instant;
pub use listening::{Page, Reception, Request};
pub use manifest::{Algorithm, Challenge, Credential, Host, Manifest, Place, Signature, Use, Vouch};
pub use plugin::{NoConfig, Plugin, Problem};
pub use roles::{Reconciler, Router, Scorer, Sink, Source, Webhook};
pub use signal::{Identity, Reject, ReplyTo, Signal};
pub use situation::{Candidate, Choice, Situation, Story, TrackRecord};
pub use vocabulary::{FitRule, FitTest, Persona, Topic, Vocabulary};
pub use words::{Act, Floor, Lifecycle, Pressure, Speaker, StoryKind};

/// Traits of a person, by name, as JSON values.
pub type Traits = json::Map<String, json::Value>;

/// What a newer host or plugin says beside the contract: (documented name, value). No
/// names are defined yet.
pub type Extra = Vec<(String, String)>;
