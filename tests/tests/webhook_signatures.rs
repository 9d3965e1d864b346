//! Requests that vendors sign: the daemon lets in what is signed as the plugin's manifest
//! says, and nothing of the proof reaches the plugin, the dead letters or the log.

use std::io::Write;

use flate2::{Compression, write::GzEncoder};
use hearken_tests::{
    Answer, Daemon, Folder, eventually, hearken, send,
    signing::{base64, hex, now_s, post, sha1, sha256, slack},
};
use serde_json::Value;

const SECRET: &str = "generated-signing-secret";

/// The credential, the path, headers, the body, and the body changed; empty where it proves
/// nothing about the body.
type Case<'a> = (&'a str, &'a str, Vec<(String, String)>, &'a str, &'a str);

fn header(name: &str, value: impl Into<String>) -> (String, String) {
    (name.into(), value.into())
}

fn principal(answer: &Answer) -> Value {
    answer.json()["principal"].clone()
}

#[test]
fn each_vendors_signature_is_checked_and_a_changed_body_refused() {
    let secrets = [
        ("slack", SECRET),
        ("stripe", "generated-stripe-secret"),
        ("hubspot", "generated-hubspot-secret"),
        ("twilio", "generated-twilio-token"),
        ("mailgun", "generated-mailgun-key"),
        ("standard", "whsec_Z2VuZXJhdGVkLXN0YW5kYXJk"),
        ("basic", "postmark:generated-password"),
    ];
    let more = "public-url = \"https://hooks.example.com/vendors\"";
    let folder = Folder::with_signed_webhooks(&secrets, more);
    let daemon = Daemon::start(&folder);
    let (now, body) = (now_s(), r#"{"event":"seen"}"#);

    let stripe = hex(&sha256(b"generated-stripe-secret", &format!("{now}.{body}")));
    let hubspot_signed = format!("POSThttps://hooks.example.com/vendors/hubspot?a=b:c{body}{now}000");
    let hubspot = base64(&sha256(b"generated-hubspot-secret", &hubspot_signed));
    let standard = base64(&sha256(b"generated-standard", &format!("msg_1.{now}.{body}")));
    let form = "To=%2B1800&From=%2B1415";
    let twilio_signed = "https://hooks.example.com/vendors/twilioFrom+1415To+1800";
    let twilio = base64(&sha1(b"generated-twilio-token", twilio_signed));
    let mailgun = hex(&sha256(b"generated-mailgun-key", &format!("{now}tok")));
    let mailgun =
        format!(r#"{{"signature":{{"timestamp":"{now}","token":"tok","signature":"{mailgun}"}},"event-data":{{}}}}"#);
    let cases: [Case<'_>; 7] = [
        (
            "slack",
            "signed/slack",
            slack(SECRET, now, body),
            body,
            r#"{"event":"seem"}"#,
        ),
        (
            "stripe",
            "signed/stripe",
            vec![header("stripe-signature", format!("t={now},v1={stripe}"))],
            body,
            r#"{"event":"seem"}"#,
        ),
        (
            "hubspot",
            "signed/hubspot?a=b%3Ac",
            vec![
                header("x-hubspot-signature-v3", hubspot),
                header("x-hubspot-request-timestamp", format!("{now}000")),
            ],
            body,
            r#"{"event":"seem"}"#,
        ),
        (
            "standard",
            "signed/standard",
            vec![
                header("webhook-id", "msg_1"),
                header("webhook-timestamp", now.to_string()),
                header("webhook-signature", format!("v1,AAAA v1,{standard}")),
            ],
            body,
            r#"{"event":"seem"}"#,
        ),
        (
            "twilio",
            "signed/twilio",
            vec![
                header("content-type", "application/x-www-form-urlencoded"),
                header("x-twilio-signature", twilio),
            ],
            form,
            "To=%2B1800&From=%2B1416",
        ),
        (
            "mailgun",
            "signed/mailgun",
            Vec::new(),
            mailgun.as_str(),
            r#"{"signature":{}}"#,
        ),
        (
            "basic",
            "signed/basic",
            vec![header(
                "authorization",
                format!("Basic {}", base64(b"postmark:generated-password")),
            )],
            body,
            "",
        ),
    ];
    for (vendor, path, headers, body, changed) in cases {
        let url = daemon.intake(path);
        let answer = post(&url, &headers, body);
        assert_eq!(answer.status, 200, "{vendor}: {answer:?}");
        assert_eq!(principal(&answer), vendor, "{answer:?}");
        if !changed.is_empty() {
            assert_eq!(post(&url, &headers, changed).status, 401, "{vendor}: a changed body");
        }
        assert_eq!(post(&url, &[], "{}").status, 401, "{vendor}: no proof");
    }
    daemon.stop();
}

#[test]
fn the_host_header_says_nothing_about_the_address_that_is_signed() {
    let folder = Folder::with_signed_webhooks(
        &[("twilio", "generated-twilio-token")],
        "public-url = \"https://hooks.example.com/vendors\"",
    );
    let daemon = Daemon::start(&folder);
    let signed = |url: &str| {
        vec![
            header("host", "elsewhere.example"),
            header("x-forwarded-host", "elsewhere.example"),
            header("x-forwarded-proto", "https"),
            header("x-twilio-signature", base64(&sha1(b"generated-twilio-token", url))),
        ]
    };
    let url = daemon.intake("signed/sms");
    let other = post(&url, &signed("https://elsewhere.example/in/signed/sms"), "");
    assert_eq!(other.status, 401, "{other:?}");
    let right = post(&url, &signed("https://hooks.example.com/vendors/sms"), "");
    assert_eq!(right.status, 200, "{right:?}");
    let log = eventually("the refusal is explained", || {
        let log = daemon.log();
        log.contains("a request is refused").then_some(log)
    });
    assert!(
        log.contains("https://hooks.example.com/vendors/sms"),
        "what was checked: {log}"
    );
    daemon.stop();
}

#[test]
fn a_compressed_body_is_checked_as_it_came() {
    let folder = Folder::with_signed_webhooks(&[("slack", SECRET)], "");
    let daemon = Daemon::start(&folder);
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(br#"{"event":"seen"}"#).expect("it is packed");
    let packed = packed.finish().expect("it is packed");
    let at = now_s().to_string();
    let mut signed = format!("v0:{at}:").into_bytes();
    signed.extend(&packed);
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, SECRET.as_bytes());
    let signature = format!("v0={}", hex(ring::hmac::sign(&key, &signed).as_ref()));
    let headers = [
        ("content-encoding", "gzip"),
        ("x-slack-request-timestamp", at.as_str()),
        ("x-slack-signature", signature.as_str()),
    ];
    let answer = send("POST", &daemon.intake("signed/packed"), &headers, &packed);
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(
        answer.json()["body"],
        r#"{"event":"seen"}"#,
        "the plugin is given it unpacked"
    );
    daemon.stop();
}

#[test]
fn nothing_of_a_proof_reaches_the_plugin_the_dead_letters_or_the_log() {
    let secrets = [("slack", SECRET), ("mailgun", "generated-mailgun-key")];
    let folder = Folder::with_signed_webhooks(&secrets, "");
    let daemon = Daemon::start(&folder);
    let (now, body) = (now_s(), r#"{"event":"seen"}"#);
    let mut headers = slack(SECRET, now, body);
    let signature = headers[1].1.clone();
    headers.push(header("cookie", "session=generated-cookie"));
    // Of a vendor that is not wired: not checked, and not shown either.
    headers.push(header("stripe-signature", "t=1,v1=generated-signature-of-another"));
    let token = hex(&sha256(b"generated-mailgun-key", &format!("{now}tok")));
    let mailgun = format!(r#"{{"signature":{{"timestamp":"{now}","token":"tok","signature":"{token}"}}}}"#);
    let shown = post(&daemon.intake("signed/shown"), &headers, body);
    assert_eq!(shown.status, 200, "{shown:?}");
    // Another body: the same one again would be answered as before.
    let rejected = r#"{"event":"rejected"}"#;
    let for_rejected = slack(SECRET, now, rejected);
    let signature_of_rejected = for_rejected[1].1.clone();
    for (headers, body) in [(for_rejected, rejected), (Vec::new(), mailgun.as_str())] {
        let answer = post(&daemon.intake("signed/rejects"), &headers, body);
        assert_eq!(answer.status, 200, "{answer:?}");
    }
    headers[1].1 = "v0=00".into();
    assert_eq!(post(&daemon.intake("signed/refused"), &headers, body).status, 401);

    let letters = hearken(&folder, &["dead-letter", "list", "--format", "json"]).done();
    assert_eq!(letters.json().as_array().map(Vec::len), Some(2), "{letters:?}");
    assert!(
        letters.out.contains("signed") && letters.out.contains("rejected"),
        "{letters:?}"
    );
    let log = eventually("the refusal is said", || {
        let log = daemon.log();
        log.contains("a request is refused").then_some(log)
    });
    daemon.stop();
    for (where_to, text) in [
        ("the plugin", &shown.body),
        ("the dead letters", &letters.out),
        ("the log", &log),
    ] {
        for secret in [
            SECRET,
            "generated-mailgun-key",
            &signature["v0=".len()..],
            &signature_of_rejected["v0=".len()..],
            token.as_str(),
            "generated-cookie",
            "generated-signature-of-another",
        ] {
            assert!(!text.contains(secret), "'{secret}' reaches {where_to}: {text}");
        }
    }
    assert!(
        shown.body.contains("x-slack-request-timestamp"),
        "the time is no secret: {shown:?}"
    );
}

#[test]
fn a_secret_is_changed_without_a_moment_in_which_requests_are_refused() {
    let folder = Folder::with_signed_webhooks(&[("slack", "generated-new"), ("slack-previous", SECRET)], "");
    let daemon = Daemon::start(&folder);
    let body = "{}";
    for (secret, status) in [("generated-new", 200), (SECRET, 200), ("generated-older", 401)] {
        let answer = post(&daemon.intake("signed/x"), &slack(secret, now_s(), body), body);
        assert_eq!(answer.status, status, "{secret}: {answer:?}");
    }
    daemon.stop();
}

#[test]
fn segment_signs_what_its_webhook_destination_sends() {
    let folder = Folder::with_a_site();
    folder.change(
        "secrets.server-key =",
        "secrets.webhook-secret = { file = \"secrets/webhook-secret\" }\nsecrets.server-key =",
    );
    folder.write("secrets/webhook-secret", SECRET);
    let daemon = Daemon::start(&folder);
    let body = r#"{"type":"identify","messageId":"m-1","userId":"u-1","traits":{"title":"CIO"}}"#;
    let signed = vec![header("x-signature", hex(&sha1(SECRET.as_bytes(), body)))];
    let url = daemon.intake("site/v1/webhook");
    assert_eq!(post(&url, &signed, &body.replace("CIO", "CEO")).status, 401);
    let answer = post(&url, &signed, body);
    assert_eq!(answer.status, 200, "{answer:?}");
    eventually("the person is known", || {
        (hearken(&folder, &["prospect", "show", "user:u-1"]).code == 0).then_some(())
    });
    daemon.stop();
}
