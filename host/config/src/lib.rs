//! From TOML to what the daemon runs on: files are parsed, read and checked in one go, so
//! that every problem is reported at once, and what is left is resolved into [`Wiring`].

pub mod grammar;
mod secret;
mod wiring;

pub use grammar::Hours;
pub use secret::Secret;
pub use wiring::{
    Channel, ConnectorWiring, Flow, GrantsWiring, IsolationWiring, LimitsWiring, Listen, OnUnknown, Retry,
    StoreSettings, Team, Vouching, Wiring,
};

/// Makes a piece of foreign text fit to be quoted in a message: at most 60 characters,
/// nothing that a terminal would obey.
fn quote(text: &str) -> String {
    let mut quoted: String = text.chars().take(60).flat_map(char::escape_debug).collect();
    if text.chars().nth(60).is_some() {
        quoted.push('…');
    }
    quoted
}
