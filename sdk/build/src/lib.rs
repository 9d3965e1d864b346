//! Compiles plugins to WebAssembly, on any machine: with the target of rustup's toolchain
//! where it is there, else with Debian's compiler, which builds the standard library from
//! its source.
//!
//! The result is a core module; wrapping it into a component is the host's own step
//! (`hearken plugin build`).

mod compile;
mod debian;
mod error;
mod toolchain;

pub use compile::compile;
pub use error::CompileError;
