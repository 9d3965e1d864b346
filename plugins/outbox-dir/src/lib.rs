//! Writes every action into a folder, a file each: the sink that needs no server.

mod json_file;
mod markdown;
mod outbox;

pub use outbox::{Config, Format, OutboxDir};

hearken_sdk::export!(OutboxDir: Sink, Reconciler);
