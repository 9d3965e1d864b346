//! What the black-box tests stand on: a folder with a configuration, the built binary, a
//! daemon on free ports, and requests to it. Each test has its own of everything, so that
//! they can run at the same time.
//!
//! The binary and the plugins must be built: `cargo xtask test` does both.

mod browser;
mod command;
mod daemon;
mod folder;
mod http;
pub mod installed;
mod leads;
mod links;
mod nasty;
mod people;
mod recorded;
mod relay;
pub mod signing;
mod site;
mod vendor;

use std::{
    path::PathBuf,
    thread,
    time::{Duration, Instant},
};

pub use browser::{Browser, Window};
pub use command::{Said, binary, command, hearken};
pub use daemon::Daemon;
pub use folder::{Folder, SERVER_KEY, WRITE_KEY};
pub use http::{Answer, send, send_raw};
pub use leads::leads;
pub use links::CONFIRM;
pub use nasty::{NASTY_NAMES, NastyName};
pub use recorded::prospects;
pub use relay::{Mail, Relay};
pub use site::{PAGES, Site, Surfer};
pub use vendor::Vendor;

/// How long anything may take on a busy machine before it counts as missing.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// The folder that cargo builds into: a test runs in `TARGET/debug/deps`.
///
/// # Panics
/// Where the test does not run from there.
#[must_use]
pub fn target() -> PathBuf {
    let test = std::env::current_exe().expect("a test has a file");
    let target = test.ancestors().nth(3).expect("a test runs in target/debug/deps");
    target.to_owned()
}

/// Asks again and again until there is an answer.
///
/// # Panics
/// When there is none within [`PATIENCE`]; `what` is what the test waited for.
pub fn eventually<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(begun.elapsed() < PATIENCE, "waited in vain: {what}");
        thread::sleep(Duration::from_millis(25));
    }
}
