//! The way out: what is granted leaves with its secret, what is not does not leave, and both
//! are told by `hearken egress list`.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hearken_tests::{Daemon, Folder, Vendor, eventually, hearken};
use serde_json::{Value, json};

/// Generated for these tests; with characters that encodings change.
const TOKEN: &str = "generated/token+for \"these\" tests";

fn folder(vendor: &Vendor, mode: &str, path: &str, grants: &str) -> Folder {
    Folder::that_calls(vendor, mode, path, grants, TOKEN)
}

/// The audit, once it has a row.
fn audit(folder: &Folder) -> Vec<Value> {
    eventually("the audit has a row", || {
        let said = hearken(folder, &["egress", "list", "--connector", "outbox", "--format", "json"]).done();
        said.json().as_array().cloned().filter(|rows| !rows.is_empty())
    })
}

#[test]
fn what_is_granted_leaves_with_its_secret_and_comes_back_without_it() {
    let vendor = Vendor::echoing();
    let folder = folder(&vendor, "good", "/v1/notes?from=us", &vendor.granted("/v1"));
    let daemon = Daemon::start(&folder);
    daemon.identify("ann");
    let action = folder.action_comes_to("user:ann", "delivered");
    let sent = &vendor.got()[0];
    assert!(sent.contains(&format!("authorization: Bearer {TOKEN}")), "{sent}");
    let reference = action["reference"].as_str().expect("a reference");
    assert!(reference.contains("Bearer ***"), "{reference}");
    let rows = audit(&folder);
    let row = &rows[0];
    assert_eq!(
        (&row["method"], &row["path"], &row["status"]),
        (&json!("POST"), &json!("/v1/notes"), &json!(200))
    );
    assert_eq!(row["item"], action["id"], "{row}");
    let log = daemon.log();
    daemon.stop();
    let mut shown = log.into_bytes();
    for file in ["data/state.sqlite", "data/state.sqlite-wal"] {
        shown.extend(std::fs::read(folder.path().join(file)).unwrap_or_default());
    }
    let found = shown.windows(15).any(|window| window == b"generated/token");
    assert!(!found, "the secret is in the store or in the log");
}

#[test]
fn what_is_not_granted_does_not_leave_and_the_log_says_what_would_allow_it() {
    let vendor = Vendor::echoing();
    let folder = folder(&vendor, "good", "/v2/notes", &vendor.granted("/v1"));
    let daemon = Daemon::start(&folder);
    daemon.identify("ann");
    folder.action_comes_to("user:ann", "rejected");
    let row = &audit(&folder)[0];
    assert_eq!(
        (&row["code"], &row["status"]),
        (&json!("denied"), &Value::Null),
        "{row}"
    );
    let log = daemon.log();
    assert!(log.contains("[connectors.outbox.grants]"), "{log}");
    assert!(vendor.got().is_empty());
    daemon.stop();
}

#[test]
fn an_address_that_is_not_opened_is_not_called() {
    let vendor = Vendor::echoing();
    let grants = vendor.granted("/v1");
    let grants = grants.lines().next().expect("a line");
    let folder = folder(&vendor, "good", "/v1/notes", grants);
    let daemon = Daemon::start(&folder);
    daemon.identify("ann");
    folder.action_comes_to("user:ann", "rejected");
    let log = daemon.log();
    assert!(
        log.contains(&format!("allow-private = [\"{}\"]", vendor.address)),
        "{log}"
    );
    assert!(vendor.got().is_empty());
    daemon.stop();
}

#[test]
fn after_a_crash_what_was_sent_is_not_sent_again() {
    let vendor = Vendor::echoing();
    let folder = folder(&vendor, "trap-after:*", "/v1/notes", &vendor.granted("/v1"));
    let daemon = Daemon::start(&folder);
    daemon.identify("ann");
    folder.action_comes_to("user:ann", "held");
    assert_eq!(vendor.got().len(), 1, "{:?}", vendor.got());
    daemon.stop();
}

#[test]
fn what_may_leave_is_told_before_anything_does() {
    let vendor = Vendor::echoing();
    let folder = folder(&vendor, "good", "/v1/notes", &vendor.granted("/v1"));
    let plan = hearken(&folder, &["egress", "plan", "--format", "json"]).done().json();
    assert_eq!(plan.as_array().map(Vec::len), Some(1), "{plan}");
    let call = &plan[0]["calls"][0];
    assert_eq!((&call["path"], &call["methods"]), (&json!("/v1"), &json!(["POST"])));
    assert_eq!(call["secrets"], json!(["token"]));
    let text = hearken(&folder, &["egress", "plan"]).done().out;
    assert!(text.contains("may call") && text.contains("/v1"), "{text}");
    assert!(
        text.contains("with hand-overs, everything that a person is known by"),
        "{text}"
    );
    let less = format!("{}\ngrants.share.identities = [\"email\"]", vendor.granted("/v1"));
    let folder = self::folder(&vendor, "good", "/v1/notes", &less);
    let text = hearken(&folder, &["egress", "plan"]).done().out;
    assert!(
        text.contains("with hand-overs, what a person is known by: email"),
        "{text}"
    );
}

#[test]
fn a_grant_that_is_wrong_is_told_with_its_place_and_what_would_be_right() {
    let vendor = Vendor::echoing();
    let wrong = "grants.http = [\n{ host = \"*.example.com\", scheme = \"http\" },\n{ host = \"a/b\" },\n\
                 { host = \"example.com\", scheme = \"http\", path = \"../x\" },\n\
                 { host = \"example.com\", scheme = \"http\", secrets = [\"tokn\"] },\n\
                 { host = \"example.com\" },\n]\ngrants.allow-private = [\"169.254.169.254:80\"]\n\
                 grants.proxy = \"socks5://proxy\"";
    let folder = folder(&vendor, "good", "/v1/notes", wrong);
    let said = hearken(&folder, &["check", "hearken.toml", "--format", "json"]);
    let answer = said.json();
    let all = answer["diagnostics"].as_array().expect("a list");
    let helps: Vec<&str> = all.iter().filter_map(|d| d["help"].as_str()).collect();
    for help in [
        "allow-wildcard = true",
        "such as api.example.com",
        "did you mean 'token'?",
        "http://proxy.internal:3128",
    ] {
        assert!(helps.iter().any(|h| h.contains(help)), "{help}: {helps:#?}");
    }
    for message in ["never calls", "a cloud's metadata service", "is no path"] {
        let found = all
            .iter()
            .any(|d| d["message"].as_str().is_some_and(|m| m.contains(message)));
        assert!(found, "{message}: {all:#?}");
    }
}

#[test]
fn the_environments_proxy_is_never_asked() {
    let (vendor, proxy) = (Vendor::echoing(), Vendor::echoing());
    let folder = folder(&vendor, "good", "/v1/notes", &vendor.granted("/v1"));
    let url = format!("http://generated:password@{}", proxy.address);
    let names = [
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
        "http_proxy",
        "https_proxy",
        "all_proxy",
    ];
    let mut variables: Vec<(&str, &str)> = names.iter().map(|name| (*name, url.as_str())).collect();
    variables.extend([("NO_PROXY", ""), ("no_proxy", "")]);
    let daemon = Daemon::start_with(&folder, &[], &variables);
    daemon.identify("ann");
    folder.action_comes_to("user:ann", "delivered");
    daemon.stop();
    assert_eq!((vendor.got().len(), proxy.got().len()), (1, 0), "{:?}", proxy.got());
}

#[test]
fn a_proxy_is_logged_in_to_and_its_password_is_seen_nowhere() {
    let (vendor, proxy) = (Vendor::echoing(), Vendor::echoing());
    let grants = format!(
        "{}\ngrants.proxy = {{ url = \"http://{}\", user = \"hearken\", password = {{ file = \"secrets/proxy\" }} }}",
        vendor.granted("/v1"),
        proxy.address
    );
    let folder = folder(&vendor, "good", "/v1/notes", &grants);
    folder.write("secrets/proxy", "generated-proxy-password");
    let daemon = Daemon::start(&folder);
    daemon.identify("ann");
    let action = folder.action_comes_to("user:ann", "delivered");
    let got = proxy.got()[0].to_ascii_lowercase();
    let login = STANDARD.encode("hearken:generated-proxy-password");
    let wanted = format!("proxy-authorization: basic {login}").to_ascii_lowercase();
    assert!(got.contains(&wanted) && vendor.got().is_empty(), "{got}");
    let plan = hearken(&folder, &["egress", "plan"]).done();
    let rows = audit(&folder);
    let log = daemon.log();
    daemon.stop();
    // The proxy gave back all that it was sent.
    for shown in [action.to_string(), format!("{plan:?}"), format!("{rows:?}"), log] {
        assert!(
            !shown.contains("generated-proxy-password") && !shown.contains(&login),
            "{shown}"
        );
    }
}
