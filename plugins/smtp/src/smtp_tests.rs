use std::cell::RefCell;

use hearken_sdk::json::{Value, json};
use hearken_sdk::{Answer, Class, Content, Finding, testing};

use super::*;

thread_local! {
    static SENT: RefCell<Vec<mail::Message>> = const { RefCell::new(Vec::new()) };
}

fn smtp(config: Value) -> Smtp {
    testing::configure(&config, Vocabulary::default()).unwrap()
}

/// Delivers one action through a relay that takes everything; the message.
fn sent(config: Value, action: &Action) -> mail::Message {
    testing::mail(|message| {
        SENT.with_borrow_mut(|sent| sent.push(message));
        Ok("1@example.com".to_owned())
    });
    let receipt = smtp(config).deliver(Instant::default(), action).unwrap();
    assert_eq!(
        (receipt.reference.as_str(), receipt.delivered),
        ("1@example.com", false)
    );
    SENT.take().remove(0)
}

fn story() -> Action {
    Action {
        act: Act::Tell,
        channel: "email".to_owned(),
        story: Some("roi".to_owned()),
        content: Content {
            title: "What it returns".to_owned(),
            text: "It returns **more**.".to_owned(),
            plain: "It returns more.".to_owned(),
            html: "<p>It returns <strong>more</strong>.</p>".to_owned(),
            language: Some("en".to_owned()),
            ..Content::default()
        },
        ..Action::new("act-1")
    }
}

#[test]
fn a_story_is_mailed_as_text_and_as_html() {
    let message = sent(json!({}), &story());
    assert_eq!(
        (message.item.as_str(), message.subject.as_str()),
        ("act-1", "What it returns")
    );
    assert_eq!(message.text, "It returns more.\n");
    let html = message.html.unwrap();
    assert!(
        html.contains("<html lang=\"en\">") && html.contains("<strong>more</strong>"),
        "{html}"
    );
    assert!(message.headers.is_empty());
}

#[test]
fn a_story_without_texts_of_its_own_is_mailed_as_it_was_written() {
    let mut action = story();
    (action.content.plain, action.content.html) = (String::new(), String::new());
    let message = sent(json!({}), &action);
    assert_eq!((message.text.as_str(), message.html), ("It returns **more**.\n", None));
}

#[test]
fn a_question_has_its_answers_below_it() {
    let mut action = story();
    action.act = Act::Ask;
    let answer = |text: &str, url: Option<&str>| Answer {
        name: text.to_owned(),
        text: text.to_owned(),
        url: url.map(str::to_owned),
    };
    action.content.answers = vec![
        answer("This year & next", Some("https://example.com/a?x=1&y=2")),
        answer("Later", None),
    ];
    let message = sent(json!({}), &action);
    assert!(
        message
            .text
            .ends_with("\nThis year & next: https://example.com/a?x=1&y=2\n- Later\n"),
        "{}",
        message.text
    );
    let html = message.html.unwrap();
    assert!(
        html.contains("href=\"https://example.com/a?x=1&amp;y=2\"") && html.contains("This year &amp; next"),
        "{html}"
    );
}

fn hand_over() -> Action {
    Action {
        act: Act::HandOver,
        channel: "sales".to_owned(),
        prospect: "p-1".to_owned(),
        account: Some("Acme".to_owned()),
        identities: vec![Identity::new("email", "ada@example.com")],
        traits: json!({ "name": "Ada <script>", "title": "CIO" })
            .as_object()
            .cloned()
            .unwrap(),
        content: Content {
            title: "Ada wants numbers".to_owned(),
            text: "She read it twice.\n\nWhat moved: interest.".to_owned(),
            respond: Some("https://links.example.com/l/h/token".to_owned()),
            reasons: vec!["asked for a demo\n- and is a line of ours".to_owned()],
            beliefs: vec![Finding {
                kind: "persona".to_owned(),
                name: "cio".to_owned(),
                value: 0.8,
                confidence: 0.7,
                reason: "reads about returns".to_owned(),
            }],
            ..Content::default()
        },
        ..Action::new("act-1")
    }
}

#[test]
fn a_hand_over_is_a_brief_of_who_and_why() {
    let message = sent(json!({}), &hand_over());
    for line in [
        "She read it twice.",
        "- Name: Ada <script>",
        "- Company: Acme",
        "- email: ada@example.com",
        "- asked for a demo - and is a line of ours",
        "- persona cio: 0.80, sure to 70 %. reads about returns",
        "https://links.example.com/l/h/token",
    ] {
        assert!(message.text.lines().any(|l| l == line), "{line} in {}", message.text);
    }
    let html = message.html.unwrap();
    assert!(html.contains("href=\"https://links.example.com/l/h/token\""), "{html}");
    assert!(
        html.contains("Name: Ada &lt;script&gt;") && !html.contains("<script>"),
        "{html}"
    );
}

#[test]
fn a_thread_of_mails_is_answered_and_another_vendors_is_not() {
    let mut action = story();
    for (thread, header) in [
        ("<1@example.com>", Some("<1@example.com>")),
        ("1@example.com", Some("<1@example.com>")),
        ("C024BE91L:1401383885", None),
        ("<1@example.com>\r\nBcc: eve@example.com", None),
    ] {
        action.thread = Some(thread.to_owned());
        let message = sent(json!({}), &action);
        let found = message.headers.iter().find(|(name, _)| name == "In-Reply-To");
        assert_eq!(found.map(|(_, value)| value.as_str()), header, "{thread:?}");
    }
}

#[test]
fn headers_of_the_configuration_are_those_that_may_be_set() {
    let message = sent(json!({ "headers": { "X-Stream": "stories" } }), &story());
    assert_eq!(message.headers, [("X-Stream".to_owned(), "stories".to_owned())]);
    let config = Config {
        headers: BTreeMap::from([("Bcc".to_owned(), "eve@example.com".to_owned())]),
    };
    let problems = Smtp::check(&config, &Vocabulary::default());
    assert_eq!(problems[0].pointer, "/headers/Bcc");
}

#[test]
fn what_the_relay_answers_is_what_became_of_it() {
    testing::mail(|message| match message.item.as_str() {
        "gone" => Err(Failure::permanent("no such address").code("address-invalid")),
        "later" => Err(Failure::transient("451")),
        _ => Ok("1@example.com".to_owned()),
    });
    let actions = [Action::new("gone"), Action::new("later"), Action::new("fine")];
    let answers = smtp(json!({})).deliver_all(Instant::default(), &actions);
    let failure = |place: usize| answers[place].1.clone().unwrap_err();
    assert_eq!(failure(0).code, "address-invalid");
    assert_eq!(failure(1).class, Class::Transient);
    assert_eq!((answers[2].0.as_str(), answers[2].1.is_ok()), ("fine", true));
}
