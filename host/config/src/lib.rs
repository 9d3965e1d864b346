//! From TOML to what the daemon runs on: files are parsed, read and checked in one go, so
//! that every problem is reported at once, and what is left is resolved into [`Wiring`].

mod authored;
mod diagnostic;
pub mod grammar;
mod interpolate;
mod load;
mod node;
mod outside;
mod permissions;
mod places;
mod problems;
mod resolve;
mod script;
mod secret;
mod source;
mod waking;
mod wiring;

pub use authored::schema;
pub use diagnostic::{Diagnostic, Look, Place, Severity, render, to_json};
pub use grammar::{Hours, Mailbox};
pub use load::{Configuration, Loaded, load, load_from, load_with, load_without_secrets};
pub use outside::{Outside, Program, ProgramError};
pub use places::Places;
pub use script::{ActWord, Deed, Expected, Script, SinkAnswer, Step, Test, load_script};
pub use secret::Secret;
pub use waking::Waking;
pub use wiring::{
    Brakes, Carrier, Channel, ClientLogin, ConnectorWiring, Flow, GrantsWiring, HttpGrantWiring, IsolationWiring, Keep,
    LearnWiring, LimitsWiring, LinksWiring, Listen, Machines, MailWiring, OnUnknown, ProxyWiring, RelayTls,
    RelayWiring, Retry, StoreSettings, Team, TeamMember, TokenGrantWiring, TokenWiring, Vouching, Wiring,
};

/// Makes a piece of foreign text fit to be quoted in a message: at most 60 characters, and
/// nothing that a terminal would obey or that would turn the direction of what follows.
fn quote(text: &str) -> String {
    quote_up_to(text, 60)
}

/// The same, with so many characters at most.
fn quote_up_to(text: &str, most: usize) -> String {
    let obeyed = |c: char| {
        c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let mut quoted = String::new();
    for c in text.chars().take(most) {
        if obeyed(c) {
            quoted.extend(c.escape_default());
        } else {
            quoted.push(c);
        }
    }
    if text.chars().nth(most).is_some() {
        quoted.push('…');
    }
    quoted
}
