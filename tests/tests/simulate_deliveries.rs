//! `hearken simulate` on what came of deliveries: a sink that failed, a dead letter tried again,
//! stops, an unsubscribe, silences that ended. All of it is part of what was recorded.

use std::{collections::BTreeSet, fs, thread, time::Duration};

use hearken_tests::{Daemon, Folder, eventually, hearken, prospects};
use serde_json::{Value, json};

/// A folder in which everybody is told the one story whatever they do, by a sink that fails.
fn a_sink_that_fails() -> Folder {
    let folder = Folder::with_links();
    folder.change(
        "plugin = \"outbox-dir\"\ngrants.folder = \"outbox\"",
        "plugin = \"misbehaving\"\nconfig = { mode = \"fail:transient\" }\ngrants.folder = \"outbox\"\n\
         retry = { first = \"100ms\", most = \"1s\", attempts = 2 }",
    );
    folder.change("[policy]", "[policy]\nawait-reply = \"2s\"");
    folder.change("100/1d", "4/1d");
    folder
}

/// What happened: ann's story failed and was tried again, bob unsubscribed while his next one was
/// stopped, cy asked again and again, and silences ended. What the simulation makes of it with
/// the configuration that was recorded.
fn what_happened(folder: &Folder) -> Value {
    let daemon = Daemon::start(folder);
    daemon.identify("ann");
    folder.action_comes_to("user:ann", "rejected");
    daemon.stop();
    folder.change(
        "plugin = \"misbehaving\"\nconfig = { mode = \"fail:transient\" }",
        "plugin = \"outbox-dir\"",
    );
    let daemon = Daemon::start(folder);
    hearken(folder, &["dead-letter", "replay", "--all"]).done();
    folder.action_comes_to("user:ann", "delivered");
    daemon.identify("bob");
    daemon.identify("cy");
    let bobs = eventually("bob is told", || {
        let read = |path| serde_json::from_str(&fs::read_to_string(path).ok()?).ok();
        let mut sent = folder.outbox().into_iter().filter_map(read);
        sent.find(|action: &Value| action["to"].to_string().contains("bob@"))
    });
    folder.action_comes_to("user:cy", "delivered");
    hearken(folder, &["stop"]).done();
    daemon.asks("bob", "f-1");
    folder.action_comes_to("user:bob", "queued");
    assert_eq!(
        daemon.submit(&bobs["unsubscribe"], "List-Unsubscribe=One-Click").status,
        200
    );
    hearken(folder, &["go"]).done();
    folder.action_comes_to("user:bob", "rejected");
    daemon.asks("bob", "f-2");
    for n in 1..4 {
        daemon.asks("cy", &format!("g-{n}"));
        thread::sleep(Duration::from_millis(300));
    }
    folder.settles();
    // What is due by itself in a simulation needs a record that goes on behind it.
    thread::sleep(Duration::from_secs(11));
    daemon.looks("cy", "late");
    folder.settles();
    let found = folder.simulates_the_same();
    daemon.stop();
    found
}

#[test]
fn what_came_of_deliveries_and_what_people_said_then_is_part_of_what_was_recorded() {
    let folder = a_sink_that_fails();
    let found = what_happened(&folder);
    let twice: BTreeSet<String> = prospects(told_more_than(1, &found));
    assert!(!twice.is_empty(), "{found:#}");

    // One story a day: of whom was told two or more, all but the first are only then.
    let toml = fs::read_to_string(folder.configuration()).expect("the configuration");
    assert!(toml.contains("4/1d"));
    folder.write("capped.toml", &toml.replace("4/1d", "1/1d"));
    folder.write("generous.toml", &toml.replace("4/1d", "6/1d"));
    let capped = folder.simulated(&["--config", "capped.toml"]);
    let differences = capped["differences"].as_array().expect("a list");
    assert_eq!(prospects(differences), twice, "{capped:#}");
    for difference in differences {
        assert_eq!(difference["likeness"], "only-then", "{difference}");
        assert!(
            difference["then"]["id"].is_string(),
            "what was recorded can be looked up: {difference}"
        );
    }
    assert!(
        differences.iter().any(|d| d["why"].to_string().contains("cap")),
        "{capped:#}"
    );

    // The other way round: what only the simulation tells is delivered, and what is told next
    // need not wait for it.
    let generous = folder.simulated(&["--config", "generous.toml"]);
    let more = generous["differences"].as_array().expect("a list");
    assert!(more.iter().all(|d| d["likeness"] == "only-now"), "{generous:#}");
    assert!(more.len() > 1 && prospects(more).is_subset(&twice), "{generous:#}");
    assert!(
        more.iter()
            .any(|d| d["now"]["trigger"] == "timer:silence" && d["then"].is_null()),
        "silence ends for what only the simulation told: {generous:#}"
    );

    // Patience for longer: what was told when it ended is told later.
    folder.write(
        "patient.toml",
        &toml.replace("await-reply = \"2s\"", "await-reply = \"2600ms\""),
    );
    let patient = folder.simulated(&["--config", "patient.toml"]);
    let put_off = patient["differences"].as_array().expect("a list");
    assert!(put_off.iter().any(|d| d["likeness"] == "another-time"), "{patient:#}");
    for difference in put_off.iter().filter(|d| d["likeness"] == "another-time") {
        let (then, now) = (&difference["then"]["at"], &difference["now"]["at"]);
        assert!(then.as_str() < now.as_str(), "{difference}");
    }

    // What lies before is taken as it was, also where the configuration would not have it.
    let last = differences.last().expect("a difference")["then"]["at"]
        .as_str()
        .expect("a time");
    let late = folder.simulated(&["--config", "capped.toml", "--since", last]);
    let only = late["differences"].as_array().expect("a list");
    assert!(!only.is_empty() && only.len() < differences.len(), "{late:#}");
    assert!(only.iter().all(|d| d["then"]["at"].as_str() >= Some(last)), "{late:#}");
    let since = folder.simulated(&["--since", last]);
    assert_eq!(since["differences"], json!([]), "{since:#}");
    assert!(
        since["sums"]["same"].as_u64() < found["sums"]["same"].as_u64(),
        "{since:#}"
    );
    let until = folder.simulated(&["--until", "2000-01-01"]);
    assert_eq!(
        (&until["entries"], &until["sums"]["same"]),
        (&json!(0), &json!(0)),
        "{until}"
    );
}

fn told_more_than(times: usize, found: &Value) -> Vec<&Value> {
    let told = found["told"].as_array().expect("a list");
    let times_of = |p: &Value| told.iter().filter(|d| d["prospect"] == *p).count();
    told.iter().filter(|d| times_of(&d["prospect"]) > times).collect()
}
