//! Vendors' schemes as a manifest writes them, and requests to judge.
#![allow(dead_code)] // Each test file uses its part.

use hearken_webhook_auth::{Body, Request, Scheme, Signature, Verdict, Verifier};
use http::{HeaderMap, HeaderName, HeaderValue};

pub(crate) const SLACK: &str = r#"{"algorithm": "hmac-sha256", "signed": "v0:{timestamp}:{body}",
    "at": {"in": "header", "name": "X-Slack-Signature", "prefix": "v0="},
    "timestamp": {"at": {"in": "header", "name": "X-Slack-Request-Timestamp"}}}"#;

pub(crate) const STANDARD_WEBHOOKS: &str = r#"{"algorithm": "hmac-sha256",
    "signed": "{header:webhook-id}.{timestamp}.{body}",
    "at": {"in": "header", "name": "webhook-signature", "separator": " ", "prefix": "v1,"},
    "encoding": "base64", "secret": "standard-webhooks",
    "timestamp": {"at": {"in": "header", "name": "webhook-timestamp"}}}"#;

pub(crate) const STANDARD_WEBHOOKS_ASYMMETRIC: &str = r#"{"algorithm": "ed25519",
    "signed": "{header:webhook-id}.{timestamp}.{body}",
    "at": {"in": "header", "name": "webhook-signature", "separator": " ", "prefix": "v1a,"},
    "encoding": "base64", "secret": "standard-webhooks",
    "timestamp": {"at": {"in": "header", "name": "webhook-timestamp"}}}"#;

pub(crate) const SENDGRID: &str = r#"{"algorithm": "ecdsa-p256", "signed": "{timestamp}{body}",
    "at": {"in": "header", "name": "X-Twilio-Email-Event-Webhook-Signature"},
    "encoding": "base64", "secret": "base64",
    "timestamp": {"at": {"in": "header", "name": "X-Twilio-Email-Event-Webhook-Timestamp"}}}"#;

pub(crate) const TWILIO: &str = r#"{"algorithm": "hmac-sha1", "signed": "{url}{form}",
    "at": {"in": "header", "name": "X-Twilio-Signature"}, "encoding": "base64",
    "body-digest": {"in": "query", "name": "bodySHA256"}}"#;

pub(crate) const MANDRILL: &str = r#"{"algorithm": "hmac-sha1", "signed": "{url}{form}",
    "at": {"in": "header", "name": "X-Mandrill-Signature"}, "encoding": "base64"}"#;

pub(crate) const HUBSPOT: &str = r#"{"algorithm": "hmac-sha256", "signed": "{method}{hubspot-url}{body}{timestamp}",
    "at": {"in": "header", "name": "X-HubSpot-Signature-v3"}, "encoding": "base64",
    "timestamp": {"at": {"in": "header", "name": "X-HubSpot-Request-Timestamp"}, "unit": "ms"}}"#;

pub(crate) const MAILGUN: &str = r#"{"algorithm": "hmac-sha256", "signed": "{timestamp}{json:/signature/token}",
    "at": {"in": "json-field", "name": "/signature/signature"},
    "timestamp": {"at": {"in": "json-field", "name": "/signature/timestamp"}}}"#;

pub(crate) const STRIPE: &str = r#"{"algorithm": "hmac-sha256", "signed": "{timestamp}.{body}",
    "at": {"in": "header", "name": "Stripe-Signature", "separator": ",", "prefix": "v1="},
    "timestamp": {"at": {"in": "header", "name": "Stripe-Signature", "separator": ",", "prefix": "t="}}}"#;

pub(crate) const GITHUB: &str = r#"{"algorithm": "hmac-sha256", "signed": "{body}",
    "at": {"in": "header", "name": "X-Hub-Signature-256", "prefix": "sha256="}}"#;

pub(crate) const INTERCOM: &str = r#"{"algorithm": "hmac-sha1", "signed": "{body}",
    "at": {"in": "header", "name": "X-Hub-Signature", "prefix": "sha1="}}"#;

pub(crate) const SEGMENT: &str = r#"{"algorithm": "hmac-sha1", "signed": "{body}",
    "at": {"in": "header", "name": "X-Signature"}}"#;

pub(crate) const ZENDESK: &str = r#"{"algorithm": "hmac-sha256", "signed": "{timestamp}{body}",
    "at": {"in": "header", "name": "X-Zendesk-Webhook-Signature"}, "encoding": "base64",
    "timestamp": {"at": {"in": "header", "name": "X-Zendesk-Webhook-Signature-Timestamp"}, "unit": "rfc3339"}}"#;

pub(crate) const SHA512: &str = r#"{"algorithm": "hmac-sha512", "signed": "{body}",
    "at": {"in": "query", "name": "sig"}, "encoding": "base64url", "secret": "hex"}"#;

pub(crate) fn signature(scheme: &str) -> Signature {
    serde_json::from_str(scheme).expect("the scheme is read")
}

pub(crate) fn scheme(json: &str) -> Scheme {
    let scheme = Scheme::Signature(Box::new(signature(json)));
    scheme.check().expect("the scheme makes sense");
    scheme
}

/// A request.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) method: String,
    pub(crate) url: Option<String>,
    pub(crate) query: String,
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

pub(crate) fn sent(body: &str) -> Sent {
    Sent {
        method: "POST".into(),
        url: None,
        query: String::new(),
        path: "/".into(),
        headers: HeaderMap::new(),
        body: body.as_bytes().to_vec(),
    }
}

impl Sent {
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        let name = HeaderName::try_from(name).expect("a header's name");
        self.headers
            .append(name, HeaderValue::try_from(value).expect("a header's value"));
        self
    }

    pub(crate) fn renamed(mut self, from: &str, to: &str) -> Self {
        let value = self.headers.remove(from).expect("the header is there");
        self.headers.insert(HeaderName::try_from(to).expect("a name"), value);
        self
    }

    pub(crate) fn url(mut self, url: &str) -> Self {
        self.url = Some(url.into());
        self
    }

    pub(crate) fn query(mut self, query: &str) -> Self {
        self.query = query.into();
        self
    }

    pub(crate) fn request(&self) -> Request<'_> {
        Request {
            method: &self.method,
            url: self.url.as_deref(),
            headers: &self.headers,
            query: &self.query,
            path: &self.path,
            body: Some(Body {
                sent: &self.body,
                unpacked: &self.body,
            }),
        }
    }

    pub(crate) fn judged(&self, json: &str, secrets: &[&str], now_s: i64) -> Verdict {
        let verifier = Verifier::new(scheme(json), secrets).expect("the secrets fit");
        verifier.judge(&self.request(), now_s * 1000)
    }
}
