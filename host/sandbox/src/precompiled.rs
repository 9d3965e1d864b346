//! Loading code that this engine compiled earlier: the one place with `unsafe`.

#![allow(unsafe_code)]

use wasmtime::{Engine, component::Component};

/// Makes a component of what [`Component::serialize`] gave.
///
/// Private to the cache, which alone knows where the bytes come from.
pub(crate) fn component(engine: &Engine, compiled: &[u8]) -> wasmtime::Result<Component> {
    // SAFETY: `deserialize` trusts that the bytes are what an engine of the same version and
    // configuration serialised; other bytes could run as native code. The cache gives no
    // other bytes: it compiles itself, or takes what a process of this very program has
    // compiled, over a pipe that nobody else has; and it reads only from a folder that belongs to this process's user and that
    // nobody else can write to, only a regular file of that user, and only where the
    // content's SHA-256 is the one that was written before it, which rules out torn and
    // decayed files. The name carries the hash of the engine's configuration, and wasmtime
    // compares version and configuration once more. Whoever can write there as this user can
    // replace the daemon itself.
    unsafe { Component::deserialize(engine, compiled) }
}
