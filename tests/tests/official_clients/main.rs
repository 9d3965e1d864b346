//! The official SDKs, as they come from their registries, send to a running daemon; and one
//! prospect has everything that its person did, before and after anybody knew who it was.

mod browser;
mod journey;
mod site;

use std::process::Command;
use std::time::Duration;

use anyhow::Result;
use hearken_tests::{Daemon, Folder, installed};

use browser::Browser;
use journey::Journey;
use site::Site;

/// A browser starts, loads and sends within this on a slow machine.
const BROWSING: Duration = Duration::from_secs(60);

#[test]
fn one_prospect_comes_of_what_segments_node_sdk_sends() -> Result<()> {
    let node = installed::node()?;
    // A module finds its packages beside itself.
    let script = node.file("package.json")?.with_file_name("node.mjs");
    std::fs::copy(installed::own("node.mjs"), &script)?;
    let (folder, journey) = (Folder::with_everything(), Journey::with("node"));
    let daemon = Daemon::start(&folder);
    let settings = journey.settings(daemon.public_address()).to_string();
    installed::run(Command::new("node").arg(script).arg(settings), "install nodejs")?;
    journey.is_known_in(&folder)
}

#[test]
fn one_prospect_comes_of_what_segments_python_sdk_sends() -> Result<()> {
    let python = installed::python()?.file("bin/python")?;
    let (folder, journey) = (Folder::with_everything(), Journey::with("python"));
    let daemon = Daemon::start(&folder);
    let settings = journey.settings(daemon.public_address()).to_string();
    installed::run(
        Command::new(python).arg(installed::own("python.py")).arg(settings),
        "see what it says",
    )?;
    journey.is_known_in(&folder)
}

#[test]
fn one_prospect_comes_of_what_segments_browser_sdk_sends() -> Result<()> {
    from_a_browser(
        "browser",
        "segment.html",
        "node_modules/@segment/analytics-next/dist/umd/index.js",
    )
}

#[test]
fn one_prospect_comes_of_what_rudderstacks_browser_sdk_sends() -> Result<()> {
    let sdk = "node_modules/@rudderstack/analytics-js/dist/npm/modern/bundled/umd/index.js";
    from_a_browser("rudderstack", "rudderstack.html", sdk)
}

fn from_a_browser(client: &'static str, page: &str, sdk: &str) -> Result<()> {
    let sdk = installed::node()?.file(sdk)?;
    let (folder, journey) = (Folder::with_everything(), Journey::with(client));
    let daemon = Daemon::start(&folder);
    let site = Site::serve(&installed::own(page), &sdk, &journey.settings(daemon.public_address()))?;
    let _browser = Browser::open(site.address())?;
    site.done(BROWSING)?;
    journey.is_known_in(&folder)
}
