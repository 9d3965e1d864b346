//! A text's Markdown with its values in place, for channels that render Markdown
//! themselves.
//!
//! This is the one place where values are escaped instead of being put behind the markup:
//! what comes of it is read by a parser that is not ours. It is taken apart again in a test
//! and has to show the same as the HTML, whatever the values are.

use std::ops::Range;

use pulldown_cmark::{Event, Tag, TagEnd};

use crate::{
    marks::{Marked, as_address, as_code},
    markup::{events, is_own_text},
};

/// Has no width and is neither white space nor punctuation: what stands on both sides of it
/// keeps its meaning.
const WORD_JOINER: char = '\u{2060}';

/// Characters that mean something anywhere in Markdown.
const ALWAYS: &str = "\\*_[]<>&!#|~(){}";

/// Characters that mean something at the beginning of a line, or behind a bracket.
const AT_FIRST: &str = "-+=:.";

/// What a piece of the text is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Piece {
    Text,
    Code,
}

/// Markdown with the values in place.
pub(crate) fn fill(marked: &Marked) -> String {
    let source = marked.text.as_str();
    let has_values = source.chars().any(|c| marked.value(c).is_some());
    if !has_values {
        return source.to_owned();
    }
    let pieces = pieces(marked);
    let mut filled = String::with_capacity(source.len() * 2);
    let mut pieces = pieces.iter().peekable();
    for (at, c) in source.char_indices() {
        while pieces.next_if(|(range, _)| range.end <= at).is_some() {}
        let piece = pieces
            .peek()
            .filter(|(range, _)| range.contains(&at))
            .map(|(_, piece)| *piece);
        let (before, after) = (&source[..at], &source[at + c.len_utf8()..]);
        match (marked.value(c), piece) {
            (Some(value), Some(Piece::Text)) => text(&mut filled, value, before, after),
            (Some(value), Some(Piece::Code)) => as_code(&mut filled, value),
            (Some(value), None) => as_address(&mut filled, value),
            (None, Some(Piece::Text)) if is_loose(c, before, after, marked) => filled.extend(['\\', c]),
            (None, _) => filled.push(c),
        }
    }
    filled
}

/// Where text and code stand in the source, in order. All else is markup.
fn pieces(marked: &Marked) -> Vec<(Range<usize>, Piece)> {
    let mut pieces = Vec::new();
    let (mut in_code, mut in_address) = (false, false);
    for (event, range) in events(marked) {
        match event {
            Event::Start(Tag::Link { link_type, .. }) => in_address = is_own_text(link_type),
            Event::End(TagEnd::Link) => in_address = false,
            Event::Text(_) if in_address => {}
            Event::Start(Tag::CodeBlock(_)) => in_code = true,
            Event::End(TagEnd::CodeBlock) => in_code = false,
            Event::Text(_) if in_code => pieces.push((range, Piece::Code)),
            Event::Code(_) => pieces.push((range, Piece::Code)),
            Event::Text(_) | Event::Html(_) | Event::InlineHtml(_) => pieces.push((range, Piece::Text)),
            _ => {}
        }
    }
    pieces.sort_by_key(|(range, _)| range.start);
    pieces
}

/// Whether a sign of the author's, which means nothing as it stands, could come to mean
/// something together with a value: the beginning of a tag or of an entity, a backslash.
fn is_loose(c: char, before: &str, after: &str, marked: &Marked) -> bool {
    let escapes = before.len() - before.trim_end_matches('\\').len();
    let begins_with_value = |text: &str| text.chars().next().is_some_and(|c| marked.value(c).is_some());
    let means_something = match c {
        '<' => true,
        '&' => begins_with_value(after.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '#')),
        '\\' => begins_with_value(after),
        _ => false,
    };
    means_something && escapes.is_multiple_of(2)
}

/// A value as text between what its author wrote.
fn text(filled: &mut String, value: &str, before: &str, after: &str) {
    let line = before.rsplit('\n').next().unwrap_or_default();
    let is_mark = |c: Option<char>| matches!(c, Some('*' | '_' | '~'));
    let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    // Emphasis begins and ends beside a word; a value that begins with a sign is none.
    if is_mark(before.chars().next_back()) && !is_word(value.chars().next()) {
        filled.push(WORD_JOINER);
    }
    // "5" before the author's full stop would number a list.
    let numbers = value.bytes().all(|b| b.is_ascii_digit()) && !line.chars().any(char::is_alphabetic);
    for (place, c) in value.char_indices() {
        let digits_before = value[..place].bytes().all(|b| b.is_ascii_digit());
        match c {
            // A backslash does not keep one from ending code.
            '`' => filled.push_str("&#96;"),
            c if place == 0 && numbers => filled.push_str(&format!("&#{};", u32::from(c))),
            c if ALWAYS.contains(c) => filled.extend(['\\', c]),
            c if AT_FIRST.contains(c) && digits_before => filled.extend(['\\', c]),
            c => filled.push(c),
        }
    }
    if is_mark(after.chars().next()) && !is_word(value.chars().next_back()) {
        filled.push(WORD_JOINER);
    }
}
