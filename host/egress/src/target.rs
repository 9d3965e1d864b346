//! Where a request goes, read from its URL once.

use std::net::IpAddr;

use url::{Host, Url};

use crate::Scheme;

const URL_BYTES: usize = 8 << 10;

/// A URL, taken apart. What is checked is what is sent: both come from here.
pub(crate) struct Target {
    pub(crate) url: Url,
    pub(crate) scheme: Scheme,
    /// In lower case and ASCII; an address in numbers is in its one usual notation.
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) literal: Option<IpAddr>,
}

impl Target {
    /// # Errors
    /// Why it is no URL that may be called.
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        if text.len() > URL_BYTES {
            return Err(format!("the URL is longer than {URL_BYTES} bytes"));
        }
        // A reader that drops line breaks or turns backslashes sees another host than one
        // that does not.
        if text.bytes().any(|b| b <= b' ' || b == 0x7f || b == b'\\') {
            return Err("the URL has a space, a control character or a backslash in it".into());
        }
        let mut url = Url::parse(text).map_err(|error| format!("the URL cannot be read: {error}"))?;
        let scheme = match url.scheme() {
            "https" => Scheme::Https,
            "http" => Scheme::Http,
            _ => return Err("the URL begins with neither https nor http".into()),
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err("the URL has a user in it; credentials are put in by the host".into());
        }
        url.set_fragment(None);
        let (Some(host), Some(port)) = (url.host(), url.port_or_known_default()) else {
            return Err("the URL has no host".into());
        };
        let literal = match host {
            Host::Domain(_) => None,
            Host::Ipv4(v4) => Some(IpAddr::V4(v4)),
            Host::Ipv6(v6) => Some(IpAddr::V6(v6)),
        };
        Ok(Self {
            host: host.to_string(),
            port,
            literal,
            scheme,
            url,
        })
    }
}

/// A host as it is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Literal {
    /// A name, in lower case and ASCII.
    Name(String),
    /// An address in numbers.
    Address(IpAddr),
}

/// Reads a host, in any notation that a URL may have.
#[must_use]
pub fn literal(host: &str) -> Option<Literal> {
    match Host::parse(host).ok()? {
        Host::Domain(name) => Some(Literal::Name(name)),
        Host::Ipv4(v4) => Some(Literal::Address(v4.into())),
        Host::Ipv6(v6) => Some(Literal::Address(v6.into())),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_address_is_known_in_every_notation() {
        for text in [
            "http://127.0.0.1/",
            "http://2130706433/",
            "http://0x7f000001/",
            "http://0x7f.0.0.1/",
            "http://0177.0.0.1/",
            "http://017700000001/",
            "http://127.1/",
            "http://127.0.1/",
            "http://0x7F.1/",
            "http://127.0.0.1./",
            "http://%31%32%37.0.0.1/",
            "http://１２７.０.０.１/",
            "http://127。0。0。1/",
        ] {
            let target = Target::read(text).unwrap_or_else(|why| panic!("{text}: {why}"));
            assert_eq!(target.literal, Some("127.0.0.1".parse().unwrap()), "{text}");
            assert_eq!(target.host, "127.0.0.1");
        }
        for (text, literal) in [
            ("http://[::1]/", "::1"),
            ("http://[0:0:0:0:0:0:0:1]/", "::1"),
            ("http://[::ffff:127.0.0.1]/", "::ffff:127.0.0.1"),
            ("http://[::ffff:7f00:1]/", "::ffff:127.0.0.1"),
            ("http://[64:ff9b::7f00:1]/", "64:ff9b::7f00:1"),
        ] {
            assert_eq!(
                Target::read(text).unwrap().literal,
                Some(literal.parse().unwrap()),
                "{text}"
            );
        }
    }

    #[test]
    fn what_readers_of_urls_disagree_about_is_refused() {
        for text in [
            "https://user@example.com/",
            "https://user:pass@example.com/",
            "https://:pass@example.com/",
            "https://example.com\\@evil.example/",
            "https://exam\nple.com/",
            " https://example.com/",
            "https://example.com/a b",
            "https://[fe80::1%25eth0]/",
            "https://256.1.1.1/",
            "https://1.2.3.4.5/",
            "https:///",
            "//example.com/",
            "example.com",
            "file:///etc/passwd",
            "ftp://example.com/",
            "gopher://example.com/",
            "javascript:alert(1)",
            "",
        ] {
            assert!(Target::read(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_fragment_is_not_sent_and_names_are_compared_in_lower_case() {
        let target = Target::read("https://EXAMPLE.com:443/A?b#c").unwrap();
        assert_eq!(target.url.as_str(), "https://example.com/A?b");
        assert_eq!((target.host.as_str(), target.port), ("example.com", 443));
    }

    proptest! {
        #[test]
        fn whatever_is_read_is_read_again_alike(text in "https?://[ -~äß。]{0,40}") {
            if let Ok(target) = Target::read(&text) {
                let again = Target::read(target.url.as_str()).expect("what was written by the parser is read by it");
                prop_assert_eq!(target.host, again.host);
                prop_assert_eq!(target.port, again.port);
                prop_assert_eq!(target.url, again.url);
            }
        }
    }
}
