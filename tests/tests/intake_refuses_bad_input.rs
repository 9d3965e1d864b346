//! The public listener against everything that is not as it should be: each has a clear
//! answer, and the next good request is taken as if nothing had happened.

use std::io::Write;

use flate2::{Compression, write::GzEncoder};
use hearken_tests::{Answer, Daemon, Folder, WRITE_KEY, eventually, hearken, send, send_raw};
use serde_json::json;

fn post(daemon: &Daemon<'_>, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    send("POST", &daemon.intake(path), headers, body)
}

fn page(id: &str) -> serde_json::Value {
    json!({ "type": "page", "messageId": id, "anonymousId": "someone", "properties": { "path": "/roi", "title": "ROI" } })
}

const KEY: (&str, &str) = ("authorization", "Basic Z2VuZXJhdGVkLXdyaXRlLWtleTo=");

/// What is wrong, the path, headers, the body, and the status that answers it.
type Bad<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)], &'a [u8], u16);
/// What is wrong, the bytes, and what may come back.
type Raw = (&'static str, Vec<u8>, &'static [Option<u16>]);

#[test]
fn bad_requests_are_refused_and_good_ones_taken() {
    let folder = Folder::with_everything();
    let daemon = Daemon::start(&folder);
    let good = page("good").to_string();
    let nested = format!("{}{}", "{\"a\":".repeat(5_000), "}".repeat(5_000));
    let bad: [Bad<'_>; 12] = [
        ("no key", "site/v1/page", &[], good.as_bytes(), 401),
        (
            "a wrong key",
            "site/v1/page",
            &[("authorization", "Basic d3Jvbmc6")],
            good.as_bytes(),
            401,
        ),
        (
            "a key that is no base64",
            "site/v1/page",
            &[("authorization", "Basic ???")],
            good.as_bytes(),
            401,
        ),
        (
            "a wrong key in the body",
            "site/v1/page",
            &[],
            br#"{"writeKey":"wrong"}"#,
            401,
        ),
        ("malformed JSON", "site/v1/page", &[KEY], b"{\"type\":", 400),
        ("no UTF-8", "site/v1/page", &[KEY], b"{\"type\":\"\xff\xfe\"}", 400),
        ("deep nesting", "site/v1/page", &[KEY], nested.as_bytes(), 400),
        ("an unknown connector", "nobody/v1/page", &[KEY], good.as_bytes(), 404),
        (
            "a connector that is no webhook",
            "outbox/v1/page",
            &[KEY],
            good.as_bytes(),
            404,
        ),
        ("broken percent encoding", "site/v1/%zz", &[KEY], good.as_bytes(), 400),
        (
            "an unknown packing",
            "site/v1/page",
            &[KEY, ("content-encoding", "zstd")],
            good.as_bytes(),
            415,
        ),
        (
            "a packing that it has not",
            "site/v1/page",
            &[KEY, ("content-encoding", "gzip")],
            good.as_bytes(),
            400,
        ),
    ];
    for (what, path, headers, body, status) in bad {
        let answer = post(&daemon, path, headers, body);
        assert_eq!(answer.status, status, "{what}: {answer:?}");
        assert!(
            answer.json()["error"].is_string() || status == 400,
            "{what} is not explained: {answer:?}"
        );
    }
    assert_eq!(daemon.track("page", WRITE_KEY, &page("good")).status, 200);
    let said = eventually("the good one is known", || {
        let said = hearken(&folder, &["prospect", "show", "anonymous:someone", "--format", "json"]);
        (said.code == 0).then_some(said)
    });
    assert_eq!(said.json()["signals"]["count"], 1, "only the good one counts");
    daemon.stop();
}

#[test]
fn whoever_guesses_learns_nothing() {
    let folder = Folder::with_a_site();
    let daemon = Daemon::start(&folder);
    let none = post(&daemon, "site/v1/page", &[], b"{}");
    let wrong = post(&daemon, "site/v1/page", &[("authorization", "Basic d3Jvbmc6")], b"{}");
    assert_eq!(none.body, wrong.body);
    assert!(
        none.header("www-authenticate").is_some_and(|h| h.starts_with("Basic")),
        "{none:?}"
    );
    assert_eq!(none.header("www-authenticate"), wrong.header("www-authenticate"));
}

#[test]
fn a_body_over_the_limit_is_refused_packed_or_not() {
    let folder = Folder::with_a_site();
    let daemon = Daemon::start(&folder);
    let address = daemon.public_address().to_owned();
    let announced = format!(
        "POST /in/site/v1/batch HTTP/1.1\r\nhost: x\r\nauthorization: {}\r\ncontent-length: 99999999999\r\n\r\n{{",
        KEY.1
    );
    assert_eq!(
        send_raw(&address, announced.as_bytes()),
        Some(413),
        "without reading what was announced"
    );
    let mut bomb = GzEncoder::new(Vec::new(), Compression::best());
    bomb.write_all(&vec![b' '; 64 << 20]).expect("memory is enough");
    let bomb = bomb.finish().expect("memory is enough");
    assert!(bomb.len() < 100_000, "it is small as long as it is packed");
    let answer = post(&daemon, "site/v1/batch", &[KEY, ("content-encoding", "gzip")], &bomb);
    assert_eq!(answer.status, 413, "{answer:?}");
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed
        .write_all(page("packed").to_string().as_bytes())
        .expect("memory is enough");
    let packed = packed.finish().expect("memory is enough");
    assert_eq!(
        post(&daemon, "site/v1/page", &[KEY, ("content-encoding", "gzip")], &packed).status,
        200
    );
    daemon.stop();
}

#[test]
fn bytes_that_are_no_http_hurt_nobody() {
    let folder = Folder::with_a_site();
    let daemon = Daemon::start(&folder);
    let address = daemon.public_address().to_owned();
    let many: String = (0..1_000).map(|n| format!("x-{n}: y\r\n")).collect();
    let raw: [Raw; 4] = [
        ("noise", vec![0xff; 4096], &[Some(400), None]),
        (
            "a line break in a path",
            b"GET /in/site/\x00 HTTP/1.1\r\nhost: x\r\n\r\n".to_vec(),
            &[Some(400)],
        ),
        (
            "a thousand headers",
            format!("GET / HTTP/1.1\r\n{many}\r\n").into_bytes(),
            &[Some(431)],
        ),
        (
            "a header without an end",
            [&b"GET / HTTP/1.1\r\nx: "[..], &vec![b'y'; 1 << 20]].concat(),
            &[Some(431), Some(400), None],
        ),
    ];
    for (what, bytes, statuses) in raw {
        let status = send_raw(&address, &bytes);
        assert!(statuses.contains(&status), "{what}: {status:?}");
    }
    assert_eq!(daemon.track("page", WRITE_KEY, &page("good")).status, 200);
    daemon.stop();
}

#[test]
fn browsers_on_other_sites_may_call_what_is_meant_for_them() {
    let folder = Folder::with_a_site();
    let daemon = Daemon::start(&folder);
    let asked = [
        ("origin", "https://www.example.com"),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "authorization, content-type"),
    ];
    let preflight = send("OPTIONS", &daemon.intake("site/v1/t"), &asked, b"");
    assert_eq!(preflight.status, 204, "{preflight:?}");
    assert_eq!(preflight.header("access-control-allow-origin"), Some("*"));
    assert_eq!(
        preflight.header("access-control-allow-headers"),
        Some("authorization, content-type")
    );
    assert!(
        preflight
            .header("access-control-allow-methods")
            .is_some_and(|m| m.contains("POST"))
    );
    let refused = post(&daemon, "site/v1/t", &[("origin", "https://www.example.com")], b"{}");
    assert_eq!(
        refused.header("access-control-allow-origin"),
        Some("*"),
        "a script can read why it is refused"
    );
    let mut beacon = page("beacon");
    beacon["writeKey"] = json!(WRITE_KEY);
    let sent = post(
        &daemon,
        "site/v1/p",
        &[("content-type", "text/plain")],
        beacon.to_string().as_bytes(),
    );
    assert_eq!(sent.status, 200, "{sent:?}");
    daemon.stop();
}
