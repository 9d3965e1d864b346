//! A form's fields as Twilio and Mandrill sign them: sorted by name, name and value after
//! one another without anything between.

use http::{HeaderMap, header};
use percent_encoding::percent_decode;

/// Appends the fields of a body that is a form; nothing for another body.
///
/// In bytes, not in text: two values that are no UTF-8 would look the same once they were
/// made text. A field that is there twice with the same value counts once, as in Twilio's
/// own libraries.
pub(crate) fn form(headers: &HeaderMap, body: &[u8], filled: &mut Vec<u8>) {
    if !is_form(headers) {
        return;
    }
    let mut fields: Vec<(Vec<u8>, Vec<u8>)> = body
        .split(|byte| *byte == b'&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let mut halves = pair.splitn(2, |byte| *byte == b'=');
            let name = halves.next().unwrap_or_default();
            (decode(name), decode(halves.next().unwrap_or_default()))
        })
        .collect();
    fields.sort();
    fields.dedup();
    for (name, value) in fields {
        filled.extend(name);
        filled.extend(value);
    }
}

/// Whether a body is a form, by its content type.
pub(crate) fn is_form(headers: &HeaderMap) -> bool {
    let Some(given) = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()) else {
        return false;
    };
    let essence = given.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

fn decode(encoded: &[u8]) -> Vec<u8> {
    let spaced: Vec<u8> = encoded.iter().map(|b| if *b == b'+' { b' ' } else { *b }).collect();
    percent_decode(&spaced).collect()
}
