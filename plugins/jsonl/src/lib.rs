//! Reads signals from files of JSON lines, as a mapping of their fields says: a source over
//! the files of a granted folder, and what `hearken import` reads exports with.

mod config;
mod format;

pub use config::{Config, File};
pub use format::Jsonl;

hearken_sdk::export!(Jsonl: Source);
