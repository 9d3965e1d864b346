//! Body language: what people show by what they do, as a salesperson in a shop would read
//! it. A signal becomes an observation, the latest observations are the memory, and every
//! belief is computed from them anew. What of the latest visit shows somebody's manner is a
//! [`Cue`]; `docs/cues.md` has them all.

mod config;
mod course;
mod cue;
mod draft;
mod engagement;
mod fingerprint;
mod hours;
mod interest;
mod leaving;
mod lexicon;
mod observation;
mod observe;
mod pace;
mod persona;
mod scale;
mod scorer;
mod sentences;
mod shown;
mod visit;
mod window;

pub use config::{Config, HalfLives, OfficeHours};
pub use cue::Cue;
pub use scorer::BodyLanguage;
pub use shown::Shown;

hearken_sdk::export!(BodyLanguage: Scorer);
