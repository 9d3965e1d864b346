use serde_json::{Map, Value, json};

use crate::{Asked, Granted, Share};

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|t| (*t).to_owned()).collect()
}

fn object(value: &Value) -> Map<String, Value> {
    value.as_object().cloned().expect("an object")
}

/// Of a scorer that asks for all traits and for properties beyond the catalogue.
fn scorer(properties: &[&str], granted: &Granted) -> Share {
    let (all, properties) = (texts(&["*"]), texts(properties));
    let asked = Asked {
        traits: &all,
        identities: &all,
        properties: &properties,
        ..Asked::default()
    };
    Share::with_thinker(&asked, granted)
}

fn properties(share: &Share, kind: &str, value: &Value) -> Value {
    let shown = share.shown(
        [("email", "canaria@example.com")],
        &object(&json!({ "first_name": "Canaria" })),
    );
    serde_json::from_str(&shown.properties(kind, value)).expect("JSON")
}

fn traits(share: &Share, value: &Value) -> Value {
    let traits = object(value);
    serde_json::from_str(&share.shown([], &traits).traits(&traits)).expect("JSON")
}

#[test]
fn traits_that_name_nobody_are_shown_by_default() {
    let known = json!({
        "first_name": "Canaria", "email": "canaria@example.com", "phone": "+1 202 555 0100", "title": "CIO",
        "industry": "retail", "employees": 450, "company": { "name": "Acme", "email": "x@acme.example", "plan": "team" },
        "address": { "street": "Example Lane 12", "city": "Example City" }, "note": "ask Canaria, canaria@example.com",
        "tags": ["vip", "canaria@example.com", { "name": "x", "since": 2020 }],
    });
    assert_eq!(
        traits(&scorer(&[], &Granted::default()), &known),
        json!({
            "title": "CIO", "industry": "retail", "employees": 450, "company": { "name": "Acme", "plan": "team" },
            "note": "ask ***, ***", "tags": ["vip", "***", { "since": 2020 }],
        })
    );
}

#[test]
fn a_list_is_all_that_is_shown_and_a_name_in_it_shows_an_identifier() {
    let known = json!({ "first_name": "Canaria", "email": "canaria@example.com", "title": "CIO", "industry": "retail",
        "note": "ask Canaria" });
    let granting = |names: &[&str]| Granted {
        traits: Some(texts(names)),
        ..Granted::default()
    };
    for (names, shown) in [
        (&[][..], json!({})),
        (&["industry"], json!({ "industry": "retail" })),
        (
            &["*", "first_name"],
            json!({ "first_name": "Canaria", "title": "CIO", "industry": "retail", "note": "ask Canaria" }),
        ),
    ] {
        assert_eq!(traits(&scorer(&[], &granting(names)), &known), shown, "{names:?}");
    }
}

#[test]
fn only_what_a_manifest_asks_for_is_shown() {
    let asked = texts(&["title"]);
    let asked = Asked {
        traits: &asked,
        ..Asked::default()
    };
    let granted = Granted {
        traits: Some(texts(&["*", "email"])),
        identities: Some(texts(&["email"])),
        ..Granted::default()
    };
    let share = Share::with_thinker(&asked, &granted);
    let known = json!({ "title": "CIO", "email": "canaria@example.com", "industry": "retail" });
    assert_eq!(traits(&share, &known), json!({ "title": "CIO" }));
    assert!(!share.shows("email"), "it is granted and not asked for");
}

#[test]
fn of_properties_those_of_the_catalogue_are_shown_by_default() {
    let share = scorer(&["*"], &Granted::default());
    let page = json!({ "path": "/u/canaria@example.com", "title": "Hello Canaria", "url": "https://x.example/?e=1",
        "referrer": "https://x.example/?email=canaria@example.com", "tags": ["a", "Canaria"], "position": 3,
        "visitor": "Canaria", "email": "canaria@example.com", "nested": { "deep": 1 } });
    assert_eq!(
        properties(&share, "page.viewed", &page),
        json!({ "path": "/u/***", "title": "Hello ***", "url": "https://x.example/", "referrer": "https://x.example/",
            "tags": ["a", "***"], "position": 3 })
    );
    assert_eq!(properties(&share, "acme.shipped", &json!({ "weight": 3 })), json!({}));
}

#[test]
fn traits_in_a_signal_are_shown_as_traits_and_what_nobody_described_is_not() {
    let share = scorer(&[], &Granted::default());
    let identified = json!({ "traits": { "first_name": "Canaria", "title": "CIO", "employees": 450 } });
    assert_eq!(
        properties(&share, "person.identified", &identified),
        json!({ "traits": { "title": "CIO", "employees": 450 } })
    );
    let used = json!({ "feature": "export", "details": { "format": "csv", "owner": "somebody" } });
    assert_eq!(
        properties(&share, "product.used", &used),
        json!({ "feature": "export", "details": {} })
    );
}

#[test]
fn further_properties_are_shown_where_they_are_asked_for_and_granted() {
    let granted = |names: &[&str]| Granted {
        properties: Some(texts(names)),
        ..Granted::default()
    };
    let shipped = json!({ "weight": 3, "carrier": "by Canaria", "email": "canaria@example.com", "id": "x-1",
        "parcel": { "colour": "red", "phone": "202 555 0100", "number": 2_025_550_100_u64 } });
    for (asked, names, shown) in [
        (
            &["weight", "carrier"][..],
            &["*"][..],
            json!({ "weight": 3, "carrier": "by ***" }),
        ),
        (&["weight", "carrier"], &["weight"], json!({ "weight": 3 })),
        (&["weight"], &["carrier"], json!({})),
        (
            &["*"],
            &["*", "email"],
            json!({ "weight": 3, "carrier": "by ***", "email": "canaria@example.com",
            "parcel": { "colour": "red", "number": 2_025_550_100_u64 } }),
        ),
    ] {
        let share = scorer(asked, &granted(names));
        assert_eq!(properties(&share, "acme.shipped", &shipped), shown, "{names:?}");
    }
    let share = scorer(&[], &granted(&["title"]));
    let page = json!({ "path": "/roi", "title": "Return" });
    assert_eq!(properties(&share, "page.viewed", &page), json!({ "title": "Return" }));
}

#[test]
fn numbers_and_names_of_fields_that_tell_somebody_are_masked() {
    let granted = Granted {
        properties: Some(texts(&["*"])),
        ..Granted::default()
    };
    let share = scorer(&["*"], &granted);
    let known = object(&json!({ "phone": "+1 202 555 0100", "user_id": 778_899_001 }));
    let shown = share.shown([("email", "canaria@example.com")], &known);
    let value = json!({ "by": { "canaria@example.com": 1 }, "called": 12_025_550_100_u64, "owner": 778_899_001,
        "count": 778_899_002, "share": 0.123_456_789_012 });
    let shown: Value = serde_json::from_str(&shown.properties("acme.shipped", &value)).expect("JSON");
    assert_eq!(
        shown,
        json!({ "by": { "***": 1 }, "called": "***", "owner": "***", "count": 778_899_002, "share": 0.123_456_789_012 })
    );
}

#[test]
fn a_sink_is_given_what_it_asks_for_less_what_its_operator_leaves_out() {
    let asked = texts(&["first_name", "email", "company"]);
    let asked = Asked {
        traits: &asked,
        ..Asked::default()
    };
    let known = json!({ "first_name": "Canaria", "email": "canaria@example.com", "title": "CIO", "company": "Acme" });
    let share = Share::with_sink(&asked, &Granted::default());
    assert_eq!(
        traits(&share, &known),
        json!({ "first_name": "Canaria", "email": "canaria@example.com", "company": "Acme" })
    );
    assert!(share.shows("phone"), "for hand-overs");
    let less = Granted {
        traits: Some(texts(&["company"])),
        identities: Some(texts(&["email"])),
        ..Granted::default()
    };
    let share = Share::with_sink(&asked, &less);
    assert_eq!(traits(&share, &known), json!({ "company": "Acme" }));
    assert!(share.shows("email") && !share.shows("phone"));
}
