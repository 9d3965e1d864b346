//! From a letter to the bytes that a relay is given.

use lettre::{
    Message as Composed,
    address::Envelope,
    message::{MultiPart, SinglePart, header::HeaderName},
};

use crate::{Address, HeaderError, Letter, clean, footer::URL_CHARS, headers};

/// A message that can be handed over, as often as it takes.
#[derive(Clone, Debug)]
pub struct Message {
    pub(crate) from: Address,
    pub(crate) to: Address,
    pub(crate) bytes: Vec<u8>,
    id: String,
}

/// Why a letter cannot become a message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ComposeError {
    /// A header that may not be set.
    #[error(transparent)]
    Header(#[from] HeaderError),
    /// A link that would not survive in a header.
    #[error("the unsubscribe link '{url}' is not an https or http URL without spaces")]
    Unsubscribe {
        /// The beginning of it.
        url: String,
    },
    /// The crate that composes it refuses.
    #[error("composing the message: {0}")]
    Other(String),
}

impl Message {
    /// Its `Message-ID`, without the angle brackets.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The message as it goes over the wire, dots not doubled yet.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl Letter<'_> {
    /// Cleans, encodes and puts together.
    ///
    /// # Errors
    /// [`ComposeError`], where something was asked for that may not be.
    pub fn compose(&self) -> Result<Message, ComposeError> {
        let other = |error: &dyn std::fmt::Display| ComposeError::Other(error.to_string());
        let (from, to) = (&self.from.address, &self.to.address);
        let id = format!("{}@{}", id_word(self.id), from.domain());
        let asked = headers::asked_for(self.headers)?;
        let answers = asked.iter().any(|h| is(h, "In-Reply-To"));
        let envelope = Envelope::new(Some(from.raw().clone()), vec![to.raw().clone()]).map_err(|e| other(&e))?;
        let mut builder = Composed::builder()
            .envelope(envelope)
            .date(self.at)
            .raw_header(headers::mailbox("From", self.from))
            .raw_header(headers::mailbox("To", self.to))
            .raw_header(headers::in_one_line("Message-ID", format!("<{id}>")))
            .raw_header(headers::unstructured(
                HeaderName::new_from_ascii_str("Subject"),
                self.subject,
                clean::SUBJECT_CHARS,
            ))
            // RFC 3834: nothing here is sent by hand, so that no vacation note answers it.
            .raw_header(headers::in_one_line(
                "Auto-Submitted",
                if answers { "auto-replied" } else { "auto-generated" }.into(),
            ));
        if let Some(reply_to) = self.reply_to {
            builder = builder.raw_header(headers::mailbox("Reply-To", reply_to));
        }
        if let Some(url) = self.unsubscribe {
            let url = checked(url)?;
            // RFC 8058 wants both, and readers are known that unfold neither.
            builder = builder
                .raw_header(headers::in_one_line("List-Unsubscribe", format!("<{url}>")))
                .raw_header(headers::in_one_line(
                    "List-Unsubscribe-Post",
                    "List-Unsubscribe=One-Click".into(),
                ));
        }
        for header in asked {
            builder = builder.raw_header(header);
        }
        let text = self.text_part();
        let composed = match self.html_part() {
            Some(html) => builder.multipart(MultiPart::alternative_plain_html(text, html)),
            None => builder.singlepart(SinglePart::plain(text)),
        };
        Ok(Message {
            from: from.clone(),
            to: to.clone(),
            bytes: composed.map_err(|e| other(&e))?.formatted(),
            id,
        })
    }

    fn text_part(&self) -> String {
        let text = clean::body(self.text);
        self.footer.map_or(text.clone(), |footer| footer.below_text(&text))
    }

    fn html_part(&self) -> Option<String> {
        let html = clean::body(self.html?);
        Some(self.footer.map_or(html.clone(), |footer| footer.below_html(&html)))
    }
}

fn is(header: &lettre::message::header::HeaderValue, name: &'static str) -> bool {
    // There is no way to ask a value for its name but to look it up.
    let mut one = lettre::message::header::Headers::new();
    one.insert_raw(header.clone());
    one.get_raw(name).is_some()
}

/// An id as the left half of a `Message-ID`.
fn id_word(id: &str) -> String {
    let word: String = id
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
        .take(100)
        .collect();
    format!("hearken.{word}")
}

fn checked(url: &str) -> Result<&str, ComposeError> {
    let right = (url.starts_with("https://") || url.starts_with("http://"))
        && url.len() <= URL_CHARS
        && url.bytes().all(|b| b.is_ascii_graphic() && !b"<>\"".contains(&b));
    right.then_some(url).ok_or_else(|| ComposeError::Unsubscribe {
        url: clean::line(url, 100),
    })
}
