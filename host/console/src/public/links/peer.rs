//! Who asks: the other end of the connection, or whoever a proxy of ours says.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::http::HeaderMap;

/// Whoever asks, as far as it matters for a pace. Behind a proxy that is not known as one,
/// everybody is the proxy.
pub(in super::super) fn asking(peer: SocketAddr, headers: &HeaderMap, proxies: &[IpAddr]) -> IpAddr {
    let ip = peer.ip().to_canonical();
    if !proxies.iter().any(|p| p.to_canonical() == ip) {
        return network(ip);
    }
    // The last entry is the one that our proxy wrote; what stands before it, anybody can.
    let last = headers
        .get_all("x-forwarded-for")
        .iter()
        .next_back()
        .and_then(|v| v.to_str().ok()?.rsplit(',').next());
    network(last.and_then(address).unwrap_or(ip))
}

/// With or without a port.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    let parsed: Option<IpAddr> = bare
        .parse()
        .ok()
        .or_else(|| text.parse::<SocketAddr>().ok().map(|a| a.ip()));
    parsed.map(|ip| ip.to_canonical())
}

/// One household or host has 2^64 addresses of IPv6.
fn network(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(_) => ip,
        IpAddr::V6(ip) => {
            let [a, b, c, d, ..] = ip.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn asking_of(peer: &str, forwarded: &'static str) -> String {
        let mut headers = HeaderMap::new();
        if !forwarded.is_empty() {
            headers.insert("x-forwarded-for", HeaderValue::from_static(forwarded));
        }
        let proxies = [
            "127.0.0.1".parse().expect("an address"),
            "::1".parse().expect("an address"),
        ];
        asking(peer.parse().expect("an address"), &headers, &proxies).to_string()
    }

    #[test]
    fn only_a_known_proxy_is_believed_and_only_its_own_word() {
        for (peer, forwarded, expected) in [
            ("192.0.2.1:5", "", "192.0.2.1"),
            ("192.0.2.1:5", "203.0.113.9", "192.0.2.1"),
            ("127.0.0.1:5", "203.0.113.9", "203.0.113.9"),
            ("[::ffff:127.0.0.1]:5", "10.9.9.9, 203.0.113.9", "203.0.113.9"),
            ("127.0.0.1:5", "203.0.113.9:4711", "203.0.113.9"),
            ("[::1]:5", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
            ("[::1]:5", "[2001:db8:1:2:3:4:5:6]:80", "2001:db8:1:2::"),
            ("127.0.0.1:5", "unknown", "127.0.0.1"),
            ("127.0.0.1:5", "", "127.0.0.1"),
        ] {
            assert_eq!(asking_of(peer, forwarded), expected, "{peer} {forwarded}");
        }
    }
}
