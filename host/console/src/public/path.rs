//! Which connector a request is for, and its path below it.

use axum::http::StatusCode;
use percent_encoding::percent_decode_str;

use crate::refusal::Refusal;

/// A request's target below `/in/` or `/site/`, percent-decoded once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    /// The connector's name.
    pub(super) connector: String,
    /// Below it, with a leading slash.
    pub(super) path: String,
}

/// Reads a target from a raw path; none where it is not below `/in/`.
pub(super) fn target(raw: &str) -> Result<Option<Target>, Refusal> {
    below("/in/", raw)
}

/// The same below another prefix.
pub(super) fn below(prefix: &str, raw: &str) -> Result<Option<Target>, Refusal> {
    let Some(rest) = raw.strip_prefix(prefix) else {
        return Ok(None);
    };
    let (connector, path) = match rest.find('/') {
        Some(slash) => rest.split_at(slash),
        None => (rest, "/"),
    };
    Ok(Some(Target {
        connector: decode(connector)?,
        path: decode(path)?,
    }))
}

fn decode(raw: &str) -> Result<String, Refusal> {
    let bad = || {
        Refusal::new(
            StatusCode::BAD_REQUEST,
            "the path is not properly encoded",
            "encode it as UTF-8 with %XX, without control characters",
        )
    };
    let escaped = |at: usize| {
        raw.as_bytes()
            .get(at + 1..at + 3)
            .is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit))
    };
    if raw.match_indices('%').any(|(at, _)| !escaped(at)) {
        return Err(bad());
    }
    let text = percent_decode_str(raw).decode_utf8().map_err(|_| bad())?;
    if text.chars().any(char::is_control) {
        Err(bad())
    } else {
        Ok(text.into_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::{Target, target};

    fn read(raw: &str) -> Option<(String, String)> {
        target(raw).ok()?.map(|Target { connector, path }| (connector, path))
    }

    #[test]
    fn a_path_is_decoded_once() {
        let expected = |connector: &str, path: &str| Some((connector.to_owned(), path.to_owned()));
        assert_eq!(read("/in/site/v1/track"), expected("site", "/v1/track"));
        assert_eq!(read("/in/site"), expected("site", "/"));
        assert_eq!(read("/in/s%69te/a%2520b/%C3%A4"), expected("site", "/a%20b/ä"));
        assert_eq!(read("/elsewhere"), None);
    }

    #[test]
    fn a_path_that_is_badly_encoded_is_refused() {
        for raw in [
            "/in/site/%",
            "/in/site/%4",
            "/in/site/%zz",
            "/in/site/%ff",
            "/in/si%00te/",
            "/in/site/%0a",
        ] {
            assert!(target(raw).is_err(), "{raw}");
        }
    }
}
