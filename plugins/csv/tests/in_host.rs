//! The component in the real host, with a real folder.

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking, in its helpers too")]

use std::fs;

use hearken_harness::{Configured, Harness};
use hearken_sdk::json::{Value, json};
use hearken_sdk::{Instant, Signal};

fn harness() -> Harness {
    Harness::build(env!("CARGO_MANIFEST_DIR")).unwrap()
}

fn config() -> Value {
    json!({
        "file": { "encoding": "windows-1252", "delimiter": ";" },
        "time": { "column": "at", "formats": ["%d.%m.%Y %H:%M"], "zone": "Europe/Berlin" },
        "identities": { "email": "mail", "acme:lead": "no" },
        "signals": [
            { "kind": "person.identified", "traits": { "name": "name" } },
            { "kind": "message.sent", "when": { "sent": true }, "properties": {
                "channel": { "constant": "email" }, "by": { "constant": "other" }, "story": "sent",
                "probability": { "column": "share", "as": "number" }, "reference": "no",
            } },
        ],
    })
}

fn all(plugin: &Configured, limit: u32) -> Vec<Signal> {
    let (mut signals, mut cursor): (Vec<Signal>, Option<String>) = (Vec::new(), None);
    loop {
        let page = plugin.poll(Instant::default(), cursor.as_deref(), limit).unwrap();
        assert_eq!(page.rejects, []);
        signals.extend(page.signals);
        if page.cursor == cursor {
            return signals;
        }
        cursor = page.cursor;
    }
}

#[test]
fn rows_are_read_page_by_page_by_instances_that_know_of_no_other() {
    let harness = harness();
    assert_eq!(harness.roles().to_string(), "source");
    assert_eq!(harness.check(config()).unwrap(), []);
    let plugin = harness.configure(config()).unwrap();
    let mut rows = b"no;mail;name;at;sent;share\n".to_vec();
    for n in 0..3_000 {
        rows.extend(format!("{n};lead-{n}@example.com;Zo").as_bytes());
        rows.push(0xEB);
        rows.extend(format!(";{:02}.07.2025 12:00;winter;0.5\n", n % 28 + 1).as_bytes());
    }
    fs::write(plugin.folder().join("a.csv"), rows).unwrap();
    let signals = all(&plugin, 500);
    assert_eq!(signals.len(), 6_000);
    assert_eq!(signals[0].values().unwrap()["traits"]["name"], "Zoë");
    assert_eq!(signals[0].at, Instant::parse("2025-07-01T10:00:00Z").unwrap());
    let sent = json!({ "channel": "email", "by": "other", "story": "winter", "probability": 0.5, "reference": "0" });
    assert_eq!(Value::from(signals[1].values().unwrap()), sent);
    // In which pages they come makes no difference.
    assert_eq!(all(&plugin, 7), signals);
}

#[test]
fn a_packed_file_gives_what_the_same_file_gives_unpacked() {
    let harness = harness();
    let plain = harness.configure(config()).unwrap();
    let packed = harness.configure(config()).unwrap();
    let rows: String = (0..5_000)
        .map(|n| format!("{n};lead-{n}@example.com;Name {n};01.07.2025 12:00;;\n"))
        .collect();
    let text = format!("no;mail;name;at;sent;share\n{rows}");
    fs::write(plain.folder().join("a.csv"), &text).unwrap();
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut encoder, text.as_bytes()).unwrap();
    fs::write(packed.folder().join("a.csv.gz"), encoder.finish().unwrap()).unwrap();
    let ids = |signals: Vec<Signal>| signals.into_iter().map(|s| s.id).collect::<Vec<_>>();
    assert_eq!(ids(all(&packed, 500)), ids(all(&plain, 500)));
}

#[test]
fn what_is_wrong_with_a_configuration_is_told_with_its_place() {
    let mut wrong = config();
    wrong["signals"][1]["properties"]["by"] = json!({ "constant": "them" });
    wrong["time"]["zone"] = json!("Berlin");
    let problems = harness().check(wrong).unwrap();
    let pointers: Vec<&str> = problems.iter().map(|p| p.pointer.as_str()).collect();
    assert_eq!(pointers, ["/time/zone", "/signals/1/properties/by"]);
}
