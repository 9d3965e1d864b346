use hearken_model::Identity;

use super::*;
use crate::{Brief, Row, Verdict};

fn look() -> Look {
    Look::new(
        "Example & <Sons>",
        [0x1d, 0x4f, 0x91],
        Some("https://www.example.com/privacy".into()),
    )
}

fn ann() -> Identity {
    Identity::new("email", "ann@example.com").unwrap()
}

fn unsubscribe(withdrawn: bool) -> What {
    What::Unsubscribe {
        to: ann(),
        purpose: "marketing".into(),
        channel: "email".into(),
        withdrawn,
    }
}

fn question(title: &str, option: &str) -> What {
    What::Question {
        title: title.into(),
        options: vec!["The costs".into(), option.into()],
        meant: 1,
        given: None,
    }
}

fn preferences(nothing: bool) -> What {
    let row = |purpose: &str, allowed| Row {
        purpose: purpose.into(),
        channel: "email".into(),
        allowed,
    };
    What::Preferences {
        to: ann(),
        rows: vec![row("marketing", true), row("sales", false)],
        nothing,
    }
}

fn all() -> Vec<What> {
    vec![
        unsubscribe(false),
        unsubscribe(true),
        preferences(false),
        preferences(true),
        question("What do you want to know?", "The risks"),
        What::Confirm {
            to: ann(),
            purpose: "marketing".into(),
            channel: "*".into(),
            granted: false,
        },
        hand_over(None),
        hand_over(Some(Verdict::Accepted)),
    ]
}

fn hand_over(given: Option<Verdict>) -> What {
    What::HandOver(Brief {
        title: "Ann <b> (cio): asks for a demo".into(),
        reasons: vec!["asked for \u{202e}somebody".into()],
        role: Some("cio".into()),
        concern: None,
        given,
    })
}

#[test]
fn the_page_of_a_hand_over_asks_of_what_we_believe_and_takes_three_answers() {
    let page = look().page(Language::English, &hand_over(None), Turn::Came, None);
    assert!(
        page.contains("Ann &lt;b&gt;") && page.contains("asked for somebody"),
        "{page}"
    );
    assert!(page.contains("name=\"role\"") && page.contains("name=\"moment\""));
    assert!(!page.contains("name=\"concern\""), "we believe in none: {page}");
    for verdict in Verdict::ALL {
        assert!(page.contains(&format!("name=\"act\" value=\"{}\"", verdict.word())));
        for language in [Language::English, Language::German] {
            let given = look().page(language, &hand_over(Some(verdict)), Turn::Spoke, None);
            assert!(given.contains("role=\"status\""), "{given}");
        }
    }
}

#[test]
fn every_page_says_its_language_its_brand_and_where_the_privacy_notice_is() {
    for language in [Language::English, Language::German] {
        for what in all() {
            for turn in [Turn::Came, Turn::Spoke] {
                let page = look().page(language, &what, turn, Some("token"));
                assert!(page.starts_with("<!DOCTYPE html><html lang=\""), "{page}");
                assert!(page.contains(&format!("lang=\"{}\"", language.tag())));
                assert!(page.contains("Example &amp; &lt;Sons&gt;") && !page.contains("<Sons>"));
                assert!(page.contains("href=\"https://www.example.com/privacy\""));
                assert!(page.contains("width=device-width"));
                assert!(!page.contains("<script"));
            }
        }
    }
}

#[test]
fn the_policy_names_the_very_style_that_stands_in_the_page() {
    let page = look().page(Language::English, &unsubscribe(false), Turn::Came, None);
    let style = page.split("<style>").nth(1).unwrap().split("</style>").next().unwrap();
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    use sha2::{Digest, Sha256};
    let hash = STANDARD.encode(Sha256::digest(style.as_bytes()));
    assert!(
        look().policy().contains(&format!("'sha256-{hash}'")),
        "{}",
        look().policy()
    );
    assert!(
        !style.contains('<') && !style.contains('&'),
        "the style needs no escape"
    );
    // Nothing is loaded, from here or elsewhere.
    assert!(!page.contains("src=") && !page.contains("url(") && !page.contains("@import"));
}

#[test]
fn an_address_is_told_so_that_only_its_owner_knows_it() {
    let page = look().page(Language::English, &unsubscribe(false), Turn::Came, None);
    assert!(page.contains("a•••@example.com") && !page.contains("ann@"), "{page}");
    let phone = What::Preferences {
        to: Identity::new("phone", "+49 170 1234567").unwrap(),
        rows: Vec::new(),
        nothing: false,
    };
    let page = look().page(Language::English, &phone, Turn::Came, None);
    assert!(page.contains("•••67") && !page.contains("1234567"), "{page}");
}

#[test]
fn what_comes_from_outside_is_text_and_nothing_else() {
    let nasty = [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "{{ 7*7 }}",
        "\u{202e}gnp.exe",
        "a\u{0}b\u{1b}[31m",
        "😀 👩‍👩‍👧‍👦",
        "' onmouseover='x",
    ];
    for text in nasty {
        let rows = vec![Row {
            purpose: text.into(),
            channel: text.into(),
            allowed: true,
        }];
        let pages = [
            question(text, text),
            What::Preferences {
                to: Identity {
                    scheme: "email".into(),
                    value: format!("{text}@{text}"),
                },
                rows,
                nothing: false,
            },
        ];
        for what in pages {
            let page = look().page(Language::English, &what, Turn::Spoke, None);
            let body = page.split("</head>").nth(1).unwrap();
            for tag in body.split('<').skip(1) {
                let name: String = tag
                    .trim_start_matches('/')
                    .chars()
                    .take_while(char::is_ascii_alphabetic)
                    .collect();
                let known = [
                    "body", "header", "p", "bdi", "main", "h", "form", "fieldset", "legend", "label", "input", "span",
                    "button", "footer", "a", "html",
                ];
                assert!(known.contains(&name.as_str()), "{name} in {body}");
            }
            let shown = body.replace(&format!("value=\"{text}"), "");
            assert!(!shown.contains('\u{1b}') || body.contains("value="), "{body}");
            assert!(
                body.matches('\u{202e}').count() <= body.matches("value=\"").count(),
                "{body}"
            );
        }
    }
}

#[test]
fn an_answer_is_marked_as_the_link_means_and_then_as_it_was_given() {
    let page = look().page(Language::English, &question("What?", "The risks"), Turn::Came, None);
    assert!(page.contains("value=\"1\" checked"), "{page}");
    let given = What::Question {
        title: "What?".into(),
        options: vec!["The costs".into(), "The risks".into()],
        meant: 1,
        given: Some(0),
    };
    let page = look().page(Language::German, &given, Turn::Spoke, None);
    assert!(
        page.contains("value=\"0\" checked") && page.contains("Vielen Dank"),
        "{page}"
    );
}

#[test]
fn a_browsers_languages_are_read_by_their_weight() {
    let accepted = |header: &str| Language::accepted(header);
    assert_eq!(accepted("de-DE,de;q=0.9,en;q=0.8"), Some(Language::German));
    assert_eq!(accepted("fr, en;q=0.4, de;q=0.5"), Some(Language::German));
    assert_eq!(accepted("en, de"), Some(Language::English));
    assert_eq!(accepted("fr"), None);
    assert_eq!(accepted("de;q=0, *"), None);
    assert_eq!(accepted(&"x;q=".repeat(10_000)), None);
    assert_eq!(Language::of_tag("de_AT"), Some(Language::German));
}
