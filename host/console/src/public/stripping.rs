//! What of a request a plugin is shown: nothing that proves anything, nothing of other
//! sites' sessions, nothing that only concerns the connection.

use axum::http::HeaderMap;

use hearken_webhook_auth::{Place, PlaceKind, after, named};

use super::credentials::{Credential, Standing};

/// Credentials, cookies, what is hop by hop, what the unpacked body makes untrue, and what
/// proxies add: anybody can send it, so a plugin must not be tempted to believe it.
const NOT_SHOWN: &[&str] = &[
    "authorization",
    "cdn-loop",
    "cf-connecting-ip",
    "client-ip",
    "connection",
    "content-encoding",
    "content-length",
    "cookie",
    "cookie2",
    "expect",
    "fastly-client-ip",
    "forwarded",
    "http2-settings",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "true-client-ip",
    "upgrade",
    "via",
    "x-client-ip",
    "x-cluster-client-ip",
    "x-original-url",
    "x-real-ip",
    "x-rewrite-url",
];

/// The headers for the plugin, in the order received. Bytes that are no UTF-8 are replaced.
pub(super) fn headers(all: &HeaderMap, credentials: &[Credential]) -> Vec<(String, String)> {
    let hop_by_hop: Vec<String> = all
        .get_all("connection")
        .iter()
        .filter_map(|v| v.to_str().ok())
        .flat_map(|v| v.split(','))
        .map(|name| name.trim().to_ascii_lowercase())
        .collect();
    let proves = |name: &str| {
        let mut places = credentials.iter().flat_map(Credential::places);
        places.any(|p| p.kind == PlaceKind::Header && p.name().eq_ignore_ascii_case(name))
    };
    all.iter()
        .filter(|(name, _)| {
            let name = name.as_str();
            !NOT_SHOWN.contains(&name)
                && !name.starts_with("x-forwarded")
                && !hop_by_hop.iter().any(|h| h == name)
                && !proves(name)
        })
        .map(|(name, value)| {
            (
                name.as_str().to_owned(),
                String::from_utf8_lossy(value.as_bytes()).into_owned(),
            )
        })
        .collect()
}

/// The query without the parameters that carry what is secret. What is public stays: it is
/// no secret, and some clients' answers repeat it.
pub(super) fn query(raw: &str, credentials: &[Credential]) -> String {
    let secret: Vec<&str> = secret_places(credentials, PlaceKind::Query).collect();
    if secret.is_empty() {
        return raw.to_owned();
    }
    let kept: Vec<&str> = raw
        .split('&')
        .filter(|pair| !secret.iter().any(|name| named(pair, name)))
        .collect();
    kept.join("&")
}

/// The path with asterisks in place of what is secret.
pub(super) fn path(decoded: String, credentials: &[Credential]) -> String {
    let mut path = decoded;
    for before in secret_places(credentials, PlaceKind::Path) {
        if let Some(value) = after(&path, before).filter(|v| !v.is_empty()) {
            path.replace_range(before.len()..before.len() + value.len(), "***");
        }
    }
    path
}

/// JSON pointers to what is secret in a body.
pub(super) fn secret_fields(credentials: &[Credential]) -> impl Iterator<Item = &str> {
    secret_places(credentials, PlaceKind::JsonField)
}

/// The names of all places of a kind that hold a secret or a signature.
fn secret_places(credentials: &[Credential], kind: PlaceKind) -> impl Iterator<Item = &str> {
    credentials
        .iter()
        .filter(|c| c.standing() != Standing::Public)
        .flat_map(Credential::places)
        .filter(move |place| place.kind == kind)
        .map(Place::name)
}
