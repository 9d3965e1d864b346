//! Where a text has what tells a person from all others, whoever it is: e-mail addresses,
//! phone numbers, IP addresses.

use std::{
    net::{Ipv4Addr, Ipv6Addr},
    ops::Range,
};

/// The signs that stand for "at", in the widths that are in use.
const AT: [char; 3] = ['@', '＠', '﹫'];
/// Digits of a phone number, with the country's (E.164) and without.
const INTERNATIONAL: std::ops::RangeInclusive<usize> = 8..=15;
const NATIONAL: std::ops::RangeInclusive<usize> = 9..=13;

/// E-mail addresses.
pub(crate) fn emails(text: &str, found: &mut impl FnMut(Range<usize>)) {
    for (at, sign) in text.match_indices(AT) {
        let before = &text[..at];
        let start = before.rfind(|c: char| !is_local(c)).map_or(0, |end| {
            let width = before[end..].chars().next().map_or(1, char::len_utf8);
            end + width
        });
        let after = &text[at + sign.len()..];
        let length = after.find(|c: char| !is_domain(c)).unwrap_or(after.len());
        let domain = after[..length].trim_end_matches(['.', '-']);
        if start < at && !domain.is_empty() {
            found(start..at + sign.len() + domain.len());
        }
    }
}

fn is_local(c: char) -> bool {
    c.is_alphanumeric() || "._+-'%!~*$^{}|`".contains(c)
}

fn is_domain(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '.' | '-' | '_')
}

/// Phone numbers as they are written: with the country's code, with a trunk's 0, in the three
/// groups of North America, or where `is_known` knows the digits.
pub(crate) fn phones(text: &str, is_known: &impl Fn(&str) -> bool, found: &mut impl FnMut(Range<usize>)) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let begins = bytes[at].is_ascii_digit() || matches!(bytes[at], b'+' | b'(');
        if !begins || text[..at].chars().next_back().is_some_and(char::is_alphanumeric) {
            at += 1;
            continue;
        }
        let run = run_of_digits(&text[at..]);
        let end = at + run.len();
        let bounded = !text[end..].chars().next().is_some_and(char::is_alphanumeric);
        if bounded && is_phone(run, is_known) {
            found(at..end);
        }
        at = end.max(at + 1);
    }
}

/// Digits and what people write between them, to the last digit.
fn run_of_digits(text: &str) -> &str {
    let mut end = 0;
    let mut between = 0;
    for (at, c) in text.char_indices() {
        match c {
            '0'..='9' => (end, between) = (at + 1, 0),
            '+' if at == 0 => {}
            ' ' | '-' | '.' | '(' | ')' | '/' | '\u{a0}' | '\u{2011}' | '–' if between < 3 => between += 1,
            _ => break,
        }
    }
    &text[..end]
}

fn is_phone(run: &str, is_known: &impl Fn(&str) -> bool) -> bool {
    let digits: String = run.chars().filter(char::is_ascii_digit).collect();
    if run.starts_with('+') || digits.starts_with("00") {
        return INTERNATIONAL.contains(&digits.trim_start_matches('0').len());
    }
    if digits.starts_with('0') {
        return NATIONAL.contains(&digits.len());
    }
    let groups: Vec<usize> = run
        .split(|c: char| !c.is_ascii_digit())
        .filter(|g| !g.is_empty())
        .map(str::len)
        .collect();
    matches!(groups.as_slice(), [3, 3, 4] | [1, 3, 3, 4]) || is_known(&digits)
}

/// IP addresses of either version.
pub(crate) fn ips(text: &str, found: &mut impl FnMut(Range<usize>)) {
    let is_part = |c: char| c.is_ascii_hexdigit() || matches!(c, '.' | ':');
    let mut at = 0;
    while at < text.len() {
        let Some(start) = text[at..].find(is_part).map(|n| at + n) else {
            return;
        };
        let rest = &text[start..];
        let whole = &rest[..rest.find(|c| !is_part(c)).unwrap_or(rest.len())];
        let cut = whole.trim_end_matches(['.', ':']);
        if let Some(length) = ip(cut).or_else(|| ip(whole)) {
            found(start..start + length);
        }
        at = start + whole.len();
    }
}

/// How much of a text is an address, with a port or without.
fn ip(text: &str) -> Option<usize> {
    let alone = text.split_once(':').map_or(text, |(address, _)| address);
    if alone.parse::<Ipv4Addr>().is_ok() {
        return Some(alone.len());
    }
    let groups = text.matches(':').count();
    (groups >= 2 && text.parse::<Ipv6Addr>().is_ok()).then_some(text.len())
}
