use hearken_model::{Instant, Lifecycle, ProspectId, StoryKind, View};
use proptest::prelude::*;
use pulldown_cmark::{Event, Options, Parser};
use serde_json::{Value, json};

use super::*;

fn story(text: &str) -> Story {
    Story {
        id: StoryId("roi".into()),
        title: "ROI".into(),
        topics: Vec::new(),
        personas: Vec::new(),
        lifecycles: vec![Lifecycle::Lead],
        languages: Vec::new(),
        pressure: Default::default(),
        channels: Vec::new(),
        kind: StoryKind::Marketing,
        answers: Vec::new(),
        subject: "For {{ first_name | default(\"you\") }}".into(),
        text: text.into(),
        confirms: None,
        invites: None,
        fallbacks: [("company".to_owned(), "your company".to_owned())].into(),
        variant: hearken_model::FIRST_VARIANT.into(),
        others: Vec::new(),
        language_fallback: None,
        until: None,
        again: None,
    }
}

fn values(traits: Value) -> Values {
    let Value::Object(traits) = traits else {
        panic!("traits are an object")
    };
    let view = View {
        traits,
        ..View::empty(ProspectId::from_u64(1), Instant(0))
    };
    Values::known(&view, "Acme")
}

fn render(text: &str, traits: Value) -> Result<Rendered, TextError> {
    let story = story(text);
    Texts::new([&story]).render(&story.id, &values(traits))
}

#[test]
fn a_story_is_filled_in_for_a_person_in_every_form() {
    let text =
        "# Hello {{ first_name }}\n\nRead [the page](https://example.com/roi?for={{ name }}) of **{{ company }}**.\n";
    let rendered = render(text, json!({"name": "Ada Lovelace"})).unwrap();
    assert_eq!(rendered.title, "For Ada");
    assert_eq!(
        rendered.html,
        "<h1>Hello Ada</h1>\n<p>Read <a href=\"https://example.com/roi?for=Ada%20Lovelace\">the page</a> of <strong>your company</strong>.</p>\n"
    );
    assert_eq!(
        rendered.plain,
        "Hello Ada\n=========\n\nRead the page [1] of your company.\n\n[1] https://example.com/roi?for=Ada%20Lovelace\n"
    );
    assert_eq!(
        rendered.markdown,
        "# Hello Ada\n\nRead [the page](https://example.com/roi?for=Ada%20Lovelace) of **your company**."
    );
}

#[test]
fn a_value_is_text_whatever_it_looks_like() {
    let cases = [
        ("{{ 7*7 }}", "{{ 7*7 }}"),
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("**bold** _it_", "**bold** _it_"),
        ("[x](javascript:alert(1))", "[x](javascript:alert(1))"),
        ("# Heading\n- item", "# Heading - item"),
        ("a & b &lt;", "a &amp; b &amp;lt;"),
        ("`code`", "`code`"),
        ("\u{202e}evil", "evil"),
        ("1. one", "1. one"),
    ];
    for (value, shown) in cases {
        let rendered = render("{{ x }}", json!({ "x": value })).unwrap();
        assert_eq!(rendered.html, format!("<p>{shown}</p>\n"), "{value}");
    }
}

#[test]
fn a_missing_value_is_never_passed_over_and_the_error_says_what_to_write() {
    for traits in [
        json!({}),
        json!({"x": null}),
        json!({"x": " \u{200b}\n"}),
        json!({"x": []}),
    ] {
        let error = render("One\nHello {{ x }}", traits).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the text of story 'roi' (line 2, column 10) needs the value 'x', which is not known here; write {{ x | default(\"…\") }}, or x = \"…\" under [fallbacks] in its front matter"
        );
    }
    let says = |text: &str| render(text, json!({"y": "Y", "n": 0, "no": false})).map(|it| it.plain);
    assert_eq!(says("{{ x | default('there') }}").unwrap(), "there\n");
    assert_eq!(says("{{ x or y }}").unwrap(), "Y\n");
    assert_eq!(
        says("{% if x %}{{ x }}{% else %}nobody{% endif %}").unwrap(),
        "nobody\n"
    );
    assert_eq!(
        says("{{ n }}{% if no is defined and not no %} no{% endif %}").unwrap(),
        "0 no\n"
    );
    for (text, value) in [
        ("{{ y }} {{ x | default(z) | upper }}", "'z'"),
        ("{{ y }} {{ x | upper }}", "'x'"),
        ("{{ y }} {{ x.part }}", "'x.part'"),
        ("{{ y }} {{ x['part'] | title }}", "'x.part'"),
        ("{{ y }} {{ x or z }}", "'z'"),
        ("{{ y }} {{ y if x else z }}", "'z'"),
    ] {
        let error = says(text).unwrap_err().to_string();
        assert!(
            error.contains(value) && error.contains("line 1, column 12"),
            "{text}: {error}"
        );
    }
}

#[test]
fn what_is_no_text_is_not_shown_as_if_it_were() {
    let error = render("{{ x }}", json!({"x": {"name": "Acme"}})).unwrap_err();
    assert!(
        matches!(&error, TextError::NotText { value, .. } if value == "x"),
        "{error}"
    );
    let error = render("{{ x }}", json!({"x": true})).unwrap_err();
    assert!(matches!(&error, TextError::NotText { .. }), "{error}");
    assert_eq!(
        render("{{ x.name }}", json!({"x": {"name": "Acme"}})).unwrap().plain,
        "Acme\n"
    );
    assert_eq!(
        render("{{ x | join }}", json!({"x": ["a", "b"]})).unwrap().plain,
        "a, b\n"
    );
}

#[test]
fn an_address_that_only_claims_to_be_somebodys_gets_the_fallbacks() {
    let told = story("Hello {{ first_name | default('there') }} of {{ company }}, says {{ brand }}.");
    let rendered = Texts::new([&told]).render(&told.id, &Values::withheld("Acme")).unwrap();
    assert_eq!(
        (rendered.title.as_str(), rendered.plain.as_str()),
        ("For you", "Hello there of your company, says Acme.\n")
    );
}

#[test]
fn a_story_with_an_error_says_so_and_does_not_hold_up_the_others() {
    let mut wrong = story("{% for x in y %}{% endfor %}");
    wrong.id = StoryId("wrong".into());
    let right = story("Right.");
    let texts = Texts::new([&wrong, &right]);
    let error = texts.render(&wrong.id, &Values::default()).unwrap_err();
    assert_eq!(error.to_string(), "story 'wrong' cannot be used: a story has no 'for'");
    assert_eq!(texts.render(&right.id, &Values::default()).unwrap().plain, "Right.\n");
    assert!(matches!(
        texts.render(&StoryId("none".into()), &Values::default()),
        Err(TextError::Unknown(_))
    ));
}

#[test]
fn a_text_cannot_become_longer_than_people_read() {
    let long = "x".repeat(5_000);
    let many = "{{ x }} ".repeat(6_000);
    assert!(many.len() <= crate::MAX_SOURCE_BYTES);
    let error = render(&many, json!({ "x": long })).unwrap_err();
    assert!(matches!(error, TextError::TooLong { .. }), "{error}");
}

#[test]
fn links_are_numbered_and_can_be_replaced_in_both_forms() {
    let text = "[One](https://example.com/a?x=1&y=2), <https://example.com/b>, [mail](mailto:ada@example.com), [two](https://example.com/a?x=1&y=2).";
    let mut rendered = render(text, json!({})).unwrap();
    let urls: Vec<&str> = rendered.links.iter().map(|link| link.url.as_str()).collect();
    assert_eq!(
        urls,
        [
            "https://example.com/a?x=1&y=2",
            "https://example.com/b",
            "https://example.com/a?x=1&y=2"
        ]
    );
    for link in &rendered.links {
        assert!(rendered.plain[link.plain..].starts_with(&link.url));
    }
    rendered.replace_links(|index, url| {
        (index != 2).then(|| format!("https://go.example.com/{index}?to=\"&{}", url.len()))
    });
    assert_eq!(
        rendered.html,
        "<p><a href=\"https://go.example.com/0?to=&quot;&amp;29\">One</a>, <a href=\"https://go.example.com/1?to=&quot;&amp;21\">https://example.com/b</a>, <a href=\"mailto:ada@example.com\">mail</a>, <a href=\"https://example.com/a?x=1&amp;y=2\">two</a>.</p>\n"
    );
    assert_eq!(
        rendered.plain,
        "One [1], https://go.example.com/1?to=\"&21, mail (ada@example.com), two [2].\n\n[1] https://go.example.com/0?to=\"&29\n[2] https://example.com/a?x=1&y=2\n"
    );
    let again = rendered.clone();
    rendered.replace_links(|_, _| None);
    assert_eq!(rendered, again, "places hold after a replacement");
    let content = Value::Object(rendered.to_content());
    assert_eq!(Rendered::of_content(&content), Some(rendered));
    assert_eq!(Rendered::of_content(&json!({"title": "A hand-over", "text": ""})), None);
}

#[test]
fn html_that_comes_about_all_the_same_is_shown_as_text() {
    let rendered = render("<{% if gone %} {% endif %}b>bold", json!({})).unwrap();
    assert_eq!(rendered.html, "<p>&lt;b&gt;bold</p>\n");
}

#[test]
fn a_link_that_comes_to_lead_nowhere_is_an_error() {
    let error = render("[p]({% if gone %}https://example.com{% endif %}/pricing)", json!({})).unwrap_err();
    assert_eq!(
        error.to_string(),
        "story 'roi' links to '/pricing', and it is not absolute; write the whole address, such as https://example.com/page"
    );
}

#[test]
fn paragraphs_from_outside_are_text_and_nothing_else() {
    let rendered = Rendered::of_paragraphs("Ada\n(CIO)", &["asked <b>twice</b>\n# for [x](y)", " ", "5."]);
    assert_eq!(rendered.title, "Ada (CIO)");
    assert_eq!(
        rendered.html,
        "<p>asked &lt;b&gt;twice&lt;/b&gt; # for [x](y)</p>\n<p>5.</p>\n"
    );
    assert_eq!(rendered.plain, "asked <b>twice</b> # for [x](y)\n\n5.\n");
    assert_eq!(html_of(&rendered.markdown), rendered.html);
}

/// Texts in which a value stands wherever an author can put one.
const PLACES: [&str; 22] = [
    "{{ x }}",
    "Hello {{ x }}, how are you?",
    "# {{ x }}\n\ntext",
    "Title {{ x }}\n===\n\n{{ x }}\n---",
    "- {{ x }}\n- a{{ x }}\n  - {{ x }}",
    "{{ x }}. foo\n\n1{{ x }} foo\n\n-{{ x }} foo",
    "> {{ x }}\n> > {{ x }}",
    "**{{ x }}** a*{{ x }}*b _{{ x }}_ ~{{ x }}~",
    "[{{ x }}](https://example.com/?a={{ x }}#{{ x }} \"{{ x }}\")",
    "[docs]{{ x }} [docs][{{ x }}] ![{{ x }}](https://example.com/a.png)",
    "[docs](https://example.com)\n\n[ref]\n\n[ref]: https://example.com/?{{ x }}",
    "{{ x }}[docs](https://example.com){{ x }}",
    "`{{ x }}` ``a {{ x }} b``",
    "```\n{{ x }}\n```\n\n~~~\n{{ x }}\n~~~\n\n    {{ x }}",
    "<{{ x }}> </{{ x }}> <!{{ x }}> <a{{ x }}> a < b{{ x }} >",
    "&{{ x }}; &am{{ x }}; &#{{ x }}; \\{{ x }} \\\\{{ x }}",
    "a ` b {{ x }} * c _ d {{ x }} ** [ e {{ x }} ] f",
    "a\\\n{{ x }}\n{{ x }}  \nb",
    "{{ x }}{{ x }} {{ x }}\n***\n{{ x }}\n+ {{ x }}",
    "<https://example.com/?{{ x }}> <ada@example.com>",
    "a | {{ x }} | b\n--|--|--\n{{ x }} | c",
    "![{{ x }}]({% if x %}https://example.com/{% endif %}) {{ x | upper }} {{ x | truncate(3) }}",
];

/// Everything that is markup in HTML: its tags, with all their attributes but addresses.
fn tags(html: &str) -> Vec<String> {
    let tag = |piece: &str| piece.split('>').next().unwrap_or_default().to_owned();
    html.split('<')
        .skip(1)
        .map(|piece| {
            let tag = tag(piece);
            let at = tag
                .find("?")
                .filter(|_| tag.starts_with("a ") || tag.starts_with("img "));
            // The text of a picture is an attribute.
            let name = if tag.starts_with("img ") {
                "img"
            } else {
                &tag[..at.unwrap_or(tag.len())]
            };
            name.to_owned()
        })
        .collect()
}

/// HTML of Markdown by another reader's eyes: values are in it, marks are not.
fn html_of(markdown: &str) -> String {
    let events = Parser::new_ext(markdown, Options::empty()).map(|event| match event {
        Event::Start(pulldown_cmark::Tag::CodeBlock(_)) => {
            Event::Start(pulldown_cmark::Tag::CodeBlock(pulldown_cmark::CodeBlockKind::Indented))
        }
        Event::Start(pulldown_cmark::Tag::Link {
            link_type,
            dest_url,
            id,
            ..
        }) => Event::Start(pulldown_cmark::Tag::Link {
            link_type,
            dest_url,
            id,
            title: "".into(),
        }),
        Event::Start(pulldown_cmark::Tag::Image {
            link_type,
            dest_url,
            id,
            ..
        }) => Event::Start(pulldown_cmark::Tag::Image {
            link_type,
            dest_url,
            id,
            title: "".into(),
        }),
        other => other,
    });
    let mut html = String::new();
    pulldown_cmark::html::push_html(&mut html, events);
    html.replace('\u{2060}', "")
}

fn holds(text: &str, value: &str) -> Result<(), TestCaseError> {
    let texts = story(text);
    let compiled = Texts::new([&texts]);
    let of = |value: &str| compiled.render(&texts.id, &values(json!({ "x": value })));
    let plain = of("word").map_err(|error| TestCaseError::fail(error.to_string()))?;
    let rendered = match of(value) {
        Err(TextError::Missing { .. }) => return Ok(()),
        other => other.map_err(|error| TestCaseError::fail(error.to_string()))?,
    };
    prop_assert_eq!(tags(&rendered.html), tags(&plain.html), "{}", rendered.html);
    prop_assert_eq!(rendered.links.len(), plain.links.len());
    for link in &rendered.links {
        prop_assert!(rendered.plain[link.plain..].starts_with(&link.url));
        prop_assert!(rendered.html[link.html..].starts_with("https://example.com"));
        prop_assert!(link.url.is_ascii());
    }
    prop_assert_eq!(
        html_of(&rendered.markdown),
        rendered.html.clone(),
        "{}",
        rendered.markdown
    );
    let hidden =
        |c: char| c.is_control() && c != '\n' || matches!(c, '\u{202a}'..='\u{202e}' | '\u{f0000}'..='\u{10ffff}');
    prop_assert!(
        !rendered.html.contains(hidden)
            && !rendered.plain.contains(hidden)
            && !rendered.title.contains(char::is_control)
    );
    Ok(())
}

/// Values made of what means something somewhere.
fn nasty() -> impl Strategy<Value = String> {
    let signs = "[\\\\`*_\\[\\]<>&!#|~(){}+=:.;'\"/%@$^,?0-9a-z \n\t-]{0,12}";
    prop_oneof![
        signs,
        "\\PC{0,12}",
        any::<String>(),
        "[0-9]{1,3}[.)]? ?[a-z]{0,2}",
        "(&#?[a-z0-9]{1,5};?|<[a-z/!?]{1,3}[^>]{0,4}>?|\\]\\(https://e\\.example\\)|```|~~~|---|===|\\[x\\]: y){1,3}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_value_changes_what_is_markup(place in 0..PLACES.len(), value in nasty()) {
        holds(PLACES[place], &value)?;
    }
}

#[test]
fn no_nasty_value_changes_what_is_markup_anywhere() {
    let values = [
        "*",
        "**",
        "_",
        "`",
        "``",
        "```",
        "~~~",
        "\\",
        "\\\\",
        "<",
        ">",
        "&",
        "&amp;",
        "#",
        "-",
        "+",
        "=",
        "===",
        "---",
        "1.",
        "1)",
        "1",
        "12345",
        ".",
        ")",
        "]",
        "[",
        "](https://evil.example)",
        "(https://evil.example)",
        ": https://evil.example",
        "!",
        "![x](y)",
        "<b>",
        "b",
        "script",
        "/b",
        "!--",
        "?php",
        "lt",
        "#60",
        "amp;",
        "https://evil.example",
        "mailto:a@b.c",
        "x\n\ny",
        "x  \ny",
        "| a |",
        "\"",
        "\" onclick=\"x",
        "'",
        "{{ 7*7 }}",
        "{% raw %}",
        "\u{2060}",
        "¡hola!",
        "«x»",
        "日本",
        "é",
    ];
    for text in PLACES {
        for value in values {
            if let Err(error) = holds(text, value) {
                panic!("{text:?} with {value:?}: {error}");
            }
        }
    }
}
