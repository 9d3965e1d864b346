//! The component in the real host, with a real folder.

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking, in its helpers too")]

use std::fs;

use hearken_harness::Harness;
use hearken_sdk::Instant;
use hearken_sdk::json::{Value, json};

#[test]
fn lines_become_signals_and_bad_ones_are_told_with_their_place() {
    let harness = Harness::build(env!("CARGO_MANIFEST_DIR")).unwrap();
    assert_eq!(harness.roles().to_string(), "source");
    let config = json!({
        "id": ["id"],
        "time": "/at",
        "identities": { "email": "/user/email", "user": "/user/id" },
        "signals": [
            { "kind": "person.identified", "traits": { "name": "/user/name", "employees": "staff", "vip": "vip" } },
            { "kind": "deal.won", "when": { "type": ["order", "renewal"] }, "properties": { "deal": "/order/id", "value": "/order/total" } },
        ],
    });
    assert_eq!(harness.check(config.clone()).unwrap(), []);
    let plugin = harness.configure(config).unwrap();
    let line = |n: u32| {
        json!({ "id": n, "at": "2025-07-01T12:00:00Z", "type": "order", "staff": 450, "vip": null,
            "user": { "email": format!("u{n}@example.com"), "id": n, "name": "Zoë 🧑‍🚀" }, "order": { "id": "o-1", "total": 12.5 } })
    };
    let long = format!("{{\"id\": \"{}\"}}", "x".repeat(3 << 20));
    let text = format!(
        "\u{feff}{}\r\n\n[1]\n{long}\nno JSON\n{{\"id\": 9}}\n{}",
        line(1),
        line(2)
    );
    fs::write(plugin.folder().join("a.jsonl"), text).unwrap();
    let (mut signals, mut rejects, mut cursor) = (Vec::new(), Vec::new(), None);
    loop {
        let page = plugin.poll(Instant::default(), cursor.as_deref(), 500).unwrap();
        signals.extend(page.signals);
        rejects.extend(page.rejects);
        if page.cursor == cursor {
            break;
        }
        cursor = page.cursor;
    }
    let ids: Vec<&str> = signals.iter().map(|s| s.id.as_str()).collect();
    assert_eq!(
        ids,
        ["1:person.identified", "1:deal.won", "2:person.identified", "2:deal.won"]
    );
    let traits = json!({ "traits": { "name": "Zoë 🧑‍🚀", "employees": 450 } });
    assert_eq!(Value::from(signals[0].values().unwrap()), traits);
    assert_eq!(
        Value::from(signals[1].values().unwrap()),
        json!({ "deal": "o-1", "value": 12.5 })
    );
    let told: Vec<(&str, &str)> = rejects.iter().map(|r| (r.at.as_str(), r.why.as_str())).collect();
    let expected = [
        ("line 3", "no object"),
        ("line 4", "longer than"),
        ("line 5", "not JSON"),
        ("line 6", "not known when"),
    ];
    for (at, why) in expected {
        assert!(
            told.iter().any(|(a, w)| a.ends_with(at) && w.contains(why)),
            "{at} {why}: {told:?}"
        );
    }
}
