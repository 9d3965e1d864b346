//! One request over the wire, and its answer within its limits.

use std::{error::Error as StdError, io};

use reqwest::{
    Client, Method,
    header::{ACCEPT_ENCODING, CONTENT_ENCODING, HeaderMap, HeaderName, HeaderValue},
};
use tokio::time::{Instant, timeout_at};

use crate::{Code, Error, Limits, headers, lookup::LookupError, secret::Filled, unpack};

/// An answer before secrets are masked in it.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, Vec<u8>)>,
    pub(crate) body: Vec<u8>,
    /// As they came.
    pub(crate) bytes: u64,
}

/// A request that is ready to be sent.
pub(crate) struct Ready {
    request: reqwest::Request,
    /// Body, headers and URL.
    pub(crate) bytes: u64,
}

impl Ready {
    /// # Errors
    /// [`Code::Denied`] for what is no header, [`Code::TooLarge`] for what is too large.
    pub(crate) fn new(method: crate::Method, filled: Filled, limits: &Limits) -> Result<Self, Error> {
        let body_bytes = filled.body.as_ref().map_or(0, Vec::len);
        let header_bytes: usize = filled
            .headers
            .iter()
            .map(|(name, value, _)| name.len() + value.len() + 4)
            .sum();
        if body_bytes > limits.request_bytes {
            let message = format!("the request's body is larger than {} bytes", limits.request_bytes);
            return Err(Error::before(Code::TooLarge, message));
        }
        if header_bytes > limits.header_bytes || filled.headers.len() > limits.headers {
            return Err(Error::before(
                Code::TooLarge,
                "the request has too many headers, or too large ones",
            ));
        }
        let bytes = (body_bytes + header_bytes + filled.url.as_str().len()) as u64;
        let method = Method::from_bytes(method.word().as_bytes())
            .map_err(|_| Error::before(Code::Denied, "http is denied: it is no method"))?;
        let mut request = reqwest::Request::new(method, filled.url);
        *request.headers_mut() = header_map(filled.headers)?;
        *request.body_mut() = filled.body.map(Into::into);
        Ok(Self { request, bytes })
    }

    /// Sends it and takes the answer in.
    pub(crate) async fn send(self, client: &Client, deadline: Instant, limits: &Limits) -> Result<Answer, Error> {
        let exchange = async {
            let response = client.execute(self.request).await.map_err(failed)?;
            take_in(response, limits).await
        };
        match timeout_at(deadline, exchange).await {
            Ok(ended) => ended,
            Err(_) => Err(Error::after(Code::Timeout, "there was no whole answer in time")),
        }
    }
}

fn header_map(headers: Vec<(String, String, bool)>) -> Result<HeaderMap, Error> {
    let mut map = HeaderMap::with_capacity(headers.len() + 1);
    for (name, value, secret) in headers {
        let wrong = || {
            let shown: String = name.chars().filter(|c| c.is_ascii_graphic()).take(60).collect();
            Error::before(
                Code::Denied,
                format!("http is denied: '{shown}' is no header, or its value is none"),
            )
        };
        let parsed = HeaderName::from_bytes(name.as_bytes()).map_err(|_| wrong())?;
        let mut value = HeaderValue::from_bytes(value.as_bytes()).map_err(|_| wrong())?;
        value.set_sensitive(secret);
        map.append(parsed, value);
    }
    map.insert(ACCEPT_ENCODING, HeaderValue::from_static(unpack::ACCEPTED));
    Ok(map)
}

async fn take_in(mut response: reqwest::Response, limits: &Limits) -> Result<Answer, Error> {
    let status = response.status().as_u16();
    let most = limits.response_bytes;
    let headers = std::mem::take(response.headers_mut());
    let header_bytes: usize = headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len() + 4)
        .sum();
    if headers.len() > limits.headers || header_bytes > limits.header_bytes {
        return Err(Error::after(
            Code::TooLarge,
            "the answer has too many headers, or too large ones",
        ));
    }
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(failed_after)? {
        if body.len() + piece.len() > most {
            return Err(unpack::too_large(most));
        }
        body.extend_from_slice(&piece);
    }
    let bytes = (body.len() + header_bytes) as u64;
    let encodings: Vec<String> = headers
        .get_all(CONTENT_ENCODING)
        .iter()
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
        .collect();
    let body = unpack::unpack(body, &encodings, most).await?;
    let headers = headers
        .iter()
        .filter(|(name, _)| !headers::is_left_out(name.as_str()))
        .map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_owned()))
        .collect();
    Ok(Answer {
        status,
        headers,
        body,
        bytes,
    })
}

fn failed_after(error: reqwest::Error) -> Error {
    Error {
        may_have_arrived: true,
        ..failed(error)
    }
}

/// What kind of failure it was, and whether anything may have arrived.
fn failed(error: reqwest::Error) -> Error {
    let error = error.without_url();
    if let Some(lookup) = cause::<LookupError>(&error) {
        return lookup.into();
    }
    let why = deepest(&error);
    if error.is_connect() {
        let code = match () {
            () if is_tls(&error) => Code::Tls,
            () if error.is_timeout() => Code::Timeout,
            () => Code::Connect,
        };
        return Error::before(code, format!("connecting: {why}"));
    }
    if error.is_builder() {
        return Error::before(Code::Protocol, why);
    }
    let code = if error.is_timeout() {
        Code::Timeout
    } else {
        Code::Protocol
    };
    Error::after(code, why)
}

fn causes<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    // Without the star it would be the source of the reference, which lives for less long.
    std::iter::successors(Some(error), |error| (*error).source())
}

fn cause<'a, E: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a E> {
    causes(error).find_map(|error| error.downcast_ref())
}

fn is_tls(error: &(dyn StdError + 'static)) -> bool {
    causes(error).any(|error| {
        // What an IO error wraps is not among its causes.
        let wrapped = std::iter::successors(error.downcast_ref::<io::Error>(), |error| {
            error.get_ref().and_then(|inner| inner.downcast_ref())
        });
        let mut wrapped = wrapped.filter_map(io::Error::get_ref);
        error.is::<rustls::Error>() || wrapped.any(|inner| inner.is::<rustls::Error>())
    })
}

fn deepest(error: &(dyn StdError + 'static)) -> String {
    let text = causes(error).last().map(ToString::to_string).unwrap_or_default();
    text.chars().take(300).collect()
}
