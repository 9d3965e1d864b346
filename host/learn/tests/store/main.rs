//! Evidence and snapshots over a real store.

mod outcomes;
mod scene;
mod snapshots;
