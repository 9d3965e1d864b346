//! The headers of a request: which a guest may set, and which bring credentials.

/// Why a header cannot be set by a guest.
pub(crate) fn refused(name: &str) -> Option<&'static str> {
    let name = name.to_ascii_lowercase();
    match name.as_str() {
        "host" | ":authority" => Some("it would name another host than the one that was checked"),
        "content-length" | "transfer-encoding" | "trailer" => Some("the host says how long a body is"),
        "connection" | "keep-alive" | "te" | "upgrade" | "http2-settings" | "expect" | "close" => {
            Some("it concerns the connection, which is the host's")
        }
        "forwarded"
        | "via"
        | "x-real-ip"
        | "true-client-ip"
        | "client-ip"
        | "x-client-ip"
        | "x-cluster-client-ip"
        | "cf-connecting-ip"
        | "x-original-url"
        | "x-rewrite-url"
        | "x-original-host"
        | "x-http-method-override"
        | "x-http-method"
        | "x-method-override" => Some("it would make the request look like another one"),
        _ if name.starts_with("proxy-") => Some("it speaks to a proxy, which is the operator's"),
        _ if name.starts_with("x-forwarded-") => Some("it would make the request look like another one"),
        _ if name.starts_with(':') => Some("it is no header"),
        _ => None,
    }
}

/// Headers that the host sets whatever a guest says: how an answer is packed is between us
/// and the server.
pub(crate) fn is_the_hosts(name: &str) -> bool {
    name.eq_ignore_ascii_case("accept-encoding")
}

/// Headers of an answer that speak of the transport or of how the body was packed: what
/// they say is not true any more.
pub(crate) fn is_left_out(name: &str) -> bool {
    matches!(
        name,
        "content-length"
            | "content-encoding"
            | "transfer-encoding"
            | "connection"
            | "keep-alive"
            | "trailer"
            | "upgrade"
    ) || name.starts_with("proxy-")
}

/// Whether a header is one that credentials come in.
pub(crate) fn brings_credentials(name: &str) -> bool {
    const PARTS: [&str; 12] = [
        "auth",
        "token",
        "api-key",
        "apikey",
        "api_key",
        "access-key",
        "app-key",
        "cookie",
        "secret",
        "session",
        "password",
        "credential",
    ];
    let name = name.to_ascii_lowercase();
    PARTS.iter().any(|part| name.contains(part))
}

/// Whether a parameter of a query is one that credentials come in.
pub(crate) fn is_a_credentials_parameter(name: &str) -> bool {
    const NAMES: [&str; 18] = [
        "key",
        "apikey",
        "token",
        "accesstoken",
        "authtoken",
        "auth",
        "authorization",
        "oauthtoken",
        "secret",
        "clientsecret",
        "appsecret",
        "appkey",
        "password",
        "passwd",
        "pwd",
        "hapikey",
        "sessionid",
        "sessiontoken",
    ];
    let plain: String = name
        .chars()
        .filter(|c| !matches!(c, '-' | '_' | '.'))
        .map(|c| c.to_ascii_lowercase())
        .collect();
    NAMES.contains(&plain.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guest_sets_no_header_that_belongs_to_the_way() {
        for name in [
            "Host",
            "hOST",
            "Connection",
            "Keep-Alive",
            "TE",
            "Trailer",
            "Transfer-Encoding",
            "Upgrade",
            "Content-Length",
            "Expect",
            "Proxy-Authorization",
            "Proxy-Connection",
            "Proxy-Anything",
            "Forwarded",
            "X-Forwarded-For",
            "X-Forwarded-Host",
            "X-Real-IP",
            "Via",
            ":authority",
            ":path",
            "X-Http-Method-Override",
        ] {
            assert!(refused(name).is_some(), "{name}");
        }
        for name in [
            "accept",
            "content-type",
            "user-agent",
            "authorization",
            "idempotency-key",
            "x-anything",
        ] {
            assert!(refused(name).is_none(), "{name}");
        }
    }

    #[test]
    fn credentials_are_known_by_where_they_come() {
        for name in [
            "Authorization",
            "Cookie",
            "X-Api-Key",
            "apikey",
            "X-Auth-Token",
            "X-Amz-Security-Token",
        ] {
            assert!(brings_credentials(name), "{name}");
        }
        for name in ["accept", "idempotency-key", "x-signature", "content-type", "if-match"] {
            assert!(!brings_credentials(name), "{name}");
        }
        for name in ["api_key", "API-Key", "key", "access_token", "hapikey"] {
            assert!(is_a_credentials_parameter(name), "{name}");
        }
        for name in ["page", "pageToken", "keyword", "email"] {
            assert!(!is_a_credentials_parameter(name), "{name}");
        }
    }
}
