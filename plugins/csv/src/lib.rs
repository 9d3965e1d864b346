//! Reads signals from CSV files, as a mapping of their columns says: a source over the files
//! of a granted folder, and what `hearken import` reads old contacts with.

mod config;
mod format;
mod header;
mod row;
mod text;

pub use config::{Config, File};
pub use format::Csv;

hearken_sdk::export!(Csv: Source);
