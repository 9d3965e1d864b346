//! Addresses that mail can go to.

use std::fmt;

/// An address as it stands in an envelope: one local part, and a domain in ASCII.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address(lettre::Address);

/// Why a text is no address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Not one local part, an at-sign and a domain.
    #[error("'{text}' is not an address: expected one such as 'ann@example.com'")]
    Shape {
        /// The beginning of it.
        text: String,
    },
    /// What stands after the at-sign can be no domain.
    #[error("'{text}' is not an address: '{domain}' is not a domain")]
    Domain {
        /// The beginning of it.
        text: String,
        /// The beginning of what should be the domain.
        domain: String,
    },
}

impl Address {
    /// Reads an address. A display name before it (`Ann <ann@example.com>`) is left aside,
    /// and an internationalised domain becomes its A-labels (RFC 5891).
    ///
    /// # Errors
    /// [`AddressError`] for anything else, two at-signs among it.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let shape = || AddressError::Shape {
            text: crate::clean::line(text, 80),
        };
        let trimmed = text.trim();
        let bare = match (trimmed.strip_suffix('>'), trimmed.rfind('<')) {
            (Some(inside), Some(at)) => &inside[at + 1..],
            _ => trimmed,
        };
        let (local, domain) = bare.rsplit_once('@').ok_or_else(shape)?;
        if bare.chars().any(|c| c.is_control() || c.is_whitespace()) || crate::clean::line(bare, bare.len()) != bare {
            return Err(shape());
        }
        let ascii = idna::domain_to_ascii(domain)
            .ok()
            .filter(|d| !d.is_empty() && d.len() <= 253 && !d.contains(['@', '<', '>']))
            .ok_or_else(|| AddressError::Domain {
                text: crate::clean::line(text, 80),
                domain: crate::clean::line(domain, 80),
            })?;
        lettre::Address::new(local, ascii).map(Self).map_err(|_| shape())
    }

    /// What stands after the at-sign, in ASCII and lower case.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.0.domain()
    }

    /// Whether a relay must speak SMTPUTF8 (RFC 6531) to take it.
    #[must_use]
    pub fn needs_utf8(&self) -> bool {
        !self.0.user().is_ascii()
    }

    pub(crate) fn raw(&self) -> &lettre::Address {
        &self.0
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_may_have_a_name_before_it_and_letters_of_any_script_in_its_domain() {
        for (text, address) in [
            ("ann@example.com", "ann@example.com"),
            (" Ann Example <ann@example.com> ", "ann@example.com"),
            ("\"Ann, <x>\" <ann@example.com>", "ann@example.com"),
            ("ann@bücher.example", "ann@xn--bcher-kva.example"),
            ("ann@BÜCHER.example", "ann@xn--bcher-kva.example"),
            ("ann+tag@mail.example.com", "ann+tag@mail.example.com"),
            ("änne@example.com", "änne@example.com"),
        ] {
            assert_eq!(Address::parse(text).unwrap().to_string(), address, "{text}");
        }
        assert!(Address::parse("änne@example.com").unwrap().needs_utf8());
        assert!(!Address::parse("ann@bücher.example").unwrap().needs_utf8());
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in [
            "",
            "ann",
            "@example.com",
            "ann@",
            "ann@bob@example.com",
            "ann@example.com@example.org",
            "ann@exam ple.com",
            "ann\r\nRCPT TO:<eve@example.com>@example.com",
            "ann@example.com>\r\nDATA",
            "<ann@example.com",
            "ann@example..com",
            "ann@-",
            "a\u{202e}nn@example.com",
            "ann@example.com, eve@example.com",
            "<ann@example.com> SIZE=1>",
        ] {
            assert!(Address::parse(text).is_err(), "{text:?}: {:?}", Address::parse(text));
        }
        let long = format!("{}@example.com", "a".repeat(10_000));
        assert!(Address::parse(&long).is_err());
        assert!(Address::parse(&long).unwrap_err().to_string().len() < 200);
    }
}
