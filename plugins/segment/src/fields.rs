//! Reading what SDKs of a dozen languages write: an id that is a number, a number that is
//! text, an empty string where nothing is meant, the same thing under another name.

use hearken_sdk::json::{Map, Value};

/// A JSON object.
pub(crate) type Fields = Map<String, Value>;

/// A value as text: a string without the white space around it, or a number. Nothing for
/// an empty string and for everything else.
pub(crate) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim()).filter(|text| !text.is_empty()).map(str::to_owned),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A value as a finite number, also where it is written as text.
pub(crate) fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
    .filter(|number: &f64| number.is_finite())
}

/// The first of `names` that has a text.
pub(crate) fn first_text(fields: &Fields, names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| fields.get(*name).and_then(text))
}

/// The first of `names` that has a number.
pub(crate) fn first_number(fields: &Fields, names: &[&str]) -> Option<f64> {
    names.iter().find_map(|name| fields.get(*name).and_then(number))
}

/// Strings of a list, or of a text with commas between them.
pub(crate) fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().filter_map(text).collect(),
        Value::String(list) => list
            .split(',')
            .map(str::trim)
            .filter(|item| !item.is_empty())
            .map(str::to_owned)
            .collect(),
        _ => Vec::new(),
    }
}

/// The object under `name`.
pub(crate) fn object<'a>(fields: &'a Fields, name: &str) -> Option<&'a Fields> {
    fields.get(name).and_then(Value::as_object)
}

/// The object under `name`, or an empty one.
pub(crate) fn object_or_empty(fields: &Fields, name: &str) -> Fields {
    object(fields, name).cloned().unwrap_or_default()
}

/// Puts a value under `name`, if there is one.
pub(crate) fn put(fields: &mut Fields, name: &str, value: Option<impl Into<Value>>) {
    if let Some(value) = value {
        fields.insert(name.to_owned(), value.into());
    }
}

#[cfg(test)]
mod tests {
    use hearken_sdk::json::json;

    use super::*;

    #[test]
    fn numbers_are_texts_and_texts_are_numbers_but_nothing_else_is_either() {
        assert_eq!(text(&json!(532)), Some("532".to_owned()));
        assert_eq!(text(&json!(" a ")), Some("a".to_owned()));
        assert_eq!(number(&json!("12.5")), Some(12.5));
        for nothing in [json!(null), json!(""), json!("  "), json!(true), json!([]), json!({})] {
            assert_eq!(text(&nothing), None, "{nothing}");
            assert_eq!(number(&nothing), None, "{nothing}");
        }
        assert_eq!(number(&json!("inf")), None);
    }

    #[test]
    fn a_list_is_read_with_and_without_brackets() {
        assert_eq!(texts(&json!(["a", 1, null])), ["a", "1"]);
        assert_eq!(texts(&json!("a, b,,")), ["a", "b"]);
    }
}
