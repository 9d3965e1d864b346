//! The address as HubSpot signs it.

/// What HubSpot decodes in an address before it signs it, and nothing else (its page
/// "Validating requests", signature v3). The question mark before the query is written
/// out anyway.
const DECODED: [(&str, char); 12] = [
    ("3A", ':'),
    ("2F", '/'),
    ("3F", '?'),
    ("40", '@'),
    ("21", '!'),
    ("24", '$'),
    ("27", '\''),
    ("28", '('),
    ("29", ')'),
    ("2A", '*'),
    ("2C", ','),
    ("3B", ';'),
];

/// An address with those characters decoded, once.
pub(crate) fn hubspot_url(url: &str) -> String {
    let mut decoded = String::with_capacity(url.len());
    let mut rest = url;
    while let Some((before, after)) = rest.split_once('%') {
        decoded.push_str(before);
        let known = after
            .get(..2)
            .and_then(|hex| DECODED.iter().find(|(of, _)| of.eq_ignore_ascii_case(hex)));
        match known {
            Some((hex, character)) => {
                decoded.push(*character);
                rest = &after[hex.len()..];
            }
            None => {
                decoded.push('%');
                rest = after;
            }
        }
    }
    decoded.push_str(rest);
    decoded
}

#[cfg(test)]
mod tests {
    use super::hubspot_url;

    #[test]
    fn only_the_listed_characters_are_decoded_and_once() {
        for (sent, signed) in [
            ("https://a.example/in/x?y=1", "https://a.example/in/x?y=1"),
            ("/a%3Ab%2fc?d=%40%21%24%27%28%29%2A%2C%3B%3F", "/a:b/c?d=@!$'()*,;?"),
            ("/a%20b%26c%3Dd%2B%25", "/a%20b%26c%3Dd%2B%25"),
            ("/a%253A", "/a%253A"),
            ("/a%", "/a%"),
            ("/a%3", "/a%3"),
            ("/%ä", "/%ä"),
        ] {
            assert_eq!(hubspot_url(sent), signed);
        }
    }
}
