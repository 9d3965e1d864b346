//! URLs and paths: without user, query and fragment, and with nobody's address among their
//! segments, however often it was encoded.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

use crate::{fields::Shown, mask::MASK};

/// What is encoded again where a part of an address was changed.
const PART: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'&')
    .add(b'/')
    .add(b'<')
    .add(b'=')
    .add(b'>')
    .add(b'?');

/// A text in which every address is shortened to what may be shown. What is borrowed may be
/// shorter as well.
pub(crate) fn shortened<'t>(text: &'t str, shown: &Shown<'_>, layers: u8) -> Cow<'t, str> {
    if !text.contains(char::is_whitespace) {
        return word_shortened(text, shown, layers);
    }
    let mut new = String::new();
    let mut end = 0;
    for word in text.split_whitespace() {
        let start = word.as_ptr() as usize - text.as_ptr() as usize;
        let shorter = word_shortened(word, shown, layers);
        if shorter != word {
            new.push_str(&text[end..start]);
            new.push_str(&shorter);
            end = start + word.len();
        }
    }
    if end == 0 {
        return Cow::Borrowed(text);
    }
    new.push_str(&text[end..]);
    Cow::Owned(new)
}

fn word_shortened<'w>(word: &'w str, shown: &Shown<'_>, layers: u8) -> Cow<'w, str> {
    match address_in(word) {
        None => decoded(word, shown, layers).map_or(Cow::Borrowed(word), Cow::Owned),
        Some(0) => of_address(word, shown, layers),
        Some(start) => {
            let (before, address) = word.split_at(start);
            let masked = decoded(before, shown, layers);
            let address = of_address(address, shown, layers);
            Cow::Owned(format!("{}{address}", masked.as_deref().unwrap_or(before)))
        }
    }
}

/// Where an address begins in a word: a URL wherever it stands, a path, or what has a query or
/// a fragment with values.
fn address_in(word: &str) -> Option<usize> {
    if let Some(colon) = word.find("://") {
        let scheme = word[..colon].rfind(|c: char| !c.is_ascii_alphanumeric() && !"+-.".contains(c));
        return Some(scheme.map_or(0, |end| end + word[end..].chars().next().map_or(1, char::len_utf8)));
    }
    let has_values = word.find(['?', '#']).is_some_and(|mark| word[mark..].contains('='));
    (word.starts_with('/') || has_values).then_some(0)
}

fn of_address<'a>(address: &'a str, shown: &Shown<'_>, layers: u8) -> Cow<'a, str> {
    let address = address.split('#').next().unwrap_or_default();
    let (head, query) = match address.split_once('?') {
        Some((head, query)) if shown.share.keeps_any() => (head, kept(query, shown, layers)),
        Some((head, _)) => (head, String::new()),
        None => (address, String::new()),
    };
    // Most are done with that.
    if query.is_empty() && !head.bytes().any(|b| matches!(b, b'%' | b'@' | b';')) {
        return Cow::Borrowed(head);
    }
    let (site, path) = split_site(head);
    let mut new = String::with_capacity(address.len());
    if let Some((scheme, authority)) = site {
        new.push_str(scheme);
        // Without a user.
        new.push_str(authority.rsplit('@').next().unwrap_or_default());
    }
    for (place, segment) in path.split('/').enumerate() {
        if place > 0 {
            new.push('/');
        }
        // Parameters of a segment (`;jsessionid=…`) are a query in another place.
        let segment = segment.split(';').next().unwrap_or_default();
        new.push_str(&part(segment, shown, layers));
    }
    if !query.is_empty() {
        new.push('?');
        new.push_str(&query);
    }
    Cow::Owned(new)
}

/// ("https://", "user@host:443") of a URL, and its path.
fn split_site(head: &str) -> (Option<(&str, &str)>, &str) {
    let Some(colon) = head.find("://") else {
        return (None, head);
    };
    let authority = colon + "://".len();
    let end = head[authority..]
        .find('/')
        .map_or(head.len(), |slash| authority + slash);
    (Some((&head[..authority], &head[authority..end])), &head[end..])
}

/// The parameters of a query that may be shown, in their order.
fn kept(query: &str, shown: &Shown<'_>, layers: u8) -> String {
    let mut new = String::new();
    for pair in query.split(['&', ';']).filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let name = percent_decode_str(name).decode_utf8_lossy();
        if !shown.share.keeps(&name) {
            continue;
        }
        if !new.is_empty() {
            new.push('&');
        }
        new.extend(utf8_percent_encode(&shown.masked(&name, 0), PART));
        if pair.contains('=') {
            new.push('=');
            new.push_str(&value_masked(value, shown, layers));
        }
    }
    new
}

/// A parameter's value; there a plus is a space.
fn value_masked<'v>(value: &'v str, shown: &Shown<'_>, layers: u8) -> Cow<'v, str> {
    let Some(below) = layers.checked_sub(1) else {
        return if value.contains('%') {
            Cow::Borrowed(MASK)
        } else {
            Cow::Borrowed(value)
        };
    };
    let spaced = value.replace('+', " ");
    let plain = percent_decode_str(&spaced).decode_utf8_lossy();
    let masked = shown.masked(&plain, below);
    if masked == plain {
        Cow::Borrowed(value)
    } else {
        Cow::Owned(utf8_percent_encode(&masked, PART).to_string())
    }
}

/// A segment of a path.
fn part<'p>(segment: &'p str, shown: &Shown<'_>, layers: u8) -> Cow<'p, str> {
    match decoded(segment, shown, layers) {
        Some(masked) => Cow::Owned(masked),
        None => Cow::Borrowed(segment),
    }
}

/// What is percent-encoded, with what it says masked; none where there is nothing to mask.
fn decoded(text: &str, shown: &Shown<'_>, layers: u8) -> Option<String> {
    if !text.contains('%') {
        return None;
    }
    let plain = percent_decode_str(text).decode_utf8_lossy();
    if plain == text {
        return None;
    }
    let Some(below) = layers.checked_sub(1) else {
        return Some(MASK.into());
    };
    let masked = shown.masked(&plain, below);
    (masked != plain).then(|| utf8_percent_encode(&masked, PART).to_string())
}
