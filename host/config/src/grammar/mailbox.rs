//! Senders and recipients: `ann@example.com`, `Example <hello@example.com>`.

use std::fmt;

use hearken_model::Identity;

use super::GrammarError;

/// An address with the name that is shown for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mailbox {
    /// None where only the address is shown.
    pub name: Option<String>,
    /// In lower case.
    pub address: String,
}

impl fmt::Display for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(f, "{name} <{}>", self.address),
            None => f.write_str(&self.address),
        }
    }
}

/// Reads an address.
///
/// # Errors
/// [`GrammarError::Mailbox`] where the text is anything else.
pub fn email(text: &str) -> Result<String, GrammarError> {
    let wrong = || GrammarError::Mailbox {
        text: text.into(),
        help: "write one address, such as \"ann@example.com\"".into(),
    };
    let plain = !text.contains(['<', '>', ',', ';', '"']);
    let identity = Identity::new("email", text).filter(|_| plain);
    let address = identity.map(|identity| identity.value).ok_or_else(wrong)?;
    let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain);
    let right = domain.contains('.') && domain.split('.').all(|label| !label.is_empty());
    // A machine's own name has no dot, and is all that some relays on it need.
    (right || domain == "localhost").then_some(address).ok_or_else(wrong)
}

/// Reads an address, with a name before it or without.
///
/// # Errors
/// [`GrammarError::Mailbox`] where the text is anything else.
pub fn mailbox(text: &str) -> Result<Mailbox, GrammarError> {
    let wrong = || GrammarError::Mailbox {
        text: text.into(),
        help: "write it as \"Example <hello@example.com>\" or \"hello@example.com\"".into(),
    };
    let trimmed = text.trim();
    let Some((name, rest)) = trimmed.split_once('<') else {
        return email(trimmed)
            .map(|address| Mailbox { name: None, address })
            .map_err(|_| wrong());
    };
    let address = rest.strip_suffix('>').ok_or_else(wrong)?;
    let name = name.trim().trim_matches('"').trim();
    if name.chars().any(char::is_control) {
        return Err(wrong());
    }
    Ok(Mailbox {
        name: (!name.is_empty()).then(|| name.to_owned()),
        address: email(address).map_err(|_| wrong())?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sender_is_an_address_with_a_name_or_without() {
        for (text, name, address) in [
            ("hello@example.com", None, "hello@example.com"),
            ("<Hello@Example.com>", None, "hello@example.com"),
            (
                "Example Books <hello@example.com>",
                Some("Example Books"),
                "hello@example.com",
            ),
            (
                "\"Example, Inc.\" <hello@example.com>",
                Some("Example, Inc."),
                "hello@example.com",
            ),
            ("root@localhost", None, "root@localhost"),
        ] {
            let read = mailbox(text).expect(text);
            assert_eq!((read.name.as_deref(), read.address.as_str()), (name, address), "{text}");
        }
    }

    #[test]
    fn what_is_none_is_told_what_would_be_right() {
        for text in [
            "",
            "hello",
            "hello@",
            "@example.com",
            "a@b@example.com",
            "hello@example",
            "hello@example..com",
            "Example <hello@example.com",
            "Example hello@example.com",
            "a@example.com, b@example.com",
            "Example <a@example.com> <b@example.com>",
        ] {
            let error = mailbox(text).expect_err(text);
            assert!(error.help().contains("hello@example.com"), "{text}: {}", error.help());
        }
    }
}
