//! Generated visitors in Segment's format. They are nobody.

use serde_json::{Value, json};

const PATHS: [(&str, &str); 6] = [
    ("/", "Start"),
    ("/roi/calculator", "What it pays back"),
    ("/pricing", "Pricing"),
    ("/docs/implementation", "Implementation"),
    ("/blog/migration", "A migration told"),
    ("/about", "About"),
];

/// The `n`-th page view of a stream in which `people` take turns.
pub(crate) fn page(n: u64, people: u64) -> Value {
    let (path, title) = PATHS[(n / people.max(1)) as usize % PATHS.len()];
    json!({
        "type": "page",
        "messageId": format!("page-{n}"),
        "anonymousId": format!("visitor-{}", n % people.max(1)),
        "properties": { "url": format!("https://shop.example.com{path}"), "path": path, "title": title },
    })
}

/// Somebody gives an address.
pub(crate) fn identify(person: u64) -> Value {
    json!({
        "type": "identify",
        "messageId": format!("identify-{person}"),
        "anonymousId": format!("visitor-{person}"),
        "traits": { "email": format!("person-{person}@example.com"), "title": "CIO" },
    })
}

/// Somebody asks for a demo.
pub(crate) fn asks(person: u64) -> Value {
    json!({
        "type": "track",
        "event": "Form Submitted",
        "messageId": format!("asks-{person}"),
        "anonymousId": format!("visitor-{person}"),
        "properties": { "form": "demo", "asks": "demo" },
    })
}
