//! Paths, and prefixes of them that end where a segment does.
//!
//! A prefix is compared with the path as it is sent. What a server might read otherwise (an
//! encoded slash, dots behind one or two layers of encoding or before a `;`) is under no
//! prefix but `/`, for which it makes no difference.

use std::fmt;

use percent_encoding::percent_decode;
use url::Url;

/// How often a server may be thought to decode a path.
const LAYERS: usize = 3;

/// The beginning of a path: whole segments.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Prefix(
    /// Without a slash at its end, so that `/` is empty.
    String,
);

impl Prefix {
    /// Reads one; none where it is no path as it would be sent.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let as_sent = Url::parse(&format!("https://host{text}")).ok()?;
        let plain = text.starts_with('/') && as_sent.path() == text && !is_ambiguous(text);
        plain.then(|| Self(text.trim_end_matches('/').to_owned()))
    }

    pub(crate) fn covers(&self, path: &str) -> bool {
        if self.0.is_empty() {
            return true;
        }
        let rest = path.strip_prefix(&self.0);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/')) && !is_ambiguous(path)
    }

    /// The longer one, where one is the other's beginning.
    pub(crate) fn narrower<'a>(&'a self, other: &'a Self) -> Option<&'a Self> {
        if self.covers(&other.0) {
            Some(other)
        } else {
            other.covers(&self.0).then_some(self)
        }
    }
}

impl fmt::Display for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() { "/" } else { &self.0 })
    }
}

/// Whether somebody could take a segment for something that it does not look like.
fn is_ambiguous(path: &str) -> bool {
    path.split('/').any(|segment| {
        let mut segment = segment.as_bytes().to_vec();
        for _ in 0..=LAYERS {
            let name = segment.split(|b| *b == b';').next().unwrap_or_default();
            if name == b"." || name == b".." || segment.iter().any(|b| matches!(b, b'/' | b'\\' | 0..=0x1f | 0x7f)) {
                return true;
            }
            segment = percent_decode(&segment).collect();
        }
        false
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn prefix(text: &str) -> Prefix {
        Prefix::read(text).unwrap_or_else(|| panic!("{text}"))
    }

    #[test]
    fn a_prefix_ends_where_a_segment_does() {
        let api = prefix("/api");
        for path in ["/api", "/api/", "/api/v1/x", "/api/a%20b", "/api/a.b", "/api/..."] {
            assert!(api.covers(path), "{path}");
        }
        for path in ["/", "/apix", "/api.json", "/API", "/v1/api", "//api", "/%61pi"] {
            assert!(!api.covers(path), "{path}");
        }
        assert_eq!(prefix("/api/"), api);
        assert!(prefix("/").covers("/anything%2f..%2f"));
    }

    #[test]
    fn what_a_server_could_read_otherwise_is_under_no_prefix() {
        for path in [
            "/api/%2e%2e/admin",
            "/api/..%2fadmin",
            "/api/..%5cadmin",
            "/api/%252e%252e/admin",
            "/api/..%252fadmin",
            "/api/x%25252fadmin",
            "/api/..;/admin",
            "/api/%2e%2e;x/admin",
            "/api/a%00b",
            "/api/a%0ab",
        ] {
            assert!(!prefix("/api").covers(path), "{path}");
        }
    }

    #[test]
    fn a_prefix_is_written_as_it_is_sent() {
        for text in ["api", "", "/a/../b", "/a b", "/a?b", "/a#b", "/ä", "/a%2fb", "/a\\b"] {
            assert!(Prefix::read(text).is_none(), "{text}");
        }
    }

    #[test]
    fn of_two_prefixes_the_narrower_counts() {
        let (root, api, v1) = (prefix("/"), prefix("/api"), prefix("/api/v1"));
        assert_eq!(root.narrower(&api), Some(&api));
        assert_eq!(v1.narrower(&api), Some(&v1));
        assert_eq!(api.narrower(&prefix("/apix")), None);
    }

    proptest! {
        /// Whatever a guest writes: what is let through stays below the prefix, also for a
        /// server that decodes, takes parameters off and resolves dots.
        #[test]
        fn nothing_leaves_a_prefix(tail in "(/|\\.|%2e|%2E|%2f|%5c|%25|\\\\|;|a|2e|2f|5c|%){0,12}") {
            let Ok(url) = Url::parse(&format!("https://host/api{tail}")) else { return Ok(()) };
            if !prefix("/api").covers(url.path()) { return Ok(()) }
            let mut path = url.path().to_owned();
            for _ in 0..LAYERS {
                path = percent_decode(path.as_bytes()).decode_utf8_lossy().replace('\\', "/");
                let mut kept: Vec<&str> = Vec::new();
                for segment in path.split('/').map(|s| s.split(';').next().unwrap_or_default()) {
                    match segment {
                        ".." => { kept.pop(); }
                        "." | "" => {}
                        other => kept.push(other),
                    }
                }
                prop_assert_eq!(kept.first(), Some(&"api"), "{}", url);
            }
        }
    }
}
