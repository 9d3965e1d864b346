use hearken_sdk::json::{Value, json};

use super::*;

fn fields(value: Value) -> Fields {
    value.as_object().unwrap().clone()
}

fn reader(config: Value) -> Reader {
    Reader::new(&hearken_sdk::json::from_str("the configuration", &config.to_string()).unwrap())
}

fn read(call: Call, message: Value, sender: Sender) -> Result<Vec<Fact>, String> {
    reader(json!({})).facts(call, &fields(message), sender)
}

fn track(event: &str, properties: Value) -> Fact {
    let message = json!({"anonymousId": "a-1", "event": event, "properties": properties});
    read(Call::Track, message, Sender::Anybody).unwrap().remove(0)
}

#[test]
fn an_identify_says_who_and_of_which_company() {
    let message = json!({
        "userId": "u-1", "anonymousId": "a-1",
        "context": {"traits": {"title": "CIO", "plan": "old"}},
        "traits": {"email": "ada@example.com", "plan": "new", "company": {"name": "Acme", "employees": 80}},
    });
    let facts = read(Call::Identify, message, Sender::Anybody).unwrap();
    assert_eq!(facts.len(), 2);
    assert_eq!(facts[0].kind, "person.identified");
    assert_eq!(facts[0].identities.len(), 3);
    assert_eq!(facts[0].company, Some(Identity::new("name", "Acme")));
    assert_eq!(facts[0].properties["traits"]["title"], "CIO");
    assert_eq!(facts[0].properties["traits"]["plan"], "new");
    assert_eq!(
        (facts[1].kind.as_str(), facts[1].part),
        ("company.described", "company")
    );
    assert_eq!(
        Value::Object(facts[1].properties.clone()),
        json!({"name": "Acme", "traits": {"employees": 80}})
    );
}

#[test]
fn a_group_describes_a_company() {
    let message = json!({"userId": "u-1", "groupId": "g-7", "traits": {"name": "Acme", "domain": "acme.example"}});
    let fact = read(Call::Group, message, Sender::Anybody).unwrap().remove(0);
    assert_eq!(fact.company, Some(Identity::new("domain", "acme.example")));
    let expected = json!({"name": "Acme", "domain": "acme.example", "traits": {"group_id": "g-7"}});
    assert_eq!(Value::Object(fact.properties), expected);
}

#[test]
fn events_become_what_their_names_say() {
    assert_eq!(
        track("Products Searched", json!({"query": "roi"})).kind,
        "search.performed"
    );
    assert_eq!(track("Products Searched", json!({})).kind, "product.used");
    let left = track(
        "Page Left",
        json!({"url": "https://www.example.com/roi", "dwell_ms": 9000, "scroll": 0.8}),
    );
    assert_eq!((left.kind.as_str(), left.about.as_deref()), ("page.left", Some("/roi")));
    let demo = track("Demo Requested", json!({"form": "hero"}));
    assert_eq!(Value::Object(demo.properties), json!({"form": "hero", "asks": "demo"}));
    let used = track("Report Exported", json!({"feature": "reports", "format": "pdf"}));
    assert_eq!(
        (used.kind.as_str(), used.about.as_deref()),
        ("product.used", Some("reports"))
    );
    assert_eq!(used.properties["details"]["format"], "pdf");
}

#[test]
fn the_operators_rule_says_the_kind_and_overrides_properties() {
    let reader = reader(json!({"events": {
        "Talk To Us": {"kind": "form.submitted", "properties": {"asks": "contact"}},
        "Order Completed": {"kind": "deal.won", "properties": {"currency": "EUR"}},
    }}));
    let message = fields(json!({"userId": "u", "event": "talk_to_us", "properties": {"form": "f", "asks": "demo"}}));
    let facts = reader.facts(Call::Track, &message, Sender::Anybody).unwrap();
    assert_eq!(
        Value::Object(facts[0].properties.clone()),
        json!({"form": "f", "asks": "contact"})
    );
    let message =
        fields(json!({"userId": "u", "event": "Order Completed", "properties": {"deal": "d-1", "value": 900}}));
    let facts = reader.facts(Call::Track, &message, Sender::Server).unwrap();
    assert_eq!(
        (facts[0].kind.as_str(), facts[0].about.as_deref()),
        ("deal.won", Some("d-1"))
    );
    assert_eq!(facts[0].properties["currency"], "EUR");
    assert!(
        reader
            .facts(Call::Track, &message, Sender::Anybody)
            .unwrap_err()
            .contains("server-key")
    );
}

#[test]
fn a_rule_can_say_what_a_consent_is_for_and_one_without_is_refused() {
    let reader = reader(json!({"events": {
        "Newsletter Confirmed": {"kind": "consent.granted", "properties": {"purpose": "marketing", "channel": "email"}},
        "Newsletter Asked": {"kind": "consent.pending"},
    }}));
    let read = |event: &str| {
        let message =
            fields(json!({"userId": "u", "event": event, "properties": {"proof": "form 7", "channel": "phone"}}));
        reader.facts(Call::Track, &message, Sender::Server)
    };
    let expected = json!({"brand": "*", "purpose": "marketing", "channel": "email", "proof": "form 7"});
    assert_eq!(
        Value::Object(read("newsletter confirmed").unwrap().remove(0).properties),
        expected
    );
    assert!(read("newsletter asked").unwrap_err().contains("purpose"));
}

#[test]
fn consent_is_taken_from_servers_only() {
    for event in ["Consent Granted", "Consent Withdrawn"] {
        let message = json!({"userId": "u-1", "event": event, "properties": {"purpose": "marketing"}});
        assert!(read(Call::Track, message.clone(), Sender::Anybody).is_err());
        let fact = read(Call::Track, message, Sender::Server).unwrap().remove(0);
        assert_eq!(fact.kind, event.to_lowercase().replace(' ', "."));
    }
}

#[test]
fn what_has_no_meaning_says_what_is_missing() {
    let why = |call, message| read(call, message, Sender::Anybody).unwrap_err();
    assert!(why(Call::Page, json!({"name": "Home"})).contains("anonymousId"));
    assert!(why(Call::Track, json!({"userId": "u"})).contains("event"));
    assert!(why(Call::Group, json!({"userId": "u"})).contains("groupId"));
    assert!(why(Call::Group, json!({"userId": "u", "groupId": "undefined"})).contains("groupId"));
    assert!(why(Call::Alias, json!({"userId": "u"})).contains("previousId"));
    assert!(why(Call::Alias, json!({"userId": "u", "previousId": "undefined"})).contains("previousId"));
}

#[test]
fn traits_and_properties_that_are_no_objects_are_as_good_as_none() {
    let message = json!({"userId": "u-1", "traits": "none", "properties": [1], "context": 7, "event": "e"});
    for call in [Call::Identify, Call::Page, Call::Screen, Call::Track] {
        assert_eq!(read(call, message.clone(), Sender::Anybody).unwrap().len(), 1);
    }
}
