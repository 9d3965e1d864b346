//! What a template can do to a value. None of it makes a long text of a short one, and a
//! value that is missing stays missing, so that it is still seen to be.

use minijinja::{
    Environment, Error, ErrorKind,
    value::{Value, ValueKind},
};

use crate::clean;

/// The filters by name, with what each does, in one line.
pub(crate) const FILTERS: [(&str, &str); 10] = [
    (
        "default",
        "what to say instead where the value is not known, null or blank",
    ),
    ("d", "the same as default"),
    ("upper", "in capitals"),
    ("lower", "in small letters"),
    ("capitalize", "the first letter a capital, the others small"),
    ("title", "the first letter of each word a capital"),
    ("trim", "without white space around it"),
    ("truncate", "at most so many characters, such as truncate(40)"),
    ("join", "a list in one line, such as join(\", \")"),
    (
        "round",
        "a number with so many digits behind the point, such as round(1)",
    ),
];

/// The tests by name.
pub(crate) const TESTS: [&str; 2] = ["defined", "undefined"];

/// Adds them to an environment.
pub(crate) fn add(environment: &mut Environment<'_>) {
    for name in ["default", "d"] {
        environment.add_filter(
            name,
            |value: Value, instead: Value| {
                if is_missing(&value) { instead } else { value }
            },
        );
    }
    environment.add_filter("upper", |value: Value| of_text(value, |text| text.to_uppercase()));
    environment.add_filter("lower", |value: Value| of_text(value, |text| text.to_lowercase()));
    environment.add_filter("capitalize", |value: Value| of_text(value, capital));
    environment.add_filter("title", |value: Value| {
        of_text(value, |text| text.split(' ').map(capital).collect::<Vec<_>>().join(" "))
    });
    environment.add_filter("trim", |value: Value| of_text(value, |text| text.trim().to_owned()));
    environment.add_filter("truncate", |value: Value, most: usize| {
        of_text(value, |text| truncated(text, most))
    });
    environment.add_filter("join", join);
    environment.add_filter("round", round);
    environment.add_test("defined", |value: Value| !is_missing(&value));
    environment.add_test("undefined", |value: Value| is_missing(&value));
}

/// Whether there is nothing to say: not known, null, blank, or an empty list.
pub(crate) fn is_missing(value: &Value) -> bool {
    match value.kind() {
        ValueKind::Undefined | ValueKind::None => true,
        ValueKind::String => value.as_str().is_none_or(|text| clean(text).is_empty()),
        ValueKind::Seq | ValueKind::Map | ValueKind::Iterable => value.len() == Some(0),
        _ => false,
    }
}

fn of_text(value: Value, change: impl FnOnce(&str) -> String) -> Value {
    match value.as_str() {
        Some(text) => Value::from(change(text)),
        None => value,
    }
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_uppercase().collect::<String>() + &chars.as_str().to_lowercase()
    })
}

fn truncated(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let cut: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", cut.trim_end())
}

fn join(value: Value, between: Option<String>) -> Result<Value, Error> {
    if is_missing(&value) || !matches!(value.kind(), ValueKind::Seq | ValueKind::Iterable) {
        return Ok(value);
    }
    let items: Vec<String> = value
        .try_iter()?
        .filter(|item| !is_missing(item))
        .map(|item| item.to_string())
        .collect();
    Ok(Value::from(items.join(between.as_deref().unwrap_or(", "))))
}

fn round(value: Value, digits: Option<usize>) -> Result<Value, Error> {
    if is_missing(&value) {
        return Ok(value);
    }
    let written = value.as_str().map(|text| text.trim().parse::<f64>().ok());
    let number = written.unwrap_or_else(|| f64::try_from(value.clone()).ok());
    let number = number.ok_or_else(|| Error::new(ErrorKind::InvalidOperation, "only a number can be rounded"))?;
    Ok(Value::from(format!("{number:.*}", digits.unwrap_or(0).min(9))))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn said(template: &str) -> String {
        let mut environment = Environment::empty();
        add(&mut environment);
        let values = json!({"name": "ada LOVELACE", "blank": " \u{200b}", "none": null, "list": ["a", null, "b"], "n": 2.345, "t": "7.5"});
        environment
            .render_str(template, crate::values::for_templates(&values))
            .unwrap()
    }

    #[test]
    fn filters_do_what_their_line_says() {
        let cases = [
            ("{{ gone | default('x') }}", "x"),
            ("{{ none | d('x') }}", "x"),
            ("{{ blank | default('x') }}", "x"),
            ("{{ gone | upper | default('x') }}", "x"),
            ("{{ name | default('x') | upper }}", "ADA LOVELACE"),
            ("{{ name | lower }}", "ada lovelace"),
            ("{{ name | capitalize }}", "Ada lovelace"),
            ("{{ name | title }}", "Ada Lovelace"),
            ("{{ ' a ' | trim }}", "a"),
            ("{{ name | truncate(5) }}", "ada…"),
            ("{{ name | truncate(0) }}", "…"),
            ("{{ list | join('/') }}", "a/b"),
            ("{{ name | join }}", "ada LOVELACE"),
            ("{{ n | round }}", "2"),
            ("{{ n | round(1) }}", "2.3"),
            ("{{ t | round }}", "8"),
            ("{{ 1 if blank is defined else 2 }}", "2"),
            ("{{ 1 if name is undefined else 2 }}", "2"),
        ];
        for (template, expected) in cases {
            assert_eq!(said(template), expected, "{template}");
        }
    }
}
