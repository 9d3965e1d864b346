//! A value as lines, `name.0.name = value`, so that a difference is a line.

use std::fmt::Write as _;

use hearken_sdk::json::Value;

/// A line for each value that holds no others, and for each list of such values; names in
/// the order of the alphabet.
pub(crate) fn lines(value: &Value) -> String {
    let mut text = String::new();
    write(&mut text, "", value);
    text
}

/// The lines, as many together as fit into `bytes`; a longer line stays whole.
pub(crate) fn pieces(text: &str, bytes: usize) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    for line in text.split_inclusive('\n') {
        match pieces.last_mut() {
            Some(piece) if piece.len() + line.len() <= bytes => piece.push_str(line),
            _ => pieces.push(line.to_owned()),
        }
    }
    pieces
}

fn write(text: &mut String, name: &str, value: &Value) {
    let below = |part: &str| match name {
        "" => part.to_owned(),
        name => format!("{name}.{part}"),
    };
    match value {
        Value::Object(parts) if !parts.is_empty() => {
            // Whether a map keeps the order of insertion is a feature that any crate of a
            // build may turn on.
            let mut parts: Vec<_> = parts.iter().collect();
            parts.sort_by_key(|(part, _)| part.as_str());
            for (part, value) in parts {
                write(text, &below(part), value);
            }
        }
        Value::Array(items) if items.iter().any(|it| it.is_array() || it.is_object()) => {
            for (place, item) in items.iter().enumerate() {
                write(text, &below(&place.to_string()), item);
            }
        }
        plain => {
            let _ = writeln!(text, "{name} = {plain}");
        }
    }
}
