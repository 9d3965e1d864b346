//! What one person is known by and a plugin is not shown: searched for in every text.

use serde_json::{Map, Value};

use crate::{
    names::{is_direct_identifier, is_identifier_within, is_persons_name, is_phone},
    share::{Share, Showing},
};

/// What is shorter stands in any text by chance. Where no alphabet is used, two signs are a name.
const SHORTEST_CHARS: usize = 3;
const SHORTEST_SIGNS: usize = 2;
/// Digits from which on a number is looked for.
const SHORTEST_PHONE: usize = 6;
/// So many are looked for; who is known by more is no person.
const MOST: usize = 64;

/// What one person is known by and a plugin is not shown.
#[derive(Clone, Debug, Default)]
pub(crate) struct Known {
    words: Vec<Word>,
    /// Digits alone, without what stands for going abroad or long distance.
    phones: Vec<String>,
    /// With which bytes a word begins, so that most of a text is passed over at once.
    first: First,
    /// Whether a word may begin within another.
    anywhere: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Word {
    /// In small letters.
    text: String,
    /// Whether it is told from others by what stands around it; signs without an alphabet are
    /// written without spaces.
    bounded: bool,
}

/// Bytes, a flag each.
#[derive(Clone, Debug)]
struct First([bool; 256]);

impl Default for First {
    fn default() -> Self {
        Self([false; 256])
    }
}

impl Known {
    /// Of a person who is known by `identities`, (scheme, value), and has `traits`, as far as
    /// `share` does not show them.
    pub(crate) fn hidden_by<'p>(
        share: &Share,
        identities: impl IntoIterator<Item = (&'p str, &'p str)>,
        traits: &Map<String, Value>,
    ) -> Self {
        let mut known = Self::default();
        for (scheme, value) in identities {
            if !share.shows(scheme) {
                known.look_for(value, scheme == "phone", false);
            }
        }
        known.look_for_traits(share, "", traits);
        known
    }

    fn look_for_traits(&mut self, share: &Share, parent: &str, traits: &Map<String, Value>) {
        for (name, value) in traits {
            let shown = match parent {
                "" => share.a_trait(name) == Showing::AsItIs,
                _ => share.traits.granted_within(parent, name) == Showing::AsItIs,
            };
            match value {
                Value::Object(inner) if !shown && !is_direct_identifier(name) => {
                    self.look_for_traits(share, name, inner);
                }
                value if !shown && is_identifier_within(parent, name) => self.look_for_leaves(name, value),
                _ => {}
            }
        }
    }

    fn look_for_leaves(&mut self, name: &str, value: &Value) {
        match value {
            Value::String(text) => self.look_for(text, is_phone(name), is_persons_name(name)),
            Value::Number(number) => self.look_for(&number.to_string(), is_phone(name), false),
            Value::Array(items) => items.iter().for_each(|item| self.look_for_leaves(name, item)),
            Value::Object(fields) => fields
                .iter()
                .for_each(|(name, value)| self.look_for_leaves(name, value)),
            Value::Null | Value::Bool(_) => {}
        }
    }

    fn look_for(&mut self, value: &str, phone: bool, persons_name: bool) {
        if phone {
            let digits = significant(value);
            if digits.len() >= SHORTEST_PHONE && self.phones.len() < MOST {
                self.phones.push(digits);
            }
        }
        self.look_for_word(value.trim());
        if persons_name {
            value
                .split(|c: char| !c.is_alphanumeric())
                .for_each(|word| self.look_for_word(word));
        }
    }

    fn look_for_word(&mut self, text: &str) {
        let text = if text.is_ascii() {
            text.to_ascii_lowercase()
        } else {
            text.chars().flat_map(char::to_lowercase).collect()
        };
        let bounded = text.chars().any(is_of_an_alphabet);
        let shortest = if bounded { SHORTEST_CHARS } else { SHORTEST_SIGNS };
        let long_enough = text.len() >= shortest && text.chars().nth(shortest - 1).is_some();
        if !long_enough || self.words.len() >= MOST || self.words.iter().any(|w| w.text == text) {
            return;
        }
        let first = text.as_bytes()[0];
        self.first.0[usize::from(first)] = true;
        self.first.0[usize::from(first.to_ascii_uppercase())] = true;
        self.anywhere |= !bounded;
        self.words.push(Word { text, bounded });
    }

    /// Where a text says something of it, as ranges of bytes.
    pub(crate) fn find(&self, text: &str, found: &mut impl FnMut(std::ops::Range<usize>)) {
        if self.words.is_empty() {
            return;
        }
        let bytes = text.as_bytes();
        let mut within = false;
        let mut at = 0;
        while at < bytes.len() {
            let byte = bytes[at];
            // Whatever begins outside of ASCII may be the capital letter of a word.
            let may_begin = self.first.0[usize::from(byte)] || byte >= 0xc0;
            if may_begin && (!within || self.anywhere) {
                let before = text[..at].chars().next_back();
                if let Some(end) = self.words.iter().filter_map(|w| w.at(text, at, before)).max() {
                    found(at..end);
                    at = end;
                    within = false;
                    continue;
                }
            }
            within = byte.is_ascii_alphanumeric();
            at += 1;
        }
    }

    /// Whether a number alone is one of this person.
    pub(crate) fn has_number(&self, digits: &str) -> bool {
        self.is_number(digits) || self.words.iter().any(|word| word.text == digits)
    }

    /// Whether a run of digits is a number of this person.
    pub(crate) fn is_number(&self, digits: &str) -> bool {
        let digits = significant(digits);
        let same = |known: &String| known.ends_with(&digits) || digits.ends_with(known.as_str());
        digits.len() >= SHORTEST_PHONE && self.phones.iter().any(same)
    }
}

impl Word {
    /// Where it ends, if it stands at a place of a text.
    fn at(&self, text: &str, at: usize, before: Option<char>) -> Option<usize> {
        if self.bounded && before.is_some_and(char::is_alphanumeric) {
            return None;
        }
        let end = self.end_at(text, at)?;
        let after = text[end..].chars().next();
        (!self.bounded || !after.is_some_and(char::is_alphanumeric)).then_some(end)
    }

    fn end_at(&self, text: &str, at: usize) -> Option<usize> {
        let bytes = text.as_bytes();
        if let Some(same) = bytes.get(at..at + self.text.len())
            && same.eq_ignore_ascii_case(self.text.as_bytes())
        {
            return Some(at + self.text.len());
        }
        if self.text.is_ascii() && bytes[at].is_ascii() {
            return None;
        }
        let mut wanted = self.text.chars();
        let mut rest = text[at..].char_indices();
        loop {
            if wanted.as_str().is_empty() {
                return Some(rest.next().map_or(text.len(), |(next, _)| at + next));
            }
            let (_, c) = rest.next()?;
            for small in c.to_lowercase() {
                if wanted.next() != Some(small) {
                    return None;
                }
            }
        }
    }
}

/// Whether a sign belongs to a script that separates words: it has small and capital letters,
/// or is a digit or a mark.
fn is_of_an_alphabet(c: char) -> bool {
    !c.is_alphabetic() || c.is_lowercase() || c.is_uppercase()
}

/// The digits of a phone number without what stands for going abroad or long distance.
fn significant(number: &str) -> String {
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    digits.trim_start_matches('0').to_owned()
}
