use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::{Asked, Granted, Share};

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|t| (*t).to_owned()).collect()
}

/// Of a plugin that asks for everything, under a grant of these identities and parameters.
fn granted(identities: &[&str], query: &[&str]) -> Share {
    let all = texts(&["*"]);
    let asked = Asked {
        traits: &all,
        identities: &all,
        query: &all,
        properties: &all,
    };
    let granted = Granted {
        identities: Some(texts(identities)),
        query: Some(texts(query)),
        ..Granted::default()
    };
    Share::with_thinker(&asked, &granted)
}

/// Generated, as is everybody in these tests.
fn canaria() -> Map<String, Value> {
    let Value::Object(traits) = json!({
        "name": "Canaria Vögelsang", "phone": "+49 30 7654321", "title": "Head of Sales", "company": { "name": "Acme" },
        "contact": { "street": "Example Lane 12", "crm_contact_id": 778_899_001 },
    }) else {
        unreachable!("an object is one")
    };
    traits
}

const IDENTITIES: [(&str, &str); 4] = [
    ("email", "canaria@example.com"),
    ("user", "u-4711"),
    ("hubspot:contact", "778899001"),
    ("anonymous", "a1b2c3d4"),
];

fn masked(share: &Share, text: &str) -> String {
    share.shown(IDENTITIES, &canaria()).text(text).into_owned()
}

#[track_caller]
fn all_are(share: &Share, table: &[(&str, &str)]) {
    for (text, expected) in table {
        assert_eq!(masked(share, text), *expected, "{text}");
    }
}

#[test]
fn addresses_are_masked_wherever_they_stand() {
    all_are(
        &granted(&[], &[]),
        &[
            ("write to ann@example.com, please", "write to ***, please"),
            ("Ann <ann.b+c@mail.example.co.uk>.", "Ann <***>."),
            ("jürgen@bücher.example and ann＠example.com", "*** and ***"),
            ("ann@localhost", "***"),
            ("meet @ 5", "meet @ 5"),
            ("mailto:ann@example.com?subject=x", "mailto:***"),
            ("ann%40example.com", "***"),
            ("ann%2540example.com", "***"),
        ],
    );
}

#[test]
fn numbers_of_phones_and_machines_are_masked_and_others_are_not() {
    all_are(
        &granted(&[], &[]),
        &[
            ("call +1 (202) 555-0100 today", "call *** today"),
            ("0049 30 1234567", "***"),
            ("030/1234567", "***"),
            ("202-555-0100", "***"),
            ("(202) 555-0100", "***"),
            ("my number: 7654321", "my number: ***"),
            ("it costs 1234567 or 12,000.50", "it costs 1234567 or 12,000.50"),
            (
                "2026-11-22T10:00:00Z, 2026-11-22 10:00",
                "2026-11-22T10:00:00Z, 2026-11-22 10:00",
            ),
            ("1700000000000", "1700000000000"),
            (
                "4f6c0123-4567-8901-a234-0800200c9a66",
                "4f6c0123-4567-8901-a234-0800200c9a66",
            ),
            ("from 192.0.2.17:8080 and 2001:db8::17.", "from ***:8080 and ***."),
            ("version 1.2.3, at 12:30:45", "version 1.2.3, at 12:30:45"),
        ],
    );
}

#[test]
fn what_a_person_is_known_by_is_masked_as_a_word_in_any_case() {
    all_are(
        &granted(&[], &[]),
        &[
            ("I am Canaria.", "I am ***."),
            ("CANARIA VÖGELSANG writes", "*** writes"),
            ("vögelsang_2026", "***_2026"),
            ("Canarian birds", "Canarian birds"),
            ("user u-4711 of hubspot 778899001", "user *** of hubspot ***"),
            ("Example Lane 12, first floor", "***, first floor"),
            ("cookie=A1B2C3D4", "cookie=***"),
            ("Head of Sales at Acme", "Head of Sales at Acme"),
        ],
    );
}

#[test]
fn names_without_an_alphabet_are_found_without_spaces() {
    let traits = json!({ "name": "李小龍", "nickname": "Li" });
    let share = granted(&[], &[]);
    let shown = share.shown([], traits.as_object().expect("an object"));
    assert_eq!(shown.text("我是李小龍先生"), "我是***先生");
    assert_eq!(shown.text("Li, Lisbon"), "Li, Lisbon", "too short to be looked for");
}

#[test]
fn urls_lose_user_query_and_fragment_and_keep_their_path() {
    all_are(
        &granted(&[], &[]),
        &[
            (
                "https://ann:secret@www.example.com/roi?email=x#top",
                "https://www.example.com/roi",
            ),
            (
                "https://www.example.com/u/ann@example.com/orders",
                "https://www.example.com/u/***/orders",
            ),
            ("/u/ann%40example.com", "/u/***"),
            ("/u/ann%252540example.com", "/u/***"),
            ("/u/%25252525252540", "/u/***"),
            ("/u/Canaria%20V%C3%B6gelsang/x", "/u/***/x"),
            ("/u/u-4711?tab=1", "/u/***"),
            ("/a;jsessionid=ABC/b", "/a/b"),
            (
                "see (https://example.com/x?y=1) and /z#a=b",
                "see (https://example.com/x and /z",
            ),
            ("pricing?plan=team", "pricing"),
            ("app#access_token=abc", "app"),
            (
                "/redirect/https://other.example/?next=/u/ann",
                "/redirect/https://other.example/",
            ),
            ("https://www.example.com/pricing/#", "https://www.example.com/pricing/"),
            ("/100%25", "/100%25"),
            ("Why? It is 1/2 = 50%, #1", "Why? It is 1/2 = 50%, #1"),
            (
                "https://www.example.com/guides/roi",
                "https://www.example.com/guides/roi",
            ),
        ],
    );
}

#[test]
fn granted_parameters_are_kept_with_what_they_hold_masked() {
    all_are(
        &granted(&[], &["utm_*", "q", "next"]),
        &[
            (
                "/roi?utm_source=mail&email=x&q=total+cost#top",
                "/roi?utm_source=mail&q=total+cost",
            ),
            ("/roi?q=ann%40example.com", "/roi?q=***"),
            (
                "/roi?q=I+am+Canaria&utm_term=%F0%9F%90%A6",
                "/roi?q=I%20am%20***&utm_term=%F0%9F%90%A6",
            ),
            (
                "/roi?next=https%3A%2F%2Fexample.com%2Fu%3Fuser%3D7",
                "/roi?next=https:%2F%2Fexample.com%2Fu",
            ),
            ("?utm%5Fsource=x", "?utm_source=x"),
        ],
    );
}

#[test]
fn a_star_keeps_no_parameter_that_is_called_like_a_person() {
    let share = granted(&[], &["*"]);
    all_are(
        &share,
        &[(
            "/x?plan=team&email=a&first_name=b&page=2&ann@example.com",
            "/x?plan=team&page=2&***",
        )],
    );
    let share = granted(&["email"], &["*", "email"]);
    all_are(&share, &[("/x?email=ann%40example.com", "/x?email=ann%40example.com")]);
}

#[test]
fn what_is_granted_is_not_masked() {
    let share = granted(&["*"], &[]);
    for text in ["ann@example.com", "+1 202 555 0100", "u-4711", "/u/canaria@example.com"] {
        assert_eq!(masked(&share, text), text);
    }
    let share = granted(&["email"], &[]);
    assert_eq!(
        masked(&share, "canaria@example.com, u-4711"),
        "canaria@example.com, ***"
    );
}

#[test]
fn a_sinks_texts_are_left_alone() {
    let share = Share::with_sink(&Asked::default(), &Granted::default());
    assert_eq!(
        masked(&share, "Canaria, https://x.example/?a=b"),
        "Canaria, https://x.example/?a=b"
    );
}

proptest! {
    #[test]
    fn no_text_panics_and_no_address_is_left_in_it(before in "\\PC{0,40}", after in "\\PC{0,40}") {
        let share = granted(&[], &[]);
        let shown = share.shown(IDENTITIES, &canaria());
        let text = format!("{before} canaria@example.com {after}");
        let masked = shown.text(&text);
        prop_assert!(!masked.contains("canaria@example.com"), "{masked}");
    }
}
