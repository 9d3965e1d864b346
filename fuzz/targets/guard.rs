//! URLs, headers and addresses of strangers' plugins: what passes the guard goes where it
//! was granted to, read by another reader than the guard's own.
#![no_main]

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::LazyLock,
};

use hearken_egress::{
    Class, Grant, Limits, OutletSpec, Request, Rule, Scheme, Written,
    fuzzing::{Guard, may_be_reached},
};
use libfuzzer_sys::{
    arbitrary::{self, Arbitrary},
    fuzz_target,
};
use percent_encoding::percent_decode_str;

#[derive(Arbitrary, Debug)]
enum Input<'a> {
    Request {
        method: u8,
        url: &'a str,
        headers: Vec<(&'a str, &'a str)>,
    },
    V4([u8; 4], u16),
    V6([u16; 8], u16),
}

const INSIDE: &str = "10.0.3.7:8069";

static GUARD: LazyLock<Guard> = LazyLock::new(|| {
    let rule = |scheme, host, port, path| {
        let written = Written {
            scheme,
            host,
            port,
            methods: &[],
            path,
        };
        Rule::granted(&written).expect("a rule")
    };
    let rules = [
        rule(Scheme::Https, "api.example.com", None, "/v1"),
        rule(Scheme::Https, "*.shop.example", None, "/"),
        rule(Scheme::Http, "10.0.3.7", Some(8069), "/"),
        rule(Scheme::Http, "127.0.0.1", None, "/"),
    ];
    Guard::new(OutletSpec {
        connector: "it".into(),
        declared: rules.to_vec(),
        granted: rules
            .into_iter()
            .map(|rule| Grant {
                rule,
                secrets: [].into(),
            })
            .collect(),
        secrets: Vec::new(),
        tokens: Vec::new(),
        allow_private: vec![INSIDE.parse().expect("an address")],
        proxy: None,
        ca_file: None,
        rates: Vec::new(),
        limits: Limits::default(),
    })
});

fn check_request(method: u8, url: &str, headers: &[(&str, &str)]) {
    let methods = ["GET", "POST", "get", "CONNECT", "TRACE"];
    let request = Request {
        method: methods[usize::from(method) % methods.len()].into(),
        url: url.into(),
        headers: headers.iter().map(|(n, v)| ((*n).into(), (*v).into())).collect(),
        ..Request::default()
    };
    let Some(sent) = GUARD.judge(&request) else { return };
    assert!(["GET", "POST"].contains(&request.method.as_str()), "{}", request.method);
    let (scheme, rest) = sent.url.split_once("://").expect("an absolute URL");
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let path = path.split(['?', '#']).next().unwrap_or_default();
    match (scheme, authority) {
        ("https", "api.example.com") => stays_below("v1", path),
        ("http", INSIDE) => {}
        ("https", host) => {
            let label = host.strip_suffix(".shop.example").expect("below what was granted");
            assert!(!label.is_empty() && !label.contains([':', '@', '[']), "{host}");
        }
        _ => panic!("{} was let through", sent.url),
    }
    assert!(!sent.url.contains('#'), "{}", sent.url);
    for (name, _) in &sent.headers {
        let name = name.to_ascii_lowercase();
        let hosts = [
            "host",
            "content-length",
            "transfer-encoding",
            "connection",
            "expect",
            "te",
            "upgrade",
        ];
        assert!(!hosts.contains(&name.as_str()), "{name}");
        assert!(
            !name.starts_with("proxy-") && !name.starts_with("x-forwarded-"),
            "{name}"
        );
    }
}

/// Also for a server that decodes once more, takes parameters off and resolves dots.
fn stays_below(first: &str, path: &str) {
    let mut path = path.to_owned();
    for _ in 0..3 {
        path = percent_decode_str(&path).decode_utf8_lossy().replace('\\', "/");
        let mut kept: Vec<&str> = Vec::new();
        for segment in path.split('/').map(|s| s.split(';').next().unwrap_or_default()) {
            match segment {
                ".." => drop(kept.pop()),
                "." | "" => {}
                other => kept.push(other),
            }
        }
        assert_eq!(kept.first(), Some(&first), "{path}");
    }
}

/// What is certainly not on the public internet, by the standard library's account.
fn is_inside(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(v4) => v4_is_inside(v4),
        IpAddr::V6(v6) => {
            let embedded =
                v6.to_ipv4_mapped().is_some() || matches!(v6.segments(), [0x2002 | 0x64, ..] | [0x2001, 0, ..]);
            embedded
                || v6.is_loopback()
                || v6.is_unspecified()
                || v6.is_multicast()
                || v6.is_unique_local()
                || v6.is_unicast_link_local()
        }
    }
}

fn v4_is_inside(v4: Ipv4Addr) -> bool {
    let carriers = v4.octets()[0] == 100 && v4.octets()[1] & 0xc0 == 64;
    carriers
        || v4.octets()[0] == 0
        || v4.is_loopback()
        || v4.is_private()
        || v4.is_link_local()
        || v4.is_multicast()
        || v4.is_broadcast()
        || v4.is_documentation()
}

fn check_address(ip: IpAddr, port: u16) {
    let address = SocketAddr::new(ip, port);
    if Class::of(ip) == Class::Public {
        assert!(!is_inside(ip), "{ip} is called public");
    }
    if may_be_reached(address, &[]) {
        assert_eq!(Class::of(ip), Class::Public, "{ip}");
    }
    // Opening one address opens no other.
    let opened: SocketAddr = INSIDE.parse().expect("an address");
    if may_be_reached(address, &[opened]) && !may_be_reached(address, &[]) {
        assert_eq!(address, opened);
    }
}

fuzz_target!(|input: Input<'_>| {
    match input {
        Input::Request { method, url, headers } => check_request(method, url, &headers),
        Input::V4(octets, port) => check_address(Ipv4Addr::from(octets).into(), port),
        Input::V6(segments, port) => check_address(Ipv6Addr::from(segments).into(), port),
    }
});
