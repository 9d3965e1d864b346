//! What can go wrong with a store.
//!
//! The variants are what a caller can act on: a fenced commit is computed again, a file
//! that belongs to another daemon or is newer than this program stops the start, and
//! everything else is tried again later or told to a person. Errors are cloned, because
//! one failed transaction is the answer to every job that was in it.

use std::path::PathBuf;

use hearken_model::Partition;

/// Why a store did not do what it was asked to. Nothing of the failed call was written.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Another lease has the partition, or its log was applied further meanwhile.
    #[error(
        "committing entries {from} to {to} of partition {partition}: it stands at epoch {found_epoch}, entry \
         {found_applied}, and not at epoch {epoch}, entry {from}"
    )]
    Fenced {
        /// The partition.
        partition: Partition,
        /// The epoch that the commit named.
        epoch: u64,
        /// The entry after which it applies.
        from: u64,
        /// The last entry that it applies.
        to: u64,
        /// The epoch of the partition.
        found_epoch: u64,
        /// The last entry that was applied to it.
        found_applied: u64,
    },
    /// The system failed: the disk is full, a file cannot be read or written.
    #[error("{doing} in {path}: {why}")]
    Io {
        /// What was attempted.
        doing: String,
        /// The store's file.
        path: PathBuf,
        /// What the system said.
        why: String,
    },
    /// Another process keeps the file busy for longer than is waited.
    #[error("{doing} in {path}: another process keeps the file busy")]
    Busy {
        /// What was attempted.
        doing: String,
        /// The store's file.
        path: PathBuf,
    },
    /// The file belongs to a daemon that is running.
    #[error("opening {path}: it is in use by {holder}; one file serves one daemon")]
    InUse {
        /// The store's file.
        path: PathBuf,
        /// Who, as far as is known: `the daemon with process id 123`.
        holder: String,
    },
    /// The file was written by a later version of this program.
    #[error(
        "opening {path}: its schema has version {found} and this program knows versions up to {known}; use the \
         program that wrote it, or a later one"
    )]
    Newer {
        /// The store's file.
        path: PathBuf,
        /// The version of its schema.
        found: u32,
        /// The latest version that is known.
        known: u32,
    },
    /// The file was written by an earlier version, and only a daemon brings it up to date.
    #[error(
        "opening {path}: its schema has version {found} and this program needs version {known}; starting the daemon \
         brings it up to date"
    )]
    Older {
        /// The store's file.
        path: PathBuf,
        /// The version of its schema.
        found: u32,
        /// The version that is needed.
        known: u32,
    },
    /// The file is not one of ours.
    #[error("opening {path}: it is not a store of hearken: {why}")]
    NotAStore {
        /// The file.
        path: PathBuf,
        /// What says so.
        why: String,
    },
    /// What is stored cannot be understood.
    #[error("reading {what} from {path}: {why}")]
    Corrupt {
        /// What was read.
        what: String,
        /// The store's file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The call itself makes no sense; a mistake of the caller.
    #[error("{doing}: {why}")]
    Invalid {
        /// What was attempted.
        doing: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// The store was closed.
    #[error("{doing}: the store is closed")]
    Closed {
        /// What was attempted.
        doing: &'static str,
    },
}
