//! A plugin that calls where it was not granted to (`plugins/trespassing`), by every path on
//! which a daemon lets it run: each call is denied and noted, and connects nowhere. A path
//! that is added without its row does not compile. What of the other imports is denied on
//! each path is tested with the sandbox.

use std::{io::Write, net::TcpStream, thread, time::Duration};

use hearken_tests::{Daemon, Folder, Relay, SERVER_KEY, eventually, hearken, send};
use rustix::process::Signal;
use serde_json::{Value, json};

/// How code of a plugin comes to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Path {
    /// A source is polled.
    Poll,
    /// A request is given to a webhook.
    Webhook,
    /// A sink is given many actions.
    Batch,
    /// A sink is given one.
    Single,
    /// The parts of a batch that has trapped.
    Bisect,
    /// A dead letter is worked off once more.
    Replay,
    /// A request whose sender has gone.
    Detached,
    /// The configuration is checked.
    Check,
    /// A changed configuration is taken up.
    Reload,
}

const KEY: &str = "generated-hook-key";
const GRANTED: &str = "[{ host = \"api.example.com\", path = \"/granted\" }]";
const TOLD: &str = "tried Http: denied";

fn folder(relay: &Relay, more: &str) -> Folder {
    let plugin = format!(
        "plugin = \"trespassing\"\nsecrets.key = {{ file = \"secrets/key\" }}\ngrants.folder = \"sink\"\n\
         grants.http = {GRANTED}\nconfig = {{ tries = \"http\"{more} }}"
    );
    // A sink that may mail waits for its relay, though this one never mails.
    let folder = Folder::that_mails(&plugin, relay.port(), "tls = \"none\"");
    folder.write("secrets/key", KEY);
    folder
}

/// The items for which a call was denied, oldest first.
fn denied(folder: &Folder) -> Vec<String> {
    let rows = hearken(
        folder,
        &[
            "egress",
            "list",
            "--connector",
            "mail",
            "--limit",
            "1000",
            "--format",
            "json",
        ],
    );
    let rows = rows.done().json();
    let rows = rows.as_array().cloned().unwrap_or_default();
    assert!(
        rows.iter()
            .all(|row| row["code"] == "denied" && row["host"] == "api.example.com"),
        "{rows:?}"
    );
    let items = rows.iter().rev();
    items
        .map(|row| row["item"].as_str().unwrap_or_default().to_owned())
        .collect()
}

fn identify_all(daemon: &Daemon<'_>, people: &[String]) {
    let all = people.iter().map(|who| {
        let traits = json!({ "email": format!("{who}@example.com") });
        json!({ "type": "identify", "messageId": format!("i-{who}"), "userId": who, "traits": traits })
    });
    let batch = json!({ "batch": all.collect::<Vec<Value>>() });
    assert_eq!(daemon.track("batch", SERVER_KEY, &batch).status, 200);
}

/// Who was told, with the actions that came of it; each was denied and says so.
fn rejected(folder: &Folder, people: &[String]) -> Vec<String> {
    let of = |who: &String| {
        let action = folder.action_comes_to(&format!("user:{who}"), "rejected");
        assert!(action.to_string().contains(TOLD), "{action}");
        action["id"].as_str().expect("an id").to_owned()
    };
    people.iter().map(of).collect()
}

fn hang_up(daemon: &Daemon<'_>) {
    let mut stream = TcpStream::connect(daemon.public_address()).expect("somebody listens");
    let request = format!(
        "POST /in/mail HTTP/1.1\r\nhost: example.com\r\nauthorization: Bearer {KEY}\r\ncontent-length: 2\r\n\r\n{{}}"
    );
    stream.write_all(request.as_bytes()).expect("a request is sent");
    thread::sleep(Duration::from_millis(2));
}

/// Drives one path, and gives the items whose calls must have been denied.
fn driven(path: Path, folder: &Folder, daemon: &Daemon<'_>) -> Vec<String> {
    let people = |count: usize| (0..count).map(|n| format!("person-{n}")).collect::<Vec<_>>();
    match path {
        Path::Poll => vec!["poll".to_owned()],
        Path::Webhook => {
            let bearer = format!("Bearer {KEY}");
            let answer = send("POST", &daemon.intake("mail"), &[("authorization", &bearer)], b"{}");
            assert!(answer.status >= 400, "{answer:?}");
            Vec::new()
        }
        Path::Batch | Path::Single => {
            let people = people(if path == Path::Batch { 20 } else { 1 });
            identify_all(daemon, &people);
            rejected(folder, &people)
        }
        Path::Bisect => {
            let mut people = people(8);
            identify_all(daemon, &people);
            let poison = people.remove(3);
            let trapped = folder.action_once(&format!("user:{poison}"), |action| {
                ["held", "rejected"].iter().any(|state| action["state"] == *state)
            });
            assert!(trapped.to_string().contains("trap"), "{trapped}");
            rejected(folder, &people)
        }
        Path::Replay => {
            identify_all(daemon, &people(1));
            let first = rejected(folder, &people(1));
            let letters = hearken(folder, &["dead-letter", "list", "--format", "json"])
                .done()
                .json();
            hearken(folder, &["dead-letter", "replay", &letters[0]["id"].to_string()]).done();
            [first.clone(), first].concat()
        }
        Path::Detached => {
            (0..20).for_each(|_| hang_up(daemon));
            identify_all(daemon, &people(1));
            rejected(folder, &people(1))
        }
        Path::Check => {
            let said = hearken(folder, &["check", "hearken.toml"]);
            assert_eq!(said.code, 0, "{said:?}");
            folder.change("tries = \"http\"", "tries = \"http\", while_checking = true");
            let said = hearken(folder, &["check", "hearken.toml"]);
            assert!(
                said.code != 0 && said.err.contains(TOLD) || said.out.contains(TOLD),
                "{said:?}"
            );
            Vec::new()
        }
        Path::Reload => {
            folder.change("tries = \"http\"", "tries = \"http\", while_configuring = true");
            daemon.signal(Signal::HUP);
            eventually("the log says why it is not taken up", || {
                let log = daemon.log();
                (log.contains(TOLD) && log.contains("not reloaded")).then_some(())
            });
            Vec::new()
        }
    }
}

fn is_guarded(path: Path) {
    let relay = Relay::start();
    let poison = if path == Path::Bisect {
        ", traps_on = \"person-3@example.com\""
    } else {
        ""
    };
    let folder = folder(&relay, poison);
    let daemon = Daemon::start(&folder);
    let mut wanted = driven(path, &folder, &daemon);
    wanted.sort();
    eventually("each is noted", || {
        let mut all = denied(&folder);
        all.sort();
        let mut rest = all.into_iter();
        wanted.iter().all(|item| rest.any(|noted| noted == *item)).then_some(())
    });
    daemon.stop();
    assert!(relay.mails().is_empty());
}

/// The test of each path: one without does not compile.
const _: fn(Path) -> fn() = |path| match path {
    Path::Poll => when_a_source_is_polled,
    Path::Webhook => when_a_webhook_is_given_a_request,
    Path::Batch => when_a_sink_is_given_many_actions,
    Path::Single => when_a_sink_is_given_one_action,
    Path::Bisect => when_a_batch_that_trapped_is_taken_apart,
    Path::Replay => when_a_dead_letter_is_replayed,
    Path::Detached => when_the_sender_has_gone,
    Path::Check => when_a_configuration_is_checked,
    Path::Reload => when_a_configuration_is_taken_up,
};

#[test]
fn when_a_source_is_polled() {
    is_guarded(Path::Poll);
}

#[test]
fn when_a_webhook_is_given_a_request() {
    is_guarded(Path::Webhook);
}

#[test]
fn when_a_sink_is_given_many_actions() {
    is_guarded(Path::Batch);
}

#[test]
fn when_a_sink_is_given_one_action() {
    is_guarded(Path::Single);
}

#[test]
fn when_a_batch_that_trapped_is_taken_apart() {
    is_guarded(Path::Bisect);
}

#[test]
fn when_a_dead_letter_is_replayed() {
    is_guarded(Path::Replay);
}

#[test]
fn when_the_sender_has_gone() {
    is_guarded(Path::Detached);
}

#[test]
fn when_a_configuration_is_checked() {
    is_guarded(Path::Check);
}

#[test]
fn when_a_configuration_is_taken_up() {
    is_guarded(Path::Reload);
}
