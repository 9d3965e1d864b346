//! Listens to the daemon's own script on a company's pages (`/site/{connector}.js`), which says
//! what a visitor does there in the words of the catalogue.

mod batch;
mod events;
mod site;

pub use site::{Config, Site};

hearken_sdk::export!(Site: Webhook);
