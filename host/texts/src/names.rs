//! The names of values that stories can count on, and how the personal ones among them are
//! read from the traits that vendors send under many names.

use hearken_model::View;
use serde_json::{Map, Value};

use crate::clean;

/// Names that are known whatever the traits are called, see [`derived`].
pub(crate) const DERIVED: [&str; 6] = ["first_name", "last_name", "name", "company", "language", "brand"];

/// Traits by the names that the catalogue of signals and the usual vendors give them.
pub(crate) const USUAL: [&str; 26] = [
    "address",
    "age",
    "avatar",
    "birthday",
    "city",
    "companyName",
    "company_name",
    "country",
    "description",
    "email",
    "employees",
    "firstName",
    "gender",
    "id",
    "industry",
    "job_title",
    "lastName",
    "locale",
    "nickname",
    "phone",
    "plan",
    "region",
    "title",
    "username",
    "website",
    "createdAt",
];

const FIRST: [&str; 5] = ["first_name", "firstName", "firstname", "given_name", "givenName"];
const LAST: [&str; 6] = [
    "last_name",
    "lastName",
    "lastname",
    "family_name",
    "familyName",
    "surname",
];

/// The longest name, in characters: what is longer is a text that somebody typed into the
/// wrong field, or on purpose.
const MAX_NAME: usize = 100;

/// Words before a name that are no part of it.
const TITLES: [&str; 12] = [
    "dr", "prof", "mr", "mrs", "ms", "miss", "herr", "frau", "mme", "sir", "dame", "ing",
];

/// What is known of a person under our own names.
pub(crate) fn derived(view: &View) -> Map<String, Value> {
    let traits = &view.traits;
    let (given, family) = (first_of(traits, &FIRST), first_of(traits, &LAST));
    let whole = first_of(traits, &["name", "full_name", "fullName"]);
    let first = given.clone().or_else(|| whole.as_deref().and_then(first_word));
    let name = whole.or_else(|| match (&given, &family) {
        (Some(given), Some(family)) => Some(format!("{given} {family}")),
        _ => None,
    });
    let company = view.company.as_deref().and_then(named);
    let found = [
        ("first_name", first),
        ("last_name", family),
        ("name", name),
        ("company", company),
        ("language", view.language.as_deref().map(clean)),
    ];
    found
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), Value::String(value?))))
        .collect()
}

fn first_of(traits: &Map<String, Value>, names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| named(traits.get(*name)?.as_str()?))
}

/// A text where it can be somebody's name. Forms are filled in with advertisements, and a
/// mail program makes a link of everything that looks like an address, so what holds one
/// is no name; neither is what has no letter, or is a paragraph.
fn named(text: &str) -> Option<String> {
    let name = clean(text);
    let lower = name.to_lowercase();
    let is_address = lower.contains("://") || lower.contains("www.") || lower.contains('@');
    let is_name = name.chars().any(char::is_alphabetic) && name.chars().count() <= MAX_NAME;
    (is_name && !is_address).then_some(name)
}

/// The first name in a whole one, where that is likely: two or three words in a script of
/// languages that put it first, without a comma, a title, an initial or a digit. Where it
/// is not, nobody is called by the wrong name.
fn first_word(name: &str) -> Option<String> {
    let words: Vec<&str> = name.split(' ').collect();
    let western = |c: char| {
        c.is_alphabetic() && u32::from(c) < 0x590 || matches!(c, '\'' | '’' | '-' | '.' | ' ' | '\u{300}'..='\u{36f}')
    };
    let first = *words.first()?;
    let is_title = TITLES.contains(&first.trim_end_matches('.').to_lowercase().as_str());
    let likely = (2..=3).contains(&words.len()) && name.chars().all(western) && !first.ends_with('.') && !is_title;
    (likely && first.chars().count() > 1).then(|| first.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_first_name_is_read_from_a_whole_one_only_where_that_is_likely() {
        for (name, first) in [
            ("Ada Lovelace", "Ada"),
            ("Jean-Luc de Vries", "Jean-Luc"),
            ("Žofie Nováková", "Žofie"),
        ] {
            assert_eq!(first_word(name).as_deref(), Some(first), "{name}");
        }
        for name in [
            "Ada",
            "Lovelace, Ada",
            "Dr. Ada Lovelace",
            "Prof Lovelace",
            "A. Lovelace",
            "A Lovelace",
            "王 小明",
            "Accounts Payable Team Berlin",
            "Agent 007",
        ] {
            assert_eq!(first_word(name), None, "{name}");
        }
    }

    #[test]
    fn what_holds_an_address_or_is_a_paragraph_is_no_name() {
        for text in [
            "Win at https://evil.example",
            "www.evil.example",
            "ada@example.com",
            "12345",
            "🎉",
            "   ",
            &"x".repeat(10_240),
        ] {
            assert_eq!(named(text), None, "{text}");
        }
        assert_eq!(named(" O'Brien \u{202e}").as_deref(), Some("O'Brien"));
        assert_eq!(named(&"x".repeat(80)).map(|n| n.len()), Some(80));
    }
}
