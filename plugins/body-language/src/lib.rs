//! Body language: what people show by what they do, as a salesperson in a shop would read
//! it. A signal becomes an observation, the latest observations are the memory, and every
//! belief is computed from them anew. See the README for every cue.

mod config;
mod course;
mod draft;
mod engagement;
mod fingerprint;
mod interest;
mod leaving;
mod lexicon;
mod observation;
mod observe;
mod pace;
mod persona;
mod scorer;
mod sentences;
mod window;

pub use config::{Config, HalfLives};
pub use scorer::BodyLanguage;

hearken_sdk::export!(BodyLanguage: Scorer);
