//! What is to be said, to whom, and in whose name.

use std::time::SystemTime;

use crate::{Address, Footer};

/// Somebody with an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mailbox {
    /// As it is to be shown; any text.
    pub name: Option<String>,
    /// Where they are reached.
    pub address: Address,
}

impl From<Address> for Mailbox {
    fn from(address: Address) -> Self {
        Self { name: None, address }
    }
}

/// A message before it is composed. Every text may come from outside: composing cleans it.
#[derive(Clone, Debug)]
pub struct Letter<'a> {
    /// The same for every attempt: `Message-ID` is made from it and the sender's domain, so
    /// that two copies of one message can be told to be one.
    pub id: &'a str,
    /// Who writes, in the header and in the envelope.
    pub from: &'a Mailbox,
    /// Who is to be answered, where that is somebody else.
    pub reply_to: Option<&'a Mailbox>,
    /// Who is written to.
    pub to: &'a Mailbox,
    /// The subject.
    pub subject: &'a str,
    /// The plain part.
    pub text: &'a str,
    /// The HTML part.
    pub html: Option<&'a str>,
    /// Headers that the writer asks for: `X-…`, `In-Reply-To` and `References`.
    pub headers: &'a [(String, String)],
    /// When it is sent.
    pub at: SystemTime,
    /// Where one click unsubscribes (RFC 8058).
    pub unsubscribe: Option<&'a str>,
    /// What stands below it.
    pub footer: Option<&'a Footer>,
}
