//! Whatever arrives is judged: nothing in a request makes the verifier panic, and nothing
//! that was not signed proves anything.

mod support;

use hearken_webhook_auth::{Place, PlaceKind, Request, Scheme, Verdict, Verifier};
use http::{HeaderMap, HeaderName, HeaderValue};
use proptest::prelude::*;
use support::{Sent, scheme};

const SCHEMES: [&str; 13] = [
    support::SLACK,
    support::STANDARD_WEBHOOKS,
    support::STANDARD_WEBHOOKS_ASYMMETRIC,
    support::SENDGRID,
    support::TWILIO,
    support::MANDRILL,
    support::HUBSPOT,
    support::MAILGUN,
    support::STRIPE,
    support::GITHUB,
    support::INTERCOM,
    support::SEGMENT,
    support::ZENDESK,
];

fn secret(json: &str) -> &'static str {
    if json == support::SENDGRID {
        "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3GRqe62gw+2fNNRaINXvVpiglSI8eNEc6wEA3F+g=="
    } else if json == support::STANDARD_WEBHOOKS_ASYMMETRIC {
        "1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4="
    } else {
        "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    }
}

/// What a scheme's places may hold: their shapes, and anything else.
fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        "(v0=|v1=|v1,|v1a,|sha1=|sha256=)?[0-9a-f]{0,70}",
        "(v1,|v1a,)?[A-Za-z0-9+/]{0,88}={0,2}",
        "(t=[0-9]{0,20})?,?(v1=[0-9a-f]{0,64})?",
        "[0-9]{0,25}",
        "[ -~]{0,80}",
    ]
}

proptest! {
    #[test]
    fn proves_nothing_and_breaks_nothing(
        values in proptest::collection::vec(value(), 4),
        path in "[ -~]{0,40}",
        query in "[ -~é]{0,60}",
        body in proptest::collection::vec(any::<u8>(), 0..200),
        form in any::<bool>(),
        now_ms in any::<i64>(),
    ) {
        for json in SCHEMES {
            let scheme = scheme(json);
            let Scheme::Signature(signature) = &scheme else { unreachable!() };
            let mut headers = HeaderMap::new();
            let mut names: Vec<&str> = vec![signature.at.name(), "webhook-id"];
            names.extend(signature.timestamp.iter().map(|t| t.at.name()));
            for (name, value) in names.into_iter().zip(&values) {
                if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
                    headers.append(name, value);
                }
            }
            if form {
                let form = HeaderValue::from_static("application/x-www-form-urlencoded");
                headers.insert("content-type", form);
            }
            let body = if json == support::MAILGUN {
                let signature = serde_json::json!({
                    "token": values[1], "timestamp": values[2], "signature": values[0],
                });
                serde_json::json!({ "signature": signature }).to_string().into_bytes()
            } else {
                body.clone()
            };
            let sent = Sent {
                method: "POST".into(),
                url: Some(format!("https://hooks.example.com{path}?{query}")),
                query: query.clone(),
                path: path.clone(),
                headers,
                body,
            };
            let verifier = Verifier::new(scheme, &[secret(json)]).expect("the secret fits");
            let verdict = verifier.judge(&sent.request(), now_ms);
            prop_assert!(matches!(verdict, Verdict::Refused(_)), "{json}: {verdict:?}");
            let unread = Request { body: None, ..sent.request() };
            prop_assert!(!matches!(verifier.judge(&unread, now_ms), Verdict::Proved(_)));
        }
    }

    #[test]
    fn tokens_in_any_place(value in "[ -~é]{0,60}", query in "[ -~]{0,60}", path in "/[ -~]{0,40}") {
        let places = vec![
            Place::of(PlaceKind::Basic),
            Place::of(PlaceKind::BasicUser),
            Place::of(PlaceKind::Bearer),
            Place::named(PlaceKind::Query, "a"),
            Place::named(PlaceKind::Path, "/a/"),
            Place::named(PlaceKind::JsonField, "/a"),
        ];
        let verifier = Verifier::new(Scheme::Token(places), &["user:a password that nobody sends"]).expect("it fits");
        let mut sent = support::sent(&value);
        if let Ok(value) = HeaderValue::try_from(&value) {
            sent.headers.insert("authorization", value);
        }
        sent.query = query;
        sent.path = path;
        prop_assert!(!matches!(verifier.judge(&sent.request(), 0), Verdict::Proved(_)));
    }
}
