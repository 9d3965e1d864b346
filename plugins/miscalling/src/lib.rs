//! Calls out in every wrong way on request, for the tests of the host. See `README.md` for
//! the modes.

mod caller;

pub use caller::{Caller, Config};

hearken_sdk::export!(Caller: Sink);
