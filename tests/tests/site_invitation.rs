//! A site in a browser: who is in a hurry or lost is invited to talk while a team is there, who
//! looks around is left alone. The site is served by the test, from another origin than the
//! daemon.

use hearken_tests::{Daemon, Folder, Site, Surfer, Window, eventually, hearken};
use serde_json::Value;

const GRANTED: &str = "data-consent=\"granted\"";
/// What is asked for. This is the debug build, on a machine that does other things too.
const SOON_MS: f64 = 1000.0;
/// The same pages for everybody: what differs is the manner.
const PATHS: [&str; 6] = ["/", "/product", "/features", "/pricing", "/security", "/features"];

/// The latest decision that was made about somebody, once one of them is as wanted.
fn decided(folder: &Folder, wanted: impl Fn(&Value) -> bool) -> Value {
    eventually("a decision is as wanted", || {
        let all = hearken(folder, &["decision", "list", "--format", "json"]).done().json();
        let all = all.as_array().or(all["decisions"].as_array())?.clone();
        all.into_iter().find(|decision| wanted(decision))
    })
}

#[test]
fn who_rushes_or_is_lost_is_invited_within_a_second() {
    let folder = Folder::with_a_site_of_its_own();
    let daemon = Daemon::start(&folder);
    let site = Site::serve(&daemon, GRANTED);
    let lost = ["/", "/product", "/", "/features", "/", "/product", "/"];
    for (manner, paths) in [("hurried", PATHS.as_slice()), ("lost", lost.as_slice())] {
        let mut surfer = Surfer::at(&site, Window::Desktop);
        let pages = surfer.rushes(paths);
        let notice = surfer.sees_a_notice();
        assert!(notice.contains("Shall we help you find it?"), "{manner}: {notice}");
        let waited = surfer.waited_ms();
        println!("{manner}: invited on page {pages}, {waited:.0} ms after it was said to be viewed");
        assert!(waited < SOON_MS, "{manner}: {waited} ms");
    }
    daemon.stop();
}

#[test]
fn the_same_pages_in_another_manner_are_another_decision_and_who_browses_is_left_alone() {
    let folder = Folder::with_a_site_of_its_own();
    let daemon = Daemon::start(&folder);
    let site = Site::serve(&daemon, GRANTED);
    let mut hurried = Surfer::at(&site, Window::Desktop);
    hurried.rushes(&PATHS);
    hurried.sees_a_notice();
    let mut browsing = Surfer::at(&site, Window::Desktop);
    browsing.reads(&PATHS);
    browsing.opens("/");
    let invited = decided(&folder, |d| d["act"] == "tell");
    let left_alone = decided(&folder, |d| {
        d["act"] == "hold" && d["trigger"] == "belief:pace/browsing"
    });
    assert_ne!(invited["prospect"], left_alone["prospect"]);
    println!("invited: {}\nleft alone: {}", invited["reason"], left_alone["reason"]);
    assert_eq!(browsing.notice(), None);
    daemon.stop();
}

#[test]
fn nobody_is_invited_while_no_team_is_there() {
    let folder = Folder::with_a_site_of_its_own();
    folder.change(
        "[teams.sales]",
        "[teams.sales]\nhours = \"Mon 03:00-03:01 Pacific/Kiritimati\"",
    );
    let daemon = Daemon::start(&folder);
    let site = Site::serve(&daemon, GRANTED);
    let mut surfer = Surfer::at(&site, Window::Desktop);
    surfer.rushes(&PATHS);
    decided(&folder, |d| d["trigger"] == "belief:pace/hurried" && d["act"] == "hold");
    assert_eq!(surfer.notice(), None);
    daemon.stop();
}
