//! A sink that is granted one path of one vendor (`plugins/miscalling`) tries everything
//! else: nothing of it arrives anywhere, and each attempt is noted as denied.

use hearken_tests::{Daemon, Folder, Vendor, eventually, hearken};
use rustix::process::Signal;
use serde_json::Value;

const TOKEN: &str = "generated-token-for-these-tests";

/// A request that must not be sent.
struct Attempt {
    what: &'static str,
    url: String,
    /// In TOML.
    headers: &'static str,
}

const AUTHORIZED: &str = "authorization = \"Bearer {token}\"";

fn attempts(vendor: &Vendor, other: &Vendor) -> Vec<Attempt> {
    let (here, port) = (vendor.address, vendor.address.port());
    let to = |what, url| Attempt { what, url, headers: "" };
    let with = |what, headers| Attempt {
        what,
        url: format!("http://{here}/v1/notes"),
        headers,
    };
    let mut all = vec![
        to("another path", format!("http://{here}/v2/notes")),
        to("another path behind dots", format!("http://{here}/v1/../v2")),
        to(
            "another path behind encoded dots",
            format!("http://{here}/v1/%2e%2e/v2"),
        ),
        to(
            "another path behind an encoded slash",
            format!("http://{here}/v1/..%2fv2"),
        ),
        to("another port", format!("http://{}/v1/notes", other.address)),
        to("another scheme", format!("https://{here}/v1/notes")),
        to("a user in the URL", format!("http://user@{here}/v1/notes")),
        to("a host that is a user", format!("http://{here}@example.com/v1/notes")),
        to("a backslash", format!("http://{here}\\@example.com/v1/notes")),
        to("no URL", "v1/notes".to_owned()),
        to("a file", "file:///etc/hostname".to_owned()),
        with("another host by a header", "host = \"example.com\""),
        with("a length of its own", "content-length = \"1\""),
        with("a body in chunks of its own", "transfer-encoding = \"chunked\""),
        with("a word to the proxy", "proxy-authorization = \"Basic eDp5\""),
        with("an origin that is not its own", "x-forwarded-for = \"10.0.0.1\""),
        with("an expectation", "expect = \"100-continue\""),
        with("an account of its own", "authorization = \"Bearer of-somebody-else\""),
        with(
            "an account of its own in another header",
            "x-api-key = \"of-somebody-else\"",
        ),
        with("a line break in a header", "x-note = \"a\\r\\nhost: example.com\""),
        to("the secret in the path", format!("http://{here}/v1/{{token}}")),
        to("the secret in the query", format!("http://{here}/v1/notes?t={{token}}")),
        Attempt {
            what: "the secret to a host that it is not granted for",
            url: format!("http://{}/open", other.address),
            headers: AUTHORIZED,
        },
    ];
    // The metadata service in each notation; granted by name is the vendor alone.
    for host in [
        "169.254.169.254",
        "2852039166",
        "0xa9fea9fe",
        "0xa9.0xfe.0xa9.0xfe",
        "0251.0376.0251.0376",
        "169.254.43518",
        "[::ffff:169.254.169.254]",
        "[::ffff:a9fe:a9fe]",
        "[64:ff9b::a9fe:a9fe]",
        "[2002:a9fe:a9fe::]",
        "localhost",
        "[::1]",
    ] {
        all.push(to("an address of the inside", format!("http://{host}:{port}/v1/notes")));
    }
    all
}

fn toml(text: &str) -> String {
    Value::from(text).to_string()
}

#[test]
fn nothing_but_what_was_granted_arrives_anywhere() {
    let (vendor, other) = (Vendor::echoing(), Vendor::echoing());
    let (open, port) = (other.address, other.address.port());
    let ip = open.ip();
    // The other one is granted too, elsewhere, without the secret.
    let mut grants = vendor.granted("/v1").replace(
        "grants.http = [",
        &format!("grants.http = [{{ host = \"{ip}\", scheme = \"http\", port = {port}, path = \"/open\" }}, "),
    );
    grants = grants.replace("allow-private = [", &format!("allow-private = [\"{open}\", "));
    let folder = Folder::that_calls(&vendor, "good", "/v1/notes", &grants, TOKEN);
    let daemon = Daemon::start(&folder);
    daemon.identify("granted");
    folder.action_comes_to("user:granted", "delivered");
    assert_eq!(vendor.got().len(), 1);
    let good = std::fs::read_to_string(folder.configuration()).expect("the configuration");
    let (url, headers) = (
        format!("url = \"http://{}/v1/notes\"", vendor.address),
        format!("headers = {{ {AUTHORIZED} }}"),
    );
    assert!(good.contains(&url) && good.contains(&headers), "{good}");
    for (n, attempt) in attempts(&vendor, &other).into_iter().enumerate() {
        let hostile = good
            .replace(&url, &format!("url = {}", toml(&attempt.url)))
            .replace(&headers, &format!("headers = {{ {} }}", attempt.headers));
        folder.write("hearken.toml", &hostile);
        let before = daemon.log().matches("INFO reloaded").count();
        daemon.signal(Signal::HUP);
        eventually("the next attempt is wired", || {
            (daemon.log().matches("INFO reloaded").count() > before).then_some(())
        });
        let who = format!("person-{n}");
        daemon.identify(&who);
        let action = folder.action_comes_to(&format!("user:{who}"), "rejected");
        assert!(action.to_string().contains("denied"), "{}: {action}", attempt.what);
        assert_eq!(vendor.got().len(), 1, "{} ({}) arrived", attempt.what, attempt.url);
        assert!(other.got().is_empty(), "{} ({}) arrived", attempt.what, attempt.url);
        let row = eventually("it is noted", || {
            let noted = hearken(&folder, &["egress", "list", "--format", "json"]).done().json();
            let rows = noted.as_array().cloned().unwrap_or_default();
            rows.into_iter().find(|row| row["item"] == action["id"])
        });
        assert_eq!(row["code"], "denied", "{}: {row}", attempt.what);
    }
    assert!(!daemon.log().contains(TOKEN));
    daemon.stop();
}

#[test]
fn a_redirect_is_an_answer_and_is_followed_nowhere() {
    let elsewhere = Vendor::echoing();
    let vendor = Vendor::redirecting(&format!("http://{}/v1/notes", elsewhere.address));
    let folder = Folder::that_calls(&vendor, "good", "/v1/notes", &vendor.granted("/v1"), TOKEN);
    let daemon = Daemon::start(&folder);
    daemon.identify("ann");
    folder.attempt_ends("user:ann");
    assert_eq!(vendor.got().len(), 1);
    assert!(elsewhere.got().is_empty());
    daemon.stop();
}
