//! What of a request authentication looks at.

use http::HeaderMap;

/// A request, as it came.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// Such as `POST`.
    pub method: &'a str,
    /// The whole address as the sender wrote it, query included. The operator says how it
    /// begins; what the `Host` header says is the sender's own word and is never used.
    /// None where the operator did not say.
    pub url: Option<&'a str>,
    /// All headers.
    pub headers: &'a HeaderMap,
    /// Without the question mark, as it came.
    pub query: &'a str,
    /// Below the connector, percent-decoded once.
    pub path: &'a str,
    /// None as long as it is not read.
    pub body: Option<Body<'a>>,
}

/// A request's body in both forms.
#[derive(Clone, Copy, Debug)]
pub struct Body<'a> {
    /// The bytes as they came.
    pub sent: &'a [u8],
    /// Without content encodings.
    pub unpacked: &'a [u8],
}
