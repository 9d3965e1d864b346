//! The way out, against servers that answer on this machine.

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking, in its helpers too")]

mod guard;
mod limits;
mod secrets;
mod standing;
mod support;
mod tokens;
mod ways;
