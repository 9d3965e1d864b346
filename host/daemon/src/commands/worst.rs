//! Made-up people of whom the worst is known, to see what a story makes of it.

use std::collections::BTreeSet;

use hearken_model::{Instant, ProspectId, View};
use serde_json::{Map, Value, json};

/// Each with what is the matter. `names` are the values that the story shows.
pub(super) fn people(names: &BTreeSet<String>) -> Vec<(&'static str, View)> {
    let mut people = vec![
        ("somebody of whom nothing is known", view(Map::new())),
        ("somebody whose fields are empty", all(names, &json!(""))),
        ("somebody whose fields are null", all(names, &Value::Null)),
        (
            "somebody whose fields are lists and numbers",
            all(names, &json!(["a", 1, null])),
        ),
    ];
    people.extend(TEXTS.iter().map(|(who, text)| (*who, all(names, &json!(text)))));
    people.push((
        "somebody whose fields have 10 kB",
        all(names, &json!("Anna ".repeat(2_048))),
    ));
    people.push(("somebody with a company of 80 characters", {
        let company = "Rindfleischetikettierungsueberwachungsaufgabenuebertragungsgesetz GmbH & Co. KG!";
        let mut view = all(names, &json!("Anna"));
        view.traits.insert("company".into(), json!(company));
        view.company = Some(company.into());
        view
    }));
    people.push((
        "somebody without a language",
        View {
            language: None,
            ..all(names, &json!("Anna"))
        },
    ));
    people
}

const TEXTS: [(&str, &str); 11] = [
    ("somebody with a name from right to left", "مريم الفارسی"),
    ("somebody whose name turns the direction", "Anna\u{202e}elpmaxe\u{2066}"),
    ("somebody with emoji for a name", "👩\u{200d}💻 ❤\u{fe0f}"),
    ("somebody with emoji in the name", "Anna 👩\u{200d}💻"),
    ("somebody with a script for a name", "<script>alert(\"Anna\")</script>"),
    ("somebody with a template for a name", "{{ 7*7 }}{% for a in b %}"),
    (
        "somebody with Markdown for a name",
        "# [Anna](javascript:alert(1)) **bold** `code`",
    ),
    (
        "somebody with line breaks in the name",
        "Anna\r\nBcc: everybody@example.com\n\n- item",
    ),
    ("somebody with an address for a name", "Anna https://example.com/?win=1"),
    ("somebody with quotes and a backslash in the name", "Anna \"O'Hara\" \\"),
    (
        "somebody with heaps of accents",
        "A\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}\u{307}\u{308}nna",
    ),
];

fn all(names: &BTreeSet<String>, value: &Value) -> View {
    let usual = ["first_name", "last_name", "name", "company", "title"].map(str::to_owned);
    let names = names.iter().cloned().chain(usual);
    let mut view = view(names.map(|name| (name, value.clone())).collect());
    view.company = value.as_str().map(str::to_owned);
    view.language = Some("en".into());
    view
}

fn view(traits: Map<String, Value>) -> View {
    View {
        traits,
        ..View::empty(ProspectId::from_u64(0), Instant(0))
    }
}
