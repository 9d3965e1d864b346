//! HTTP to the hosts that the manifest declares and the operator grants. Redirects are not
//! followed. Secrets are placeholders from the configuration; the host puts the value in
//! on the way out.
//!
//! ```no_run
//! use hearken_sdk::{Failure, http, json::json};
//!
//! # fn main() -> Result<(), Failure> {
//! let answer = http::Request::post("https://api.example.com/v1/notes")
//!     .header("authorization", "Bearer {placeholder}")
//!     .item("action-1")
//!     .json(&json!({ "text": "hello" }))?
//!     .send()?
//!     .success()?;
//! let id: String = answer.json()?;
//! # Ok(()) }
//! ```

use std::fmt;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{Failure, json};

/// A request. The host sets `Host`, lengths and everything hop by hop.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// `GET`, `POST`, `PUT`, `PATCH`, `DELETE`, `HEAD`.
    pub method: String,
    /// Absolute, `https` unless granted otherwise.
    pub url: String,
    /// (name, value). A name may occur more than once.
    pub headers: Vec<(String, String)>,
    /// None for no body.
    pub body: Option<Vec<u8>>,
    /// For the whole exchange; the connector's limit where it is lower or this is none.
    pub timeout: Option<Duration>,
    /// The action (or other item) of the batch that it is made for. A sink must say it.
    pub item: Option<String>,
}

impl Request {
    /// Of any method.
    pub fn new(method: impl Into<String>, url: impl Into<String>) -> Self {
        Self {
            method: method.into(),
            url: url.into(),
            ..Self::default()
        }
    }

    /// `GET`.
    pub fn get(url: impl Into<String>) -> Self {
        Self::new("GET", url)
    }

    /// `POST`.
    pub fn post(url: impl Into<String>) -> Self {
        Self::new("POST", url)
    }

    /// `PUT`.
    pub fn put(url: impl Into<String>) -> Self {
        Self::new("PUT", url)
    }

    /// `PATCH`.
    pub fn patch(url: impl Into<String>) -> Self {
        Self::new("PATCH", url)
    }

    /// `DELETE`.
    pub fn delete(url: impl Into<String>) -> Self {
        Self::new("DELETE", url)
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
        self.body = Some(body.into());
        self
    }

    /// With JSON as its body, and its content type.
    ///
    /// # Errors
    /// Permanent, where `value` cannot be written as JSON.
    pub fn json<T: Serialize + ?Sized>(self, value: &T) -> Result<Self, Failure> {
        Ok(self
            .header("content-type", "application/json")
            .body(json::to_string(value)?))
    }

    /// Given up after this time.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Made for this action, or other item of the batch. After a trap, items for which
    /// nothing was sent are tried again; the others are unknown.
    #[must_use]
    pub fn item(mut self, item: impl Into<String>) -> Self {
        self.item = Some(item.into());
        self
    }

    /// Sends it and waits for the answer, whatever its status. Waiting costs no CPU budget.
    ///
    /// # Errors
    /// [`Error`], where no answer came.
    pub fn send(self) -> Result<Response, Error> {
        #[cfg(target_arch = "wasm32")]
        return wire::send(self);
        #[cfg(not(target_arch = "wasm32"))]
        crate::testing::answered(self)
    }
}

/// Many at once, as far as the connector's limits allow; answers in the order asked.
pub fn send_all(requests: Vec<Request>) -> Vec<Result<Response, Error>> {
    #[cfg(target_arch = "wasm32")]
    return wire::send_all(requests);
    #[cfg(not(target_arch = "wasm32"))]
    requests.into_iter().map(crate::testing::answered).collect()
}

/// An answer, whatever its status.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// (name in lower case, value), in the order received.
    pub headers: Vec<(String, String)>,
    /// Unpacked, at most as large as the connector's limit.
    pub body: Vec<u8>,
}

impl Response {
    /// The first value of a header, whose name is given in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// The body as text; what is no UTF-8 is replaced.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// Permanent, and it says where the body is wrong.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        json::from_slice("the answer", &self.body)
    }

    /// How long the vendor asks to wait: `Retry-After` in seconds.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.header("retry-after")?.trim().parse().ok().map(Duration::from_secs)
    }

    /// Itself where the status is 2xx.
    ///
    /// # Errors
    /// What the status means to most vendors: 429 is rate-limited (a minute, unless the
    /// vendor says how long); 408, 425 and 5xx are transient; 401 and 403 are config with
    /// the code `credentials`; 404 and 410 are permanent with the code `not-found`; others
    /// are permanent. A sink whose vendor may have acted before a 5xx must look closer.
    pub fn success(self) -> Result<Self, Failure> {
        let status = self.status;
        let told = || {
            let text = self.text();
            let text = text.trim();
            format!(
                "the vendor answered {status}: {}",
                &text[..text.floor_char_boundary(300)]
            )
        };
        let mut failure = match status {
            200..=299 => return Ok(self),
            429 => Failure::rate_limited(told(), Duration::from_secs(60)),
            408 | 425 | 500.. => Failure::transient(told()),
            401 | 403 => Failure::config(told()).code("credentials"),
            404 | 410 => Failure::permanent(told()).code("not-found"),
            _ => Failure::permanent(told()),
        };
        failure.retry_after = self.retry_after().or(failure.retry_after);
        Err(failure)
    }
}

/// No answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Error {
    /// `denied`, `dns`, `connect`, `tls`, `timeout`, `too-large`, `rate-limited`,
    /// `breaker-open`, `protocol`.
    pub code: String,
    /// For a person.
    pub message: String,
    /// Whether the other side may have received the request.
    pub may_have_arrived: bool,
    /// When trying again makes sense, from now.
    pub retry_after: Option<Duration>,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.message, self.code)
    }
}

impl std::error::Error for Error {}

/// For sinks: what may have arrived is unknown. Else `denied` is denied, `rate-limited` is
/// rate-limited, and the rest is transient.
impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let class = match error.code.as_str() {
            "denied" => crate::Class::Denied,
            _ if error.may_have_arrived => crate::Class::Unknown,
            "rate-limited" => crate::Class::RateLimited,
            _ => crate::Class::Transient,
        };
        Self {
            retry_after: error.retry_after,
            ..Self::new(class, error.to_string())
        }
    }
}

#[cfg(target_arch = "wasm32")]
mod wire {
    use super::{Duration, Error, Request, Response};
    use crate::bindings::hearken::plugin::http as wit;
    use crate::instant::millis;

    pub(super) fn send(request: Request) -> Result<Response, Error> {
        answer(wit::send(&lower(request)))
    }

    pub(super) fn send_all(requests: Vec<Request>) -> Vec<Result<Response, Error>> {
        let requests: Vec<wit::Request> = requests.into_iter().map(lower).collect();
        wit::send_all(&requests).into_iter().map(answer).collect()
    }

    fn lower(request: Request) -> wit::Request {
        wit::Request {
            method: request.method,
            url: request.url,
            headers: request.headers,
            body: request.body,
            timeout_ms: request
                .timeout
                .map(|timeout| u32::try_from(millis(timeout)).unwrap_or(u32::MAX)),
            item: request.item,
        }
    }

    fn answer(answer: Result<wit::Response, wit::Error>) -> Result<Response, Error> {
        match answer {
            Ok(response) => Ok(Response {
                status: response.status,
                headers: response.headers,
                body: response.body,
            }),
            Err(error) => Err(Error {
                code: error.code,
                message: error.message,
                may_have_arrived: error.may_have_arrived,
                retry_after: error.retry_after_ms.map(Duration::from_millis),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Class;

    fn failure(status: u16, headers: &[(&str, &str)]) -> Failure {
        let headers = headers
            .iter()
            .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
            .collect();
        Response {
            status,
            headers,
            body: b"no".to_vec(),
        }
        .success()
        .unwrap_err()
    }

    #[test]
    fn a_status_becomes_the_class_that_the_host_can_act_on() {
        assert_eq!(failure(503, &[]).class, Class::Transient);
        assert_eq!(failure(401, &[]).code, "credentials");
        assert_eq!(failure(404, &[]).code, "not-found");
        assert_eq!(failure(422, &[]).class, Class::Permanent);
        assert_eq!(failure(422, &[]).message, "the vendor answered 422: no");
        let limited = failure(429, &[("retry-after", "7")]);
        assert_eq!(
            (limited.class, limited.retry_after),
            (Class::RateLimited, Some(Duration::from_secs(7)))
        );
        assert!(
            Response {
                status: 204,
                ..Response::default()
            }
            .success()
            .is_ok()
        );
    }

    #[test]
    fn what_may_have_arrived_is_unknown_and_not_tried_again() {
        let lost = Error {
            code: "timeout".into(),
            may_have_arrived: true,
            ..Error::default()
        };
        assert_eq!(Failure::from(lost.clone()).class, Class::Unknown);
        assert_eq!(
            Failure::from(Error {
                may_have_arrived: false,
                ..lost
            })
            .class,
            Class::Transient
        );
    }
}
