//! The engine with real plugins on a real store.

mod last_check;
mod learning;
mod room;
mod sequences;
mod support;
mod working_off;
