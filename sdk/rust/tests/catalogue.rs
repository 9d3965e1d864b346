//! The catalogue, its types and its page say the same.

#![allow(clippy::unwrap_used, reason = "in a test a failed unwrap is the message")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;

use hearken_kinds::CATALOGUE;
use hearken_sdk::json::{Value, from_str};
use hearken_sdk::kinds::{self, Kind};
use hearken_sdk::{Instant, Signal};

/// What the type of a kind makes of properties: read, and written again.
type Through = fn(&str) -> Value;

fn through<K: Kind>(properties: &str) -> Value {
    let read: K = from_str(K::KIND, properties).unwrap();
    let signal = Signal::new("id", Instant::default(), &read).unwrap();
    assert_eq!(signal.kind, K::KIND);
    from_str("the properties", &signal.properties).unwrap()
}

macro_rules! types {
    ($($kind:ident),+ $(,)?) => {
        &[$((kinds::$kind::KIND, through::<kinds::$kind>)),+]
    };
}

const TYPES: &[(&str, Through)] = types![
    AddressSuppressed,
    CallHeld,
    ChatEnded,
    ChatMessage,
    ChatStarted,
    CompanyDescribed,
    ConsentGranted,
    ConsentPending,
    ConsentWithdrawn,
    DealChanged,
    DealLost,
    DealOpened,
    DealWon,
    FileDownloaded,
    FormAbandoned,
    FormStarted,
    FormSubmitted,
    HandoverAccepted,
    HandoverRecycled,
    HandoverRejected,
    LifecycleChanged,
    MeetingBooked,
    MeetingCancelled,
    MeetingHeld,
    MeetingRequested,
    MessageBounced,
    MessageClicked,
    MessageComplained,
    MessageDelivered,
    MessageDismissed,
    MessageOpened,
    MessageReplied,
    MessageSent,
    MessageUnsubscribed,
    MessageWithheld,
    PageLeft,
    PageViewed,
    PersonDescribed,
    PersonIdentified,
    PersonLinked,
    ProductUsed,
    QuestionAnswered,
    ScreenViewed,
    SearchPerformed,
    TicketClosed,
    TicketOpened,
];

fn schemas() -> impl Iterator<Item = (&'static str, Value)> {
    CATALOGUE
        .iter()
        .map(|(kind, text)| (*kind, from_str(kind, text).unwrap()))
}

#[test]
fn every_kind_of_the_catalogue_has_a_type_and_every_type_a_kind() {
    assert!(
        TYPES
            .iter()
            .map(|(kind, _)| kind)
            .eq(CATALOGUE.iter().map(|(kind, _)| kind))
    );
}

#[test]
fn every_example_is_as_its_schema_says() {
    for (kind, schema) in schemas() {
        let validator = jsonschema::validator_for(&schema).unwrap();
        let examples = schema["examples"].as_array().unwrap();
        assert!(!examples.is_empty(), "{kind} has no example");
        for example in examples {
            let problems: Vec<String> = validator.iter_errors(example).map(|error| error.to_string()).collect();
            assert!(problems.is_empty(), "{kind} {example}: {problems:?}");
        }
    }
}

#[test]
fn the_examples_of_a_kind_show_every_property() {
    for (kind, schema) in schemas() {
        let known: BTreeSet<&String> = schema["properties"].as_object().unwrap().keys().collect();
        let examples = schema["examples"].as_array().unwrap();
        let shown = examples
            .iter()
            .flat_map(|example| example.as_object().unwrap().keys())
            .collect();
        assert_eq!(known, shown, "{kind}");
    }
}

#[test]
fn an_example_goes_through_its_type_without_losing_a_property() {
    for ((kind, through), (_, schema)) in TYPES.iter().zip(schemas()) {
        for example in schema["examples"].as_array().unwrap() {
            assert_eq!(&through(&example.to_string()), example, "{kind}");
        }
    }
}

#[test]
fn every_word_of_an_enumerated_property_is_kept_by_its_type() {
    for ((kind, through), (_, schema)) in TYPES.iter().zip(schemas()) {
        for (property, of) in schema["properties"].as_object().unwrap() {
            for word in of["enum"].as_array().into_iter().flatten() {
                let written = through(&format!("{{\"{property}\":{word}}}"));
                assert_eq!(&written[property], word, "{kind} {property}");
            }
        }
    }
}

#[test]
fn what_the_host_reads_of_a_schema_is_there_and_every_property_is_described() {
    const ROLES: [&str; 10] = [
        "behaviour",
        "identification",
        "consent",
        "message",
        "response",
        "chat",
        "meeting",
        "lifecycle",
        "deal",
        "handover",
    ];
    for (kind, schema) in schemas() {
        let ours = schema["x-hearken"].as_object().unwrap();
        assert!(ROLES.contains(&ours["role"].as_str().unwrap()), "{kind}");
        if let Some(speaker) = ours.get("speaker") {
            assert!(
                ["prospect", "us", "sales"].contains(&speaker.as_str().unwrap()),
                "{kind}"
            );
        }
        assert!(
            ours.keys()
                .all(|key| ["role", "speaker", "outcome"].contains(&key.as_str())),
            "{kind}"
        );
        assert_eq!(schema["additionalProperties"], true, "{kind}");
        for text in ["title", "description"] {
            assert!(schema[text].is_string(), "{kind} {text}");
        }
        for (name, property) in schema["properties"].as_object().unwrap() {
            assert!(property["description"].is_string(), "{kind} {name}");
        }
    }
}

/// `HEARKEN_WRITE=1` writes the page instead of comparing it.
#[test]
fn the_page_of_the_catalogue_is_up_to_date() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../wit/kinds/README.md");
    let page = page();
    if std::env::var_os("HEARKEN_WRITE").is_some() {
        fs::write(path, &page).unwrap();
    }
    let written = fs::read_to_string(path).unwrap_or_default();
    assert!(
        written == page,
        "{path} is not what the schemas say; HEARKEN_WRITE=1 writes it"
    );
}

fn page() -> String {
    let mut page = String::from(
        "# The catalogue of signal kinds\n\n\
         What sources report and scorers rely on. A kind is `thing.happened`; its properties are as\n\
         `<kind>.schema.json` beside this page says, all of them optional unless bold, and others may come\n\
         along. What has no word here travels as `vendor.something`, and nobody but its vendor's plugins\n\
         relies on it.\n\n\
         The keyword `x-hearken` tells the host what a kind is: its *role*, the *speaker* where it is a turn\n\
         of a conversation, and whether it is an *outcome*, something that sales cares about.\n\n\
         This page is generated from the schemas; a test of `sdk/rust` compares the two.\n\n\
         | kind | what | properties | role | speaker | outcome |\n\
         |---|---|---|---|---|---|\n",
    );
    for (kind, schema) in schemas() {
        let required: Vec<&str> = schema["required"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        // By name: whether the order of the file is kept depends on features of serde_json
        // that other crates of the workspace may turn on.
        let names: BTreeSet<&String> = schema["properties"].as_object().unwrap().keys().collect();
        let properties: Vec<String> = names
            .into_iter()
            .map(|name| {
                if required.contains(&name.as_str()) {
                    format!("**{name}**")
                } else {
                    name.clone()
                }
            })
            .collect();
        let ours = &schema["x-hearken"];
        writeln!(
            page,
            "| [`{kind}`]({kind}.schema.json) | {} | {} | {} | {} | {} |",
            schema["description"].as_str().unwrap(),
            properties.join(", "),
            ours["role"].as_str().unwrap(),
            ours["speaker"].as_str().unwrap_or_default(),
            if ours["outcome"] == true { "yes" } else { "" },
        )
        .unwrap();
    }
    page
}
