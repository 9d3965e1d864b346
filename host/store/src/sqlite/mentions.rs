//! Whether a text of somebody else's making (a request that was refused, a path that was
//! called) names a person.
//!
//! A name is found in any case, and as JSON, a URL or a form would write it. It has to stand
//! alone: `ann@example.com` is not found in `joann@example.com`. A short name, such as the
//! user id 17, has to be set apart as a value, because numbers like it stand everywhere.

use hearken_model::Identity;

/// From how many bytes on a name is long enough to mean somebody wherever it stands.
const LONG: usize = 8;
/// What sets a short name apart.
const QUOTES: &[char] = &['"', '\'', ',', ';', '=', '&', '/', '\t', '\n', '\r', '<', '>'];

/// A person's names as texts may have them.
#[derive(Debug)]
pub(super) struct Mentions(Vec<String>);

impl Mentions {
    pub(super) fn of<'a>(names: impl IntoIterator<Item = &'a Identity>) -> Self {
        let mut all: Vec<String> = names.into_iter().flat_map(|n| spellings(&n.value)).collect();
        // The longest first: a name may be part of another one.
        all.sort_by(|x, y| (y.len(), x).cmp(&(x.len(), y)));
        all.dedup();
        Self(all)
    }

    /// Whether any of the names stands in the text.
    pub(super) fn is_in(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        self.0.iter().any(|name| stands_in(name, &text))
    }

    /// The text without the names.
    pub(super) fn left_out_of(&self, text: &str) -> String {
        let mut out = text.to_owned();
        for name in &self.0 {
            while let Some(at) = out.to_lowercase().find(name).filter(|_| !name.is_empty()) {
                // Lower case may be longer than what it was made of; then all of it goes.
                match out.get(at..at + name.len()) {
                    Some(_) => out.replace_range(at..at + name.len(), "…"),
                    None => return "…".to_owned(),
                }
            }
        }
        out
    }
}

fn spellings(value: &str) -> Vec<String> {
    let lower = value.to_lowercase();
    let escaped: String = lower
        .chars()
        .flat_map(|c| {
            if c.is_ascii() { c.to_string() } else { json_escape(c) }
                .chars()
                .collect::<Vec<_>>()
        })
        .collect();
    let encode = |keep: &str| -> String {
        lower
            .bytes()
            .map(|b| match char::from(b) {
                c if c.is_ascii_alphanumeric() || keep.contains(c) => c.to_string(),
                _ => format!("%{b:02x}"),
            })
            .collect()
    };
    vec![encode("-._~"), encode("-._~@+:"), escaped, lower]
}

fn json_escape(c: char) -> String {
    let mut units = [0_u16; 2];
    c.encode_utf16(&mut units)
        .iter()
        .map(|u| format!("\\u{u:04x}"))
        .collect()
}

fn stands_in(name: &str, text: &str) -> bool {
    let apart = |c: Option<char>| match c {
        None => true,
        Some(c) if name.len() < LONG => QUOTES.contains(&c),
        Some(c) => !c.is_alphanumeric(),
    };
    let mut from = 0;
    while let Some(found) = text.get(from..).and_then(|rest| rest.find(name)) {
        let (begin, end) = (from + found, from + found + name.len());
        if apart(text[..begin].chars().next_back()) && apart(text[end..].chars().next()) {
            return true;
        }
        from = begin + text[begin..].chars().next().map_or(1, char::len_utf8);
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mentions(value: &str) -> Mentions {
        Mentions::of(&[Identity {
            scheme: "x".into(),
            value: value.into(),
        }])
    }

    #[test]
    fn a_name_is_found_in_any_case_and_spelling() {
        let ann = mentions("zoë@example.com");
        for text in [
            r#"{"email":"Zoë@Example.com"}"#,
            r#"{"email":"zo\u00eb@example.com"}"#,
            "/contacts/zo%C3%AB%40example.com",
            "/contacts/zo%c3%ab@example.com?full=1",
            "zoë@example.com",
            "<zoë@example.com>",
        ] {
            assert!(ann.is_in(text), "{text}");
        }
    }

    #[test]
    fn a_longer_name_is_another_one() {
        assert!(!mentions("ann@example.com").is_in("joann@example.com wrote"));
    }

    #[test]
    fn a_short_name_has_to_be_set_apart() {
        let seventeen = mentions("17");
        assert!(seventeen.is_in(r#"{"userId":"17"}"#) && seventeen.is_in("17,Ann,CFO") && seventeen.is_in("/users/17"));
        assert!(!seventeen.is_in("2026-11-17T08:17:00Z") && !seventeen.is_in("error 17 of 20"));
    }

    #[test]
    fn names_are_left_out_of_what_a_sink_said() {
        assert_eq!(
            mentions("ann@example.com").left_out_of("no contact Ann@Example.com, ann%40example.com"),
            "no contact …, …"
        );
    }
}
