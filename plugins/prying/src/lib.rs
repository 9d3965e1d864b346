//! Asks for everything there is of people, as a scorer and as a router, and says which of its
//! configured words it was shown. See `README.md`.

mod prying;

pub use prying::{Config, Prying};

hearken_sdk::export!(Prying: Scorer, Router);
