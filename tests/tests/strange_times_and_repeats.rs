//! Clocks that are wrong and messages that come twice: neither is lost, neither counts more
//! than it should.

use hearken_tests::{Daemon, Folder, WRITE_KEY, eventually, hearken};
use serde_json::{Value, json};

fn page(id: &str, who: &str, more: &Value) -> Value {
    let mut page = json!({ "type": "page", "messageId": id, "anonymousId": who, "properties": { "path": "/roi", "title": "ROI" } });
    for (name, value) in more.as_object().into_iter().flatten() {
        page[name] = value.clone();
    }
    page
}

#[test]
fn a_time_in_1970_or_2090_becomes_the_time_of_receipt_and_is_kept_as_claimed() {
    let folder = Folder::with_everything();
    let daemon = Daemon::start(&folder);
    let times = [
        "1970-01-01T00:00:00Z",
        "1969-07-20T20:17:00Z",
        "2090-01-01T00:00:00Z",
        "yesterday",
    ];
    let batch: Vec<Value> = times
        .iter()
        .enumerate()
        .map(|(n, time)| page(&format!("t{n}"), "traveller", &json!({ "timestamp": time })))
        .collect();
    assert_eq!(daemon.track("batch", WRITE_KEY, &json!({ "batch": batch })).status, 200);
    let known = eventually("all are understood", || {
        folder
            .shown("anonymous:traveller")
            .filter(|s| s["signals"]["count"] == times.len() && s["beliefs"].as_array().is_some_and(|b| !b.is_empty()))
    });
    let recent = known["signals"]["recent"].as_array().expect("a list");
    for signal in recent {
        assert_eq!(signal["at"], signal["received"], "{signal}");
    }
    let claimed: Vec<&str> = recent
        .iter()
        .filter_map(|s| s["properties"]["claimed_at"].as_str())
        .collect();
    for time in times {
        assert!(claimed.contains(&time), "{time} is not among {claimed:?}");
    }
    assert_eq!(
        known["signals"]["first_seen"], recent[0]["at"],
        "nobody was seen before there was a web: {known}"
    );
    daemon.stop();
}

#[test]
fn a_device_whose_clock_is_wrong_and_says_when_it_sent_is_put_right() {
    let folder = Folder::with_everything();
    let daemon = Daemon::start(&folder);
    let batch: Vec<Value> = ["1970-01-01T00:0", "2090-01-01T00:0"]
        .iter()
        .enumerate()
        .map(|(n, day)| {
            let times = json!({ "originalTimestamp": format!("{day}0:00Z"), "sentAt": format!("{day}1:00Z") });
            page(&format!("t{n}"), "traveller", &times)
        })
        .collect();
    assert_eq!(daemon.track("batch", WRITE_KEY, &json!({ "batch": batch })).status, 200);
    let known = eventually("both are known", || {
        folder
            .shown("anonymous:traveller")
            .filter(|s| s["signals"]["count"] == 2)
    });
    let times = |name: &str| -> Vec<String> {
        let all = known["signals"]["recent"].as_array().expect("a list").iter();
        all.map(|s| s[name].as_str().expect("a time").to_owned()).collect()
    };
    assert_eq!(times("at")[0], times("at")[1], "both a minute before they came");
    assert!(times("at")[0] < times("received")[0]);
    daemon.stop();
}

#[test]
fn a_message_that_comes_again_counts_once_also_after_a_restart() {
    let folder = Folder::with_everything();
    let daemon = Daemon::start(&folder);
    let twice = json!({ "batch": [page("one", "ann", &json!({})), page("one", "ann", &json!({})), page("two", "ann", &json!({}))] });
    assert_eq!(daemon.track("batch", WRITE_KEY, &twice).status, 200);
    assert_eq!(
        daemon.track("batch", WRITE_KEY, &twice).status,
        200,
        "a repetition is no mistake of the sender"
    );
    daemon.stop();
    let daemon = Daemon::start(&folder);
    // The same id means the same message, whatever else it says now.
    let other = page("one", "bob", &json!({ "properties": { "path": "/other" } }));
    assert_eq!(daemon.track("page", WRITE_KEY, &other).status, 200);
    assert_eq!(
        daemon
            .track("page", WRITE_KEY, &page("three", "ann", &json!({})))
            .status,
        200
    );
    let known = eventually("the third is known", || {
        folder.shown("anonymous:ann").filter(|s| s["signals"]["count"] == 3)
    });
    assert_eq!(known["signals"]["recent"].as_array().map(Vec::len), Some(3), "{known}");
    assert!(folder.shown("anonymous:bob").is_none(), "nobody came of the repetition");
    let letters = hearken(&folder, &["dead-letter", "list", "--format", "json"])
        .done()
        .json();
    assert_eq!(letters, json!([]), "a repetition is nothing for a person to look at");
    daemon.stop();
}
