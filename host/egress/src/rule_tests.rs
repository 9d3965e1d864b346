use super::*;

fn rule(scheme: Scheme, host: &str, port: Option<u16>, methods: &[&str], path: &str) -> Rule {
    let methods: Vec<String> = methods.iter().map(|m| (*m).to_owned()).collect();
    let written = Written {
        scheme,
        host,
        port,
        methods: &methods,
        path,
    };
    Rule::granted(&written).unwrap_or_else(|error| panic!("{error}"))
}

fn https(host: &str) -> Rule {
    rule(Scheme::Https, host, None, &[], "/")
}

fn may(rule: &Rule, method: Method, url: &str) -> bool {
    rule.covers(method, &Target::read(url).unwrap_or_else(|why| panic!("{url}: {why}")))
}

#[test]
fn a_call_is_allowed_by_scheme_host_port_method_and_path() {
    let rule = rule(Scheme::Https, "API.Example.com", None, &["post", "GET"], "/v1");
    assert!(may(&rule, Method::Get, "https://api.example.com/v1/contacts?x=1"));
    assert!(may(&rule, Method::Post, "https://API.example.com:443/v1"));
    for (method, url) in [
        (Method::Put, "https://api.example.com/v1"),
        (Method::Get, "http://api.example.com/v1"),
        (Method::Get, "http://api.example.com:443/v1"),
        (Method::Get, "https://api.example.com:8443/v1"),
        (Method::Get, "https://example.com/v1"),
        (Method::Get, "https://api.example.com.evil.example/v1"),
        (Method::Get, "https://api.example.com./v1"),
        (Method::Get, "https://xapi.example.com/v1"),
        (Method::Get, "https://api.example.com/v1x"),
        (Method::Get, "https://api.example.com/v1/../v2"),
        (Method::Get, "https://api.example.com/v1/%2e%2e/v2"),
        (Method::Get, "https://api.example.com/v1/..%2fv2"),
    ] {
        assert!(!may(&rule, method, url), "{url}");
    }
}

#[test]
fn a_star_stands_for_what_is_below_a_name() {
    let rule = https("*.example.com");
    assert!(may(&rule, Method::Get, "https://a.example.com/"));
    assert!(may(&rule, Method::Get, "https://a.b.example.com/"));
    for url in [
        "https://example.com/",
        "https://xexample.com/",
        "https://.example.com/",
        "https://example.com.evil.example/",
    ] {
        assert!(Target::read(url).is_err() || !may(&rule, Method::Get, url), "{url}");
    }
}

#[test]
fn what_is_no_rule_is_refused() {
    for host in [
        "",
        "*",
        "a*.example.com",
        "*.*.com",
        "a b",
        "https://x",
        "x/y",
        "u@x",
        "x:80",
        "*.10.0.0.1",
        "x.",
        "%61.com",
        "300.1.1.1",
    ] {
        assert!(matches!(HostPattern::read(host), Err(RuleError::Host { .. })), "{host}");
    }
    assert!(matches!(HostPattern::read("*.com"), Err(RuleError::Wide { .. })));
    assert_eq!(HostPattern::read("127.1").unwrap().to_string(), "127.0.0.1");
    assert_eq!(HostPattern::read("[::1]").unwrap().to_string(), "[::1]");
    assert_eq!(
        HostPattern::read("bücher.example").unwrap().to_string(),
        "xn--bcher-kva.example"
    );
    assert!(Methods::read(&["CONNECT".into()]).is_err());
}

#[test]
fn only_what_is_declared_and_granted_is_allowed() {
    let grant = |rule: Rule| Grant {
        rule,
        secrets: ["token".to_owned()].into(),
    };
    let declared = [
        https("*.example.com"),
        rule(Scheme::Https, "one.example.org", None, &["GET"], "/v1"),
    ];
    let granted = [
        grant(rule(Scheme::Https, "a.example.com", None, &["POST"], "/x")),
        grant(https("*.b.example.com")),
        grant(rule(Scheme::Https, "*.example.org", None, &["GET", "POST"], "/")),
        grant(https("elsewhere.example")),
        grant(rule(Scheme::Http, "a.example.com", None, &[], "/")),
    ];
    let shown: Vec<String> = both(&declared, &granted).iter().map(|a| a.rule.to_string()).collect();
    assert_eq!(
        shown,
        [
            "POST https://a.example.com/x",
            "any method https://*.b.example.com/",
            "GET https://one.example.org/v1"
        ]
    );
}

#[test]
fn a_host_that_its_operator_names_is_declared_by_a_star_and_granted_by_its_name() {
    let written = Written {
        scheme: Scheme::Http,
        host: "*",
        port: None,
        methods: &[],
        path: "/json",
    };
    assert!(Rule::granted(&written).is_err(), "nobody grants the whole world");
    let declared = [Rule::declared(&written).unwrap()];
    let granted = [Grant {
        rule: rule(Scheme::Http, "10.0.3.7", Some(8069), &["POST"], "/"),
        secrets: BTreeSet::new(),
    }];
    let allowed = both(&declared, &granted);
    assert_eq!(allowed[0].rule.to_string(), "POST http://10.0.3.7:8069/json");
}
