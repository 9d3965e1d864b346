//! What schemes can say, and what is refused about them, their secrets and requests.

mod support;

use hearken_webhook_auth::{
    BadScheme, BadSecret, Body, Challenge, Place, PlaceKind, Refused, Request, Scheme, Verdict, Verified, Verifier,
};
use support::{sent, signature};

fn tokens(places: &[Place], secrets: &[&str]) -> Verifier {
    Verifier::new(Scheme::Token(places.to_vec()), secrets).expect("the secrets fit")
}

fn hmac_hex(secret: &[u8], content: &str) -> String {
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, secret);
    let tag = ring::hmac::sign(&key, content.as_bytes());
    tag.as_ref().iter().map(|b| format!("{b:02x}")).collect()
}

#[test]
fn two_secrets_are_valid_while_one_is_replaced() {
    let by = |secret: &str| {
        let signature = hmac_hex(secret.as_bytes(), "v0:1700000000:{}");
        sent("{}")
            .header("x-slack-request-timestamp", "1700000000")
            .header("x-slack-signature", &format!("v0={signature}"))
    };
    for (secret, is_right) in [("new", true), ("old", true), ("older", false)] {
        let verdict = by(secret).judged(support::SLACK, &["new", "old"], 1_700_000_000);
        assert_eq!(matches!(verdict, Verdict::Proved(_)), is_right, "{secret}: {verdict:?}");
    }
    let verifier = tokens(&[Place::of(PlaceKind::Bearer)], &["new", "old"]);
    for (secret, is_right) in [("new", true), ("old", true), ("older", false)] {
        let sent = sent("").header("authorization", &format!("Bearer {secret}"));
        let verdict = verifier.judge(&sent.request(), 0);
        assert_eq!(matches!(verdict, Verdict::Proved(_)), is_right, "{secret}");
    }
}

#[test]
fn user_and_password_are_one_secret() {
    let verifier = tokens(&[Place::of(PlaceKind::Basic)], &["postmark:s3cret:x"]);
    // postmark:s3cret:x, postmark:wrong
    for (given, is_right) in [
        ("Basic cG9zdG1hcms6czNjcmV0Ong=", true),
        ("Basic cG9zdG1hcms6d3Jvbmc=", false),
    ] {
        let verdict = verifier.judge(&sent("").header("authorization", given).request(), 0);
        assert_eq!(matches!(verdict, Verdict::Proved(_)), is_right, "{given}");
    }
    let error = Verifier::new(Scheme::Token(vec![Place::of(PlaceKind::Basic)]), &["no-colon"]);
    assert_eq!(error.unwrap_err(), (0, BadSecret::UserAndPassword));
}

#[test]
fn a_token_may_stand_after_a_word() {
    let place = Place {
        prefix: Some("Token ".into()),
        ..Place::named(PlaceKind::Header, "authorization")
    };
    let verifier = tokens(&[place], &["abc"]);
    let verdict = |value: &str| verifier.judge(&sent("").header("authorization", value).request(), 0);
    assert_eq!(verdict("Token abc"), Verdict::Proved(Verified { once: None }));
    assert!(matches!(verdict("abc"), Verdict::Refused(Refused::Missing { .. })));
}

#[test]
fn mailgun_signs_inside_the_body() {
    let signature = hmac_hex(b"key", "1700000000tok");
    let body = format!(
        r#"{{"signature":{{"token":"tok","timestamp":"1700000000","signature":"{signature}"}},"event-data":{{}}}}"#
    );
    let verdict = sent(&body).judged(support::MAILGUN, &["key"], 1_700_000_000);
    assert!(
        matches!(verdict, Verdict::Proved(Verified { once: Some(_) })),
        "{verdict:?}"
    );
    for (from, to) in [("\"tok\"", "\"tol\""), ("1700000000", "1700000001")] {
        let verdict = sent(&body.replace(from, to)).judged(support::MAILGUN, &["key"], 1_700_000_000);
        assert!(
            matches!(verdict, Verdict::Refused(Refused::Wrong { .. })),
            "{verdict:?}"
        );
    }
    // Between timestamp and token nothing stands, so a digit could move from one to the
    // other; the tolerance is what refuses it.
    let moved = body
        .replace(r#""token":"tok""#, r#""token":"0tok""#)
        .replace(r#""timestamp":"1700000000""#, r#""timestamp":"170000000""#);
    let verdict = sent(&moved).judged(support::MAILGUN, &["key"], 1_700_000_000);
    assert!(
        matches!(verdict, Verdict::Refused(Refused::Stale { .. })),
        "{verdict:?}"
    );
}

#[test]
fn a_header_may_hold_time_and_signatures() {
    let right = hmac_hex(b"key", "1700000000.{}");
    let judged = |header: &str| {
        sent("{}")
            .header("stripe-signature", header)
            .judged(support::STRIPE, &["key"], 1_700_000_000)
    };
    for header in [
        format!("t=1700000000,v1={right}"),
        format!("t=1700000000, v1=00, v1={right}, v0=ff"),
    ] {
        assert!(matches!(judged(&header), Verdict::Proved(_)), "{header}");
    }
    let many = vec![format!("v1={right}"); 17].join(",");
    for header in [
        format!("v1={right}"),
        "t=1700000000".into(),
        format!("t=1700000001,v1={right}"),
        format!("t=1700000000,v1={}", &right[..62]),
        format!("t=1700000000,{many}"),
    ] {
        assert!(matches!(judged(&header), Verdict::Refused(_)), "{header}");
    }
}

#[test]
fn a_header_that_is_there_twice_is_not_chosen_from() {
    let right = format!("v0={}", hmac_hex(b"key", "v0:1700000000:{}"));
    let once = sent("{}")
        .header("x-slack-request-timestamp", "1700000000")
        .header("x-slack-signature", &right);
    let now = 1_700_000_000;
    assert!(matches!(once.judged(support::SLACK, &["key"], now), Verdict::Proved(_)));
    for header in ["x-slack-request-timestamp", "x-slack-signature"] {
        let twice = once.clone().header(header, "1700000000");
        let verdict = twice.judged(support::SLACK, &["key"], now);
        assert!(
            matches!(verdict, Verdict::Refused(Refused::Malformed { .. })),
            "{verdict:?}"
        );
    }
}

#[test]
fn the_same_content_has_the_same_digest_whatever_its_signature() {
    let right = hmac_hex(b"key", "1700000000.{}");
    let judged = |header: String| match sent("{}").header("stripe-signature", &header).judged(
        support::STRIPE,
        &["key"],
        1_700_000_100,
    ) {
        Verdict::Proved(Verified { once: Some(once) }) => once,
        other => panic!("{other:?}"),
    };
    let once = judged(format!("t=1700000000,v1={right}"));
    assert_eq!(once, judged(format!("v1={},v0=1,t=1700000000", right.to_uppercase())));
    assert_eq!(
        once.until_ms, 1_700_000_300_000,
        "as long as the timestamp is tolerated"
    );
}

#[test]
fn a_body_is_not_read_for_somebody_who_shows_nothing() {
    let verifier = Verifier::new(support::scheme(support::SLACK), &["key"]).unwrap();
    let sent = sent("{}");
    let unread = |sent: &support::Sent| {
        let request = Request {
            body: None,
            ..sent.request()
        };
        verifier.judge(&request, 0)
    };
    assert!(matches!(unread(&sent), Verdict::Refused(Refused::Missing { .. })));
    let signed = sent.header("x-slack-signature", "v0=00");
    assert_eq!(unread(&signed), Verdict::NeedsBody);
}

#[test]
fn what_is_signed_may_be_the_packed_or_the_unpacked_body() {
    let (sent_bytes, unpacked) = (b"packed".as_slice(), b"unpacked".as_slice());
    for (which, of) in [("sent", "packed"), ("unpacked", "unpacked")] {
        let json = format!(
            r#"{{"algorithm": "hmac-sha256", "signed": "{{body}}", "body": "{which}",
                "at": {{"in": "header", "name": "x-sig"}}}}"#
        );
        let verifier = Verifier::new(support::scheme(&json), &["key"]).unwrap();
        let sent = sent("").header("x-sig", &hmac_hex(b"key", of));
        let request = Request {
            body: Some(Body {
                sent: sent_bytes,
                unpacked,
            }),
            ..sent.request()
        };
        let verdict = verifier.judge(&request, 0);
        assert!(matches!(verdict, Verdict::Proved(_)), "{which}: {verdict:?}");
    }
}

#[test]
fn a_scheme_without_a_secret_proves_nothing() {
    for verifier in [
        tokens(&[Place::of(PlaceKind::Bearer)], &[]),
        Verifier::new(support::scheme(support::GITHUB), &[]).unwrap(),
    ] {
        let sent = sent("")
            .header("authorization", "Bearer ")
            .header("x-hub-signature-256", "sha256=");
        assert!(matches!(verifier.judge(&sent.request(), 0), Verdict::Refused(_)));
    }
}

#[test]
fn a_scheme_that_makes_no_sense_is_refused_with_the_reason() {
    let at = r#""at": {"in": "header", "name": "x-sig"}"#;
    for (json, part) in [
        (
            format!(r#"{{"algorithm": "hmac-sha1", "signed": "{{timestamp}}.{{body}}", {at}}}"#),
            "{timestamp} must be in what is signed",
        ),
        (
            format!(r#"{{"algorithm": "hmac-sha1", "signed": "{{body}}", {at}, "timestamp": {{{at}}}}}"#),
            "{timestamp} must be in what is signed",
        ),
        (
            r#"{"algorithm": "hmac-sha1", "signed": "{body}", "at": {"in": "header"}}"#.into(),
            "names no header",
        ),
        (
            r#"{"algorithm": "hmac-sha1", "signed": "{body}", "at": {"in": "bearer"}}"#.into(),
            "cannot stand in the bearer token",
        ),
        (
            r#"{"algorithm": "hmac-sha1", "signed": "{body}", "at": {"in": "header", "name": "a b"}}"#.into(),
            "'a b' is no header",
        ),
        (
            format!(
                r#"{{"algorithm": "hmac-sha1", "signed": "{{timestamp}}", {at},
                    "timestamp": {{{at}, "tolerance-s": 0}}}}"#
            ),
            "the tolerance is 0 s",
        ),
    ] {
        let error = Scheme::Signature(Box::new(signature(&json)))
            .check()
            .unwrap_err()
            .to_string();
        assert!(error.contains(part), "{error}");
    }
    assert_eq!(Scheme::Token(Vec::new()).check(), Err(BadScheme::Nowhere));
}

#[test]
fn a_secret_that_does_not_fit_is_named_by_its_place() {
    let scheme = || support::scheme(support::SENDGRID);
    let key = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3GRqe62gw\
               +2fNNRaINXvVpiglSI8eNEc6wEA3F+g==";
    assert!(Verifier::new(scheme(), &[key]).is_ok());
    let (place, error) = Verifier::new(scheme(), &[key, "YWJj"]).unwrap_err();
    assert_eq!((place, error), (1, BadSecret::Key("ECDSA P-256")));
    let (_, error) = Verifier::new(scheme(), &["not base64!"]).unwrap_err();
    assert_eq!(error, BadSecret::Encoding("base64"));
}

#[test]
fn neither_errors_nor_debug_show_a_secret_or_a_signature() {
    let right = hmac_hex(b"hush-hush", "v0:1700000000:{}");
    let verifier = Verifier::new(support::scheme(support::SLACK), &["hush-hush"]).unwrap();
    let mut told = format!("{verifier:?}");
    for (signature, at, now) in [
        (right.as_str(), "1700000000", 1_800_000_000_000),
        (&right[..60], "1700000000", 1_700_000_000_000),
        ("zz", "1700000000", 1_700_000_000_000),
        (right.as_str(), "soon", 1_700_000_000_000),
    ] {
        let sent = sent("{}")
            .header("x-slack-request-timestamp", at)
            .header("x-slack-signature", &format!("v0={signature}"));
        match verifier.judge(&sent.request(), now) {
            Verdict::Refused(refused) => told.push_str(&format!("{refused} {refused:?} ")),
            other => panic!("{other:?}"),
        }
    }
    assert!(!told.contains("hush") && !told.contains(&right[..16]), "{told}");
}

#[test]
fn challenges_are_answered_to_whom_the_manifest_says() {
    let slack: Challenge = serde_json::from_str(
        r#"{"method": "POST", "when": {"at": {"in": "json-field", "name": "/type"}, "is": "url_verification"},
            "echo": {"in": "json-field", "name": "/challenge"}, "proved-by": "signing-secret"}"#,
    )
    .unwrap();
    slack.check().unwrap();
    let asked = sent(r#"{"type":"url_verification","challenge":"3eZb","token":"t"}"#);
    assert_eq!(
        slack.answer(&asked.request(), Some("signing-secret")).as_deref(),
        Some("3eZb")
    );
    assert_eq!(slack.answer(&asked.request(), None), None);
    assert_eq!(slack.answer(&asked.request(), Some("another")), None);
    let event = sent(r#"{"type":"event_callback","challenge":"3eZb"}"#);
    assert_eq!(slack.answer(&event.request(), Some("signing-secret")), None);

    let meta: Challenge = serde_json::from_str(
        r#"{"method": "GET", "echo": {"in": "query", "name": "hub.challenge"}, "proved-by": "verify-token"}"#,
    )
    .unwrap();
    let mut asked = sent("").query("hub.mode=subscribe&hub.challenge=115&hub.verify_token=x");
    assert_eq!(
        meta.answer(&asked.request(), Some("verify-token")),
        None,
        "it is a POST"
    );
    asked.method = "GET".into();
    assert_eq!(
        meta.answer(&asked.request(), Some("verify-token")).as_deref(),
        Some("115")
    );
    let long = sent("").query(&format!("hub.challenge={}", "1".repeat(1025)));
    assert_eq!(meta.answer(&long.request(), Some("verify-token")), None);

    let mailchimp: Challenge = serde_json::from_str(r#"{"method": "HEAD"}"#).unwrap();
    let mut asked = sent("");
    asked.method = "HEAD".into();
    assert_eq!(mailchimp.answer(&asked.request(), None).as_deref(), Some(""));
}

#[test]
fn the_other_algorithms_and_encodings_are_read() {
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA512, b"ab");
    let tag = ring::hmac::sign(&key, b"{}");
    let encoded = base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, tag.as_ref());
    let sent = sent("{}").query(&format!("a=b&sig={encoded}"));
    let verdict = sent.judged(support::SHA512, &["6162"], 0);
    assert!(matches!(verdict, Verdict::Proved(_)), "{verdict:?}");
}

#[test]
fn an_algorithm_is_called_the_same_everywhere() {
    use hearken_webhook_auth::Algorithm::{EcdsaP256, Ed25519, HmacSha1, HmacSha256, HmacSha512};
    for algorithm in [HmacSha1, HmacSha256, HmacSha512, EcdsaP256, Ed25519] {
        assert_eq!(serde_json::to_value(algorithm).unwrap(), algorithm.as_str());
    }
}
