//! What goes out and what comes back.

use std::{net::SocketAddr, time::Duration};

/// A request as a guest writes it.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// One of [`Method`](crate::Method)'s words.
    pub method: String,
    /// Absolute.
    pub url: String,
    /// (name, value); a name may occur more than once.
    pub headers: Vec<(String, String)>,
    /// None for no body.
    pub body: Option<Vec<u8>>,
    /// For the whole exchange; the connector's limit where that is lower or this is none.
    pub timeout: Option<Duration>,
    /// The action or other item that it is made for.
    pub item: Option<String>,
}

/// An answer, whatever its status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// (name in lower case, value), in the order received; what speaks of the transport is
    /// left out.
    pub headers: Vec<(String, String)>,
    /// Unpacked, with secrets masked.
    pub body: Vec<u8>,
}

/// No answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    /// What kind of failure.
    pub code: Code,
    /// For a person. It holds no secret.
    pub message: String,
    /// Whether the other side may have received the request.
    pub may_have_arrived: bool,
    /// When trying again makes sense, from now.
    pub retry_after: Option<Duration>,
    /// The address that it was denied for.
    pub(crate) refused: Option<SocketAddr>,
}

impl Error {
    /// A failure before anything was sent.
    pub(crate) fn before(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            may_have_arrived: false,
            retry_after: None,
            refused: None,
        }
    }

    /// A failure after something may have been sent.
    pub(crate) fn after(code: Code, message: impl Into<String>) -> Self {
        Self {
            may_have_arrived: true,
            ..Self::before(code, message)
        }
    }

    pub(crate) fn again_in(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }
}

/// Kinds of failures. Their words are the contract's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Code {
    /// It may not be sent.
    Denied,
    /// The name leads nowhere.
    Dns,
    /// Nobody answers there.
    Connect,
    /// The way there cannot be encrypted, or it is not who it should be.
    Tls,
    /// It took too long.
    Timeout,
    /// What was to be sent, or came back, is larger than allowed.
    TooLarge,
    /// A quota is used up, the vendor's or the operator's.
    RateLimited,
    /// It failed too often lately.
    BreakerOpen,
    /// What came back is no answer in HTTP, or the connection broke.
    Protocol,
}

impl Code {
    /// Its word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Denied => "denied",
            Self::Dns => "dns",
            Self::Connect => "connect",
            Self::Tls => "tls",
            Self::Timeout => "timeout",
            Self::TooLarge => "too-large",
            Self::RateLimited => "rate-limited",
            Self::BreakerOpen => "breaker-open",
            Self::Protocol => "protocol",
        }
    }
}
