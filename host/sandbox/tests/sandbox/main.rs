//! The sandbox against a plugin that breaks every rule on request (`plugins/misbehaving`),
//! compiled by `cargo xtask plugins`.

mod answers;
mod budgets;
mod capabilities;
mod loading;
mod measure_tmp;
mod support;
