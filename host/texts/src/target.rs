//! Where a link may lead: to an absolute address that the story's author wrote.

use crate::marks::is_mark;

/// What kind of address a link has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    /// A page: such links are numbered and can be replaced by tracked ones.
    Web,
    /// A mailbox.
    Mail,
    /// A telephone.
    Phone,
}

/// The kind of an address, with marks in it where values go; or why it is none that a story
/// can link to.
pub(crate) fn scheme(address: &str) -> Result<Scheme, &'static str> {
    let (scheme, rest) = address.split_once(':').ok_or("it is not absolute")?;
    if address
        .chars()
        .any(|c| c.is_whitespace() || c.is_control() || c == '\\')
    {
        return Err("there is white space or a backslash in it");
    }
    match scheme.to_ascii_lowercase().as_str() {
        "http" | "https" => web(rest).map(|()| Scheme::Web),
        "mailto" | "tel" if rest.contains(is_mark) => Err("a value stands in it"),
        "mailto" | "tel" if rest.is_empty() => Err("nothing follows its scheme"),
        "mailto" => Ok(Scheme::Mail),
        "tel" => Ok(Scheme::Phone),
        _ => Err("its scheme is none of https, http, mailto and tel"),
    }
}

/// A value may stand behind the first `?` or `#` only: where a link leads is for the
/// story's author to say, and what a value adds to it is data.
fn web(rest: &str) -> Result<(), &'static str> {
    let rest = rest.strip_prefix("//").ok_or("its scheme is not followed by //")?;
    let place = rest.split(['?', '#']).next().unwrap_or_default();
    let host = place.split('/').next().unwrap_or_default();
    if place.contains(is_mark) {
        return Err("a value stands before its query; write values behind a ? only");
    }
    if host.contains('@') {
        return Err("its host is preceded by a user's name");
    }
    let named = host.trim_start_matches('[').chars().next();
    if !named.is_some_and(char::is_alphanumeric) {
        return Err("it has no host");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_leads_to_an_absolute_address_of_the_authors() {
        let right = [
            "https://example.com",
            "HTTP://example.com:8080/a?b=\u{f0000}#c",
            "https://exämple.com/ä",
        ];
        for address in right {
            assert_eq!(scheme(address), Ok(Scheme::Web), "{address}");
        }
        assert_eq!(scheme("mailto:ada@example.com"), Ok(Scheme::Mail));
        assert_eq!(scheme("tel:+49-30-1234"), Ok(Scheme::Phone));
        let wrong = [
            "javascript:alert(1)",
            "JavaScript://example.com",
            "data:text/html,x",
            "//example.com/a",
            "/pricing",
            "pricing",
            "#part",
            "",
            "https:example.com",
            "https://",
            "https:///path",
            "https://user@example.com",
            "https://\u{f0000}/",
            "https://example.com/\u{f0000}",
            "https://example.com.\u{f0000}/?a",
            "https://example.com/a b",
            "https://example.com\\@evil.example",
            "mailto:\u{f0000}@example.com",
            "tel:",
        ];
        for address in wrong {
            assert!(scheme(address).is_err(), "{address}");
        }
    }
}
