//! What sources and webhooks are given and what they answer.

use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::bindings::exports::hearken::plugin::{source, webhook};
use crate::instant::millis;
use crate::{Extra, Failure, Instant, Reject, Signal, json};

/// One page of a source.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// In any order, at most as many as were asked for.
    pub signals: Vec<Signal>,
    /// What could not be understood.
    pub rejects: Vec<Reject>,
    /// Where to go on; kept only once the signals are stored. At most 64 KiB. None: from
    /// the beginning.
    pub cursor: Option<String>,
    /// When to ask again: zero at once; none at the connector's next interval.
    pub again_in: Option<Duration>,
    /// (done, of), in any unit, for people.
    pub progress: Option<(u64, u64)>,
    /// Room to grow.
    pub extra: Extra,
}

impl Page {
    /// Nothing, and to go on at `cursor`.
    #[must_use]
    pub fn at(cursor: Option<String>) -> Self {
        Self {
            cursor,
            ..Self::default()
        }
    }

    /// With one more signal.
    #[must_use]
    pub fn signal(mut self, signal: Signal) -> Self {
        self.signals.push(signal);
        self
    }

    /// With more to be had at once.
    #[must_use]
    pub fn more(mut self) -> Self {
        self.again_in = Some(Duration::ZERO);
        self
    }

    /// With how many records (rows, lines) it was read from, for people.
    #[must_use]
    pub fn records(mut self, records: u64) -> Self {
        self.extra.push(("records".to_owned(), records.to_string()));
        self
    }

    pub(crate) fn into_wit(self) -> source::Page {
        source::Page {
            signals: self.signals.into_iter().map(Signal::into_wit).collect(),
            rejects: self.rejects.into_iter().map(Reject::into_wit).collect(),
            cursor: self.cursor,
            again_in_ms: self.again_in.map(millis),
            progress: self.progress,
            extra: self.extra,
        }
    }
}

/// A request that arrived below `/in/{connector}/` and that the host has authenticated as
/// the manifest says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Request {
    /// Its place in the batch, to name it in the log. Not part of what it says.
    pub id: String,
    /// `GET`, `POST`, … `OPTIONS` is answered by the host where the manifest asks for CORS.
    pub method: String,
    /// Below `/in/{connector}`, with a leading slash, percent-decoded once.
    pub path: String,
    /// Without the question mark, as it came; [`Request::parameter`] reads it.
    pub query: String,
    /// (name in lower case, value). Without credentials, signatures, cookies and what is hop
    /// by hop.
    pub headers: Vec<(String, String)>,
    /// Unpacked, if it came compressed.
    pub body: Vec<u8>,
    /// When this one came (a batch may have waited).
    pub received: Instant,
    /// The name of the manifest's credential that it proved; none where the route is open.
    pub principal: Option<String>,
    /// The network peer's address, as far as the operator lets the host know it.
    pub peer: String,
    /// Room to grow.
    pub extra: Extra,
}

impl Request {
    /// A request to write tests with.
    pub fn new(method: impl Into<String>, path: impl Into<String>, body: impl Into<Vec<u8>>) -> Self {
        Self {
            method: method.into(),
            path: path.into(),
            body: body.into(),
            ..Self::default()
        }
    }

    /// The first value of a header, whose name is given in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// The first value of a parameter in the query, decoded.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<String> {
        form_urlencoded::parse(self.query.as_bytes())
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    }

    /// The body as JSON, whatever its content type (browsers send beacons as `text/plain`).
    ///
    /// # Errors
    /// Permanent, which answers 400 and says where the body is wrong.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        json::from_slice("the body", &self.body)
    }

    pub(crate) fn from_wit(request: webhook::Request) -> Self {
        Self {
            id: request.id,
            method: request.method,
            path: request.path,
            query: request.query,
            headers: request.headers,
            body: request.body,
            received: Instant::from_millis(request.received),
            principal: request.principal,
            peer: request.peer,
            extra: request.extra,
        }
    }
}

/// What a request means and what to answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Reception {
    /// In any order; stored before the answer is sent.
    pub signals: Vec<Signal>,
    /// What could not be understood.
    pub rejects: Vec<Reject>,
    /// The answer's status. Where storing fails the host answers 503 instead.
    pub status: u16,
    /// (name, value) of the answer: `allow`, `cache-control`, `content-language`,
    /// `content-type` (JSON or plain text), `etag`, `expires`, `last-modified`,
    /// `retry-after`, `vary`. Others are left out; the host sets lengths and CORS.
    pub headers: Vec<(String, String)>,
    /// The answer's body.
    pub body: Vec<u8>,
    /// Room to grow.
    pub extra: Extra,
}

impl Default for Reception {
    fn default() -> Self {
        Self::status(200)
    }
}

impl Reception {
    /// 200 without a body.
    #[must_use]
    pub fn ok() -> Self {
        Self::status(200)
    }

    /// A status without a body.
    #[must_use]
    pub fn status(status: u16) -> Self {
        Self {
            signals: Vec::new(),
            rejects: Vec::new(),
            status,
            headers: Vec::new(),
            body: Vec::new(),
            extra: Extra::new(),
        }
    }

    /// 200 with JSON.
    ///
    /// # Errors
    /// Permanent, where `value` cannot be written as JSON.
    pub fn ok_json<T: Serialize + ?Sized>(value: &T) -> Result<Self, Failure> {
        Ok(Self::ok()
            .header("content-type", "application/json")
            .body(json::to_string(value)?))
    }

    /// With one more header.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// With this body.
    #[must_use]
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// With one more signal.
    #[must_use]
    pub fn signal(mut self, signal: Signal) -> Self {
        self.signals.push(signal);
        self
    }

    /// With something that could not be understood.
    #[must_use]
    pub fn reject(mut self, reject: Reject) -> Self {
        self.rejects.push(reject);
        self
    }

    pub(crate) fn into_wit(self) -> webhook::Reception {
        webhook::Reception {
            signals: self.signals.into_iter().map(Signal::into_wit).collect(),
            rejects: self.rejects.into_iter().map(Reject::into_wit).collect(),
            status: self.status,
            headers: self.headers,
            body: self.body,
            extra: self.extra,
        }
    }
}
