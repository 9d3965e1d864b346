use std::collections::BTreeMap;

use hearken_model::{Lifecycle, StoryId, StoryKind};

use super::*;

fn found(subject: &str, text: &str) -> Vec<(String, String)> {
    let story = Story {
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
        subject: subject.into(),
        text: text.into(),
        confirms: None,
        invites: None,
        fallbacks: BTreeMap::from([("company".into(), "your company".into()), ("blank".into(), " ".into())]),
        variant: hearken_model::FIRST_VARIANT.into(),
        others: Vec::new(),
        language_fallback: None,
        until: None,
        again: None,
    };
    check(&story, &BTreeSet::from(["seats".into()]))
        .into_iter()
        .map(|it| {
            let source = if it.part == Part::Subject { subject } else { text };
            let place = source.get(it.range).unwrap_or("nowhere");
            (place.to_owned(), format!("{}: {}", it.code, it.message))
        })
        .collect()
}

#[track_caller]
fn finds(text: &str, expected: &[(&str, &str)]) {
    let found = found("", text);
    let found: Vec<(&str, &str)> = found
        .iter()
        .map(|(place, what)| (place.as_str(), what.as_str()))
        .collect();
    assert_eq!(found, expected, "{text}");
}

#[test]
fn a_story_without_problems_has_none() {
    finds(
        "Hello {{ first_name | default(\"there\") }} of {{ company | upper }}.\n\n[Page](https://example.com/?a={{ company }})",
        &[],
    );
    finds(
        "{% if name %}Dear {{ name }}{% elif seats and title %}{{ seats }} {{ title }}{% else %}Hello{% endif %}",
        &[],
    );
    finds(
        "{% if not name or not seats %}Hello{% else %}{{ name }}{{ seats }}{% endif %}",
        &[],
    );
    finds(
        "{{ name if name is defined else \"you\" }} {{ name or \"you\" }} {{ \"{{\" }} {# a note #}",
        &[],
    );
    finds(
        "{% if title in [\"CIO\", \"CFO\"] and seats > 3 %}x{% endif %} {{ -1 }}",
        &[],
    );
    finds(
        "{% if account.owner %}{{ account.owner }} {{ account[\"owner\"] }}{% endif %}",
        &[],
    );
    finds("<ada@example.com> \\<b> a < b", &[]);
}

#[test]
fn a_value_without_a_fallback_is_told_once_at_its_first_place() {
    finds(
        "{{ name | upper }} {{ name }}",
        &[(
            "name | upper",
            "no-fallback: whoever has no 'name' is not told this story",
        )],
    );
    finds(
        "{% if name %}{{ name }}{% endif %}{{ name }}",
        &[("name", "no-fallback: whoever has no 'name' is not told this story")],
    );
    finds(
        "{{ custom.part }}",
        &[(
            "custom.part",
            "no-fallback: whoever has no 'custom.part' is not told this story",
        )],
    );
    finds(
        "{{ blank }}",
        &[("blank", "no-fallback: whoever has no 'blank' is not told this story")],
    );
    finds(
        "{{ name | default(title) }}",
        &[(
            "name | default(title)",
            "no-fallback: whoever has no 'title' is not told this story",
        )],
    );
    let subject = found("For {{ name }}", "x");
    assert_eq!(subject[0].0, "name");
}

#[test]
fn a_misspelt_name_is_noticed_also_behind_a_fallback() {
    finds(
        "{{ frist_name | default(\"there\") }}",
        &[("frist_name", "unknown-value: no value is usually called 'frist_name'")],
    );
    finds(
        "{% if naem %}x{% endif %}",
        &[("naem", "unknown-value: no value is usually called 'naem'")],
    );
    finds("{{ something_of_ours | default(\"x\") }} {{ seats | default(1) }}", &[]);
}

#[test]
fn what_is_no_part_of_a_storys_language_is_an_error_at_its_place() {
    let cases = [
        (
            "{% for x in y %}{% endfor %}",
            "for x in y",
            "template: a story has no 'for'",
        ),
        ("{% set x = 1 %}", "set x = 1", "template: a story has no 'set'"),
        ("{% set x %}a{% endset %}", "set x", "template: a story has no 'set'"),
        (
            "{% with x = 1 %}{% endwith %}",
            "with x = 1",
            "template: a story has no 'with'",
        ),
        (
            "{% filter upper %}a{% endfilter %}",
            "filter upper",
            "template: a story has no 'filter'",
        ),
        (
            "{% autoescape true %}a{% endautoescape %}",
            "autoescape true",
            "template: a story has no 'autoescape'",
        ),
        ("{% do f() %}", "do f()", "template: a story has no 'do'"),
        ("{{ range(9) }}", "range(9)", "template: a story calls no functions"),
        ("{{ name.upper() }}", ".upper()", "template: a story calls no functions"),
        (
            "{{ \"a\" ~ \"b\" }}",
            "\"a\" ~ \"b\"",
            "template: a story joins no values",
        ),
        ("{{ \"a\" * 9 }}", "\"a\" * 9", "template: a story does not calculate"),
        (
            "{{ {\"a\": 1} | default(1) }}",
            "{\"a\": 1}",
            "template: a story makes no tables",
        ),
        (
            "{{ company[:3] }}",
            "company[:3]",
            "template: a story cuts no pieces out of values",
        ),
        ("{{ company | safe }}", "safe", "template: there is no filter 'safe'"),
        (
            "{{ company | default }}",
            "default",
            "template: default has nothing to say instead",
        ),
        (
            "{{ company | truncate(length=3) }}",
            "truncate(length=3)",
            "template: arguments have no names",
        ),
        (
            "{{ 1 if company is odd else 2 }}",
            "odd",
            "template: there is no test 'odd'",
        ),
        ("{{ 1 if company }}", "1 if company", "template: the choice has no else"),
    ];
    for (text, place, message) in cases {
        let found = found("", text);
        assert!(
            found.iter().any(|(at, what)| at.contains(place) && what == message),
            "{text}: {found:?}"
        );
    }
}

#[test]
fn what_other_templates_could_do_is_unknown_here() {
    for text in [
        "{% include \"x\" %}",
        "{% import \"x\" as y %}",
        "{% extends \"x\" %}",
        "{% macro x() %}{% endmacro %}",
        "{% block x %}{% endblock %}",
    ] {
        let found = found("", text);
        assert!(
            found
                .iter()
                .any(|(_, what)| what.starts_with("template: unknown statement")),
            "{text}: {found:?}"
        );
    }
}

#[test]
fn a_syntax_error_has_a_place() {
    let found = found("", "One\n{{ first name }}");
    assert_eq!(found.len(), 1);
    assert_eq!(
        (found[0].0.as_str(), found[0].1.starts_with("template: ")),
        ("name", true),
        "{found:?}"
    );
}

#[test]
fn html_and_links_that_lead_nowhere_are_errors_at_their_places() {
    finds(
        "{{ company }}\n\n<div>\n<b>x</b>\n</div>\n\na <br> b",
        &[("<", "html: the text holds HTML"), ("<", "html: the text holds HTML")],
    );
    finds("a\n\n<!-- note -->", &[("<", "html: the text holds HTML")]);
    finds(
        "{% if company %}\n\n[p](/pricing){% endif %}",
        &[("[", "link: a story cannot link to '/pricing': it is not absolute")],
    );
    finds(
        "[p](https://example.com/{{ company }})",
        &[(
            "[",
            "link: a story cannot link to 'https://example.com/…': a value stands before its query; write values behind a ? only",
        )],
    );
    finds(
        "[p](javascript:alert)",
        &[(
            "[",
            "link: a story cannot link to 'javascript:alert': its scheme is none of https, http, mailto and tel",
        )],
    );
    finds(
        "![p](mailto:a@example.com)",
        &[("!", "link: a picture has the address of none")],
    );
}

#[test]
fn characters_that_stand_for_values_are_refused() {
    let found = found("", "a\u{f0001}b");
    assert_eq!(
        found,
        [(
            "\u{f0001}".to_owned(),
            "character: the text holds a character that has no meaning".to_owned()
        )]
    );
}

#[test]
fn a_text_that_nobody_would_read_is_refused() {
    assert_eq!(found("", &"x".repeat(MAX_SOURCE_BYTES + 1)).len(), 1);
}
