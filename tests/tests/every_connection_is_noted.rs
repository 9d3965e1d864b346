//! The system's own account of the daemon's connections against `hearken egress list`: there
//! is none that is not noted.

use std::{collections::BTreeSet, fs, process::Command};

use hearken_tests::{Daemon, Folder, Relay, Vendor, hearken};

/// Hosts with their ports.
type Places = BTreeSet<(String, u64)>;

/// `connect(12, {sa_family=AF_INET, sin_port=htons(8025), sin_addr=inet_addr("127.0.0.1")}, 16)`
fn connections(folder: &Folder) -> Places {
    let text = fs::read_to_string(folder.path().join("connections")).expect("strace has written");
    let internet = text.lines().filter(|line| line.contains("sa_family=AF_INET"));
    internet
        .map(|line| {
            let between = |from: &str, to: &str| Some(line.split_once(from)?.1.split_once(to)?.0.to_owned());
            let port = between("port=htons(", ")").and_then(|port| port.parse().ok());
            let address = between("inet_addr(\"", "\"").or_else(|| between("AF_INET6, \"", "\""));
            (address.unwrap_or_else(|| panic!("{line}")), port.expect("a port"))
        })
        .collect()
}

/// What left, and what was denied, as (host, port).
fn noted(folder: &Folder) -> (Places, Places) {
    let rows = hearken(folder, &["egress", "list", "--format", "json"]).done().json();
    let rows = rows.as_array().expect("rows").clone();
    let (denied, left): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row["code"] == "denied");
    let places = |rows: Vec<serde_json::Value>| {
        let place = |row: serde_json::Value| Some((row["host"].as_str()?.to_owned(), row["port"].as_u64()?));
        rows.into_iter().filter_map(place).collect()
    };
    (places(left), places(denied))
}

/// Whether this machine lets a program be watched: containers may forbid it.
fn can_be_watched() -> bool {
    let tried = Command::new("strace").args(["-q", "-e", "trace=none", "true"]).output();
    let tried = tried.expect("strace is installed");
    if !tried.status.success() {
        println!("not looked at: {}", String::from_utf8_lossy(&tried.stderr));
    }
    tried.status.success()
}

fn told_to_the_end(folder: &Folder, daemon: &Daemon<'_>) {
    daemon.identify("ann");
    folder.attempt_ends("user:ann");
}

#[test]
fn a_sinks_calls_are_noted_and_what_is_denied_connects_nowhere() {
    if !can_be_watched() {
        return;
    }
    for (path, left) in [("/v1/notes", true), ("/v2/notes", false)] {
        let vendor = Vendor::echoing();
        let folder = Folder::that_calls(&vendor, "good", path, &vendor.granted("/v1"), "generated-token");
        let daemon = Daemon::start_watched(&folder);
        told_to_the_end(&folder, &daemon);
        daemon.stop();
        let place = BTreeSet::from([(vendor.address.ip().to_string(), u64::from(vendor.address.port()))]);
        let (went, denied) = noted(&folder);
        assert_eq!(connections(&folder), went, "{path}");
        assert_eq!(if left { went } else { denied }, place, "{path}");
    }
}

#[test]
fn a_relays_connections_are_noted_too() {
    if !can_be_watched() {
        return;
    }
    let relay = Relay::start();
    let folder = Folder::that_mails("plugin = \"smtp\"", relay.port(), "tls = \"none\"");
    let daemon = Daemon::start_watched(&folder);
    told_to_the_end(&folder, &daemon);
    daemon.stop();
    assert_eq!(relay.mails().len(), 1);
    let (went, _) = noted(&folder);
    assert_eq!(connections(&folder), went);
    assert_eq!(
        went,
        BTreeSet::from([("127.0.0.1".to_owned(), u64::from(relay.port()))])
    );
}
