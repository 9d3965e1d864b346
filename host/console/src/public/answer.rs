//! What of a plugin's answer goes out.
//!
//! It shares its origin with our own pages for people outside, so a plugin decides the
//! status and the data and nothing that a browser would act on: JSON or plain text, and
//! headers from a list. A header that is not on it is left out, another content type is
//! made plain text; both are said in the log, since the plugin's author will wonder.

use axum::{
    body::Body,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::Response,
};
use hearken_engine::Answer;

/// What a plugin may say about its answer.
const ALLOWED: &[HeaderName] = &[
    header::ALLOW,
    header::CACHE_CONTROL,
    header::CONTENT_LANGUAGE,
    header::CONTENT_TYPE,
    header::ETAG,
    header::EXPIRES,
    header::LAST_MODIFIED,
    header::RETRY_AFTER,
    header::VARY,
];

const PLAIN: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");

/// A plugin's answer, as far as it may go out.
pub(super) fn response(connector: &str, answer: Answer) -> Response {
    let has_body = !answer.body.is_empty();
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers: &mut HeaderMap = response.headers_mut();
    for (name, value) in answer.headers {
        let named = HeaderName::try_from(&name).ok().filter(|n| ALLOWED.contains(n));
        match (named, HeaderValue::try_from(value)) {
            (Some(header::CONTENT_TYPE), Ok(value)) => {
                headers.insert(header::CONTENT_TYPE, data_type(connector, value));
            }
            (Some(name), Ok(value)) => {
                headers.append(name, value);
            }
            _ => tracing::debug!(
                connector,
                header = name.escape_debug().to_string(),
                "a header of a plugin's answer is left out: it is not one that plugins may set"
            ),
        }
    }
    if has_body {
        headers.entry(header::CONTENT_TYPE).or_insert(PLAIN);
    }
    response
}

/// A text of the host's own.
pub(super) fn text(text: String) -> Response {
    let mut response = Response::new(Body::from(text));
    response.headers_mut().insert(header::CONTENT_TYPE, PLAIN);
    response
}

/// The type as it is, where it is JSON or plain text; else plain text.
fn data_type(connector: &str, given: HeaderValue) -> HeaderValue {
    let essence = given.to_str().unwrap_or_default().split(';').next().unwrap_or_default();
    let essence = essence.trim().to_ascii_lowercase();
    let json = essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"));
    if json || essence == "text/plain" {
        return given;
    }
    tracing::debug!(
        connector,
        content_type = essence.escape_debug().to_string(),
        "a plugin's answer goes out as plain text: plugins answer JSON or plain text"
    );
    PLAIN
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(given: &[(&str, &str)], body: &[u8]) -> Vec<String> {
        let headers = given.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        let response = response(
            "c",
            Answer {
                status: 200,
                headers,
                body: body.to_vec(),
            },
        );
        let headers = response.headers().iter();
        headers.map(|(n, v)| format!("{n}: {}", v.to_str().unwrap())).collect()
    }

    #[test]
    fn only_data_goes_out() {
        for (given, sent) in [
            ("application/json", "application/json"),
            (
                "Application/Problem+JSON; charset=utf-8",
                "Application/Problem+JSON; charset=utf-8",
            ),
            ("text/plain", "text/plain"),
            ("text/html", "text/plain; charset=utf-8"),
            ("image/svg+xml", "text/plain; charset=utf-8"),
            ("application/javascript", "text/plain; charset=utf-8"),
            ("text/html+json", "text/plain; charset=utf-8"),
        ] {
            assert_eq!(
                headers(&[("content-type", given)], b"x"),
                [format!("content-type: {sent}")]
            );
        }
        assert_eq!(headers(&[], b"x"), ["content-type: text/plain; charset=utf-8"]);
        assert_eq!(headers(&[], b""), [""; 0]);
    }

    #[test]
    fn headers_are_from_a_list() {
        let given = [
            ("Allow", "POST"),
            ("location", "https://elsewhere.example"),
            ("set-cookie", "a=b"),
            ("access-control-allow-credentials", "true"),
            ("content-length", "7"),
            ("refresh", "0; url=https://elsewhere.example"),
            ("x-anything", "x"),
            ("bad name", "x"),
            ("retry-after", "a\nb"),
        ];
        assert_eq!(headers(&given, b""), ["allow: POST"]);
    }
}
