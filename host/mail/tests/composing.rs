//! Letters with anything in them, composed and read back by another library.

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking, in its helpers too")]

use std::time::{Duration, SystemTime};

use hearken_mail::{Address, ComposeError, Footer, Letter, Mailbox};
use mail_parser::{HeaderName, Message, MessageParser, MimeHeaders};
use proptest::prelude::*;

fn mailbox(name: Option<&str>, address: &str) -> Mailbox {
    Mailbox {
        name: name.map(str::to_owned),
        address: Address::parse(address).unwrap(),
    }
}

fn footer() -> Footer {
    Footer {
        brand: "Example".into(),
        postal_address: "Example Street 1\n12345 Example City".into(),
        unsubscribe: Some("https://example.com/u/1".into()),
        preferences: None,
        language: "en".into(),
    }
}

struct Parts<'a> {
    name: &'a str,
    subject: &'a str,
    text: &'a str,
    html: Option<&'a str>,
    headers: &'a [(String, String)],
    footer: Option<&'a Footer>,
}

impl Default for Parts<'_> {
    fn default() -> Self {
        Self {
            name: "Ann",
            subject: "Hello",
            text: "Hello.",
            html: Some("<p>Hello.</p>"),
            headers: &[],
            footer: None,
        }
    }
}

fn compose(parts: &Parts<'_>) -> Result<Vec<u8>, ComposeError> {
    let from = mailbox(Some("Example"), "hello@example.com");
    let to = mailbox(Some(parts.name), "ann@example.com");
    let letter = Letter {
        id: "0123456789abcdef",
        from: &from,
        reply_to: None,
        to: &to,
        subject: parts.subject,
        text: parts.text,
        html: parts.html,
        headers: parts.headers,
        at: SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000),
        unsubscribe: parts.footer.and_then(|f| f.unsubscribe.as_deref()),
        footer: parts.footer,
    };
    letter.compose().map(|message| message.bytes().to_vec())
}

fn read(bytes: &[u8]) -> Message<'_> {
    MessageParser::default().parse(bytes).unwrap()
}

/// The names of the headers on top, in their order.
fn names(message: &Message<'_>) -> Vec<String> {
    message.headers().iter().map(|h| h.name().to_owned()).collect()
}

/// What every line of a message keeps to (RFC 5322, 2.1.1).
fn check_lines(bytes: &[u8]) {
    let text = std::str::from_utf8(bytes).unwrap();
    assert!(text.is_ascii(), "everything is encoded");
    for line in text.split("\r\n") {
        assert!(line.len() <= 998, "a line of {} bytes", line.len());
        assert!(!line.contains(['\r', '\n', '\0']), "{line:?}");
    }
}

const HEADERS: [&str; 8] = [
    "Date",
    "From",
    "To",
    "Message-ID",
    "Subject",
    "Auto-Submitted",
    "MIME-Version",
    "Content-Type",
];

#[test]
fn a_message_has_what_it_needs_and_no_more() {
    let bytes = compose(&Parts::default()).unwrap();
    let message = read(&bytes);
    check_lines(&bytes);
    assert_eq!(names(&message), HEADERS);
    assert_eq!(message.message_id(), Some("hearken.0123456789abcdef@example.com"));
    assert_eq!(message.body_text(0).unwrap(), "Hello.");
    assert_eq!(message.body_html(0).unwrap(), "<p>Hello.</p>");
    assert_eq!(message.content_type().unwrap().ctype(), "multipart");
    assert_eq!(message.header_raw("Auto-Submitted").unwrap().trim(), "auto-generated");
    assert_eq!(message.date().unwrap().to_timestamp(), 1_800_000_000);
}

#[test]
fn names_and_subjects_come_back_as_they_are_shown() {
    for (text, shown) in [
        ("Ann Example", "Ann Example"),
        ("Änne Grüßner", "Änne Grüßner"),
        ("李小龍", "李小龍"),
        ("👩\u{200d}💻 Ann", "👩\u{200d}💻 Ann"),
        ("\"Ann\" \\ <x>", "\"Ann\" \\ <x>"),
        ("Example, Inc.; (x) @y", "Example, Inc.; (x) @y"),
        ("=?utf-8?q?evil?=", "=?utf-8?q?evil?="),
        ("Ann\r\nBcc: eve@example.com", "Ann Bcc: eve@example.com"),
        ("Ann\u{202e}gpj.exe", "Anngpj.exe"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("{{ 7*7 }}", "{{ 7*7 }}"),
    ] {
        let bytes = compose(&Parts {
            name: text,
            subject: text,
            ..Parts::default()
        });
        let bytes = bytes.unwrap();
        let message = read(&bytes);
        check_lines(&bytes);
        let to = message.to().unwrap().first().unwrap();
        assert_eq!(to.name().unwrap_or_default(), shown, "{text:?}");
        assert_eq!(to.address(), Some("ann@example.com"), "{text:?}");
        assert_eq!(message.subject(), Some(shown), "{text:?}");
        assert_eq!(names(&message), HEADERS, "{text:?}");
    }
}

#[test]
fn what_is_very_long_is_cut_and_folded() {
    for text in [
        "x".repeat(10_000),
        "ä".repeat(10_000),
        "xy ".repeat(4_000),
        "👩".repeat(5_000),
    ] {
        let bytes = compose(&Parts {
            name: &text,
            subject: &text,
            text: &text,
            ..Parts::default()
        });
        let bytes = bytes.unwrap();
        check_lines(&bytes);
        let message = read(&bytes);
        assert!(message.subject().unwrap().chars().count() <= 250);
        let name = message.to().unwrap().first().unwrap().name().unwrap().to_owned();
        assert!((90..=100).contains(&name.chars().count()), "{name}");
        assert_eq!(message.body_text(0).unwrap().trim_end(), text.trim_end());
    }
}

#[test]
fn a_commercial_message_says_who_sent_it_and_how_to_get_no_more() {
    let footer = footer();
    let bytes = compose(&Parts {
        footer: Some(&footer),
        ..Parts::default()
    });
    let bytes = bytes.unwrap();
    let text = String::from_utf8(bytes.clone()).unwrap();
    assert!(
        text.contains("\r\nList-Unsubscribe: <https://example.com/u/1>\r\n"),
        "{text}"
    );
    assert!(
        text.contains("\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"),
        "{text}"
    );
    let message = read(&bytes);
    for body in [message.body_text(0).unwrap(), message.body_html(0).unwrap()] {
        for part in ["Example Street 1", "12345 Example City", "https://example.com/u/1"] {
            assert!(body.contains(part), "{part} in {body}");
        }
    }
}

#[test]
fn a_link_that_would_break_out_of_its_header_is_refused() {
    for url in [
        "https://example.com/\r\nBcc: eve@example.com",
        "https://example.com/ x",
        "https://example.com/>,<https://example.org/",
        "javascript:alert(1)",
        "mailto:x@example.com",
        "",
    ] {
        let footer = Footer {
            unsubscribe: Some(url.into()),
            ..footer()
        };
        let parts = Parts {
            footer: Some(&footer),
            ..Parts::default()
        };
        assert!(
            matches!(compose(&parts), Err(ComposeError::Unsubscribe { .. })),
            "{url:?}"
        );
    }
}

#[test]
fn an_answer_to_a_message_is_marked_as_one() {
    let headers = [("In-Reply-To".to_owned(), "<1@example.org>".to_owned())];
    let bytes = compose(&Parts {
        headers: &headers,
        ..Parts::default()
    });
    let bytes = bytes.unwrap();
    let message = read(&bytes);
    assert_eq!(message.header_raw("Auto-Submitted").unwrap().trim(), "auto-replied");
    assert_eq!(message.in_reply_to().as_text(), Some("1@example.org"));
}

#[test]
fn an_address_beyond_ascii_stands_in_its_header_as_it_is() {
    let from = mailbox(None, "hello@bücher.example");
    let to = mailbox(Some("Änne"), "änne@bücher.example");
    let letter = Letter {
        id: "1",
        from: &from,
        reply_to: None,
        to: &to,
        subject: "x",
        text: "x",
        html: None,
        headers: &[],
        at: SystemTime::UNIX_EPOCH,
        unsubscribe: None,
        footer: None,
    };
    let composed = letter.compose().unwrap();
    let message = read(composed.bytes());
    assert_eq!(
        message
            .header(HeaderName::From)
            .and_then(|v| v.as_address())
            .unwrap()
            .first()
            .unwrap()
            .address(),
        Some("hello@xn--bcher-kva.example")
    );
    assert_eq!(
        message.to().unwrap().first().unwrap().address(),
        Some("änne@xn--bcher-kva.example")
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn no_input_adds_a_header_or_breaks_a_line(
        name in any::<String>(),
        subject in "(\\PC|[\r\n\t :<>@=?,;\u{202e}]){0,400}",
        text in any::<String>(),
        html in any::<String>(),
        value in any::<String>(),
    ) {
        let headers = [("X-Anything".to_owned(), value)];
        let bytes = compose(&Parts {
            name: &name,
            subject: &subject,
            text: &text,
            html: Some(&html),
            headers: &headers,
            footer: Some(&footer()),
        });
        let bytes = bytes.unwrap();
        check_lines(&bytes);
        let message = read(&bytes);
        let mut expected: Vec<&str> = HEADERS[..6].to_vec();
        expected.extend(["List-Unsubscribe", "List-Unsubscribe-Post", "X-Anything"]);
        expected.extend(&HEADERS[6..]);
        prop_assert_eq!(names(&message), expected);
        prop_assert_eq!(message.to().unwrap().first().unwrap().address(), Some("ann@example.com"));
        prop_assert_eq!(message.to().unwrap().iter().count(), 1);
        prop_assert!(message.body_text(0).unwrap().contains("Example Street 1"));
    }

    #[test]
    fn any_text_is_an_address_or_is_refused(text in "(\\PC|[@<>\r\n. ]){0,60}") {
        if let Ok(address) = Address::parse(&text) {
            let shown = address.to_string();
            prop_assert!(!shown.contains([' ', '\r', '\n', '<', '>', '\0']), "{shown:?}");
            prop_assert!(address.domain().is_ascii());
        }
    }
}
