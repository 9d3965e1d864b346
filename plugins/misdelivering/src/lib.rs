//! Sends mail in every wrong way on request, for the tests of the host. See `README.md` for
//! the modes.

mod postman;

pub use postman::{Config, Postman};

hearken_sdk::export!(Postman: Sink);
