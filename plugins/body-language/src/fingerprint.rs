//! Names as numbers, so that memory stays small whatever the names are.
//!
//! XXH3 has a specification: a fingerprint in a memory that was written long ago still
//! means the same name.

use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

/// Of a signal's id. Two ids of one prospect share a fingerprint once in 2⁶⁴ pairs.
pub(crate) fn of_id(id: &str) -> u64 {
    xxh3_64(id.as_bytes())
}

/// What a short fingerprint names; the same text in two roles has two fingerprints.
#[derive(Clone, Copy)]
pub(crate) enum Role {
    Page = 1,
    Session = 2,
    Topic = 3,
    Persona = 4,
    Form = 5,
}

/// Four bytes, and never 0, which stands for none.
pub(crate) fn of_name(role: Role, name: &str) -> u32 {
    let wide = xxh3_64_with_seed(name.as_bytes(), role as u64);
    ((wide >> 32) as u32 ^ wide as u32).max(1)
}
