//! What follows a link, by what it says of itself.

use std::net::IpAddr;

use axum::http::{HeaderMap, header};
use hearken_engine::{Agent, Visitor};

/// Parts of names under which mailbox providers load what is in messages …
const MAIL_PROXIES: [&str; 5] = [
    "googleimageproxy",
    "yahoomailproxy",
    "ggpht.com",
    "outlookimageproxy",
    "protonmail",
];
/// … and of what says it is a robot: searches, previews and scanners.
const BOTS: [&str; 18] = [
    "bot",
    "crawl",
    "spider",
    "slurp",
    "preview",
    "scan",
    "monitor",
    "headless",
    "barracuda",
    "proofpoint",
    "mimecast",
    "safelinks",
    "symantec",
    "trendmicro",
    "facebookexternalhit",
    "whatsapp",
    "validator",
    "lighthouse",
];
/// Who follows a link.
pub(super) fn visitor(headers: &HeaderMap, asking: IpAddr) -> Visitor {
    let name = super::header(headers, &header::USER_AGENT);
    Visitor {
        agent: agent(name),
        ahead: is_ahead(headers),
        called: name.unwrap_or_default().to_owned(),
        asking,
    }
}

fn agent(name: Option<&str>) -> Agent {
    let name = name.unwrap_or_default().trim().to_ascii_lowercase();
    let among = |parts: &[&str]| parts.iter().any(|part| name.contains(part));
    if name.is_empty() {
        Agent::None
    } else if among(&MAIL_PROXIES) {
        Agent::MailProxy
    } else if among(&BOTS) {
        Agent::Bot
    } else if name.starts_with("mozilla/") || name.starts_with("opera/") {
        Agent::Browser
    } else {
        // A library or a command: what people browse with begins with one of the two, for
        // reasons of its own.
        Agent::Library
    }
}

/// Browsers say when they only prepare for a click that may never come.
fn is_ahead(headers: &HeaderMap) -> bool {
    ["sec-purpose", "purpose", "x-purpose", "x-moz"].iter().any(|name| {
        let value = headers.get(*name).and_then(|v| v.to_str().ok()).unwrap_or_default();
        let value = value.to_ascii_lowercase();
        value.contains("prefetch") || value.contains("prerender") || value.contains("preview")
    })
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn people_and_programs_are_told_apart_by_what_they_say() {
        for (name, expected) in [
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148",
                Agent::Browser,
            ),
            (
                "Mozilla/5.0 (compatible; Examplebot/1.0; +https://www.example.com/bot)",
                Agent::Bot,
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/140.0 Safari/537.36",
                Agent::Bot,
            ),
            (
                "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)",
                Agent::MailProxy,
            ),
            ("curl/8.9.1", Agent::Library),
            ("python-requests/2.32", Agent::Library),
            ("", Agent::None),
            ("  ", Agent::None),
        ] {
            assert_eq!(agent(Some(name)), expected, "{name}");
        }
        assert_eq!(agent(None), Agent::None);
    }

    #[test]
    fn what_is_fetched_ahead_says_so() {
        let with = |name: &'static str, value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(name, HeaderValue::from_static(value));
            visitor(&headers, [192, 0, 2, 1].into()).ahead
        };
        assert!(with("sec-purpose", "prefetch;prerender"));
        assert!(with("x-moz", "prefetch") && with("purpose", "preview"));
        assert!(!with("sec-fetch-mode", "navigate"));
    }
}
