use hearken_sdk::json::json;

use super::*;

#[derive(Debug, Default, serde::Deserialize)]
struct NoFile {}

fn config(more: json::Value) -> Config<NoFile> {
    let mut config = json!({
        "time": "at",
        "identities": { "email": "E-mail" },
        "signals": [{ "kind": "person.identified", "traits": { "name": "Name" } }],
    });
    for (name, value) in more.as_object().unwrap() {
        config[name] = value.clone();
    }
    serde_json::from_value(config).unwrap()
}

fn problems(more: json::Value) -> Vec<(String, String)> {
    let problems = config(more).problems(Cells::Text);
    problems.into_iter().map(|p| (p.pointer, p.message)).collect()
}

fn of_signal(signal: json::Value) -> Vec<(String, String)> {
    problems(json!({ "signals": [signal] }))
}

#[test]
fn a_small_configuration_is_enough() {
    assert_eq!(problems(json!({})), []);
}

#[test]
fn the_columns_are_all_that_anything_reads() {
    let config = config(json!({
        "id": ["Number"],
        "time": { "column": "at" },
        "signals": [{
            "kind": "deal.won", "when": { "State": "won" }, "company": { "name": "Firm" },
            "answers": { "reference": "Mail" }, "properties": { "deal": "Deal", "currency": { "constant": "EUR" } },
        }],
    }));
    let expected = ["Deal", "E-mail", "Firm", "Mail", "Number", "State", "at"];
    assert!(config.columns().iter().eq(expected.iter()), "{:?}", config.columns());
}

#[test]
fn a_misspelt_kind_is_told_with_those_that_there_are() {
    let found = of_signal(json!({ "kind": "person.identifed" }));
    assert_eq!(found[0].0, "/signals/0/kind");
    assert!(found[0].1.contains("person.identified"), "{found:?}");
    assert_eq!(of_signal(json!({ "kind": "person" }))[0].0, "/signals/0/kind");
    assert_eq!(of_signal(json!({ "kind": "acme.something" })), []);
}

#[test]
fn what_the_catalogue_requires_and_which_words_it_has_is_known_before_the_first_row() {
    let found = of_signal(
        json!({ "kind": "message.sent", "properties": { "channel": "Channel", "by": { "constant": "them" } } }),
    );
    assert_eq!(found[0].0, "/signals/0/properties/by");
    assert!(found[0].1.contains("us, other, sales"), "{found:?}");
    let found = of_signal(json!({ "kind": "message.sent", "properties": { "by": { "constant": "us" } } }));
    assert_eq!(found[0].0, "/signals/0");
    assert!(found[0].1.contains("'channel'"), "{found:?}");
    let found = of_signal(
        json!({ "kind": "message.bounced", "properties": { "permanent": { "column": "P", "values": { "y": "yes" } } } }),
    );
    assert!(found[0].1.contains("is a boolean"), "{found:?}");
    let found = of_signal(json!({ "kind": "deal.won", "properties": { "deal": "Deal", "value": "Value" } }));
    assert!(found[0].1.contains("add as = \"number\""), "{found:?}");
    let found = of_signal(json!({ "kind": "message.opened", "traits": { "name": "Name" } }));
    assert_eq!(found[0].0, "/signals/0/traits");
}

#[test]
fn settings_that_do_not_go_together_are_told_where_they_stand() {
    for value in [
        json!({}),
        json!({ "column": "a", "constant": "b" }),
        json!({ "constant": "b", "as": "number" }),
        json!({ "column": "a", "otherwise": 1 }),
        json!({ "column": "a", "values": { "x": 1 }, "factor": 2.0 }),
        json!({ "column": "a", "as": "text", "factor": 2.0 }),
    ] {
        let found = of_signal(json!({ "kind": "acme.x", "properties": { "a/b": value.clone() } }));
        assert_eq!(found.len(), 1, "{value} {found:?}");
        assert_eq!(found[0].0, "/signals/0/properties/a~1b", "{value}");
    }
}

#[test]
fn all_problems_come_at_once() {
    let found = problems(json!({
        "time": { "column": "at", "zone": "Berlin" },
        "identities": {},
        "signals": [],
    }));
    let pointers: Vec<&str> = found.iter().map(|(pointer, _)| pointer.as_str()).collect();
    assert_eq!(pointers, ["/time/zone", "/signals"]);
    let nobody = problems(json!({ "identities": {} }));
    assert_eq!(nobody[0].0, "/identities");
}
