//! The sandbox against a plugin that breaks every rule on request (`plugins/misbehaving`),
//! compiled by `cargo xtask plugins`.

// What builds a fixture is no test to clippy, and has nobody to hand an error to.
#![allow(clippy::unwrap_used)]

mod answers;
mod budgets;
mod capabilities;
mod http;
mod loading;
mod mail;
mod support;
mod trespassing;
