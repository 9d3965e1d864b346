//! What a relay says: a reply code, perhaps an enhanced status code (RFC 3463), and text.

use std::error::Error as _;

use lettre::transport::smtp::Error;

/// A negative reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reply {
    pub(crate) code: u16,
    /// Class, subject, detail.
    pub(crate) status: Option<(u16, u16, u16)>,
    pub(crate) text: String,
}

impl Reply {
    pub(crate) fn new(code: u16, text: &str) -> Self {
        Self {
            code,
            status: status(code, text),
            text: crate::clean::line(text, 500),
        }
    }

    /// The reply that an error is; none where the relay said nothing.
    pub(crate) fn of(error: &Error) -> Option<Self> {
        let code = u16::from(error.status()?);
        let text = error.source().map(ToString::to_string).unwrap_or_default();
        Some(Self::new(code, &text))
    }

    /// Subject and detail.
    pub(crate) fn detail(&self) -> Option<(u16, u16)> {
        self.status.map(|(_, subject, detail)| (subject, detail))
    }

    pub(crate) fn is_permanent(&self) -> bool {
        self.code >= 500
    }

    /// The enhanced status code, or the reply code where there is none.
    pub(crate) fn shown(&self) -> String {
        match self.status {
            Some((class, subject, detail)) => format!("{class}.{subject}.{detail}"),
            None => self.code.to_string(),
        }
    }
}

impl std::fmt::Display for Reply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.code, self.text)
    }
}

/// The status code at the beginning of a reply's text, if its class is the reply's.
fn status(code: u16, text: &str) -> Option<(u16, u16, u16)> {
    let word = text.split_ascii_whitespace().next()?;
    let mut parts = word.split('.').map(|part| {
        let digits = (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| part.parse::<u16>().ok()).flatten()
    });
    let all = (parts.next()??, parts.next()??, parts.next()??);
    (parts.next().is_none() && all.0 == code / 100).then_some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_code_is_read_where_it_agrees_with_the_reply() {
        assert_eq!(Reply::new(550, "5.1.1 no such user").status, Some((5, 1, 1)));
        assert_eq!(Reply::new(550, "5.1.10 null MX").status, Some((5, 1, 10)));
        for text in ["4.1.1 odd", "no such user", "5.1", "5.1.1.1 x", "5.1.x", ""] {
            assert_eq!(Reply::new(550, text).status, None, "{text}");
        }
    }
}
